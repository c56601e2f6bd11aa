"""Decides on reports: who may have which, what may be asked for, what may be given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from dashboards.reports import messages as m
from dashboards.reports.model import Plan, Report, ReportKind, ReportState, Scope
from dashboards.reports.state import Shelf
from evaluation.figures.period import Period
from hall_server.directory.directory import Directory
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.outcome import Context, Outcome

OPEN_MOST = 20
"""So many reports may wait at once."""
PLANS_MOST = 60


class ReportService:
    """The handlers of the commands."""

    def __init__(self, shelf: Shelf, directory: Directory, kept_days: int) -> None:
        self._shelf, self._directory, self._kept = shelf, directory, timedelta(days=kept_days)

    # -- who may

    def check_reader(self, actor: Actor) -> None:
        """Refuse whoever has no reports at all.

        Raises:
            Forbidden: ``report.not_for_you``.
        """
        if not is_manager(actor) and not self._shelf.headed_by(actor.id):
            raise Forbidden("report.not_for_you")

    def check_scope(self, actor: Actor, scope: Scope) -> None:
        """Refuse a report of what somebody may not see.

        Raises:
            Forbidden: ``report.not_for_you``; ``report.department_not_yours`` with those that are.
        """
        self.check_reader(actor)
        if not self.may_see(actor, scope):
            yours = sorted(self._shelf.headed_by(actor.id))
            raise Forbidden("report.department_not_yours", field="department", yours=", ".join(yours))

    def check_asked(self, actor: Actor, scope: Scope) -> None:
        """Refuse what :meth:`ask` would refuse, before anything is counted.

        Raises:
            Forbidden, Invalid, NotFound: as :meth:`ask`.
        """
        self.check_scope(actor, scope)
        self._check_known(scope)

    def may_see(self, actor: Actor, scope: Scope) -> bool:
        """Whether somebody may see figures of this: managers all of them, heads those of their department."""
        return is_manager(actor) or (scope.department or "") in self._shelf.headed_by(actor.id)

    def seen(self, actor: Actor, id_: str) -> Report:
        """A report that somebody may see.

        Raises:
            NotFound: ``report.unknown``. Forbidden: as :meth:`check_scope`.
        """
        self.check_reader(actor)
        found = self._shelf.report(id_)
        self.check_scope(actor, found.scope)
        return found

    # -- the commands

    def ask(self, command: m.AskReport, context: Context) -> Outcome:
        """Take a report on.

        Raises:
            Forbidden: as :meth:`check_scope`. NotFound: ``report.no_window``, ``report.no_department``.
            Refused: ``report.too_many``.
        """
        self.check_asked(context.actor, command.scope)
        if len(self._shelf.open()) >= OPEN_MOST:
            raise Refused("report.too_many", most=OPEN_MOST)
        id_ = context.ids.new()
        event = m.ReportAsked(
            report=id_,
            until=context.business_day + self._kept,
            kind=command.kind,
            first=command.first,
            last=command.last,
            scope=command.scope,
            format=command.format,
            language=command.language,
            plan=command.plan,
        )
        return Outcome(events=(event,), reply=lambda: m.ReportId(id_))

    def note_made(self, command: m.NoteMade, context: Context) -> Outcome:
        """Put a report on the shelf; one that was given up meanwhile stays given up."""
        report = self._shelf.report(command.report)
        if not report.state.is_open:
            raise Refused("report.over", state=report.state.value)
        made = m.ReportMade(
            report=report.id, until=report.until, size=command.size, pages=command.pages, sha256=command.sha256
        )
        return Outcome(events=(made,), reply=lambda: m.ReportId(report.id))

    def note_failed(self, command: m.NoteFailed, context: Context) -> Outcome:
        """Note why there is no report."""
        report = self._shelf.report(command.report)
        if not report.state.is_open:
            raise Refused("report.over", state=report.state.value)
        failed = m.ReportFailed(report=report.id, until=report.until, interrupted=command.interrupted)
        return Outcome(events=(failed,), reply=lambda: m.ReportId(report.id))

    def cancel(self, command: m.CancelReport, context: Context) -> Outcome:
        """Give a report up.

        Raises:
            Refused: ``report.over``: there is nothing to give up any more.
        """
        report = self.seen(context.actor, command.report)
        if not report.state.is_open:
            raise Refused("report.over", state=report.state.value)
        event = m.ReportCancelled(report=report.id, until=report.until)
        return Outcome(events=(event,), reply=lambda: m.ReportId(report.id))

    def remove(self, command: m.RemoveReport, context: Context) -> Outcome:
        """Remove a report.

        Raises:
            Refused: ``report.not_over``: it is made now.
        """
        report = self.seen(context.actor, command.report)
        if report.state.is_open:
            raise Refused("report.not_over", state=report.state.value)
        event = m.ReportRemoved(report=report.id, until=report.until)
        return Outcome(events=(event,), reply=lambda: m.ReportId(report.id))

    def set_plans(self, command: m.SetPlans, context: Context) -> Outcome:
        """Take the list of plans; one without an id is new and begins today.

        Raises:
            Invalid: ``report.too_many_plans``, ``report.plan_kind``. NotFound: as :meth:`ask`.
        """
        if len(command.plans) > PLANS_MOST:
            raise Invalid("report.too_many_plans", field="plans", most=PLANS_MOST)
        known = {plan.id: plan for plan in self._shelf.plans}
        plans = tuple(self._plan(plan, known.get(plan.id), context) for plan in command.plans)
        return Outcome(events=(m.PlansSet(plans=plans),), reply=lambda: plans)

    def _plan(self, plan: Plan, known: Plan | None, context: Context) -> Plan:
        if plan.kind is ReportKind.PERIOD:
            raise Invalid("report.plan_kind", field="kind")
        self._check_known(plan.scope)
        same = known is not None and (known.kind, known.scope) == (plan.kind, plan.scope)
        return Plan(
            id=plan.id if same else context.ids.new(),
            kind=plan.kind,
            format=plan.format,
            language=plan.language,
            scope=plan.scope,
            since=known.since if same and known is not None else context.business_day,
        )

    def set_heads(self, command: m.SetHeads, context: Context) -> Outcome:
        """Say who heads a department.

        Raises:
            NotFound: ``report.no_department``, ``report.no_staff``.
        """
        self._check_known(Scope(department=command.department))
        for one in command.staff:
            if one not in self._directory.staff:
                raise NotFound("report.no_staff", field="staff", value=one[:60])
        heads = tuple(dict.fromkeys(command.staff))
        return Outcome(events=(m.HeadsSet(department=command.department, staff=heads),), reply=lambda: heads)

    def _check_known(self, scope: Scope) -> None:
        if scope.window is not None and scope.department is not None:
            raise Invalid("report.one_scope", field="window")
        if scope.window is not None and scope.window not in self._directory.windows:
            raise NotFound("report.no_window", field="window", value=scope.window[:60])
        if scope.department is not None and scope.department not in self._directory.departments:
            raise NotFound("report.no_department", field="department", value=scope.department[:60])


def is_manager(actor: Actor) -> bool:
    """Whether somebody sees all figures."""
    return actor.may(Role.MANAGER, Role.ADMIN, Role.SYSTEM)


def to_make_up(shelf: Shelf, plan: Plan, spans: Iterable[Period], tries_most: int) -> list[Period]:
    """Of the spans that are due, those for which nothing was made; one that was interrupted counts as not made."""
    found = []
    for span in spans:
        tried = shelf.planned(plan.id, span.first, span.last)
        is_settled = any(one.state is not ReportState.INTERRUPTED for one in tried)
        if not is_settled and len(tried) < tries_most:
            found.append(span)
    return found
