"""What is wanted of cases, and what happens to them; people are opaque ids, forms and scans digests of sealed bytes.

Why this long: one short class for every command and event of a case, beside each other.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import msgspec

from cases.catalogue.model import CaseType, FlowKind, ProcedureKind
from cases.model import Channel, ChargeState, Delivery, Gap, Given, Mode, Outcome
from hall_server.messages import Command, LastingEvent


class CaseCommand(Command, frozen=True, kw_only=True):
    """Something to be done with a case.

    Attributes:
        seen: the step of the case that the caller has seen; another one since then refuses the command.
    """

    case: str
    seen: int


class ReceiveCase(Command, frozen=True, kw_only=True):
    """Take an application in (收件).

    Attributes:
        edition: ``matter@number``.
        form: SHA-256 of the sealed form, whose text lies kept already.
        query_digest: what is kept of the query code (`cases.state`).
        hall: the one that took in the package which the city begins this part of; else empty, it is the place itself.
        received_at: when it came in; None: now. An application that came online counts from its arrival.
    """

    edition: str
    ticket: str | None = None
    window: str | None = None
    channel: Channel = Channel.WINDOW
    applicant: str | None = None
    agent: str | None = None
    form: str = ""
    answers: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    given: tuple[Given, ...] = ()
    package: str | None = None
    waits_for: tuple[str, ...] = ()
    delivery: Delivery = Delivery.WINDOW
    deliver_at: str = ""
    query_digest: str = ""
    hall: str = ""
    received_at: datetime | None = None


class CheckMaterials(CaseCommand, frozen=True, kw_only=True):
    """Put on record what the clerk found in the materials, and what was handed in meanwhile.

    Attributes:
        form: with corrections: SHA-256 of the form filled in anew; empty: it stays. parts: what of it is different.
    """

    given: tuple[Given, ...]
    form: str = ""
    parts: tuple[str, ...] = ()


class AskCorrection(CaseCommand, frozen=True, kw_only=True):
    """Tell the applicant once everything that is missing; ``gaps`` beside those found in the materials."""

    gaps: tuple[Gap, ...] = ()


class AcceptCase(CaseCommand, frozen=True, kw_only=True):
    """Accept it (受理).

    Attributes:
        owed_until: with ``Mode.GAP``: until when what is owed follows, by written promise.
        pledge: with ``Mode.PLEDGE``: SHA-256 of the sheet that was signed on the pad, or ``paper``.
    """

    mode: Mode = Mode.NORMAL
    owed_until: date | None = None
    pledge: str = ""


class RefuseCase(CaseCommand, frozen=True, kw_only=True):
    """Do not accept it (不予受理): why, who is competent, and what remedies there are."""

    reason: str
    authority: str = ""
    remedies: str


class HandOver(CaseCommand, frozen=True, kw_only=True):
    """Hand it over to the department (流转); from then on the city writes it."""


class SendToHall(CaseCommand, frozen=True, kw_only=True):
    """Give what is made to the hall that hands it out; from then on that hall writes the case."""

    hall: str


class NotePaper(CaseCommand, frozen=True, kw_only=True):
    """Put on record that a document was made, by the SHA-256 of the sealed file."""

    document: str
    sha256: str


class ExamineCase(CaseCommand, frozen=True, kw_only=True):
    """Put the opinion of the examination on record."""

    opinion: str
    proposes: Outcome


class BeginProcedure(CaseCommand, frozen=True, kw_only=True):
    """Begin a special procedure, whose time is told in writing; ``inspectors``: numbers of those who go to the site."""

    procedure: str
    workdays: int
    reason: str
    inspectors: tuple[str, ...] = ()


class EndProcedure(CaseCommand, frozen=True, kw_only=True):
    """End the special procedure that goes on."""

    result: str


class AskExtension(CaseCommand, frozen=True, kw_only=True):
    """Ask the head of the department for more time."""

    workdays: int
    reason: str


class ExtendCase(CaseCommand, frozen=True, kw_only=True):
    """Give more time, once, before the limit is over."""

    workdays: int
    reason: str


class ForwardCase(CaseCommand, frozen=True, kw_only=True):
    """Send it on to the authority above, which decides."""

    authority: str
    opinion: str


class DecideCase(CaseCommand, frozen=True, kw_only=True):
    """Decide it; a refusal needs reasons and remedies."""

    outcome: Outcome
    reasons: str = ""
    remedies: str = ""


class AskFee(CaseCommand, frozen=True, kw_only=True):
    """Tell the applicant what is to be paid; ``fees``: of the edition, by id; empty: all that are not asked for yet."""

    fees: tuple[str, ...] = ()


class WaiveFee(CaseCommand, frozen=True, kw_only=True):
    """Charge nothing, and say why (减免)."""

    reason: str


class NoteFee(CaseCommand, frozen=True, kw_only=True):
    """Put on record what became of an order to pay, whoever writes the case by then.

    Attributes:
        became: paid, refused or refunded; called off (``cancelling``), and that the platform has taken it back.
        amount_fen: as the order says. receipt: number of the receipt, where it was paid at a counter.
        reason: why it was refused or called off.
    """

    order: str
    became: ChargeState
    amount_fen: int = 0
    receipt: str = ""
    reason: str = ""


class NoteData(CaseCommand, frozen=True, kw_only=True):
    """Put on record that shared data for a material came, or that it will not."""

    material: str
    is_given: bool
    sha256: str = ""
    size: int = 0


class NoteComplaint(CaseCommand, frozen=True, kw_only=True):
    """Put on record that the hotline handed a complaint over, or that it was answered."""

    order: str
    due: date | None = None
    is_closed: bool = False


class NoteRating(CaseCommand, frozen=True, kw_only=True):
    """Put on record that the case was rated badly, or that this was put right."""

    rating: str
    level: int = 0
    is_handled: bool = False


class MakeLicence(CaseCommand, frozen=True, kw_only=True):
    """Put on record that the licence or the decision's paper is made; ``sha256`` of the sealed file."""

    licence: str
    sha256: str = ""


