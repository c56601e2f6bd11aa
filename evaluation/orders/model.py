"""The life of a work order: its states, what may be done in which, and the order as it stands; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from evaluation.model import Level

TRIES_ENOUGH = 3
"""After so many tries on record a visitor who is not reached counts as contacted, or as revisited without a result."""
PLAN_MOST = timedelta(days=60)
"""Longest time a plan for a complex matter may take. Source: 信访工作条例 (2022), 自受理之日起 60 日内办结."""
EXTENSION_MOST = timedelta(days=30)
"""Longest extension, and there is one. Source: 信访工作条例 (2022), 延长期限不得超过 30 日."""


class State(StrEnum):
    """Where a work order stands."""

    OPENED = "opened"  # 待联系: the visitor is to be contacted
    CONTACTED = "contacted"  # 待认定: it is to be said what kind it is
    UNDER_WAY = "under_way"  # 整改中: it is being put right or explained
    REVIEW = "review"  # 待审核: another manager decides whether the rating counts
    FIXED = "fixed"  # 待回访: put right; the visitor is to be asked, where they left a phone
    REVISITED = "revisited"  # 待办结: the visitor was asked
    CLOSED = "closed"  # 待公开: done; what the public is told is to be written
    PUBLISHED = "published"  # 已公开
    UNPUBLISHED = "unpublished"  # 不公开: a manager said why not
    TAKEN_BACK = "taken_back"  # 已撤回: the visitor changed the rating to a good one


class Deed(StrEnum):
    """What somebody does with a work order."""

    TAKE = "take"  # 接手
    CONTACT = "contact"  # 联系
    CATEGORISE = "categorise"  # 认定
    DECIDE = "decide"  # 审核: whether the rating counts
    EXTEND = "extend"  # 延期
    FIX = "fix"  # 整改完成
    REVISIT = "revisit"  # 回访
    CLOSE = "close"  # 办结
    PUBLISH = "publish"  # 公开
    WITHHOLD = "withhold"  # 不公开
    ANSWER = "answer"  # 答复申诉
    PHONE = "phone"  # 查看电话
    APPEAL = "appeal"  # 申诉, by the person rated alone


class Category(StrEnum):
    """What kind of bad review it is. Source: domain page, evaluation."""

    CLEAR = "clear"  # 事实清楚: put right
    COMPLEX = "complex"  # 情况复杂: explain, plan, own deadline
    NO_BASIS = "no_basis"  # 无法定依据: explain
    MISTAKEN = "mistaken"  # 误评: not counted after a review
    MALICIOUS = "malicious"  # 恶意评价: not counted after a review

    @property
    def asks_exclusion(self) -> bool:
        """Whether the rating shall not count."""
        return self in {Category.MISTAKEN, Category.MALICIOUS}


class Clock(StrEnum):
    """A limit that runs."""

    CONTACT = "contact"
    FIX = "fix"


class How(StrEnum):
    """How a visitor was spoken to."""

    PHONE = "phone"
    IN_PERSON = "in_person"
    MESSAGE = "message"
    LOOKED_INTO = "looked_into"  # nobody left a phone: the visit was looked into without them


class Result(StrEnum):
    """What a revisit brought."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    NOT_REACHED = "not_reached"


class AppealState(StrEnum):
    """How the appeal of the person rated stands."""

    NONE = "none"
    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


class FixLimit(StrEnum):
    """Within which time a bad review is put right; each city sets its own. Source: domain page, evaluation."""

    WORKDAYS_5 = "5wd"
    DAYS_7 = "7d"
    WORKDAYS_15 = "15wd"


_OPEN = frozenset({Deed.TAKE, Deed.APPEAL, Deed.ANSWER, Deed.PHONE})

ALLOWED: Mapping[State, frozenset[Deed]] = {
    State.OPENED: _OPEN | {Deed.CONTACT},
    State.CONTACTED: _OPEN | {Deed.CATEGORISE, Deed.EXTEND},
    State.UNDER_WAY: _OPEN | {Deed.CATEGORISE, Deed.EXTEND, Deed.FIX},
    State.REVIEW: _OPEN | {Deed.DECIDE},
    State.FIXED: _OPEN | {Deed.REVISIT, Deed.CLOSE},
    State.REVISITED: _OPEN | {Deed.CLOSE},
    State.CLOSED: frozenset({Deed.PUBLISH, Deed.WITHHOLD}),
    State.PUBLISHED: frozenset(),
    State.UNPUBLISHED: frozenset(),
    State.TAKEN_BACK: frozenset(),
}
"""What may be done in which state, as far as the state alone goes; `missing` says what else a deed needs."""

