"""The rules of a hall as settings: what each means, what a manager may set, for the hall and for a single line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hall_queue.rule_events import RulesSaved
from hall_server.errors import Invalid
from hall_server.messages import Recorded
from hall_server.settings import Settings


class LastTicket(StrEnum):
    """When the last number of the day is given (domain rule 1)."""

    HOURS = "hours"  # so many minutes before closing, as the opening hours say
    WINDOWS = "windows"  # while the open windows can still serve whoever comes
    BOTH = "both"


class SecondTicket(StrEnum):
    """What one person may not have two of at a time (domain rule 1)."""

    MATTER = "matter"
    LINE = "line"
    HALL = "hall"
    FREE = "free"


class PassPolicy(StrEnum):
    """What becomes of somebody who did not come (domain rule 6)."""

    RESUME = "resume"  # may be called again while among the last passed there
    REQUEUE = "requeue"  # goes back some places, some times, then expires
    NEW_TICKET = "new_ticket"  # has to take a new number


class ClosingAlone(StrEnum):
    """What happens to those whom only the closing window can serve (domain rule 12)."""

    ASK = "ask"
    LEAVE = "leave"
    STOP = "stop"


class LatePolicy(StrEnum):
    """What becomes of an appointment whose owner comes late (domain rule 15)."""

    NORMAL = "normal"  # waits like everybody who comes now
    REFUSE = "refuse"  # the appointment is over


class Band(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many numbers from one time of the day to another, hall time, "HH:MM"."""

    begin: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    end: Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
    tickets: Annotated[int, Meta(ge=0, le=10_000)]


