"""What a rating says: its five levels, what it is about, why it is bad, and where it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from hall_server.errors import Invalid

CHANGE_WITHIN = timedelta(minutes=10)
"""So long a visitor may change a rating or add to it. Source: domain page, evaluation."""
PAD_GRACE = timedelta(seconds=30)
"""A key of a pad counts so long after the pad has stopped asking: it may have been on its way."""
TEXT_MOST = 500
"""Longest free text, characters."""
DAYS_MOST = 30
"""The setting ``rating_days`` may be at most so much: ratings are kept at hand so long, so that none is given twice."""
REASONS_MOST = 10
"""Most aspects, and most reasons, of one rating."""


class Level(IntEnum):
    """How content a visitor is; 1 is best. Source: GB/T 39046-2020, A.8."""

    VERY_SATISFIED = 1  # 非常满意
    SATISFIED = 2  # 满意
    FAIR = 3  # 基本满意
    DISSATISFIED = 4  # 不满意
    VERY_DISSATISFIED = 5  # 非常不满意

    @property
    def is_bad(self) -> bool:
        """Whether this is a 差评."""
        return self >= Level.DISSATISFIED


class Aspect(StrEnum):
    """What a rating is about. Source: domain page, evaluation (线下, 线上)."""

    EFFICIENCY = "efficiency"  # 服务效率
    SKILL = "skill"  # 服务水平
    ATTITUDE = "attitude"  # 服务态度
    HANDLING = "handling"  # 办事效率
    GUIDANCE = "guidance"  # 指南精确度
    CONVENIENCE = "convenience"  # 便捷度
    PLATFORM = "platform"  # 平台操作性


OFFLINE = (Aspect.EFFICIENCY, Aspect.SKILL, Aspect.ATTITUDE)
"""Asked about somebody who served the visitor."""
ONLINE = (Aspect.HANDLING, Aspect.GUIDANCE, Aspect.CONVENIENCE, Aspect.PLATFORM)
"""Asked about a screen on which visitors serve themselves."""


class Reason(StrEnum):
    """Why somebody is not content."""

    ATTITUDE = "attitude"  # 服务态度
    WAITING = "waiting"  # 等候时间长
    SLOW = "slow"  # 办理速度慢
    EXPLAINED = "explained"  # 没有一次性告知
    MATERIALS = "materials"  # 多要材料
    RETURNED = "returned"  # 多次往返
    RESULT = "result"  # 对结果不满意
    PLACE = "place"  # 环境与设施
    OTHER = "other"  # 其他


class RatingChannel(StrEnum):
    """Where a rating was given."""

    PAD = "pad"  # asked at the window after the service
    TABLET = "tablet"
    HANDSET = "handset"  # 四键评价器
    QR = "qr"  # the code on the ticket
    PHONE = "phone"  # the visitor's page
    SMS = "sms"
    TERMINAL = "terminal"  # 自助终端
    TELEPHONE = "telephone"
    MQTT = "mqtt"  # a device that does not say which kind it is

    @property
    def aspects(self) -> tuple[Aspect, ...]:
        """What is asked there beside the level: the visit was at a window everywhere but at a 自助终端."""
        return ONLINE if self is RatingChannel.TERMINAL else OFFLINE

    @property
    def is_asked_at_window(self) -> bool:
        """Whether a machine at the window asks, right after the visit and for a while only."""
        return self in {RatingChannel.PAD, RatingChannel.TABLET, RatingChannel.HANDSET, RatingChannel.MQTT}

    @property
    def is_active(self) -> bool:
        """Whether the visitor came to rate unasked (主动评价), which is counted apart."""
        return self in {RatingChannel.QR, RatingChannel.PHONE, RatingChannel.TERMINAL, RatingChannel.TELEPHONE}


class Mark(StrEnum):
    """Why a rating is kept but not counted as valid. Source: domain page, evaluation (misuse, malice)."""

    BURST = "burst"  # one of many from one place within seconds
    OWN_WINDOW = "own_window"  # given by who serves there, or from where they sign in
    EXCLUDED = "excluded"  # not counted after a review, with evidence


@dataclass(slots=True, kw_only=True)
class Rating:
    """The one rating of a matter of a visit, as it stands now.

    Attributes:
        day: the business day on which it was given; the visit may have been earlier.
        giver: the actor who gave it; only from there may reasons follow without its id.
        text: id in the vault of what the visitor wrote.
        person: id in the vault of the phone they left; None: anonymous.
        marks: why it does not count as valid; none: it counts.
        given_at: when it was given first; changes and additions are counted from here.
    """

    id: str
    ticket: str
    window: str
    staff: str | None
    level: Level
    channel: RatingChannel
    given_at: datetime
    day: date
    giver: str
    aspects: Sequence[Aspect] = ()
    reasons: Sequence[Reason] = ()
    text: str | None = None
    matter: str | None = None
    case: str | None = None
    person: str | None = None
    marks: frozenset[Mark] = frozenset()

    @property
    def is_valid(self) -> bool:
        """Whether it counts in the filtered figures."""
        return not self.marks

    @property
    def is_detailed(self) -> bool:
        """Whether it says more than its level."""
        return bool(self.aspects or self.reasons or self.text or self.person)

    @property
    def change_until(self) -> datetime:
        """Until when the visitor may change it."""
        return self.given_at + CHANGE_WITHIN


def level_of(value: int) -> Level:
    """The level with this number.

    Raises:
        Invalid: ``rating.level_unknown``.
    """
    try:
        return Level(value)
    except ValueError as exc:
        raise Invalid("rating.level_unknown", field="level", least=min(Level), most=max(Level)) from exc


def check_aspects(aspects: Sequence[Aspect], channel: RatingChannel) -> None:
    """Refuse aspects that are not asked there.

    Raises:
        Invalid: ``rating.aspect_foreign``.
    """
    for place, aspect in enumerate(aspects):
        if aspect not in channel.aspects:
            raise Invalid("rating.aspect_foreign", field=f"aspects[{place}]", aspect=aspect)


def clean_text(text: str | None, *, field: str = "text") -> str | None:
    """What a visitor wrote without blanks around it; None where nothing is left. Markup stays as it is: it is text.

    Raises:
        Invalid: ``rating.text_too_long``.
    """
    cleaned = (text or "").strip()
    if len(cleaned) > TEXT_MOST:
        raise Invalid("rating.text_too_long", field=field, most=TEXT_MOST)
    return cleaned or None


def good_rate(counts: Sequence[int]) -> float | None:
    """好评率 = (1 + 2 + 3) / valid ratings, from the counts of levels 1 to 5; None before the first rating."""
    valid = sum(counts)
    return sum(counts[: Level.FAIR]) / valid if valid else None
