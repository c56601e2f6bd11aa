"""The picture of the rules that the manager's page shows, and which events change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hall_queue.rule_events import RulesSaved
from hall_queue.rulebook import MAY_BE_NONE, NONE, Rulebook, Rules, about, bounds_of
from hall_server.directory.directory import Directory
from hall_server.directory.events import HallSaved, HoursSaved, LineSaved
from hall_server.directory.model import Hours, Priority
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.routes import MANAGER, Access

TOPIC, KEY = "rules", "hall"
_KINDS = {"boolean": "yes_no", "integer": "whole", "number": "number", "array": "bands", "string": "line"}


class RuleAbout(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule is, whatever its value.

    Attributes:
        rule: its number in the domain's list. group: its section of the page. unit: what its number counts.
        kind: how it is edited: choice, yes_no, whole, number, bands, ratio, line.
        per_line: whether lines may differ. may_be_none: whether it may be without a value.
        least, most: of numbers. choices: of choices.
    """

    name: str
    rule: int
    group: str
    unit: str
    kind: str
    per_line: bool
    may_be_none: bool
    least: float | None
    most: float | None
    choices: tuple[str, ...]


class RuleShown(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with its values.

    Attributes:
        default: what holds where nobody has set it. value: the hall's. is_changed: whether the hall has set it.
        lines: what lines have of their own, by line; "none" where a line has none and the hall may have one.
    """

    about: RuleAbout
    default: Any
    value: Any
    is_changed: bool
    lines: dict[str, Any]


class LineNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A line that may have rules of its own."""

    id: str
    prefix: str
    name: str
    name_en: str
    active: bool


class LastChange(msgspec.Struct, frozen=True, kw_only=True):
    """The last change of a rule: when (ISO-8601, hall time), by whom, why."""

    at: str
    by: str
    reason: str


class RulesPicture(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/rules`: all that the page of the rules shows."""

    hall: dict[str, str]
    groups: tuple[str, ...]
    rules: tuple[RuleShown, ...]
    lines: tuple[LineNamed, ...]
    priorities: tuple[Priority, ...]
    hours: Hours | None
    last: LastChange | None


def described() -> tuple[RuleAbout, ...]:
    """Every rule, in the order of the page."""
    choices = msgspec.json.schema(Rules)["$defs"]
    return tuple(_described(name, entry, choices) for name, entry in about().items())


def _described(name: str, entry: dict[str, Any], definitions: dict[str, Any]) -> RuleAbout:
    options = [option for option in entry.get("anyOf", [entry]) if option.get("type") != "null"]
    named = options[0].get("$ref", "").rpartition("/")[2]
    choices = tuple(definitions.get(named, {}).get("enum", ()))
    kind = "choice" if choices else named.lower() or _KINDS[options[0]["type"]]
    least, most, _ = bounds_of(name) or (None, None, False)
    return RuleAbout(
        name=name,
        rule=entry["rule"],
        group=entry["group"],
        unit=entry["unit"],
        kind=kind,
        per_line=entry["line"],
        may_be_none="anyOf" in entry,
        least=least,
        most=most,
        choices=_in_order(name, choices),
    )


def _in_order(name: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    """Choices as the program lists them; a schema sorts them by letter."""
    return tuple(member.value for member in type(getattr(Rules(), name))) if choices else ()


class RulePictures:
    """Makes the picture.

    Args:
        who: gives the name of a member of staff by id.
        zone: the hall's time zone.
    """

    def __init__(self, rulebook: Rulebook, directory: Directory, who: Callable[[str], str], zone: ZoneInfo) -> None:
        self._rulebook = rulebook
        self._directory = directory
        self._who = who
        self._zone = zone
        self._about = described()

    def picture(self) -> RulesPicture:
        """The rules as they are."""
        hall = self._directory.hall
        return RulesPicture(
            hall={"id": hall.id, "name": hall.name, "name_en": hall.name_en} if hall else {},
            groups=tuple(dict.fromkeys(one.group for one in self._about)),
            rules=tuple(self._rule(one) for one in self._about),
            lines=self._lines(),
            priorities=hall.priorities if hall else (),
            hours=self._directory.hours,
            last=self._last(),
        )

    def _rule(self, one: RuleAbout) -> RuleShown:
        book, name = self._rulebook, one.name
        own = {line: values for line, values in book.changed.items() if line is not None and name in values}
        return RuleShown(
            about=one,
            default=getattr(book.begun, name),
            value=getattr(book.hall, name),
            is_changed=name in book.changed.get(None, {}),
            lines={line: self._of_line(line, name) for line in own if line in self._directory.lines},
        )

    def _of_line(self, line: str, name: str) -> Any:
        value = getattr(self._rulebook.of(line), name)
        return NONE if value is None and name in MAY_BE_NONE else value

    def _lines(self) -> tuple[LineNamed, ...]:
        lines = sorted(self._directory.lines.values(), key=lambda line: (len(line.prefix), line.prefix))
        return tuple(
            LineNamed(id=line.id, prefix=line.prefix, name=line.name, name_en=line.name_en, active=line.active)
            for line in lines
        )

    def _last(self) -> LastChange | None:
        recorded = self._rulebook.last
        if recorded is None or not isinstance(recorded.event, RulesSaved):
            return None
        by = self._who(recorded.actor.partition(":")[2])
        return LastChange(at=recorded.at.astimezone(self._zone).isoformat(), by=by, reason=recorded.event.reason)


class RulesView:
    """``rules/hall``: so that two managers see each other's change."""

    access: Access = MANAGER

    def __init__(self, pictures: RulePictures) -> None:
        self._pictures = pictures

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a picture: there is one."""
        return key == KEY

    def picture(self, _: str) -> RulesPicture:
        """The rules."""
        return self._pictures.picture()

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The one picture, when a rule, a line, the classes or the hours have changed."""
        changes = isinstance(recorded.event, RulesSaved | LineSaved | HallSaved | HoursSaved)
        return (KEY,) if changes else ()
