"""What is asked of each neighbour and what it answers, as typed structs; phones and names travel here and nowhere else.

Why this long: one short struct for every request and answer, beside each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from cases.neighbours.model import Kind

Text = Annotated[str, Meta(max_length=2_000)]
Short = Annotated[str, Meta(max_length=200)]
Number = Annotated[str, Meta(max_length=80)]
Cents = Annotated[int, Meta(ge=0, le=10**12)]


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="do"):
    """Something that is wanted of a neighbour.

    Attributes:
        kind: which one. awaits: a result follows later.
    """

    kind: ClassVar[Kind]
    awaits: ClassVar[bool] = False


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a neighbour answers."""


# -- identity 统一身份认证


class VerifyPerson(Request, frozen=True, kw_only=True, tag="identity.verify"):
    """Does this name belong to this number?"""

    kind: ClassVar[Kind] = Kind.IDENTITY
    name: Short
    id_kind: Number = "111"
    id_number: Number


class PersonVerified(Result, frozen=True, kw_only=True):
    """Whether it does, and how sure the platform is (1 to 3)."""

    matches: bool
    level: int = 0


# -- electronic licences 电子证照


class FindLicences(Request, frozen=True, kw_only=True, tag="licence.find"):
    """The licences of a person who has agreed; ``consent``: id of the journalled agreement."""

    kind: ClassVar[Kind] = Kind.LICENCE
    holder_id_number: Number
    consent: Number
    purpose: Short


class LicenceHeld(msgspec.Struct, frozen=True, kw_only=True):
    """A licence of the register."""

    id: Number
    licence: Number
    name: Short
    number: Number
    valid_until: date | None = None
    fields: dict[str, Any] = {}


class LicencesFound(Result, frozen=True, kw_only=True):
    """Those that are valid."""

    licences: tuple[LicenceHeld, ...] = ()


class IssueLicence(Request, frozen=True, kw_only=True, tag="licence.issue"):
    """Put a licence into the register; ``document``: SHA-256 of its file."""

    kind: ClassVar[Kind] = Kind.LICENCE
    case_number: Number
    licence: Number
    number: Number
    holder_name: Short
    holder_id_number: Number
    valid_from: date
    valid_until: date | None = None
    document: Number = ""


class LicenceIssued(Result, frozen=True, kw_only=True):
    """The register's id of it."""

    id: Number


class RevokeLicence(Request, frozen=True, kw_only=True, tag="licence.revoke"):
    """Take a licence back."""

    kind: ClassVar[Kind] = Kind.LICENCE
    id: Number
    reason: Short


# -- payment 公共支付


class OrderPayment(Request, frozen=True, kw_only=True, tag="payment.order"):
    """A fee is due; ``basis``: the rule that sets it."""

    kind: ClassVar[Kind] = Kind.PAYMENT
    awaits: ClassVar[bool] = True
    case_number: Number
    title: Short
    amount_cents: Cents
    basis: Short


class PaymentOrdered(Result, frozen=True, kw_only=True):
    """Where it can be paid."""

    order: Number
    pay_url: Short = ""


class CancelPayment(Request, frozen=True, kw_only=True, tag="payment.cancel"):
    """Nobody shall pay an order any more (关单), named by the transaction that ordered it.

    Rejected with `PAID` where somebody has paid it already, with `UNKNOWN_ORDER` where there is none.
    """

    kind: ClassVar[Kind] = Kind.PAYMENT
    ordered: Number
    reason: Short


PAID, UNKNOWN_ORDER = "paid", "unknown_order"
"""Why an order is not taken back."""


class PaymentCancelled(Result, frozen=True, kw_only=True):
    """The platform takes no money for it any more."""

    order: Number


class RefundPayment(Request, frozen=True, kw_only=True, tag="payment.refund"):
    """Give it back, or some of it."""

    kind: ClassVar[Kind] = Kind.PAYMENT
    order: Number
    amount_cents: Cents
    reason: Short


class Refunded(Result, frozen=True, kw_only=True):
    """How much of the order is given back by now."""

    refunded_cents: Cents


class PaymentsOfDay(Request, frozen=True, kw_only=True, tag="payment.day"):
    """Everything that was ordered on a day (日终对账)."""

    kind: ClassVar[Kind] = Kind.PAYMENT
    day: date


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """An order as the payment platform has it."""

    transaction: Number
    order: Number
    amount_cents: Cents
    paid_cents: Cents = 0
    refunded_cents: Cents = 0
    is_cancelled: bool = False