RUNNING: Mapping[Clock, frozenset[State]] = {
    Clock.CONTACT: frozenset({State.OPENED}),
    Clock.FIX: frozenset({State.OPENED, State.CONTACTED, State.UNDER_WAY, State.REVIEW}),
}
"""In which states a clock runs."""

ENDED = frozenset({State.PUBLISHED, State.UNPUBLISHED, State.TAKEN_BACK})
"""Nothing more happens to it."""
DONE = ENDED | {State.CLOSED}
"""A rating that is changed now leaves the order as it is."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A work order as it stands; words and the phone are ids in the vault; actors as the journal writes them.

    Attributes:
        step: how many steps it has behind it; who acts says which they have seen.
        person: the phone the visitor left; None: anonymous.
        handler: the manager who acted last, or took it.
        tries: on record without reaching the visitor; revisit_tries: the same for the revisit.
        fix_limit: the hall's preset when it was opened.
        asked_by: who asked that the rating does not count.
        satisfied: what the last revisit brought; None: none yet, or nobody was reached.
        reminded, escalated: the clocks of which it was said, since their limit was set.
    """

    id: str
    rating: str
    ticket: str
    level: Level
    window: str
    staff: str | None
    department: str | None
    matter: str | None
    person: str | None
    business_day: date
    opened_at: datetime
    contact_due: datetime
    fix_due: datetime
    fix_limit: FixLimit
    state: State = State.OPENED
    step: int = 1
    handler: str | None = None
    tries: int = 0
    contacted_at: datetime | None = None
    category: Category | None = None
    asked_by: str | None = None
    excluded: bool = False
    extended: bool = False
    fixed_at: datetime | None = None
    revisit_tries: int = 0
    revisited_at: datetime | None = None
    satisfied: bool | None = None
    reopened: bool = False
    appeal: AppealState = AppealState.NONE
    closed_at: datetime | None = None
    reminded: frozenset[Clock] = frozenset()
    escalated: frozenset[Clock] = frozenset()

    @property
    def named(self) -> bool:
        """Whether the visitor left a phone."""
        return self.person is not None

    @property
    def owes_revisit(self) -> bool:
        """Whether the visitor must be asked before it is closed: all who left a phone, save what does not count."""
        return self.named and not self.excluded and self.state is State.FIXED

    def due(self, clock: Clock) -> datetime:
        """Until when, by a clock."""
        return self.contact_due if clock is Clock.CONTACT else self.fix_due

    def running(self) -> tuple[Clock, ...]:
        """The clocks that run now."""
        return tuple(clock for clock in Clock if self.state in RUNNING[clock])

    def overdue(self, now: datetime) -> tuple[Clock, ...]:
        """The clocks that have run out."""
        return tuple(clock for clock in self.running() if now >= self.due(clock))


def missing(order: Order, deed: Deed, now: datetime) -> str | None:
    """The code of what keeps a deed from being done now, the person aside; None: it may be done."""
    if deed not in ALLOWED[order.state]:
        return "review.not_now"
    match deed:
        case Deed.EXTEND if order.extended:
            return "review.extended_already"
        case Deed.EXTEND if now >= order.fix_due:
            return "review.overdue"
        case Deed.REVISIT if not order.named:
            return "review.no_phone"
        case Deed.PHONE if not order.named:
            return "review.no_phone"
        case Deed.CLOSE if order.owes_revisit:
            return "review.revisit_owed"
        case Deed.CLOSE if order.appeal is AppealState.OPEN:
            return "review.appeal_open"
        case Deed.APPEAL if order.appeal is not AppealState.NONE:
            return "review.appealed_already"
        case Deed.ANSWER if order.appeal is not AppealState.OPEN:
            return "review.no_appeal"
        case _:
            return None
