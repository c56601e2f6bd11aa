"""The rules of a hall as settings: what each means, what a manager may set, for the hall and for a single line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from functools import cache
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
    outside: Annotated[bool, _rule(1, "issue")] = False
    outside_before_s: Annotated[float, _rule(1, "issue", unit="s", ge=0, le=14_400)] = 3_600
    outside_after_s: Annotated[float, _rule(1, "issue", unit="s", ge=0, le=43_200)] = 3_600
    outside_come_s: Annotated[float, _rule(1, "issue", unit="s", ge=300, le=14_400)] = 1_800

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
        return _span(self.ageing_s) if self.ageing_s else None


@cache
def _span(seconds: float) -> timedelta:
    """A few spans, asked for at every call."""
    return timedelta(seconds=seconds)


NAMES = tuple(Rules.__struct_fields__)


@cache
def about() -> dict[str, dict[str, Any]]:
    """Of every rule: its number, group, unit, whether a line may differ, its JSON schema and its default."""
    schema = msgspec.json.schema(Rules)
    return dict(schema["$defs"]["Rules"]["properties"])


PER_LINE = frozenset(name for name, entry in about().items() if entry["line"])
MAY_BE_NONE = frozenset(name for name in PER_LINE if "anyOf" in about()[name])
NONE = "none"
"""The value of a rule that is set to nothing, where the hall, or its file, has something: no quota in this line."""

Changes = Mapping[str | None, Mapping[str, Any]]
"""What shall change, by name, for the hall (None) and lines; None gives a rule back, ``NONE`` sets it to nothing."""


class Rulebook:
    """The rules in force: the hall's, with what single lines have of their own.

    Attributes:
        hall: the hall's rules.
        begun: what holds where nobody has set anything: the hall's file over the program's defaults.
        changed: what the hall, by ``None``, and lines have set, by name.
        last: the last change, with who made it and when.
    """

    types = frozenset({RulesSaved.type})

    def __init__(self, settings: Settings) -> None:
        """Begin with what the hall's file says; managers change it from then on."""
        self._begin = {name: getattr(settings, name) for name in NAMES if hasattr(settings, name)}
        self.changed: dict[str | None, dict[str, Any]] = {}
        self._lines: dict[str, Rules] = {}
        self.begun = self.hall = read(self._begin)
        self.last: Recorded | None = None

    def of(self, line: str | None) -> Rules:
        """The rules of a line; of the hall where none is named."""
        return self._lines.get(line, self.hall) if line else self.hall

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        event = recorded.event
        assert isinstance(event, RulesSaved)  # noqa: S101  # the types above
        self.changed[event.line] = dict(event.values)
        self.last = recorded
        self.hall = self._read_old(self.changed.get(None, {}))
        self._lines = {
            line: self._read_old({**self.changed.get(None, {}), **own})
            for line, own in self.changed.items()
            if line is not None and own
        }

    def planned(self, line: str | None, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the hall or a line would have of its own after a change; a value of None gives a rule back.

        Raises:
            Invalid: as :meth:`plan`.
        """
        return self.plan({line: values})[line]

    def plan(self, changes: Changes) -> dict[str | None, dict[str, Any]]:
        """What the hall and lines would have of their own after changes that are made together, or not at all.

        Raises:
            Invalid: ``rules.unknown``, ``rules.hall_only``, or as :func:`read`, with the field, and the line where a
                line's rules are at fault.
        """
        after = {place: dict(own) for place, own in self.changed.items()}
        for line, values in changes.items():
            own = after.setdefault(line, {})
            for name, value in values.items():
                _check_name(name, line)
                if value is None:
                    own.pop(name, None)
                else:
                    own[name] = value
        hall = {**self._begin, **after.get(None, {})}
        read(hall)
        for line, own in after.items():
            if line is not None:
                read({**hall, **own}, line=line)
        found = {line: _written({**hall, **after[line]}, after[line]) for line in changes}
        if None in found:
            begun = _plain(self.begun)
            found[None] = {
                name: value for name, value in found[None].items() if _meant({name: value})[name] != begun[name]
            }
        return found

    def _read_old(self, values: Mapping[str, Any]) -> Rules:
        """Values of the journal; what this program has no more, or holds for impossible by now, is left out."""
        known = _meant({name: value for name, value in {**self._begin, **values}.items() if name in NAMES})
        try:
            return msgspec.convert(known, Rules)
        except msgspec.ValidationError:
            return msgspec.convert({name: value for name, value in known.items() if _fits(name, value)}, Rules)


def read(values: Mapping[str, Any], *, line: str | None = None) -> Rules:
    """Rules from values by name.

    Args:
        values: by name; what is not given has the program's default.
        line: whose they are, where not the hall's; an error names it.

    Raises:
        Invalid: ``rules.invalid`` or a code that says what contradicts what; ``fields["field"]`` names the rule.
    """
    try:
        rules = _converted(values)
        for check in (_check_order, _check_pass, _check_bands, _check_appointments):
            check(rules)
    except Invalid as exc:
        if line is not None:
            exc.fields["line"] = line
        raise
    return rules


def _check_name(name: str, line: str | None) -> None:
    if name not in NAMES:
        raise Invalid("rules.unknown", field=name[:60])
    if line is not None and name not in PER_LINE:
        raise Invalid("rules.hall_only", field=name, line=line)


def _converted(values: Mapping[str, Any]) -> Rules:
    try:
        return msgspec.convert(_meant(values), Rules)
    except msgspec.ValidationError as exc:
        raise _refusal(str(exc)) from exc


def _refusal(text: str) -> Invalid:
    """What a message of msgspec's says, in our words: it ends with the path of the value."""
    path = text.rpartition("`$.")[2].rstrip("`")
    field = path.partition("[")[0].partition(".")[0]
    if field == "quota_bands" and "[" in path:
        row = int(path.partition("[")[2].partition("]")[0])
        return Invalid("rules.band_invalid", field=field, row=row, part=path.rpartition(".")[2])
    bounds = bounds_of(field)
    if bounds is None:
        return Invalid("rules.invalid", field=field)
    least, most, is_whole = bounds
    if is_whole:
        return Invalid("rules.whole_number", field=field, least=least, most=most)
    return Invalid("rules.out_of_range", field=field, least=least, most=most)


def bounds_of(name: str) -> tuple[float, float, bool] | None:
    """Least and most of a number and whether it is a whole one; None for what is no number."""
    entry = about().get(name, {})
    kinds = [entry, *entry.get("anyOf", ())]
    found = next((kind for kind in kinds if kind.get("type") in {"integer", "number"}), None)
    return None if found is None else (found["minimum"], found["maximum"], found["type"] == "integer")


def _check_order(rules: Rules) -> None:
    ratio = rules.ratio
    if ratio is not None and ratio.favoured + ratio.oldest == 0:
        raise Invalid("rules.ratio_of_nothing", field="ratio")
    if ratio is not None and ratio.oldest == 0:
        raise Invalid("rules.ratio_without_oldest", field="ratio")
    if ratio is None and not rules.ageing_s:
        raise Invalid("rules.some_never_called", field="ageing_s")


def _check_pass(rules: Rules) -> None:
    if rules.pass_after_calls > 1 + rules.recalls_max:
        raise Invalid("rules.never_passed", field="pass_after_calls", most=1 + rules.recalls_max)


def _check_bands(rules: Rules) -> None:
    last = ""
    for row, band in sorted(enumerate(rules.quota_bands), key=lambda one: one[1].begin):
        if band.end <= band.begin:
            raise Invalid("rules.band_ends_first", field="quota_bands", row=row, part="end", begin=band.begin)
        if band.begin < last:
            raise Invalid("rules.bands_overlap", field="quota_bands", row=row, part="begin", begin=band.begin)
        last = band.end


def _check_appointments(rules: Rules) -> None:
    if not rules.check_in_before_s and not rules.check_in_after_s:
        raise Invalid("rules.no_check_in", field="check_in_after_s")


def _written(all_values: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The values of ``own`` as they are written: 10.0 and 10 are one value, bands stand in their order."""
    rules = msgspec.convert(_meant(all_values), Rules)
    ordered = msgspec.structs.replace(rules, quota_bands=tuple(sorted(rules.quota_bands, key=lambda one: one.begin)))
    written = _plain(ordered)
    return {name: NONE if written[name] is None and name in MAY_BE_NONE else written[name] for name in own}


def _meant(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the rules hold them: nothing is None there."""
    return {name: None if value == NONE and name in MAY_BE_NONE else value for name, value in values.items()}


def _plain(rules: Rules) -> dict[str, Any]:
    """Rules by name as the journal gives them back: with lists, not tuples."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(rules))
    return found


def _fits(name: str, value: object) -> bool:
    try:
        msgspec.convert({name: value}, Rules)
    except msgspec.ValidationError:
        return False
    return True