class DeliverCase(CaseCommand, frozen=True, kw_only=True):
    """Hand the result out; ``receipt`` is the SHA-256 of the signed receipt or the courier's number."""

    how: Delivery
    to: str = ""
    receipt: str = ""
    ticket: str | None = None
    window: str | None = None


class GiveUpResult(CaseCommand, frozen=True, kw_only=True):
    """The applicant does not want what was made, and says why; the decision stands."""

    reason: str


class SupplyLater(CaseCommand, frozen=True, kw_only=True):
    """Hand in what was owed."""

    given: tuple[Given, ...]


class CheckPledge(CaseCommand, frozen=True, kw_only=True):
    """Put on record what the check of a promise found after the decision."""

    is_kept: bool
    finding: str


class WithdrawCase(CaseCommand, frozen=True, kw_only=True):
    """The applicant takes it back; ``reason``: as a clerk typed it, ``words``: id in the vault of what they wrote."""

    reason: str = ""
    words: str = ""


class TerminateCase(CaseCommand, frozen=True, kw_only=True):
    """End it without a decision, and say why."""

    reason: str


class CloseCase(CaseCommand, frozen=True, kw_only=True):
    """Close and archive it."""


class SolveConflict(CaseCommand, frozen=True, kw_only=True):
    """Say what became of a conflict between hall and city."""

    conflict: str
    solution: str


class TakeCityStep(Command, frozen=True, kw_only=True):
    """Take over what the city did to a case (down-link); ``step``: it is the case's so-manieth event in turn, from 1.

    What is out of turn (a document was made) has the number of the event before it.
    """

    case: str
    step: int
    at: datetime
    type: str
    version: int
    actor: str
    payload: dict[str, Any]


# -- what happens


class CaseEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to a case; each start needs it until the case is over."""

    until_ended: ClassVar[bool] = True
    ends: ClassVar[bool] = False
    in_turn: ClassVar[bool] = True
    """Made by whoever writes the case; halls and city count these alike (`Case.turns`)."""
    case: str

    @property
    def ends_subject(self) -> bool:
        """Whether the case is over with it."""
        return self.ends

    @property
    def subject(self) -> str:
        """The case."""
        return f"case:{self.case}"


class Documented(CaseEvent, frozen=True, kw_only=True):
    """An event that a document goes with (``document``: its id, ``document_number``: what stands on it)."""

    document: str = ""
    document_number: str = ""


class CaseReceived(Documented, frozen=True, kw_only=True):
    """An application came in (接收回执).

    Attributes:
        application: what somebody filed by themselves; empty: a clerk took it in.
        writer: who writes the case; None: the hall that received it, the city where it came online.
    """

    type: ClassVar[str] = "case.received"
    number: str
    edition: str
    matter: str
    department: str
    hall: str
    flow: FlowKind
    case_type: CaseType
    statute_workdays: int
    promise_workdays: int
    extension_workdays: int
    joint: bool
    channel: Channel
    ticket: str | None
    window: str | None
    applicant: str | None
    agent: str | None
    form: str
    answers: dict[str, tuple[str, ...]]
    given: tuple[Given, ...]
    package: str | None
    waits_for: tuple[str, ...]
    delivery: Delivery
    deliver_at: str
    query_digest: str
    received_at: datetime
    received_on: date
    application: str = ""
    writer: str | None = None

    @property
    def first_writer(self) -> str:
        """Who writes the case from here on."""
        return self.writer or (f"hall:{self.hall}" if self.hall else "city")


class MaterialsChecked(CaseEvent, frozen=True, kw_only=True):
    """The clerk looked the materials through, or more came in."""

    type: ClassVar[str] = "case.materials_checked"
    given: tuple[Given, ...]


class CorrectionAsked(Documented, frozen=True, kw_only=True):
    """The applicant was told everything missing at once (补正告知书)."""

    type: ClassVar[str] = "case.correction_asked"
    gaps: tuple[Gap, ...]


class CorrectionSupplied(CaseEvent, frozen=True, kw_only=True):
    """The applicant brought what was asked for; ``form``: filled in anew, ``parts``: what of it is different."""

    type: ClassVar[str] = "case.correction_supplied"
    given: tuple[Given, ...]
    form: str = ""
    parts: tuple[str, ...] = ()


class CaseAccepted(Documented, frozen=True, kw_only=True):
    """It was accepted (受理通知书).

    Attributes:
        as_of: the day from which the decision clock counts: today, or that of receipt where the notice came too late.
        pledge: how the pledge it rests on was signed, as of `AcceptCase`; empty: it rests on none.
    """

    type: ClassVar[str] = "case.accepted"
    mode: Mode
    as_of: date
    is_late_notice: bool
    owed: tuple[str, ...] = ()
    owed_until: date | None = None
    pledge: str = ""


class CaseNotAccepted(Documented, frozen=True, kw_only=True):
    """It was not accepted (不予受理通知书)."""

    type: ClassVar[str] = "case.not_accepted"
    ends: ClassVar[bool] = True
    reason: str
    authority: str
    remedies: str


class CaseHandedOver(Documented, frozen=True, kw_only=True):
    """It went to the department or to the hall that hands it out (物料流转凭证).

    Attributes:
        to: department, or hall.
        writer: who writes the case from here on: ``city`` or ``hall:ID``.
    """

    type: ClassVar[str] = "case.handed_over"
    to: str
    writer: str


class PaperMade(CaseEvent, frozen=True, kw_only=True):
    """A document was made and lies sealed.

    Attributes:
        is_over: the case was over already; a later start needs nothing of it then.
    """

    type: ClassVar[str] = "case.paper_made"
    in_turn: ClassVar[bool] = False
    document: str
    sha256: str
    is_over: bool = False

    def last_day(self, happened: date) -> date | None:
        """The day itself where the case was over: nothing ends it any more."""
        return happened if self.is_over else None


class FeeAsked(Documented, frozen=True, kw_only=True):
    """The applicant was told what is to be paid (缴费通知书); ``order``: id of the order, ``fees``: of the edition."""

    type: ClassVar[str] = "case.fee_asked"
    order: str
    fees: tuple[str, ...]
    amount_fen: int


class FeeWaived(CaseEvent, frozen=True, kw_only=True):
    """Nothing is charged (减免)."""

    type: ClassVar[str] = "case.fee_waived"
    reason: str


class Noted(CaseEvent, frozen=True, kw_only=True):
    """Something that a place puts on record whoever writes the case by then, even when it is over.

    Attributes:
        is_over: the case was over already; a later start needs nothing of it then.
    """

    in_turn: ClassVar[bool] = False
    is_over: bool = False

    def last_day(self, happened: date) -> date | None:
        """The day itself where the case was over: nothing ends it any more."""
        return happened if self.is_over else None


class FeeNoted(Noted, frozen=True, kw_only=True):
    """Something became of an order to pay; the place that ordered it says so."""

    order: str


class DataCame(Noted, frozen=True, kw_only=True):
    """Shared data for a material came from the exchange, or will not; ``sha256`` of the sealed rows."""

    type: ClassVar[str] = "case.data_came"
    material: str
    is_given: bool
    sha256: str = ""
    size: int = 0


class Complained(Noted, frozen=True, kw_only=True):
    """The hotline 12345 handed a complaint about it over; ``order``: the hotline's number, ``due``: its last day."""

    type: ClassVar[str] = "case.complained"
    order: str
    due: date | None = None