class PaymentsFound(Result, frozen=True, kw_only=True):
    """The orders of a day."""

    payments: tuple[Paid, ...] = ()


# -- courier 物流


class OrderLabel(Request, frozen=True, kw_only=True, tag="courier.label"):
    """Fetch a parcel here and bring it there."""

    kind: ClassVar[Kind] = Kind.COURIER
    awaits: ClassVar[bool] = True
    case_number: Number
    to_name: Short
    to_phone: Number
    to_address: Short


class LabelMade(Result, frozen=True, kw_only=True):
    """The number of the parcel."""

    number: Number


class TrackParcel(Request, frozen=True, kw_only=True, tag="courier.track"):
    """Where is it?"""

    kind: ClassVar[Kind] = Kind.COURIER
    number: Number


class ParcelStep(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a parcel."""

    at: datetime
    text: Short


class ParcelTracked(Result, frozen=True, kw_only=True):
    """ordered, on_its_way, delivered or returned."""

    state: Number
    steps: tuple[ParcelStep, ...] = ()


# -- short messages 短信


class SendMessage(Request, frozen=True, kw_only=True, tag="sms.send"):
    """A text for a phone."""

    kind: ClassVar[Kind] = Kind.SMS
    phone: Number
    text: Annotated[str, Meta(max_length=500)]


class MessageTaken(Result, frozen=True, kw_only=True):
    """In how many parts it goes out."""

    parts: int = 1


# -- the hotline 12345


class HandToHotline(Request, frozen=True, kw_only=True, tag="hotline.hand"):
    """Something that came in here belongs to the hotline."""

    kind: ClassVar[Kind] = Kind.HOTLINE
    awaits: ClassVar[bool] = True
    about: Short
    text: Text
    phone: Number = ""


class HotlineOrder(Result, frozen=True, kw_only=True):
    """The hotline's number of it."""

    order: Number


class CloseHotline(Request, frozen=True, kw_only=True, tag="hotline.close"):
    """What was done about an order of the hotline's."""

    kind: ClassVar[Kind] = Kind.HOTLINE
    order: Number
    result: Text


# -- data exchange 数据共享交换


class AskData(Request, frozen=True, kw_only=True, tag="exchange.ask"):
    """Data that another department keeps; the limits are `model.EXCHANGE_WORKDAYS`."""

    kind: ClassVar[Kind] = Kind.EXCHANGE
    awaits: ClassVar[bool] = True
    case_number: Number
    dataset: Number
    purpose: Short
    query: dict[str, str] = {}


class DataAsked(Result, frozen=True, kw_only=True):
    """Under which ticket it is found."""

    ticket: Number


class ReadData(Request, frozen=True, kw_only=True, tag="exchange.read"):
    """What has become of it."""

    kind: ClassVar[Kind] = Kind.EXCHANGE
    ticket: Number


class DataRead(Result, frozen=True, kw_only=True):
    """checking, answered or delivered; with ``delivered`` the rows."""

    state: Number
    rows: tuple[dict[str, Any], ...] = ()


# -- supervision 电子监察


class SupervisedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a case, without anybody's name."""

    case_number: Number
    matter: Number
    department: Number
    step: Number
    at: datetime
    state: Number


class FeedSteps(Request, frozen=True, kw_only=True, tag="supervision.feed"):
    """What happened to cases."""

    kind: ClassVar[Kind] = Kind.SUPERVISION
    steps: tuple[SupervisedStep, ...]


class StepsTaken(Result, frozen=True, kw_only=True):
    """How many."""

    taken: int


# -- the task list 督查


class AskTasks(Request, frozen=True, kw_only=True, tag="tasks.ask"):
    """What the inspectors want done."""

    kind: ClassVar[Kind] = Kind.TASKS
    since: date


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One of their tasks."""

    task: Number
    title: Short
    department: Number
    due: date


class TasksFound(Result, frozen=True, kw_only=True):
    """All since the day."""

    tasks: tuple[Task, ...] = ()


class ReportTask(Request, frozen=True, kw_only=True, tag="tasks.report"):
    """How far a task is."""

    kind: ClassVar[Kind] = Kind.TASKS
    task: Number
    percent: Annotated[int, Meta(ge=0, le=100)]
    text: Text


# -- a department's own system 部门业务系统


class PushedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A page handed in; its bytes went to ``/v1/files/{sha256}`` before."""

    material: Short
    sha256: Number
    size: int
    media: Number
    page: int


class PushCase(Request, frozen=True, kw_only=True, tag="department.push"):
    """申请表, 附件材料, 受理信息 of an accepted case, so that nobody there types anything again."""

    kind: ClassVar[Kind] = Kind.DEPARTMENT
    awaits: ClassVar[bool] = True
    case_number: Number
    matter: Number
    matter_code: Number
    matter_name: Short
    department: Number
    received_at: datetime
    accepted_at: datetime
    accepted_as_of: date
    promise_workdays: int
    statute_workdays: int
    form: dict[str, Any]
    files: tuple[PushedFile, ...] = ()


class CasePushed(Result, frozen=True, kw_only=True):
    """The department's own number of it."""

    receipt: Number = ""


class DepartmentResult(msgspec.Struct, frozen=True, kw_only=True):
    """过程信息, 审批结果 or 电子证照 of a case.

    Attributes:
        id: the department's, so that one that comes twice happens once.
        step: examined, granted, denied or licensed; anything else is a note of the process.
        by: number of the official there who did it.
        licence: number of the licence; document: its file, Base64.
    """

    id: Number
    case_number: Number
    step: Number
    at: datetime
    by: Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,30}$")]
    opinion: Text = ""
    reasons: Text = ""
    remedies: Text = ""
    licence: Number = ""
    document: bytes = b""


