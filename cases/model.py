"""A case (办件) as its events tell it: its states, its clocks' facts and who did what; pure."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from cases.catalogue.model import CaseType, FlowKind, ProcedureKind
from cases.catalogue.model import Channel as Channel  # a case came in where its matter may be applied for


class State(StrEnum):
    """Where a case stands."""

    PRECHECK = "precheck"  # 预审: asked beforehand; no clock runs
    RECEIVED = "received"  # 收件: the notice clock runs
    CORRECTION = "correction"  # 补正: waits for the applicant
    ACCEPTED = "accepted"  # 受理: the decision clock runs
    EXAMINED = "examined"  # 审核: an opinion stands, the decision is due
    SUSPENDED = "suspended"  # 特别程序: the decision clock stands
    FORWARDED = "forwarded"  # 转报: an authority above decides
    DECIDED = "decided"  # 决定: the delivery clock runs
    MADE = "made"  # 制证: lies ready, or is on its way
    DELIVERED = "delivered"  # 送达
    CLOSED = "closed"  # 办结·归档
    NOT_ACCEPTED = "not_accepted"  # 不予受理
    WITHDRAWN = "withdrawn"  # 撤回
    TERMINATED = "terminated"  # 终止


ENDED = frozenset({State.CLOSED, State.NOT_ACCEPTED, State.WITHDRAWN, State.TERMINATED})
"""Nothing more happens to it."""
UNDECIDED = frozenset({State.ACCEPTED, State.EXAMINED, State.SUSPENDED, State.FORWARDED})
"""Accepted, and the decision is still to come."""


class Step(StrEnum):
    """What somebody does with a case."""

    PRECHECK = "precheck"  # 预审
    RECEIVE = "receive"  # 收件
    ASK_CORRECTION = "ask_correction"  # 一次性告知补正
    SUPPLY = "supply"  # 补正材料
    ACCEPT = "accept"  # 受理
    REFUSE = "refuse"  # 不予受理
    HAND_OVER = "hand_over"  # 流转
    SEND_TO_HALL = "send_to_hall"  # to the hall that hands it out
    EXAMINE = "examine"  # 审查
    SUSPEND = "suspend"  # 特别程序
    RESUME = "resume"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"  # 延长, by the head of the department
    FORWARD = "forward"  # 转报
    ASK_FEE = "ask_fee"  # 缴费通知
    WAIVE_FEE = "waive_fee"  # 减免费用
    DECIDE = "decide"  # 决定
    MAKE = "make"  # 制证
    DELIVER = "deliver"  # 出件
    GIVE_UP = "give_up"  # 放弃领取: the decision stands, nobody wants the result
    SUPPLY_LATER = "supply_later"  # 容缺后补
    CHECK_PLEDGE = "check_pledge"  # 告知承诺后核查
    WITHDRAW = "withdraw"  # 撤回
    TERMINATE = "terminate"  # 终止
    CLOSE = "close"  # 办结


class Post(StrEnum):
    """As whom somebody acts on a case."""

    ACCEPTOR = "acceptor"  # 综合受理窗口
    EXAMINER = "examiner"  # 审查
    APPROVER = "approver"  # 决定: the head of a department's desk
    HEAD = "head"  # 机关负责人: grants the extension
    MAKER = "maker"  # 制证
    ISSUER = "issuer"  # 出件窗口
    SUPERVISOR = "supervisor"  # 监管
    APPLICANT = "applicant"
    SYSTEM = "system"


class Mode(StrEnum):
    """How a case was accepted."""

    NORMAL = "normal"
    GAP = "gap"  # 容缺受理: what is missing follows on a written promise
    PLEDGE = "pledge"  # 告知承诺: decided on a promise, checked later


class Outcome(StrEnum):
    """What was decided."""

    GRANTED = "granted"
    DENIED = "denied"


class Delivery(StrEnum):
    """How a result reaches the applicant."""

    WINDOW = "window"
    COURIER = "courier"
    LOCKER = "locker"
    ELECTRONIC = "electronic"


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """One page or file handed in: where it lies (SHA-256 of what is kept sealed) and what it is."""

    sha256: str
    size: int
    media: str
    page: int = 1


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """A material as it was handed in and checked.

    Attributes:
        supply: how: paper, scan, licence, shared, form.
        is_sound: what the clerk found; a gap says why not.
        gap: what is missing or wrong, in words for the applicant; empty: nothing.
        reused: id of the case or licence it was taken from.
    """

    material: str
    supply: str
    copies: tuple[Copy, ...] = ()
    is_sound: bool = True
    gap: str = ""
    reused: str = ""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Something missing or wrong, of a material or a field of the form."""

    part: str
    what: str


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """A special procedure of a case; ``until`` None: it goes on."""

    procedure: str
    kind: ProcedureKind
    begun_at: datetime
    until: datetime | None = None
    workdays: int
    in_limit: bool = False


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice of everything missing (补正告知书)."""

    at: datetime
    gaps: tuple[Gap, ...]
    document: str


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was issued."""

    document: str
    kind: str
    number: str
    at: datetime
    sha256: str = ""


