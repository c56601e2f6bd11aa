"""Commands and events of reports: asked for, made, failed, cancelled, removed; the plans; who heads a department."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from dashboards.reports.model import Format, Plan, ReportKind, Scope
from hall_server.messages import Command, Event, LastingEvent


class AskReport(Command, frozen=True, kw_only=True):
    """Have a report made."""

    kind: ReportKind
    first: date
    last: date
    scope: Scope
    format: Format
    language: str
    plan: str | None = None


class NoteMade(Command, frozen=True, kw_only=True):
    """Note that a report lies ready."""

    report: str
    size: int
    pages: int
    sha256: str


class NoteFailed(Command, frozen=True, kw_only=True):
    """Note that a report came to nothing; ``interrupted``: because the server ended."""

    report: str
    interrupted: bool = False


class CancelReport(Command, frozen=True, kw_only=True):
    """Give up a report that is not made yet."""

    report: str


class RemoveReport(Command, frozen=True, kw_only=True):
    """Remove a report that is over, with its file."""

    report: str


class SetPlans(Command, frozen=True, kw_only=True):
    """Say which reports are made by themselves; the whole list."""

    plans: tuple[Plan, ...]


class SetHeads(Command, frozen=True, kw_only=True):
    """Say who heads a department (部门负责人): they may have its reports, and nothing else of a manager's."""

    department: str
    staff: tuple[str, ...]


class ReportEvent(LastingEvent, frozen=True, kw_only=True):
    """Something happened to a report; it is needed as long as the report is kept."""

    report: str
    until: date

    @property
    def subject(self) -> str:
        """The report."""
        return f"report:{self.report}"

    def last_day(self, happened: date) -> date | None:
        """The last day the report is kept."""
        return self.until


class ReportAsked(ReportEvent, frozen=True, kw_only=True):
    """A report was asked for, by a person or by a plan."""

    type: ClassVar[str] = "report.asked"
    kind: ReportKind
    first: date
    last: date
    scope: Scope
    format: Format
    language: str
    plan: str | None


class ReportMade(ReportEvent, frozen=True, kw_only=True):
    """A report lies ready beside the database; ``sha256`` of its file."""

    type: ClassVar[str] = "report.made"
    size: int
    pages: int
    sha256: str


class ReportFailed(ReportEvent, frozen=True, kw_only=True):
    """A report came to nothing."""

    type: ClassVar[str] = "report.failed"
    interrupted: bool


class ReportCancelled(ReportEvent, frozen=True, kw_only=True):
    """Somebody gave a report up before it was made."""

    type: ClassVar[str] = "report.cancelled"


class ReportRemoved(ReportEvent, frozen=True, kw_only=True):
    """Somebody removed a report; its file is gone."""

    type: ClassVar[str] = "report.removed"


class PlansSet(LastingEvent, frozen=True, kw_only=True):
    """Other reports are made by themselves from now on."""

    type: ClassVar[str] = "report.plans_set"
    plans: tuple[Plan, ...]

    @property
    def subject(self) -> str:
        """The plans."""
        return "report:plans"


class HeadsSet(LastingEvent, frozen=True, kw_only=True):
    """A department is headed by others."""

    type: ClassVar[str] = "report.heads_set"
    department: str
    staff: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The department."""
        return f"department:{self.department}"


class ReportId(msgspec.Struct, frozen=True):
    """What is answered when a report was asked for."""

    id: str


EVENTS: tuple[type[Event], ...] = (
    ReportAsked,
    ReportMade,
    ReportFailed,
    ReportCancelled,
    ReportRemoved,
    PlansSet,
    HeadsSet,
)