class ReadResults(Request, frozen=True, kw_only=True, tag="department.results"):
    """What came of the cases, after the place where one stopped reading."""

    kind: ClassVar[Kind] = Kind.DEPARTMENT
    after: int


class ResultsFound(Result, frozen=True, kw_only=True):
    """The results, and where to go on."""

    results: tuple[DepartmentResult, ...] = ()
    next: int = 0


# -- every neighbour


class AskDay(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="day"):
    """Which transactions of a day it has."""

    day: date


class DayHeld(Result, frozen=True, kw_only=True):
    """Their ids."""

    transactions: tuple[Number, ...] = ()


AnyRequest = (
    VerifyPerson
    | FindLicences
    | IssueLicence
    | RevokeLicence
    | OrderPayment
    | CancelPayment
    | RefundPayment
    | PaymentsOfDay
    | OrderLabel
    | TrackParcel
    | SendMessage
    | HandToHotline
    | CloseHotline
    | AskData
    | ReadData
    | FeedSteps
    | AskTasks
    | ReportTask
    | PushCase
    | ReadResults
    | AskDay
)
RESULTS: Mapping[type[msgspec.Struct], type[Result]] = {
    VerifyPerson: PersonVerified,
    FindLicences: LicencesFound,
    IssueLicence: LicenceIssued,
    RevokeLicence: Result,
    OrderPayment: PaymentOrdered,
    CancelPayment: PaymentCancelled,
    RefundPayment: Refunded,
    PaymentsOfDay: PaymentsFound,
    OrderLabel: LabelMade,
    TrackParcel: ParcelTracked,
    SendMessage: MessageTaken,
    HandToHotline: HotlineOrder,
    CloseHotline: Result,
    AskData: DataAsked,
    ReadData: DataRead,
    FeedSteps: StepsTaken,
    AskTasks: TasksFound,
    ReportTask: Result,
    PushCase: CasePushed,
    ReadResults: ResultsFound,
    AskDay: DayHeld,
}
"""Request → what an acceptance of it holds."""
QUESTIONS: frozenset[type[msgspec.Struct]] = frozenset({PaymentsOfDay, TrackParcel, ReadData, ReadResults, AskDay})
"""Requests that leave nothing behind, here or there: a comparison of transactions passes over them."""

# -- what neighbours tell by themselves


class PaymentNotice(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="payment.paid"):
    """An order was paid, or it lapsed."""

    transaction: Number
    order: Number
    amount_cents: Cents
    is_paid: bool = True


class ParcelMoved(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="courier.moved"):
    """A parcel is delivered, or came back."""

    transaction: Number
    number: Number
    state: Number


class MessageReply(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="sms.reply"):
    """Somebody answered a message; 退订, TD and STOP end the notices to this phone."""

    phone: Number
    text: Short


class HotlineCase(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="hotline.case"):
    """The hotline hands something over, or says what became of what it was handed (``transaction``)."""

    order: Number
    about: Short
    text: Text = ""
    phone: Number = ""
    due: date | None = None
    transaction: Number = ""


class DataDelivered(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="exchange.delivered"):
    """Data that was asked for can be read, or will not come."""

    transaction: Number
    ticket: Number
    is_given: bool = True


class ResultTold(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="department.result"):
    """A result that the department's system did not wait to be asked for."""

    result: DepartmentResult


Told = PaymentNotice | ParcelMoved | MessageReply | HotlineCase | DataDelivered | ResultTold
