"""The hall's reports, plans and heads of departments, folded from events."""

from __future__ import annotations

from datetime import date

import msgspec

from dashboards.reports import messages as m
from dashboards.reports.model import Plan, Report, ReportState, Scope
from hall_server.errors import NotFound
from hall_server.messages import Recorded


class Shelf:
    """Every report that is kept, the plans, and department → who heads it."""

    types = frozenset(one.type for one in m.EVENTS)

    def __init__(self) -> None:
        self.reports: dict[str, Report] = {}
        self.plans: tuple[Plan, ...] = ()
        self.heads: dict[str, tuple[str, ...]] = {}
        self.running: str | None = None

    def report(self, id_: str) -> Report:
        """A report that is kept.

        Raises:
            NotFound: ``report.unknown``.
        """
        found = self.reports.get(id_)
        if found is None or found.state is ReportState.REMOVED:
            raise NotFound("report.unknown", id=id_[:60])
        is_running = found.state is ReportState.WAITING and id_ == self.running
        return msgspec.structs.replace(found, state=ReportState.RUNNING) if is_running else found

    def listed(self) -> list[Report]:
        """Every report that is kept, the newest first."""
        known = [one.id for one in self.reports.values() if one.state is not ReportState.REMOVED]
        return sorted(map(self.report, known), key=lambda one: (one.asked_at, one.id), reverse=True)

    def open(self) -> list[Report]:
        """Those that are still to be made, in the order they were asked for."""
        return [one for one in self.reports.values() if one.state is ReportState.WAITING]

    def is_made(self, id_: str) -> bool:
        """Whether a report lies ready."""
        return id_ in self.reports and self.reports[id_].state is ReportState.DONE

    def planned(self, plan: str, first: date, last: date) -> list[Report]:
        """What was made of a span for a plan, whatever became of it."""
        return [one for one in self.reports.values() if (one.plan, one.first, one.last) == (plan, first, last)]

    def headed_by(self, staff: str) -> frozenset[str]:
        """The departments that somebody heads."""
        return frozenset(department for department, heads in self.heads.items() if staff in heads)

    def expire(self, today: date) -> list[Report]:
        """Forget those whose time is up."""
        found = [one for one in self.reports.values() if one.until < today]
        for one in found:
            del self.reports[one.id]
        return found

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case m.PlansSet(plans=plans):
                self.plans = plans
            case m.HeadsSet(department=department, staff=staff):
                self.heads[department] = staff
            case m.ReportAsked() as e:
                self.reports[e.report] = _asked(e, recorded)
            case m.ReportMade() as e:
                self._end(recorded, ReportState.DONE, size=e.size, pages=e.pages, sha256=e.sha256)
            case m.ReportFailed(interrupted=interrupted):
                self._end(recorded, ReportState.INTERRUPTED if interrupted else ReportState.FAILED)
            case m.ReportCancelled():
                self._end(recorded, ReportState.CANCELLED)
            case m.ReportRemoved():
                self._end(recorded, ReportState.REMOVED)

    def _end(self, recorded: Recorded, state: ReportState, **more: object) -> None:
        id_ = getattr(recorded.event, "report", "")
        if (known := self.reports.get(id_)) is not None:
            ended = known.ended_at if state is ReportState.REMOVED else recorded.at
            self.reports[id_] = msgspec.structs.replace(known, state=state, ended_at=ended, **more)


def _asked(event: m.ReportAsked, recorded: Recorded) -> Report:
    return Report(
        id=event.report,
        kind=event.kind,
        first=event.first,
        last=event.last,
        scope=Scope(window=event.scope.window, department=event.scope.department),
        format=event.format,
        language=event.language,
        plan=event.plan,
        asked_by=recorded.actor,
        asked_at=recorded.at,
        until=event.until,
    )
