"""A matter in full (实施清单): its editions with dates, and what each asks of an applicant; records without rules."""

from __future__ import annotations

from datetime import date
from enum import IntEnum, StrEnum
from typing import Any

import msgspec


class CaseType(IntEnum):
    """How long a matter takes (办件类型). Source: GB/T 39046-2020, table A.6."""

    IMMEDIATE = 1  # 即办件: received, accepted and decided in one
    PROMISED = 2  # 承诺件
    OTHER = 9


class Serves(StrEnum):
    """Whom a matter is for (服务对象)."""

    PERSON = "person"
    ORGANISATION = "organisation"
    BOTH = "both"


class Needed(StrEnum):
    """Whether a material must be there."""

    REQUIRED = "required"
    SITUATIONAL = "situational"  # asked for where a situation says so
    LATER = "later"  # 容缺后补: may follow on a written promise


class Supply(StrEnum):
    """How a material may be handed in."""

    PAPER = "paper"
    SCAN = "scan"
    LICENCE = "licence"  # an electronic licence of the register, used by consent
    SHARED = "shared"  # the departments have it already (数据共享)
    FORM = "form"  # made of what was filled in


class Channel(StrEnum):
    """Where a matter may be applied for, and where a case came in."""

    WINDOW = "window"
    ONLINE = "online"
    TERMINAL = "terminal"  # by oneself at a machine of the hall
    PHONE = "phone"


class ProcedureKind(StrEnum):
    """Procedures whose time is not counted. Source: 行政许可法 45."""

    HEARING = "hearing"  # 听证
    TENDER = "tender"  # 招标
    AUCTION = "auction"  # 拍卖
    EXAMINATION = "examination"  # 检验
    TEST = "test"  # 检测
    QUARANTINE = "quarantine"  # 检疫
    APPRAISAL = "appraisal"  # 鉴定
    EXPERTS = "experts"  # 专家评审
    VISIT = "visit"  # 现场勘查, where a law leaves it out of the limit


