"""What an imported log comes to, in numbers; docs/import-log.md says how each is counted."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from cases.clocks.model import Light
from cases.figures.compute import CaseFigure
from cases.logs.faults import Fault
from cases.logs.mapping import Mapping
from cases.supervision.daily import Ranked


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How long things took, in seconds; of none everything is None.

    Attributes:
        median, p90: between the two nearest, as numpy and pandas count them.
    """

    n: int
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    least: float | None = None
    most: float | None = None


class OnTime(msgspec.Struct, frozen=True, kw_only=True):
    """How many of those that were decided and had a limit were in time.

    Attributes:
        rate: in_time ÷ (in_time + late); None: there were none.
        open_late: not decided, and over the limit by ``as_of``. without: decided, with no limit.
        at_midnight: limits written as the first moment of a day.
        rate_whole_days: as if each deadline meant its whole day.
    """

    in_time: int = 0
    late: int = 0
    rate: float | None = None
    open_late: int = 0
    without: int = 0
    at_midnight: int = 0
    rate_whole_days: float | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """An activity or a resource.

    Attributes:
        work: from begin to end, where the log has both. since_before: since the event before in its case.
        in_time, late: against the deadlines of events.
    """

    name: str
    events: int
    cases: int
    work: Spread
    since_before: Spread
    in_time: int = 0
    late: int = 0


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A sequence of activities and in how many cases it came."""

    cases: int
    activities: tuple[str, ...]


class LateCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case that is over its limit."""

    case: str
    department: str
    due: date
    ended_on: date | None
    over_workdays: int
    over_s: float


class Broken(msgspec.Struct, frozen=True, kw_only=True):
    """How many faults there are of a kind in a field."""

    field: str
    code: str
    count: int


class LogReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about an imported log.

    Attributes:
        rows: events as the file has them; events: of these, taken in.
        throughput: first to last event of each case. handling, net: receipt to decision; net of what stood.
        figures: the house's formulas; what is about limits is over the cases that have one.
        findings: breaches of supervision rules, by rule.
        skipped_rules: rules that the log cannot tell of.
    """

    name: str
    title: str
    file: str
    sha256: str
    imported_at: datetime
    kind: str
    encoding: str
    separator: str
    mapping: Mapping
    as_of: datetime | None
    first_at: datetime | None
    last_at: datetime | None
    rows: int
    events: int
    cases: int
    empty_traces: int
    activities: int
    resources: int
    variants: int
    open: int
    dropped: int
    lost_fields: int
    is_whole: bool
    throughput: Spread
    handling: Spread
    net: Spread
    on_time: OnTime
    events_on_time: OnTime
    lights: dict[Light, int]
    figures: tuple[CaseFigure, ...]
    ranking: tuple[Ranked, ...]
    late_cases: tuple[LateCase, ...]
    findings: dict[str, int]
    skipped_rules: tuple[str, ...]
    top_variants: tuple[Variant, ...]
    by_activity: tuple[Group, ...]
    by_resource: tuple[Group, ...]
    broken: tuple[Broken, ...]
    faults: tuple[Fault, ...]
    seen_columns: tuple[str, ...]


def lines(report: LogReport, *, faults: int = 20) -> list[str]:
    """The report for a terminal."""
    found = [
        f"log {report.name}  cases {report.cases}  events {report.events}  variants {report.variants}",
        f"activities {report.activities}  resources {report.resources}  open {report.open}",
        f"throughput {_spread(report.throughput)}",
        f"handling {_spread(report.handling)}",
        f"handling net {_spread(report.net)}",
        f"on time {_rate(report.on_time)}",
    ]
    if report.on_time.at_midnight:
        whole = _percent(report.on_time.rate_whole_days)
        found.append(f"  {report.on_time.at_midnight} deadlines are at midnight; if each meant its whole day: {whole}")
    if report.events_on_time.in_time or report.events_on_time.late:
        found.append(f"events on time {_rate(report.events_on_time)}")
    found += [f"{one.id} {'—' if one.value is None else round(one.value, 4)}" for one in report.figures]
    found += [f"overdue {one.place}. {one.department or '—'}: {one.overdue} of {one.of}" for one in report.ranking[:10]]
    found += [f"rule {rule}: {count}" for rule, count in sorted(report.findings.items())]
    found += [f"broken {one.field}: {one.code} × {one.count}" for one in report.broken]
    found += [f"  {fault}" for fault in report.faults[:faults]]
    found.append(f"rows {report.rows}  left out {report.dropped}  fields lost {report.lost_fields}")
    if not report.is_whole:
        found.append("THE FILE IS NOT WHOLE: what came after the break is missing")
    return found


def _spread(one: Spread) -> str:
    if one.mean is None or one.median is None or one.p90 is None:
        return "—"
    return f"mean {_days(one.mean)}  median {_days(one.median)}  p90 {_days(one.p90)}  (n {one.n})"


def _days(seconds: float) -> str:
    return f"{seconds / 86_400:.3f} d"


def _rate(one: OnTime) -> str:
    counts = f"{one.in_time} in time, {one.late} late, {one.without} without a limit"
    return f"{_percent(one.rate)}  ({counts}, {one.open_late} open and late)"


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate * 100:.2f} %"
