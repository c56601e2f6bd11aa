"""The picture of the voice that the manager's page shows: every rule, the engines' health, what is to be recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from displays.speech.prompts import missing, prompts
from displays.speech.rule_events import VoiceRulesSaved
from displays.speech.rules import Language, about, bounds_of
from displays.speech.sentences import order_of
from displays.speech.take_events import TakeKept, TakeUndone
from displays.voice import PLACES, TEMPLATES, EngineName, Health
from hall_server.directory.directory import Directory
from hall_server.directory.events import HallSaved, LineSaved, WindowSaved, ZoneSaved
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import MANAGER, Access

if TYPE_CHECKING:
    from displays.voice_room import Voice

TOPIC, KEY = "speech", "hall"
CHANGES = VoiceRulesSaved | TakeKept | TakeUndone | LineSaved | HallSaved | WindowSaved | ZoneSaved


class VoiceRuleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with its values.

    Attributes:
        group: its section of the page. unit: what its number counts. least, most: of numbers.
        default: what holds where nobody has set it. value: the hall's. is_changed: whether the hall has set it.
        may_differ: the kinds of places that may have a value of their own (``zone``, ``line``).
        places: what they have, by place.
    """

    name: str
    group: str
    unit: str
    least: float | None
    most: float | None
    default: Any
    value: Any
    is_changed: bool
    may_differ: tuple[str, ...]
    places: dict[str, Any]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A zone or a line that may have rules of its own; ``prefix`` of lines."""

    id: str
    name: str
    name_en: str
    active: bool
    prefix: str = ""


class EngineShown(msgspec.Struct, frozen=True, kw_only=True):
    """An engine and how it is; see ``displays.voice.Health``. Clips: ``spoken`` counts those recorded."""

    name: EngineName
    state: str
    spoken: int = 0
    replaced: int = 0
    last_error: str = ""
    failed_at: datetime | None = None
    spoke_at: datetime | None = None


class VoiceChange(msgspec.Struct, frozen=True, kw_only=True):
    """The last change of a rule: when (ISO-8601, hall time), by whom, why."""

    at: str
    by: str
    reason: str


class VoicePicture(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/voice`: all that the page of the voice shows.

    Attributes:
        speaks: whether the hall speaks at all. card: whether this machine has a sound card's player.
        templates: the program's own sentences. template_places: what a sentence may name.
        orders: language → the engines in force.
        missing: names of the prompts that today's lines and windows still need.
    """

    hall: dict[str, str]
    speaks: bool
    card: bool
    groups: tuple[str, ...]
    rules: tuple[VoiceRuleShown, ...]
    languages: tuple[str, ...]
    templates: dict[str, str]
    template_places: tuple[str, ...]
    orders: dict[str, tuple[EngineName, ...]]
    engines: tuple[EngineShown, ...]
    zones: tuple[Named, ...]
    lines: tuple[Named, ...]
    missing: tuple[str, ...]
    last: VoiceChange | None


class VoicePictures:
    """Makes the picture.

    Args:
        who: gives the name of a member of staff by id.
        zone: the hall's time zone.
    """

    def __init__(self, voice: Voice, directory: Directory, who: Callable[[str], str], zone: ZoneInfo) -> None:
        self._voice = voice
        self._directory = directory
        self._who = who
        self._zone = zone

    def picture(self) -> VoicePicture:
        """The voice as it is."""
        hall, book = self._directory.hall, self._voice.speech.book
        rules = tuple(self._rule(name, entry) for name, entry in about().items())
        needed = prompts(self._directory, self._voice.speech)
        return VoicePicture(
            hall={"id": hall.id, "name": hall.name, "name_en": hall.name_en} if hall else {},
            speaks=self._voice.announcer is not None,
            card=self._voice.card is not None and self._voice.card.is_there,
            groups=tuple(dict.fromkeys(one.group for one in rules)),
            rules=rules,
            languages=tuple(str(one) for one in Language),
            templates=dict(TEMPLATES),
            template_places=PLACES,
            orders={str(one): order_of(book.hall, one) for one in Language},
            engines=self._engines(),
            zones=tuple(_named(one) for one in self._directory.zones.values()),
            lines=tuple(_named(one) for one in self._directory.lines_in_order()),
            missing=missing(needed, self._voice.recorded.recorded),
            last=self._last(),
        )

    def _rule(self, name: str, entry: dict[str, Any]) -> VoiceRuleShown:
        book = self._voice.speech.book
        least, most = bounds_of(name) or (None, None)
        return VoiceRuleShown(
            name=name,
            group=entry["group"],
            unit=entry["unit"],
            least=least,
            most=most,
            default=getattr(book.begun, name),
            value=getattr(book.hall, name),
            is_changed=name in book.changed.get("hall", {}),
            may_differ=tuple(entry["places"]),
            places={place: own[name] for place, own in book.changed.items() if place != "hall" and name in own},
        )

    def _engines(self) -> tuple[EngineShown, ...]:
        recorded = len(self._voice.recorded.recorded)
        clips = EngineShown(name=EngineName.CLIPS, state="ok" if recorded else "untried", spoken=recorded)
        health = self._voice.engines.health() if self._voice.engines else {}
        return (clips, *_engines(health, self._zone), EngineShown(name=EngineName.BROWSER, state="elsewhere"))

    def _last(self) -> VoiceChange | None:
        recorded = self._voice.speech.book.last
        if recorded is None or not isinstance(recorded.event, VoiceRulesSaved):
            return None
        by = self._who(recorded.actor.partition(":")[2])
        return VoiceChange(at=recorded.at.astimezone(self._zone).isoformat(), by=by, reason=recorded.event.reason)


def _engines(health: Mapping[EngineName, Health], zone: ZoneInfo) -> Iterable[EngineShown]:
    for name, one in health.items():
        yield EngineShown(
            name=name,
            state=one.state,
            spoken=one.spoken,
            replaced=one.replaced,
            last_error=one.last_error,
            failed_at=one.failed_at and one.failed_at.astimezone(zone),
            spoke_at=one.spoke_at,
        )


def _named(thing: Any) -> Named:  # a zone or a line
    prefix = getattr(thing, "prefix", "")
    return Named(id=thing.id, name=thing.name, name_en=thing.name_en, active=thing.active, prefix=prefix)


class SpeechView:
    """``speech/hall``: so that two managers see each other's change, and an engine's trouble as it comes."""

    access: Access = MANAGER

    def __init__(self, pictures: VoicePictures) -> None:
        self._pictures = pictures

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a picture: there is one."""
        return key == KEY

    def picture(self, _: str) -> VoicePicture:
        """The voice."""
        return self._pictures.picture()

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The one picture, when a rule, a recording, a line, a window or a zone has changed."""
        return (KEY,) if isinstance(recorded.event, CHANGES) else ()