class EditionState(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    REPLACED = "replaced"  # by its next edition


class FlowKind(StrEnum):
    """Which table of steps a matter goes by (`cases.flow.FLOWS`)."""

    STANDARD = "standard"  # 承诺件
    IMMEDIATE = "immediate"  # 即办件
    PLEDGE = "pledge"  # 告知承诺: decided on a promise, checked later
    FORWARDED = "forwarded"  # 转报: examined here, decided above


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A piece of an edition."""


class Law(Part, frozen=True, kw_only=True):
    """What something rests on: the statute and its article as they are cited."""

    name: str
    article: str = ""


class Material(Part, frozen=True, kw_only=True):
    """What an applicant brings.

    Attributes:
        originals, copies: how many sheets of each.
        licence: type of the electronic licence that stands for it; empty: none does.
        law: what it rests on.
    """

    id: str
    name: str
    name_en: str = ""
    issuer: str = ""
    originals: int = 1
    copies: int = 0
    needed: Needed = Needed.REQUIRED
    supplies: tuple[Supply, ...] = (Supply.PAPER, Supply.SCAN)
    licence: str = ""
    note: str = ""
    law: Law | None = None


class FeeDue(StrEnum):
    """When a fee is asked for, and whether the licence waits for it."""

    ACCEPTANCE = "acceptance"  # when the case is accepted; the licence waits
    LICENCE = "licence"  # when it is granted; the licence waits
    LATER = "later"  # when it is granted; the licence does not wait


class Fee(Part, frozen=True, kw_only=True):
    """What a matter costs, in fen; without a basis nothing may be charged.

    One that rows of the decision table name is charged where such a row holds, any other always.
    """

    id: str
    name: str
    amount_fen: int
    basis: Law | None = None
    due: FeeDue = FeeDue.LICENCE


class NodeDone(StrEnum):
    """What a case does when a step of its matter is done."""

    ACCEPTED = "accepted"
    EXAMINED = "examined"
    FORWARDED = "forwarded"
    DECIDED = "decided"
    MADE = "made"
    DELIVERED = "delivered"


class Node(Part, frozen=True, kw_only=True):
    """A step of the handling with its post, its duty and its own limit in working days (None: none of its own).

    Attributes:
        done_with: when it is done; None: as its id says (accept, examine, forward, decide, make, deliver), else with
            the next step that is done.
    """

    id: str
    name: str
    name_en: str = ""
    post: str = ""
    duty: str = ""
    limit_workdays: int | None = None
    done_with: NodeDone | None = None


class Procedure(Part, frozen=True, kw_only=True):
    """A special procedure a case may need.

    Attributes:
        limit_workdays: longest time; None: as long as it takes.
        in_limit: it counts into the decision's limit all the same (the matter's own law says so).
    """

    id: str
    kind: ProcedureKind
    name: str
    limit_workdays: int | None = None
    in_limit: bool = False
    law: Law | None = None


class Option(Part, frozen=True, kw_only=True):
    """An answer that may be chosen."""

    id: str
    name: str
    name_en: str = ""


class Question(Part, frozen=True, kw_only=True):
    """What is asked to know which materials a person needs (情形).

    Attributes:
        asked_if: question → answers that must have been given before this one is asked; empty: always.
    """

    id: str
    text: str
    text_en: str = ""
    options: tuple[Option, ...]
    asked_if: dict[str, tuple[str, ...]] = {}


class Row(Part, frozen=True, kw_only=True):
    """A row of the decision table: what a situation changes. All rows that hold apply, in order.

    Attributes:
        when: question → answers of which one was given, for each; empty: always.
        add, drop: materials by id; fees: by id.
        promise_workdays: another promise, in working days.
        stop: why nothing can be accepted in this situation; empty: it can.
    """

    when: dict[str, tuple[str, ...]]
    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    promise_workdays: int | None = None
    stop: str = ""
    stop_en: str = ""


class Result(Part, frozen=True, kw_only=True):
    """What a granted case gives: a licence, an approval, a certificate; ``valid_months`` None: without an end."""

    name: str
    name_en: str = ""
    licence: str = ""
    valid_months: int | None = None


class Pause(Part, frozen=True, kw_only=True):
    """Days on which nothing was accepted, both counted; over."""

    first: date
    last: date


class Edition(Part, frozen=True, kw_only=True):
    """One edition of a matter; a running case keeps the one it was received under.

    Attributes:
        matter: id of the matter in the directory; ``number`` counts its editions from 1.
        code: 实施编码 as the catalogue has it, up to 64 characters.
        statute_workdays, promise_workdays: 法定时限 and 承诺时限; 0 with an immediate matter: on the spot.
        joint: the decision is one of several departments together (45 working days). Source: 行政许可法 42.
        phones: supervision phone first.
        scope: halls that take it besides the matter's own (通办范围); ``*``: all.
        tags: of 四办: 马上办, 网上办, 就近办, 一次办.
        channels: where it may be applied for (申请渠道); a window takes everything, the others only what stands here.
        words: everyday words that lead here.
        form: JSON Schema of what is filled in (draft 2020-12), with ``x-from`` of what it is prefilled from.
        laws: what the matter rests on.
        valid_from: first day on which it may be accepted under this edition; valid_until: the last.
        suspended_from: while it is suspended, the first day on which nothing is accepted.
        pauses: suspensions that are over; what was not accepted on a day then is not accepted of that day later.
        successors: matters that take its place where it was split, merged or cancelled.
    """

    matter: str
    number: int = 1
    code: str
    name: str
    name_en: str = ""
    department: str
    task_type: int = 1
    level: str = "county"
    serves: Serves = Serves.BOTH
    case_type: CaseType = CaseType.PROMISED
    flow: FlowKind = FlowKind.STANDARD
    statute_workdays: int
    promise_workdays: int
    joint: bool = False
    conditions: tuple[str, ...] = ()
    materials: tuple[Material, ...] = ()
    fees: tuple[Fee, ...] = ()
    nodes: tuple[Node, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    results: tuple[Result, ...] = ()
    phones: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = (Channel.WINDOW,)
    words: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    rows: tuple[Row, ...] = ()
    form: dict[str, Any] = {}
    laws: tuple[Law, ...] = ()
    state: EditionState = EditionState.DRAFT
    valid_from: date | None = None
    valid_until: date | None = None
    suspended_from: date | None = None
    pauses: tuple[Pause, ...] = ()
    successors: tuple[str, ...] = ()

    def accepts_on(self, day: date) -> bool:
        """Whether what comes in on a day is accepted under it.

        What was replaced, cancelled or suspended from a day on still holds for what came in before: a running case
        keeps its edition.
        """
        if self.valid_from is None or day < self.valid_from:
            return False
        if self.valid_until is not None and day > self.valid_until:
            return False
        if any(pause.first <= day <= pause.last for pause in self.pauses):
            return False
        match self.state:
            case EditionState.PUBLISHED | EditionState.REPLACED:
                return True
            case EditionState.CANCELLED:
                return self.valid_until is not None
            case EditionState.SUSPENDED:
                return self.suspended_from is not None and day < self.suspended_from
            case _:
                return False

    @property
    def key(self) -> str:
        """``matter@number``: what a case keeps."""
        return f"{self.matter}@{self.number}"

    def material(self, id_: str) -> Material | None:
        """A material by id."""
        return next((one for one in self.materials if one.id == id_), None)

    def procedure(self, id_: str) -> Procedure | None:
        """A special procedure by id."""
        return next((one for one in self.procedures if one.id == id_), None)
