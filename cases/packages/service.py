"""Decides what may be done with a package, its cases at hand; pure. Its own steps are few: its cases do the work."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition, ProcedureKind
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockKind
from cases.clocks.terms import Terms
from cases.hall import posts_of
from cases.model import ENDED, Case, Copy, Given, Outcome, Post, State
from cases.packages import messages as p
from cases.packages.awaited import BEFORE
from cases.packages.clocks import joint_clock
from cases.packages.folding import fold
from cases.packages.graph import lost, ready
from cases.packages.kinds import Rule
from cases.packages.model import Inspector, Package, Part, PartNow, PartState, Visit
from cases.packages.opening import begin
from cases.service import CaseService, Place
from hall_server.errors import DomainError, Forbidden, Invalid, Refused
from hall_server.identity import Actor
from hall_server.messages import Event
from hall_server.outcome import Context

Cases = Mapping[str, Case]
"""Id → case, of those that belong to the decision."""
Holding = Callable[[str, date], Edition | None]
"""The edition under which a matter is accepted on a day."""
TEXT_MOST = 2_000
INSPECTORS_LEAST = 2
"""Of each department. Source: 行政许可法 34."""
_VISITABLE = frozenset({State.ACCEPTED, State.EXAMINED})
_ENDED_WITHOUT = ENDED - {State.CLOSED}


class PackageService:
    """One method a command; each gives the events of the package and of its cases, in order."""

    def __init__(self, place: Callable[[Callable[[Actor, str], frozenset[Post]] | None], Place], holding: Holding):
        """``place``: makes the city for one decision, with other posts where they are given."""
        self._place = place
        self._holding = holding

    def decide(self, package: Package, cases: Cases, command: p.PackageCommand, context: Context) -> tuple[Event, ...]:
        """What a command does to a package.

        Raises:
            Refused: ``package.changed``, ``package.over``, and what the step itself says.
            Forbidden: ``case.not_yours``, ``case.separated``.
        """
        if isinstance(command, p.PackageStep):
            if package.is_over:
                raise Refused("package.over", package=package.id)
            if command.seen != package.step:
                raise Refused("package.changed", package=package.id, step=package.step)
        ways: Mapping[type[p.PackageCommand], Callable[[Package, Cases, Any, Context], tuple[Event, ...]]] = {
            p.AdvancePackage: self._advance,
            p.BeginVisit: self._begin_visit,
            p.NoteFinding: self._note_finding,
            p.SignFinding: self._sign_finding,
            p.EndVisit: self._end_visit,
            p.ExtendPackage: self._extend,
            p.DecidePackage: self._decide,
            p.WithdrawPackage: self._withdraw,
        }
        return ways[type(command)](package, cases, command, context)

    # -- by itself

    def _advance(
        self, package: Package, cases: Cases, command: p.AdvancePackage, context: Context
    ) -> tuple[Event, ...]:
        """Take in what became of the cases, begin what may begin, and come to the outcome where there is one."""
        if package.is_over:
            return ()
        now = _Going(copy.deepcopy(package), context)
        if not now.package.is_taken:
            now.happens(p.PackageTaken(package=package.id, number=package.number, kind=package.kind, lead=package.lead))
        for part in [one for one in now.package.parts.values() if one.state is PartState.RUNNING]:
            if (told := _told(package.id, part, cases)) is not None:
                now.happens(told)
        failed = now.package.those(PartState.DENIED, PartState.DROPPED)
        for id_ in sorted(lost(now.package.after, failed) & now.package.those(PartState.WAITING)):
            now.happens(p.PartDropped(package=package.id, part=id_, why="waits_for"))
        self._begin_parts(now, cases, context)
        if now.package.rule is Rule.ALL and now.package.is_answered and now.package.outcome is None:
            is_granted = now.package.those(PartState.GRANTED) == frozenset(now.package.parts)
            outcome = Outcome.GRANTED if is_granted else Outcome.DENIED
            now.happens(p.PackageDecided(package=package.id, outcome=outcome, reasons=""))
        if now.package.outcome is not None and all(id_ in cases and cases[id_].is_over for id_ in now.package.cases):
            now.happens(p.PackageClosed(package=package.id))
        return tuple(now.events)

    def _begin_parts(self, now: _Going, cases: Cases, context: Context) -> None:
        package, place = now.package, self._place(None)
        waiting = package.those(PartState.WAITING)
        begun = frozenset(package.parts) - waiting
        for id_ in ready(package.after, begun=begun, granted=package.those(PartState.GRANTED)):
            part = package.parts[id_]
            try:
                given = _with_results(package, part.part, cases)
                events = self._begun(package, part, given, place, context)
            except DomainError as exc:  # it is on record and shown; the next change tries again
                if part.held != exc.code:
                    now.happens(p.PartHeld(package=package.id, part=id_, why=exc.code))
                continue
            now.events += events
            now.happens(p.PartStarted(package=package.id, part=id_, case=events[0].case))

    def _begun(
        self, package: Package, now: PartNow, given: tuple[Given, ...], place: Place, context: Context
    ) -> tuple[m.CaseEvent, ...]:
        known, today = place.edition(now.part.edition), context.now.astimezone(place.zone).date()
        matter = now.part.edition.partition("@")[0]
        edition = known if known is not None and known.accepts_on(today) else self._holding(matter, today)
        waits_for = tuple(case for one in now.part.after if (case := package.parts[one].case) is not None)
        wanted = p.OpenPackage(
            kind=package.kind,
            editions={},
            ticket=package.ticket,
            window=package.window,
            channel=package.channel,
            applicant=package.applicant,
            agent=package.agent,
            delivery=package.delivery,
            deliver_at=package.deliver_at,
            owed_until=package.owed_until,
        )
        key = edition.key if edition is not None else ""
        return begin(
            msgspec.structs.replace(now.part, given=given),
            package.id,
            wanted,
            context,
            place,
            waits_for=waits_for,
            edition=key,
            query_digest=package.query_digest,
            hall=package.hall,
        )

    # -- by people

    def _begin_visit(
        self, package: Package, cases: Cases, command: p.BeginVisit, context: Context
    ) -> tuple[Event, ...]:
        """Everybody goes together: each running case gets its own special procedure, none of them two."""
        place = self._lead(package, context, Post.EXAMINER, Post.APPROVER)
        if package.visit is not None:
            raise Refused("package.visit_on", package=package.id)
        inspectors = _inspectors(command.inspectors)
        service, events = CaseService(place), list[m.CaseEvent]()
        for case in _running(package, cases):
            procedure = _visit_of(place.edition(case.edition))
            if case.state in _VISITABLE and case.writer == place.writer and procedure:
                step = m.BeginProcedure(
                    case=case.id,
                    seen=case.step,
                    procedure=procedure,
                    workdays=command.workdays,
                    reason=command.reason,
                    inspectors=tuple(one.number for one in inspectors if one.department == case.department),
                )
                events += service.decide(case, step, context)
        if not events:
            raise Refused("package.no_visit", package=package.id)
        begun = p.VisitBegun(
            package=package.id,
            visit=context.ids.new(),
            visited=tuple(one.case for one in events),
            workdays=command.workdays,
            reason=_text(command.reason, "reason"),
            inspectors=inspectors,
        )
        return (begun, *events)

    def _note_finding(
        self, package: Package, cases: Cases, command: p.NoteFinding, context: Context
    ) -> tuple[Event, ...]:
        """Two people at least were there, of the department itself. Source: 行政许可法 34."""
        visit = self._visited(package, cases, command.department, context)
        came = tuple(dict.fromkeys(_text(one, "came") for one in command.came))
        if len(came) < INSPECTORS_LEAST:
            raise Invalid("package.two_inspectors", field="came", least=INSPECTORS_LEAST)
        return (
            p.FindingNoted(
                package=package.id,
                visit=visit.id,
                department=command.department,
                came=came,
                is_sound=command.is_sound,
                finding=_text(command.finding, "finding"),
            ),
        )

    def _sign_finding(
        self, package: Package, cases: Cases, command: p.SignFinding, context: Context
    ) -> tuple[Event, ...]:
        visit = self._visited(package, cases, command.department, context)
        finding = visit.finding(command.department)
        if finding is None:
            raise Refused("package.no_finding", package=package.id, department=command.department)
        if str(context.actor) in {one.by for one in finding.signed}:
            raise Refused("package.signed_already", package=package.id, department=command.department)
        return (p.FindingSigned(package=package.id, visit=visit.id, department=command.department),)

    def _visited(self, package: Package, cases: Cases, department: str, context: Context) -> Visit:
        """The visit that goes on, where a department is part of it and somebody may speak for that department.

        Raises:
            Refused: ``package.no_visit``. Forbidden: ``case.not_yours``.
        """
        visit = package.visit
        if visit is None or department not in _departments(visit, cases):
            raise Refused("package.no_visit", package=package.id)
        if not posts_of(context.actor, department) & {Post.EXAMINER, Post.APPROVER}:
            raise Forbidden("case.not_yours", case=package.id, step="finding")
        return visit

    def _end_visit(self, package: Package, cases: Cases, command: p.EndVisit, context: Context) -> tuple[Event, ...]:
        """It ends for all of them at once; one that has ended otherwise is left."""
        place, visit = self._lead(package, context, Post.EXAMINER, Post.APPROVER), package.visit
        if visit is None:
            raise Refused("package.no_visit", package=package.id)
        if silent := [one for one in _departments(visit, cases) if visit.finding(one) is None]:
            raise Refused("package.finding_missing", package=package.id, departments=", ".join(silent))
        service, events = CaseService(place), list[m.CaseEvent]()
        for case in [cases[id_] for id_ in visit.cases if id_ in cases]:
            standing = case.standing
            if standing is not None and standing.begun_at == visit.begun_at and case.writer == place.writer:
                result = _own_result(visit, case.department, command.result)
                step = m.EndProcedure(case=case.id, seen=case.step, result=result)
                events += service.decide(case, step, context)
        ended = p.VisitEnded(package=package.id, visit=visit.id, result=_text(command.result, "result"))
        return (ended, *events)

    def _extend(self, package: Package, cases: Cases, command: p.ExtendPackage, context: Context) -> tuple[Event, ...]:
        """Once, before the joint limit is over. Source: 行政许可法 42."""
        place = self._lead(package, context, Post.HEAD)
        if package.extended:
            raise Refused("case.extended_already", case=package.id)
        if not 1 <= command.workdays <= package.extension_workdays:
            raise Invalid("case.extension_days", field="workdays", most=package.extension_workdays)
        terms = Terms(calendar=place.calendar, zone=place.zone, closes=place.closes)
        due = clock_now(joint_clock(package, ClockKind.STATUTE, terms=terms), terms=terms, now=context.now).due
        if terms.day(context.now) > due:
            raise Refused("case.overdue", case=package.id, due=due.isoformat())
        reason = _text(command.reason, "reason")
        return (p.PackageExtended(package=package.id, workdays=command.workdays, reason=reason),)

    def _decide(self, package: Package, cases: Cases, command: p.DecidePackage, context: Context) -> tuple[Event, ...]:
        self._lead(package, context, Post.APPROVER)
        if package.opened_by == str(context.actor):
            raise Forbidden("case.separated", case=package.id, step="decide")
        if package.rule is not Rule.LEAD or not package.is_answered or package.outcome is not None:
            raise Refused("package.not_now", package=package.id)
        is_denied = command.outcome is Outcome.DENIED
        reasons = _text(command.reasons, "reasons", may_be_empty=not is_denied)
        return (p.PackageDecided(package=package.id, outcome=command.outcome, reasons=reasons),)

    def _withdraw(
        self, package: Package, cases: Cases, command: p.WithdrawPackage, context: Context
    ) -> tuple[Event, ...]:
        """What is not decided is withdrawn with it; what is decided stays so."""
        place = self._lead(package, context, Post.EXAMINER, Post.APPROVER, Post.SYSTEM)
        if package.outcome is not None:
            raise Refused("package.not_now", package=package.id)
        service, events = CaseService(place), list[m.CaseEvent]()
        for case in _running(package, cases):
            if case.decided_at is None and case.writer == place.writer:
                step = m.WithdrawCase(case=case.id, seen=case.step, reason=command.reason)
                events += service.decide(case, step, context)
        return (p.PackageWithdrawn(package=package.id, reason=command.reason.strip()[:TEXT_MOST]), *events)

    def _lead(self, package: Package, context: Context, *posts: Post) -> Place:
        """The city, where whoever acts for the lead department acts so on every case of the package.

        Raises:
            Forbidden: ``case.not_yours``: they do not act for the lead department.
        """
        mine = posts_of(context.actor, package.lead) & frozenset(posts)
        if not mine:
            raise Forbidden("case.not_yours", case=package.id, step="package")
        return self._place(lambda actor, department: mine | posts_of(actor, department))


class _Going:
    """A package while it is worked out what happens to it."""

    def __init__(self, package: Package, context: Context) -> None:
        self.package = package
        self.events: list[Event] = []
        self._context = context

    def happens(self, event: p.PackageEvent) -> None:
        self.events.append(event)
        self.package = fold(self.package, event, at=self._context.now, actor=str(self._context.actor))


def _told(package: str, part: PartNow, cases: Cases) -> p.PackageEvent | None:
    """What a part's case says by now; None: nothing yet."""
    case = cases.get(part.case or "")
    if case is None:
        return None
    if case.outcome is not None:
        return p.PartAnswered(
            package=package,
            part=part.part.id,
            case=case.id,
            department=case.department,
            outcome=case.outcome,
            opinion=case.opinion,
        )
    if case.state in _ENDED_WITHOUT:
        return p.PartDropped(package=package, part=part.part.id, why=case.state)
    return None


