"""What supervision sees, read off a case and its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from cases import messages as m
from cases.catalogue.model import Node, ProcedureKind
from cases.clocks.of_case import clocks_now
from cases.clocks.terms import Terms
from cases.flow import PaperKind
from cases.model import Case
from cases.supervision.facts import Counted, Done, Happening, Proof, Supervised
from hall_server.identity import SYSTEM

HAPPENINGS: Mapping[type[m.CaseEvent], Happening] = MappingProxyType(
    {
        m.CaseReceived: Happening.RECEIVE,
        m.CorrectionAsked: Happening.ASK_CORRECTION,
        m.CorrectionSupplied: Happening.SUPPLY,
        m.CaseAccepted: Happening.ACCEPT,
        m.CaseNotAccepted: Happening.REFUSE,
        m.CaseHandedOver: Happening.HAND_OVER,
        m.CaseExamined: Happening.EXAMINE,
        m.ProcedureBegun: Happening.SUSPEND,
        m.ProcedureEnded: Happening.RESUME,
        m.ExtensionAsked: Happening.ASK_EXTENSION,
        m.CaseExtended: Happening.EXTEND,
        m.CaseForwarded: Happening.FORWARD,
        m.CaseDecided: Happening.DECIDE,
        m.FeeAsked: Happening.ASK_FEE,
        m.FeeWaived: Happening.WAIVE_FEE,
        m.FeePaid: Happening.PAY,
        m.FeeRefunded: Happening.REFUND,
        m.RatedBadly: Happening.RATE_BADLY,
        m.RatingHandled: Happening.HANDLE_RATING,
        m.LicenceMade: Happening.MAKE,
        m.CaseDelivered: Happening.DELIVER,
        m.OwedSupplied: Happening.SUPPLY_LATER,
        m.PledgeChecked: Happening.CHECK_PLEDGE,
        m.CaseWithdrawn: Happening.WITHDRAW,
        m.CaseTerminated: Happening.TERMINATE,
        m.CaseClosed: Happening.CLOSE,
        m.ResultGivenUp: Happening.CLOSE,
    }
)
"""What each event of a case is for supervision; events that are not in it are nothing to it."""
PROOFS: Mapping[PaperKind, Proof] = MappingProxyType(
    {
        PaperKind.RECEIPT: Proof.RECEIPT,
        PaperKind.ACCEPTANCE: Proof.ACCEPTANCE,
        PaperKind.PROCEDURE: Proof.TIME_TOLD,
        PaperKind.EXTENSION: Proof.EXTENSION,
        PaperKind.GRANTED: Proof.DECISION,
        PaperKind.DENIED: Proof.DECISION,
        PaperKind.DELIVERY: Proof.DELIVERY,
    }
)


class Happened(NamedTuple):
    """An event of a case with its moment and who made it (opaque, as the journal writes it)."""

    event: m.CaseEvent
    at: datetime
    actor: str


class Beside(NamedTuple):
    """What the events of a case do not tell; each is left out where nobody knows.

    Attributes:
        done: pushes, answers, ratings, inspections.
        counts: such as the people on a site. nodes: steps of its matter, with limits of their own.
    """

    done: tuple[Done, ...] = ()
    counts: Mapping[Counted, int] = MappingProxyType({})
    nodes: tuple[Node, ...] = ()
    fee_listed_fen: int | None = None
    fee_charged_fen: int = 0
    clock_off_s: int | None = None


NOTHING_BESIDE = Beside()


def supervised(
    case: Case, events: Iterable[Happened], *, terms: Terms, now: datetime, beside: Beside = NOTHING_BESIDE
) -> Supervised:
    """A case under supervision.

    Args:
        events: of this case, in order.
    """
    seen = tuple(events)
    done = [Done(HAPPENINGS[type(one.event)], one.at, _by(one.actor)) for one in seen if type(one.event) in HAPPENINGS]
    extensions = sum(isinstance(one.event, m.CaseExtended) for one in seen)
    on_site, inspectors = _inspections(case, seen)
    return Supervised(
        case=case.id,
        number=case.number,
        matter=case.matter,
        department=case.department,
        hall=case.hall,
        case_type=case.case_type,
        is_joint=case.joint,
        outcome=case.outcome,
        is_over=case.is_over,
        done=tuple(sorted([*done, *on_site, *beside.done], key=lambda one: one.at)),
        clocks=clocks_now(case, terms=terms, now=now, nodes=beside.nodes),
        proofs=frozenset(_proofs(case, seen)),
        counts={
            Counted.NOTICES: len(case.notices),
            Counted.EXTENSIONS: extensions,
            Counted.INSPECTORS: inspectors,
            **beside.counts,
        },
        fee_listed_fen=beside.fee_listed_fen,
        fee_charged_fen=beside.fee_charged_fen,
        clock_off_s=beside.clock_off_s,
    )


def _inspections(case: Case, events: Iterable[Happened]) -> tuple[list[Done], int]:
    """Visits to the site that are over, and how few people went; a joint visit names nobody: several departments go."""
    going: m.ProcedureBegun | None = None
    done: list[Done] = []
    fewest = 0
    for one in events:
        if isinstance(one.event, m.ProcedureBegun):
            is_visit = one.event.kind is ProcedureKind.VISIT and (one.event.inspectors or case.package is None)
            going = one.event if is_visit else None
        elif isinstance(one.event, m.ProcedureEnded) and going is not None:
            many = len(going.inspectors)
            fewest = min(fewest, many) if done else many
            done.append(Done(Happening.INSPECT, one.at, _by(one.actor)))
            going = None
    return done, fewest


def _by(actor: str) -> str:
    """Nobody, where the system did it: it may accept and decide what is done on the spot."""
    return "" if actor == str(SYSTEM) else actor


def _proofs(case: Case, events: Iterable[Happened]) -> Iterable[Proof]:
    yield from (PROOFS[PaperKind(paper.kind)] for paper in case.papers if paper.kind in PROOFS)
    for one in events:
        match one.event:
            case (
                m.CaseDecided(reasons=reasons, remedies=remedies) | m.CaseNotAccepted(reason=reasons, remedies=remedies)
            ):
                if reasons:
                    yield Proof.REASONS
                if remedies:
                    yield Proof.REMEDIES
            case _:
                pass