class Ratio(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of so many calls of a window, ``favoured`` may go before somebody older; then ``oldest`` go by arrival alone."""

    favoured: Annotated[int, Meta(ge=0, le=50)]
    oldest: Annotated[int, Meta(ge=0, le=50)]


def _rule(
    rule: int, group: str, *, unit: str = "", line: bool = True, **bounds: Any
) -> Meta:  # msgspec.Meta takes them
    """Which domain rule a setting belongs to, its group on the page, its unit, and whether a line may differ."""
    return Meta(extra_json_schema={"rule": rule, "group": group, "unit": unit, "line": line}, **bounds)


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every rule with its default; the page's texts ``rules.{name}`` and ``rules.{name}_hint`` say what each does.

    Source: the domain's rules 1 to 22; the numbers in brackets there are the defaults here.
    """

    last_ticket: Annotated[LastTicket, _rule(1, "issue")] = LastTicket.HOURS
    quota_day: Annotated[Annotated[int, Meta(ge=0, le=100_000)] | None, _rule(1, "issue", unit="tickets")] = None
    quota_bands: Annotated[tuple[Band, ...], _rule(1, "issue")] = ()
    second_ticket: Annotated[SecondTicket, _rule(1, "issue")] = SecondTicket.MATTER
    id_required: Annotated[bool, _rule(16, "issue")] = False
    person_per_day: Annotated[Annotated[int, Meta(ge=1, le=100)] | None, _rule(16, "issue", unit="tickets")] = None
    several_matters: Annotated[int, _rule(10, "issue", unit="matters", line=False, ge=1, le=10)] = 3
    guide_line: Annotated[str | None, _rule(1, "issue", line=False)] = None

    ageing_s: Annotated[float, _rule(3, "order", unit="s", ge=0, le=86_400)] = 1_800
    ratio: Annotated[Ratio | None, _rule(3, "order", line=False)] = None
    preference: Annotated[bool, _rule(3, "order", line=False)] = True

    recall_gap_s: Annotated[float, _rule(5, "call", unit="s", ge=0, le=3_600)] = 10
    recalls_max: Annotated[int, _rule(5, "call", unit="times", ge=0, le=20)] = 3
    pass_after_calls: Annotated[int, _rule(6, "call", unit="calls", ge=1, le=20)] = 2
    pass_after_s: Annotated[float, _rule(6, "call", unit="s", ge=0, le=3_600)] = 30
    pass_policy: Annotated[PassPolicy, _rule(6, "call")] = PassPolicy.RESUME
    passed_resume_last: Annotated[int, _rule(6, "call", unit="tickets", ge=0, le=50)] = 3
    pass_places: Annotated[int, _rule(6, "call", unit="places", ge=1, le=100)] = 3
    pass_times: Annotated[int, _rule(6, "call", unit="times", ge=0, le=20)] = 2
    requeues_max: Annotated[int, _rule(7, "call", unit="times", ge=0, le=20)] = 2
    hold_s: Annotated[float, _rule(8, "call", unit="s", ge=10, le=28_800)] = 900
    transfer_keeps_arrival: Annotated[bool, _rule(9, "call")] = True
    transfer_keeps_priority: Annotated[bool, _rule(9, "call")] = True
    transfer_bar_s: Annotated[float, _rule(9, "call", unit="s", ge=0, le=3_600)] = 60
    undo_s: Annotated[float, _rule(7, "call", unit="s", line=False, ge=0, le=60)] = 10

    closing_alone: Annotated[ClosingAlone, _rule(12, "day", line=False)] = ClosingAlone.ASK
    expire_at_day_end: Annotated[bool, _rule(13, "day", line=False)] = True
    near_at: Annotated[int, _rule(17, "day", unit="people", ge=0, le=20)] = 3

    book_workdays: Annotated[int, _rule(15, "appointments", unit="workdays", line=False, ge=0, le=60)] = 5
    book_per_person: Annotated[int, _rule(15, "appointments", unit="appointments", line=False, ge=1, le=20)] = 2
    check_in_before_s: Annotated[float, _rule(15, "appointments", unit="s", ge=0, le=14_400)] = 1_800
    check_in_after_s: Annotated[float, _rule(15, "appointments", unit="s", ge=0, le=14_400)] = 600
    late: Annotated[LatePolicy, _rule(15, "appointments")] = LatePolicy.NORMAL
    slot_reopens_s: Annotated[float, _rule(15, "appointments", unit="s", ge=0, le=86_400)] = 900
    no_shows_max: Annotated[int, _rule(16, "appointments", unit="times", line=False, ge=0, le=20)] = 3
    no_shows_days: Annotated[int, _rule(16, "appointments", unit="days", line=False, ge=1, le=365)] = 30

    offline_block: Annotated[int, _rule(22, "kiosk", unit="numbers", line=False, ge=0, le=200)] = 20

    @property
    def ageing(self) -> timedelta | None:
        """After this wait a ticket goes before preference and priority; None where only the ratio sees to that."""
        return timedelta(seconds=self.ageing_s) if self.ageing_s else None


NAMES = tuple(Rules.__struct_fields__)


def about() -> dict[str, dict[str, Any]]:
    """Of every rule: its number, group, unit, whether a line may differ, its JSON schema and its default."""
    schema = msgspec.json.schema(Rules)
    return dict(schema["$defs"]["Rules"]["properties"])


PER_LINE = frozenset(name for name, entry in about().items() if entry["line"])


class Rulebook:
    """The rules in force: the hall's, with what single lines have of their own.

    Attributes:
        hall: the hall's rules.
        changed: what the hall, by ``None``, and lines have set, by name.
    """

    types = frozenset({RulesSaved.type})

    def __init__(self, settings: Settings) -> None:
        """Begin with what the hall's file says; managers change it from then on."""
        self._begin = {name: getattr(settings, name) for name in NAMES if hasattr(settings, name)}
        self.changed: dict[str | None, dict[str, Any]] = {}
        self._lines: dict[str, Rules] = {}
        self.hall = read(self._begin)

    def of(self, line: str | None) -> Rules:
        """The rules of a line; of the hall where none is named."""
        return self._lines.get(line, self.hall) if line else self.hall

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        assert isinstance(event, RulesSaved)  # noqa: S101  # the types above
        self.changed[event.line] = dict(event.values)
        self.hall = self._read_old(self.changed.get(None, {}))
        self._lines = {
            line: self._read_old({**self.changed.get(None, {}), **own})
            for line, own in self.changed.items()
            if line is not None and own
        }

    def planned(self, line: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the hall or a line would have of its own after a change; a value of None gives a rule back.

        Raises:
            Invalid: ``rules.unknown``, ``rules.hall_only``, or as :func:`read`, with the field.
        """
        own = dict(self.changed.get(line, {}))
        for name, value in values.items():
            if name not in NAMES:
                raise Invalid("rules.unknown", field=name)
            if line is not None and name not in PER_LINE:
                raise Invalid("rules.hall_only", field=name)
            if value is None:
                own.pop(name, None)
            else:
                own[name] = value
        if line is not None:
            read({**self._begin, **self.changed.get(None, {}), **own})
            return own
        read({**self._begin, **own})
        for other, theirs in self.changed.items():
            if other is not None:
                read({**self._begin, **own, **theirs})
        return own

    def _read_old(self, values: Mapping[str, Any]) -> Rules:
        """Values of the journal; names that this program has no more are left out."""
        return msgspec.convert({k: v for k, v in {**self._begin, **values}.items() if k in NAMES}, Rules)


def read(values: Mapping[str, Any]) -> Rules:
    """Rules from values by name.

    Raises:
        Invalid: ``rules.invalid`` or a code that says what contradicts what; ``fields["field"]`` names the rule.
    """
    try:
        rules = msgspec.convert(dict(values), Rules)
    except msgspec.ValidationError as exc:
        raise Invalid("rules.invalid", field=_field_of(exc), reason=str(exc)) from exc
    _check_ratio(rules)
    _check_bands(rules)
    return rules


def _check_ratio(rules: Rules) -> None:
    ratio = rules.ratio
    if ratio is not None and ratio.favoured + ratio.oldest == 0:
        raise Invalid("rules.ratio_of_nothing", field="ratio")
    if ratio is not None and ratio.oldest == 0:
        raise Invalid("rules.ratio_without_oldest", field="ratio")
    if ratio is None and not rules.ageing_s:
        raise Invalid("rules.some_never_called", field="ageing_s")


def _check_bands(rules: Rules) -> None:
    last = ""
    for band in sorted(rules.quota_bands, key=lambda one: one.begin):
        if band.end <= band.begin:
            raise Invalid("rules.band_ends_first", field="quota_bands", begin=band.begin, end=band.end)
        if band.begin < last:
            raise Invalid("rules.bands_overlap", field="quota_bands", begin=band.begin)
        last = band.end


def _field_of(exc: msgspec.ValidationError) -> str:
    """The rule a message of msgspec's is about: its text ends with the path."""
    path = str(exc).rpartition("`$.")[2]
    return path.partition("[")[0].partition(".")[0].rstrip("`")
