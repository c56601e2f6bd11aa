"""What a report is: its kind, whose figures it holds, where it stands, and when a planned one is due; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from evaluation.figures.period import Period, month_of
from hall_server.errors import Invalid

DAYS_MOST = 366
"""A report is of a year at most; more is asked for on the page of statistics, as a spreadsheet."""
LATE_DAYS = 7
"""A planned daily report is made up for so many days afterwards, where the server was off."""
TRIES_MOST = 3
"""A planned report that was interrupted is begun so often at most."""
_DAY = timedelta(days=1)


class ReportKind(StrEnum):
    """What a report spans."""

    DAILY = "daily"  # one business day
    WEEKLY = "weekly"  # Monday to Sunday
    MONTHLY = "monthly"  # the days of a calendar month
    PERIOD = "period"  # any days


class Format(StrEnum):
    """What a report is written as."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


class ReportState(StrEnum):
    """Where a report stands."""

    WAITING = "waiting"  # others are made first
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # the process died or took too long
    INTERRUPTED = "interrupted"  # the server ended meanwhile
    CANCELLED = "cancelled"
    REMOVED = "removed"

    @property
    def is_open(self) -> bool:
        """Whether it is still to come."""
        return self in (ReportState.WAITING, ReportState.RUNNING)


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Whose figures: of a window, of a department, of the whole hall where neither is named."""

    window: str | None = None
    department: str | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A report that is made by itself whenever its kind of span is over.

    Attributes:
        since: spans that ended before this day are not made up.
    """

    id: str
    kind: ReportKind
    format: Format
    language: str
    scope: Scope = Scope()
    since: date


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it stands.

    Attributes:
        until: the last day it is kept.
        plan: the plan it comes from; None: somebody asked for it.
        sha256: of its file.
    """

    id: str
    kind: ReportKind
    first: date
    last: date
    scope: Scope
    format: Format
    language: str
    plan: str | None
    asked_by: str
    asked_at: datetime
    until: date
    state: ReportState = ReportState.WAITING
    ended_at: datetime | None = None
    size: int = 0
    pages: int = 0
    sha256: str = ""

    @property
    def name(self) -> str:
        """The file's name for whoever saves it."""
        of = self.scope.window or self.scope.department or "hall"
        days = f"{self.first}" if self.first == self.last else f"{self.first}_{self.last}"
        return f"{self.kind}-{of}-{days}.{self.format}"


def span_of(kind: ReportKind, first: date, last: date | None) -> Period:
    """The days of a report.

    Args:
        first: any day of the week or month meant; of a period its first.
        last: may be left out but for a period; where it is given it must be the last day of what is meant.

    Raises:
        Invalid: ``figures.backwards``, ``report.too_long``, ``report.last_missing``, ``report.not_that_span``.
    """
    if last is not None and last < first:
        raise Invalid("figures.backwards", field="last")
    if kind is ReportKind.PERIOD:
        if last is None:
            raise Invalid("report.last_missing", field="last")
        if (last - first).days >= DAYS_MOST:
            raise Invalid("report.too_long", field="first", most=DAYS_MOST)
        return Period(first=first, last=last)
    span = _around(kind, first)
    if last is not None and (first, last) != (span.first, span.last):
        raise Invalid("report.not_that_span", field="last", begin=str(span.first), end=str(span.last))
    return span


def _around(kind: ReportKind, day: date) -> Period:
    match kind:
        case ReportKind.WEEKLY:
            monday = day - _DAY * day.weekday()
            return Period(first=monday, last=monday + _DAY * 6)
        case ReportKind.MONTHLY:
            return month_of(day)
        case _:
            return Period(first=day, last=day)


def due(plan: Plan, today: date, days: Iterable[date]) -> Iterator[Period]:
    """The spans that are over and that a plan asks for, oldest first: days of the last week, or the last week or month.

    Args:
        today: the open business day; nothing of it is over.
        days: the hall's business days; a day off is none, and a day on which the server was not there.
    """
    if plan.kind is ReportKind.DAILY:
        for day in sorted(days):
            if max(plan.since, today - _DAY * LATE_DAYS) <= day < today:
                yield Period(first=day, last=day)
        return
    this = _around(plan.kind, today)
    span = _around(plan.kind, this.first - _DAY)
    if span.last >= plan.since and any(span.first <= day <= span.last for day in days):
        yield span
