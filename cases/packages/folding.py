"""How each event changes a package."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

import msgspec

from cases.model import Outcome
from cases.packages import messages as p
from cases.packages.model import Finding, Package, PartNow, PartState, Signature, Visit

_OF_OUTCOME = {Outcome.GRANTED: PartState.GRANTED, Outcome.DENIED: PartState.DENIED}


def fold(package: Package | None, event: p.PackageEvent, *, at: datetime, actor: str) -> Package:
    """The package after an event; the one given is not used again.

    Args:
        package: None before its first event.
        actor: as the journal writes it.
    """
    if isinstance(event, p.PackageOpened):
        return _opened(event, at, actor)
    if package is None:
        raise ValueError(f"{event.type} of a package that was never opened")
    _change(package, event, at, actor)
    package.step += 1
    return package


def _opened(event: p.PackageOpened, at: datetime, actor: str) -> Package:
    return Package(
        id=event.package,
        number=event.number,
        kind=event.kind,
        name=event.name,
        name_en=event.name_en,
        lead=event.lead,
        rule=event.rule,
        hall=event.hall,
        deliver_at=event.deliver_at,
        delivery=event.delivery,
        channel=event.channel,
        ticket=event.ticket,
        window=event.window,
        applicant=event.applicant,
        agent=event.agent,
        form=event.form,
        mode=event.mode,
        owed_until=event.owed_until,
        statute_workdays=event.statute_workdays,
        extension_workdays=event.extension_workdays,
        promise_workdays=event.promise_workdays,
        opened_at=at,
        opened_on=event.opened_on,
        opened_by=actor,
        query_digest=event.query_digest,
        parts={
            one.id: PartNow(part=one, state=PartState.RUNNING if one.case else PartState.WAITING, case=one.case)
            for one in event.parts
        },
    )


def _change(package: Package, event: p.PackageEvent, at: datetime, actor: str) -> None:
    match event:
        case p.PackageTaken():
            package.is_taken = True
        case p.PartStarted():
            now = package.parts[event.part]
            now.state, now.case, now.held = PartState.RUNNING, event.case, ""
        case p.PartHeld():
            package.parts[event.part].held = event.why
        case p.PartAnswered() | p.PartDropped():
            _settled(package, event, at)
        case p.VisitBegun():
            visit = Visit(
                id=event.visit,
                cases=event.visited,
                begun_at=at,
                workdays=event.workdays,
                inspectors=event.inspectors,
            )
            package.visits = (*package.visits, visit)
        case p.FindingNoted() | p.FindingSigned():
            package.visits = tuple(
                _found(one, event, Signature(by=actor, at=at)) if one.id == event.visit else one
                for one in package.visits
            )
        case p.VisitEnded():
            package.visits = tuple(
                msgspec.structs.replace(one, until=at, result=event.result) if one.id == event.visit else one
                for one in package.visits
            )
        case p.PackageExtended():
            package.extended = event.workdays
        case p.PackageDecided():
            package.outcome, package.reasons, package.decided_at = event.outcome, event.reasons, at
        case p.PackageWithdrawn():
            package.is_withdrawn, package.ended_at = True, at
        case p.PackageClosed():
            package.ended_at = at


def _found(visit: Visit, event: p.FindingNoted | p.FindingSigned, signature: Signature) -> Visit:
    """A visit after a department said or signed what it found."""
    if isinstance(event, p.FindingSigned):
        findings = tuple(
            msgspec.structs.replace(one, signed=(*one.signed, signature)) if one.department == event.department else one
            for one in visit.findings
        )
        return msgspec.structs.replace(visit, findings=findings)
    fresh = Finding(
        department=event.department,
        came=event.came,
        is_sound=event.is_sound,
        words=event.finding,
        signed=(signature,),
    )
    others = tuple(one for one in visit.findings if one.department != event.department)
    return msgspec.structs.replace(visit, findings=(*others, fresh))


def _settled(package: Package, event: p.PartAnswered | p.PartDropped, at: datetime) -> None:
    now = package.parts[event.part]
    now.settled_at, now.held = at, ""
    match event:
        case p.PartAnswered():
            now.state, now.opinion = _OF_OUTCOME[event.outcome], event.opinion
        case p.PartDropped():
            now.state, now.why = PartState.DROPPED, event.why
        case _:
            assert_never(event)
