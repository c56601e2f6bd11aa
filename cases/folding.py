"""How each event changes a case; the same fold in halls and in the city, so that the same log gives the same case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from cases import messages as m
from cases.charges import called_off, cancelled, settled
from cases.flow import PaperKind
from cases.model import Case, Charge, ChargeState, Copy, Given, Notice, Paper, Post, State, Suspension

Change = Callable[[Case, Any, datetime, str], None]


def fold(case: Case | None, event: m.CaseEvent, *, at: datetime, on: date, actor: str) -> Case:
    """The case after an event; the one given is not used again.

    Args:
        case: None before its first event.
        on: the day it happened, by the calendar of the place.
        actor: as the journal writes it.
    """
    if isinstance(event, m.CaseReceived):
        return _received(event, at, actor)
    if case is None:
        raise ValueError(f"{event.type} of a case that was never received")
    change = _CHANGES.get(type(event))
    if change is not None:
        change(case, event, at, actor)
    post = _POSTS.get(type(event))
    if post is not None:
        _act(case, post, actor)
    if isinstance(event, m.Documented) and event.document:
        _paper(case, event, at)
    case.events += 1
    case.turns += event.in_turn
    if type(event) not in _SILENT:
        case.step += 1
    if case.is_over and case.ended_at is None:
        case.ended_at, case.ended_on = at, on
    return case


def _received(event: m.CaseReceived, at: datetime, actor: str) -> Case:
    case = Case(
        id=event.case,
        number=event.number,
        edition=event.edition,
        matter=event.matter,
        department=event.department,
        hall=event.hall,
        writer=event.first_writer,
        flow=event.flow,
        case_type=event.case_type,
        statute_workdays=event.statute_workdays,
        promise_workdays=event.promise_workdays,
        extension_workdays=event.extension_workdays,
        joint=event.joint,
        channel=event.channel,
        ticket=event.ticket,
        window=event.window,
        applicant=event.applicant,
        agent=event.agent,
        form=event.form,
        first_form=event.form,
        application=event.application,
        answers=event.answers,
        package=event.package,
        waits_for=event.waits_for,
        query_digest=event.query_digest,
        delivery=event.delivery,
        deliver_at=event.deliver_at or event.hall,
        received_at=event.received_at,
        received_on=event.received_on,
        given=_by_material(event.given),
    )
    _act(case, Post.APPLICANT if event.application else Post.ACCEPTOR, actor)
    if event.document:
        _paper(case, event, at)
    return case


def _checked(case: Case, event: m.MaterialsChecked, at: datetime, actor: str) -> None:
    fresh = {
        one.material
        for one in event.given
        if one.material not in case.given or case.given[one.material].copies != one.copies
    }
    case.given = {**case.given, **_by_material(event.given)}
    if case.notices:
        case.touched |= fresh


def _correction(case: Case, event: m.CorrectionAsked, at: datetime, actor: str) -> None:
    case.notices = (*case.notices, Notice(at=at, gaps=event.gaps, document=event.document))
    case.touched = frozenset()
    case.state = State.CORRECTION


def _supplied(case: Case, event: m.CorrectionSupplied, at: datetime, actor: str) -> None:
    case.given = {**case.given, **_by_material(event.given)}
    case.touched |= {one.material for one in event.given} | set(event.parts)
    case.form = event.form or case.form
    case.supplied_at, case.state = at, State.RECEIVED


def _accepted(case: Case, event: m.CaseAccepted, at: datetime, actor: str) -> None:
    case.state, case.accepted_at, case.accepted_as_of = State.ACCEPTED, at, event.as_of
    case.mode, case.is_late_notice = event.mode, event.is_late_notice
    case.owed, case.owed_until, case.pledge = event.owed, event.owed_until, event.pledge


def _not_accepted(case: Case, event: m.CaseNotAccepted, at: datetime, actor: str) -> None:
    case.state = State.NOT_ACCEPTED


def _handed_over(case: Case, event: m.CaseHandedOver, at: datetime, actor: str) -> None:
    case.writer = event.writer
    if case.handed_over_at is None:
        case.handed_over_at = at


def _examined(case: Case, event: m.CaseExamined, at: datetime, actor: str) -> None:
    case.state, case.opinion, case.examined_at = State.EXAMINED, event.opinion, at


def _suspended(case: Case, event: m.ProcedureBegun, at: datetime, actor: str) -> None:
    fresh = Suspension(
        procedure=event.procedure, kind=event.kind, begun_at=at, workdays=event.workdays, in_limit=event.in_limit
    )
    case.suspensions = (*case.suspensions, fresh)
    case.before, case.state = case.state, State.SUSPENDED


def _resumed(case: Case, event: m.ProcedureEnded, at: datetime, actor: str) -> None:
    case.suspensions = tuple(
        msgspec.structs.replace(one, until=at) if one.until is None else one for one in case.suspensions
    )
    case.state = case.before


def _extension_asked(case: Case, event: m.ExtensionAsked, at: datetime, actor: str) -> None:
    case.extension_asked = event.workdays


def _extended(case: Case, event: m.CaseExtended, at: datetime, actor: str) -> None:
    case.extended, case.extension_asked = event.workdays, 0


def _forwarded(case: Case, event: m.CaseForwarded, at: datetime, actor: str) -> None:
    case.state, case.opinion, case.forwarded_at = State.FORWARDED, event.opinion, at


def _decided(case: Case, event: m.CaseDecided, at: datetime, actor: str) -> None:
    case.state, case.outcome, case.decided_at = State.DECIDED, event.outcome, at


def _fee_asked(case: Case, event: m.FeeAsked, at: datetime, actor: str) -> None:
    fresh = Charge(
        order=event.order,
        fees=event.fees,
        amount_fen=event.amount_fen,
        asked_at=at,
        document=event.document,
        place=case.writer,
    )
    case.charges = (*case.charges, fresh)


def _fee_waived(case: Case, event: m.FeeWaived, at: datetime, actor: str) -> None:
    case.fee_waived = event.reason


def _fee_paid(case: Case, event: m.FeePaid, at: datetime, actor: str) -> None:
    case.charges = settled(case.charges, event.order, ChargeState.PAID, at, receipt=event.receipt)


def _fee_refused(case: Case, event: m.FeeRefused, at: datetime, actor: str) -> None:
    case.charges = settled(case.charges, event.order, ChargeState.REFUSED, at, reason=event.reason)


def _fee_called_off(case: Case, event: m.FeeCalledOff, at: datetime, actor: str) -> None:
    case.charges = called_off(case.charges, event.order, event.reason, at)


def _fee_cancelled(case: Case, event: m.FeeCancelled, at: datetime, actor: str) -> None:
    case.charges = cancelled(case.charges, event.order, at)


def _fee_refunded(case: Case, event: m.FeeRefunded, at: datetime, actor: str) -> None:
    case.charges = settled(case.charges, event.order, ChargeState.REFUNDED, at)


def _rated(case: Case, event: m.RatedBadly, at: datetime, actor: str) -> None:
    case.rated, case.unhandled = (*case.rated, event.rating), (*case.unhandled, event.rating)


def _rating_handled(case: Case, event: m.RatingHandled, at: datetime, actor: str) -> None:
    case.unhandled = tuple(one for one in case.unhandled if one != event.rating)


def _data_came(case: Case, event: m.DataCame, at: datetime, actor: str) -> None:
    known = case.given.get(event.material)
    if known is None or not event.is_given:
        return
    copy = Copy(sha256=event.sha256, size=event.size, media="application/json", page=len(known.copies) + 1)
    case.given = {**case.given, event.material: msgspec.structs.replace(known, copies=(*known.copies, copy))}


def _complained(case: Case, event: m.Complained, at: datetime, actor: str) -> None:
    case.complaints = (*case.complaints, event.order)


def _complaint_closed(case: Case, event: m.ComplaintClosed, at: datetime, actor: str) -> None:
    case.answered = (*case.answered, event.order)


def _made(case: Case, event: m.LicenceMade, at: datetime, actor: str) -> None:
    case.state, case.made_at, case.licence = State.MADE, at, event.licence
    case.licence_file = event.sha256


def _delivered(case: Case, event: m.CaseDelivered, at: datetime, actor: str) -> None:
    case.state, case.delivered_at, case.delivery = State.DELIVERED, at, event.how


def _given_up(case: Case, event: m.ResultGivenUp, at: datetime, actor: str) -> None:
    case.state, case.is_given_up = State.CLOSED, True


def _owed_supplied(case: Case, event: m.OwedSupplied, at: datetime, actor: str) -> None:
    case.given, case.owed = {**case.given, **_by_material(event.given)}, event.left


def _withdrawn(case: Case, event: m.CaseWithdrawn, at: datetime, actor: str) -> None:
    case.state, case.own_words = State.WITHDRAWN, event.words


def _terminated(case: Case, event: m.CaseTerminated, at: datetime, actor: str) -> None:
    case.state = State.TERMINATED


def _closed(case: Case, event: m.CaseClosed, at: datetime, actor: str) -> None:
    case.state = State.CLOSED


def _paper_made(case: Case, event: m.PaperMade, at: datetime, actor: str) -> None:
    case.papers = tuple(
        msgspec.structs.replace(one, sha256=event.sha256) if one.document == event.document else one
        for one in case.papers
    )


def _conflict(case: Case, event: m.ConflictFound, at: datetime, actor: str) -> None:
    case.conflicts = (*case.conflicts, event.conflict)


def _solved(case: Case, event: m.ConflictSolved, at: datetime, actor: str) -> None:
    case.conflicts = tuple(one for one in case.conflicts if one != event.conflict)


_CHANGES: Mapping[type[m.CaseEvent], Change] = {
    m.MaterialsChecked: _checked,
    m.CorrectionAsked: _correction,
    m.CorrectionSupplied: _supplied,
    m.CaseAccepted: _accepted,
    m.CaseNotAccepted: _not_accepted,
    m.CaseHandedOver: _handed_over,
    m.CaseExamined: _examined,
    m.ProcedureBegun: _suspended,
    m.ProcedureEnded: _resumed,
    m.ExtensionAsked: _extension_asked,
    m.CaseExtended: _extended,
    m.CaseForwarded: _forwarded,
    m.CaseDecided: _decided,
    m.FeeAsked: _fee_asked,
    m.FeeWaived: _fee_waived,
    m.FeePaid: _fee_paid,
    m.FeeRefused: _fee_refused,
    m.FeeCalledOff: _fee_called_off,
    m.FeeCancelled: _fee_cancelled,
    m.FeeRefunded: _fee_refunded,
    m.RatedBadly: _rated,
    m.RatingHandled: _rating_handled,
    m.DataCame: _data_came,
    m.Complained: _complained,
    m.ComplaintClosed: _complaint_closed,
    m.LicenceMade: _made,
    m.CaseDelivered: _delivered,
    m.ResultGivenUp: _given_up,
    m.OwedSupplied: _owed_supplied,
    m.CaseWithdrawn: _withdrawn,
    m.CaseTerminated: _terminated,
    m.CaseClosed: _closed,
    m.PaperMade: _paper_made,
    m.ConflictFound: _conflict,
    m.ConflictSolved: _solved,
}
_POSTS: Mapping[type[m.CaseEvent], Post] = {
    m.MaterialsChecked: Post.ACCEPTOR,
    m.CorrectionAsked: Post.ACCEPTOR,
    m.CaseAccepted: Post.ACCEPTOR,
    m.CaseNotAccepted: Post.ACCEPTOR,
    m.CaseExamined: Post.EXAMINER,
    m.CaseExtended: Post.HEAD,
    m.CaseForwarded: Post.APPROVER,
    m.CaseDecided: Post.APPROVER,
    m.LicenceMade: Post.MAKER,
    m.CaseDelivered: Post.ISSUER,
    m.ResultGivenUp: Post.ISSUER,
}
"""What acting means for who may act later."""
_SILENT = frozenset(
    {
        *(m.PaperMade, m.ConflictFound, m.ConflictSolved, m.FeeAsked, m.FeePaid, m.FeeRefused, m.FeeRefunded),
        *(m.FeeCalledOff, m.FeeCancelled),
        *(m.RatedBadly, m.RatingHandled, m.DataCame, m.Complained, m.ComplaintClosed),
    }
)
"""Events that are no step: whoever looks at the case may go on."""
_PAPERS: Mapping[type[m.CaseEvent], PaperKind] = {
    m.CaseReceived: PaperKind.RECEIPT,
    m.CorrectionAsked: PaperKind.CORRECTION,
    m.CaseAccepted: PaperKind.ACCEPTANCE,
    m.CaseNotAccepted: PaperKind.NOT_ACCEPTED,
    m.CaseHandedOver: PaperKind.TRANSFER,
    m.ProcedureBegun: PaperKind.PROCEDURE,
    m.CaseExtended: PaperKind.EXTENSION,
    m.CaseDelivered: PaperKind.DELIVERY,
    m.FeeAsked: PaperKind.PAYMENT,
}


def paper_of(event: m.Documented) -> PaperKind:
    """Which document goes with an event."""
    if isinstance(event, m.CaseDecided):
        return PaperKind.GRANTED if event.outcome == "granted" else PaperKind.DENIED
    return _PAPERS[type(event)]


def _paper(case: Case, event: m.Documented, at: datetime) -> None:
    paper = Paper(document=event.document, kind=paper_of(event), number=event.document_number, at=at)
    case.papers = (*case.papers, paper)


def _act(case: Case, post: Post, actor: str) -> None:
    case.acted = {**case.acted, post: case.acted.get(post, frozenset()) | {actor}}


def _by_material(given: tuple[Given, ...]) -> dict[str, Given]:
    return {one.material: one for one in given}