class ComplaintClosed(Noted, frozen=True, kw_only=True):
    """A complaint about it was answered."""

    type: ClassVar[str] = "case.complaint_closed"
    order: str


class RatedBadly(Noted, frozen=True, kw_only=True):
    """Its applicant rated it badly; ``rating``: id of the rating, ``level``: 1 or 2 of 5."""

    type: ClassVar[str] = "case.rated_badly"
    rating: str
    level: int


class RatingHandled(Noted, frozen=True, kw_only=True):
    """A bad rating of it was put right (整改)."""

    type: ClassVar[str] = "case.rating_handled"
    rating: str


class FeePaid(FeeNoted, frozen=True, kw_only=True):
    """It was paid; ``receipt``: its number, where that was at a counter."""

    type: ClassVar[str] = "case.fee_paid"
    amount_fen: int
    receipt: str = ""


class FeeRefused(FeeNoted, frozen=True, kw_only=True):
    """It cannot be paid any more: the platform did not take the order, or its time is over."""

    type: ClassVar[str] = "case.fee_refused"
    reason: str


class FeeCalledOff(FeeNoted, frozen=True, kw_only=True):
    """It is not to be paid any more (撤销缴费): the case is over, or it was asked for wrongly; paid money goes back."""

    type: ClassVar[str] = "case.fee_called_off"
    reason: str


class FeeCancelled(FeeNoted, frozen=True, kw_only=True):
    """The platform has taken the order back: nobody can pay it any more."""

    type: ClassVar[str] = "case.fee_cancelled"


class FeeRefunded(FeeNoted, frozen=True, kw_only=True):
    """It was given back."""

    type: ClassVar[str] = "case.fee_refunded"
    amount_fen: int


class CaseExamined(CaseEvent, frozen=True, kw_only=True):
    """An opinion stands."""

    type: ClassVar[str] = "case.examined"
    opinion: str
    proposes: Outcome


class ProcedureBegun(Documented, frozen=True, kw_only=True):
    """A special procedure began (特殊程序期限告知书)."""

    type: ClassVar[str] = "case.procedure_begun"
    procedure: str
    kind: ProcedureKind
    workdays: int
    in_limit: bool
    reason: str
    inspectors: tuple[str, ...] = ()


class ProcedureEnded(CaseEvent, frozen=True, kw_only=True):
    """The special procedure is over."""

    type: ClassVar[str] = "case.procedure_ended"
    procedure: str
    result: str


class ExtensionAsked(CaseEvent, frozen=True, kw_only=True):
    """More time was asked for."""

    type: ClassVar[str] = "case.extension_asked"
    workdays: int
    reason: str


class CaseExtended(Documented, frozen=True, kw_only=True):
    """The head of the department gave more time (延长期限通知书)."""

    type: ClassVar[str] = "case.extended"
    workdays: int
    reason: str


class CaseForwarded(CaseEvent, frozen=True, kw_only=True):
    """It went to the authority above."""

    type: ClassVar[str] = "case.forwarded"
    authority: str
    opinion: str


class CaseDecided(Documented, frozen=True, kw_only=True):
    """It was decided (准予决定书, 不予决定书)."""

    type: ClassVar[str] = "case.decided"
    outcome: Outcome
    reasons: str
    remedies: str


class LicenceMade(CaseEvent, frozen=True, kw_only=True):
    """What the applicant gets lies ready."""

    type: ClassVar[str] = "case.made"
    licence: str
    sha256: str