class ChargeState(StrEnum):
    """Where an order to pay stands."""

    ASKED = "asked"  # 待缴
    PAID = "paid"  # 已缴
    REFUSED = "refused"  # the platform did not take it, or its time is over; it may be asked for again
    REFUNDED = "refunded"  # 已退
    CANCELLING = "cancelling"  # 撤销中: called off here, the platform has not said so yet
    CANCELLED = "cancelled"  # 已撤销: it cannot be paid any more


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """Something the applicant was asked to pay.

    Attributes:
        order: id of the order. fees: of the edition, by id. amount_fen: of them together.
        place: who asked, as it writes cases; it is the one that ordered.
        called_off: why it is not wanted any more; what is paid of it all the same goes back.
        receipt: number of the receipt, where it was paid at a counter. reason: why it was refused.
    """

    order: str
    fees: tuple[str, ...]
    amount_fen: int
    asked_at: datetime
    document: str = ""
    state: ChargeState = ChargeState.ASKED
    settled_at: datetime | None = None
    receipt: str = ""
    reason: str = ""
    place: str = ""
    called_off: str = ""


class Case(msgspec.Struct, kw_only=True):
    """A case as it stands.

    Attributes:
        number: 办件编号; ``edition``: of the catalogue, ``matter@number``.
        step: how many steps it has behind it; who acts says which they have seen; ``events``: how many events.
        turns: how many of the events were in turn: made by whoever writes the case. That a document was made is put
            on record later, by the place that made it, whoever writes the case by then.
        writer: who may write it: ``hall:ID`` until it is handed over, then ``city``.
        applicant: opaque id of the person; form: SHA-256 of the sealed form.
        application: what the applicant filed without a clerk; empty: a clerk took it in. first_form: as it was first.
        hall: where it was received; deliver_at: where the result is handed out.
        charges: what was asked to be paid, in order. fee_waived: why nothing is charged; empty: it is.
        rated: bad ratings of it, by id; unhandled: those of them that nobody has put right yet.
        complaints: of the hotline, by its number; answered: those of them that were answered.
        query_digest: what is kept of the query code (`cases.state`).
        licence_file: SHA-256 of the sealed licence. is_given_up: the applicant did not want what was made.
        received_on: the working day of receipt; accepted_as_of: the day from which the decision clock counts.
        supplied: material → how often it was handed in; seen_gaps: parts the first notice could have named.
        pledge: SHA-256 of the signed pledge, or ``paper``; empty: there is none.
        own_words: id in the vault of why the applicant took it back; empty: they wrote nothing.
        acted: post → everybody who acted in it, as the journal writes them.
    """

    id: str
    number: str
    edition: str
    matter: str
    department: str
    hall: str
    writer: str
    flow: FlowKind
    case_type: CaseType
    statute_workdays: int
    promise_workdays: int
    extension_workdays: int
    joint: bool = False
    channel: Channel = Channel.WINDOW
    ticket: str | None = None
    window: str | None = None
    applicant: str | None = None
    agent: str | None = None
    form: str = ""
    first_form: str = ""
    application: str = ""
    answers: dict[str, tuple[str, ...]] = {}
    package: str | None = None
    waits_for: tuple[str, ...] = ()
    query_digest: str = ""
    state: State = State.RECEIVED
    before: State = State.ACCEPTED
    step: int = 1
    events: int = 1
    turns: int = 1
    received_at: datetime
    received_on: date
    given: dict[str, Given] = {}
    notices: tuple[Notice, ...] = ()
    supplied_at: datetime | None = None
    touched: frozenset[str] = frozenset()
    mode: Mode = Mode.NORMAL
    owed: tuple[str, ...] = ()
    owed_until: date | None = None
    pledge: str = ""
    accepted_at: datetime | None = None
    accepted_as_of: date | None = None
    is_late_notice: bool = False
    handed_over_at: datetime | None = None
    opinion: str = ""
    examined_at: datetime | None = None
    forwarded_at: datetime | None = None
    suspensions: tuple[Suspension, ...] = ()
    extension_asked: int = 0
    extended: int = 0
    outcome: Outcome | None = None
    decided_at: datetime | None = None
    made_at: datetime | None = None
    licence: str = ""
    charges: tuple[Charge, ...] = ()
    fee_waived: str = ""
    rated: tuple[str, ...] = ()
    unhandled: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    licence_file: str = ""
    delivery: Delivery = Delivery.WINDOW
    deliver_at: str = ""
    delivered_at: datetime | None = None
    is_given_up: bool = False
    ended_at: datetime | None = None
    ended_on: date | None = None
    own_words: str = ""
    papers: tuple[Paper, ...] = ()
    acted: dict[Post, frozenset[str]] = {}
    conflicts: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in ENDED

    @property
    def standing(self) -> Suspension | None:
        """The special procedure that goes on now."""
        return next((one for one in self.suspensions if one.until is None), None)

    @property
    def open_gaps(self) -> tuple[Gap, ...]:
        """Everything that is found missing or wrong in what was handed in."""
        return tuple(Gap(part=one.material, what=one.gap) for one in self.given.values() if not one.is_sound)

    def did(self, *posts: Post) -> frozenset[str]:
        """Everybody who acted in one of these posts."""
        return frozenset().union(*(self.acted.get(post, frozenset()) for post in posts))