def _with_results(package: Package, part: Part, cases: Cases) -> tuple[Given, ...]:
    """What a part was handed, with the results of earlier parts in their places (数据共享，免提交).

    Raises:
        Refused: ``package.awaits_result``: one of them is granted and not made yet.
    """
    return tuple(_result(package, one, cases) if one.reused.startswith(BEFORE) else one for one in part.given)


def _result(package: Package, given: Given, cases: Cases) -> Given:
    before = package.parts[given.reused.removeprefix(BEFORE)]
    case = cases.get(before.case or "")
    if case is None or case.made_at is None:
        raise Refused("package.awaits_result", package=package.id, part=before.part.name)
    file = case.licence_file
    copies = (Copy(sha256=file, size=0, media="application/pdf"),) if file else ()
    return msgspec.structs.replace(given, copies=copies, reused=case.licence or case.number)


def _running(package: Package, cases: Cases) -> Iterable[Case]:
    for id_ in sorted(package.those(PartState.RUNNING)):
        case = cases.get(package.parts[id_].case or "")
        if case is None:
            raise Refused("package.changed", package=package.id, step=package.step)
        yield case


def _departments(visit: Visit, cases: Cases) -> tuple[str, ...]:
    """The departments whose cases still stand because of a visit."""
    stand = [cases[id_] for id_ in visit.cases if id_ in cases and cases[id_].standing is not None]
    return tuple(dict.fromkeys(one.department for one in stand))


def _own_result(visit: Visit, department: str, result: str) -> str:
    """What a case's own department found, then what all of them came to."""
    finding = visit.finding(department)
    words = [finding.words] if finding is not None else []
    return "\n".join([*words, _text(result, "result")])[:TEXT_MOST]


def _inspectors(named: Iterable[Inspector]) -> tuple[Inspector, ...]:
    """Those who will go, each once."""
    cleaned = (
        Inspector(department=_text(one.department, "inspectors"), number=_text(one.number, "inspectors"))
        for one in named
    )
    return tuple(dict.fromkeys(cleaned))


def _visit_of(edition: Edition | None) -> str:
    """The visit that a matter may ask for; empty: none."""
    procedures = edition.procedures if edition is not None else ()
    return next((one.id for one in procedures if one.kind is ProcedureKind.VISIT), "")


def _text(text: str, field: str, *, may_be_empty: bool = False) -> str:
    cleaned = text.strip()
    if not cleaned and not may_be_empty:
        raise Invalid("case.text_missing", field=field)
    if len(cleaned) > TEXT_MOST:
        raise Invalid("case.text_too_long", field=field, most=TEXT_MOST)
    return cleaned