class CaseDelivered(Documented, frozen=True, kw_only=True):
    """The applicant has it (送达回执)."""

    type: ClassVar[str] = "case.delivered"
    how: Delivery
    to: str
    receipt: str
    ticket: str | None
    window: str | None


class ResultGivenUp(CaseEvent, frozen=True, kw_only=True):
    """The applicant did not want what was made (放弃领取): it stays with the archive, the decision stands."""

    type: ClassVar[str] = "case.given_up"
    ends: ClassVar[bool] = True
    reason: str


class OwedSupplied(CaseEvent, frozen=True, kw_only=True):
    """Some of what was owed came in; ``left`` is still owed."""

    type: ClassVar[str] = "case.owed_supplied"
    given: tuple[Given, ...]
    left: tuple[str, ...]


class PledgeChecked(CaseEvent, frozen=True, kw_only=True):
    """A promise was checked after the decision."""

    type: ClassVar[str] = "case.pledge_checked"
    is_kept: bool
    finding: str


class CaseWithdrawn(CaseEvent, frozen=True, kw_only=True):
    """The applicant took it back, or what was owed never came.

    Attributes:
        reason: as a clerk typed it; empty where the applicant took it back alone.
        words: id in the vault of what the applicant wrote, at the place where they wrote it.
    """

    type: ClassVar[str] = "case.withdrawn"
    ends: ClassVar[bool] = True
    reason: str
    words: str = ""


class CaseTerminated(CaseEvent, frozen=True, kw_only=True):
    """It ended without a decision."""

    type: ClassVar[str] = "case.terminated"
    ends: ClassVar[bool] = True
    reason: str


class CaseClosed(CaseEvent, frozen=True, kw_only=True):
    """It is done and archived."""

    type: ClassVar[str] = "case.closed"
    ends: ClassVar[bool] = True


class ConflictFound(CaseEvent, frozen=True, kw_only=True):
    """Hall and city did what does not go together; somebody must look at it.

    Attributes:
        about: ``edition_cancelled``, ``step_refused``, …
    """

    type: ClassVar[str] = "case.conflict_found"
    conflict: str
    about: str
    detail: str


class ConflictSolved(CaseEvent, frozen=True, kw_only=True):
    """Somebody said what became of it."""

    type: ClassVar[str] = "case.conflict_solved"
    conflict: str
    solution: str


class CityStepTaken(CaseEvent, frozen=True, kw_only=True):
    """The city did something to the case: its event, raw, as a hall holds it; the city passes over it.

    Attributes:
        step: it is the case's so-manieth event, from 1.
    """

    type: ClassVar[str] = "case.step_taken"
    is_echo: ClassVar[bool] = True
    step: int
    at: datetime
    step_type: str
    step_version: int
    actor: str
    payload: dict[str, Any]

    @property
    def ends_subject(self) -> bool:
        """Whether the case is over with what the city did."""
        return self.step_type in ENDING


STEPS: tuple[type[CaseEvent], ...] = (
    CaseReceived,
    MaterialsChecked,
    CorrectionAsked,
    CorrectionSupplied,
    CaseAccepted,
    CaseNotAccepted,
    CaseHandedOver,
    CaseExamined,
    ProcedureBegun,
    ProcedureEnded,
    ExtensionAsked,
    CaseExtended,
    CaseForwarded,
    CaseDecided,
    FeeAsked,
    FeeWaived,
    FeePaid,
    FeeRefused,
    FeeCalledOff,
    FeeCancelled,
    FeeRefunded,
    RatedBadly,
    RatingHandled,
    DataCame,
    Complained,
    ComplaintClosed,
    LicenceMade,
    CaseDelivered,
    ResultGivenUp,
    OwedSupplied,
    PledgeChecked,
    CaseWithdrawn,
    CaseTerminated,
    CaseClosed,
    PaperMade,
    ConflictFound,
    ConflictSolved,
)
"""Events that change a case."""
EVENTS: tuple[type[CaseEvent], ...] = (*STEPS, CityStepTaken)
"""All events of cases in a journal."""
OUT_OF_TURN = frozenset(one.type for one in STEPS if not one.in_turn)
"""Types that the place which did the work puts on record, whoever writes the case."""
ENDING = frozenset(one.type for one in STEPS if one.ends)
"""Types after which a case is over."""
