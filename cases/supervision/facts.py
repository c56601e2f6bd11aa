"""What supervision sees of a case: what was done when and by whom, its clocks and papers; nobody's name."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from cases.catalogue.model import CaseType
from cases.clocks.model import ClockNow
from cases.model import Outcome


class Happening(StrEnum):
    """What can have been done; the steps of the flow have the values of `cases.model.Step`."""

    PRECHECK = "precheck"
    RECEIVE = "receive"
    ASK_CORRECTION = "ask_correction"
    SUPPLY = "supply"
    ACCEPT = "accept"
    REFUSE = "refuse"
    HAND_OVER = "hand_over"
    SEND_TO_HALL = "send_to_hall"
    EXAMINE = "examine"
    SUSPEND = "suspend"
    RESUME = "resume"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    FORWARD = "forward"
    ASK_FEE = "ask_fee"
    WAIVE_FEE = "waive_fee"
    DECIDE = "decide"
    MAKE = "make"
    DELIVER = "deliver"
    GIVE_UP = "give_up"
    SUPPLY_LATER = "supply_later"
    CHECK_PLEDGE = "check_pledge"
    WITHDRAW = "withdraw"
    TERMINATE = "terminate"
    CLOSE = "close"
    # Beside the flow:
    PAY = "pay"  # 缴费
    REFUND = "refund"  # 退费
    INSPECT = "inspect"  # 现场核查
    SUPERVISE = "supervise"  # a card about it was judged
    PUSH = "push"  # 推送部门业务系统
    ACKNOWLEDGE = "acknowledge"  # 部门系统回执
    READ_BACK = "read_back"  # 结果回传
    RATE_BADLY = "rate_badly"  # 差评
    HANDLE_RATING = "handle_rating"  # 差评整改


class Proof(StrEnum):
    """What must stand on paper."""

    RECEIPT = "receipt"  # 接收回执
    ACCEPTANCE = "acceptance"  # 受理通知书
    REASONS = "reasons"  # 不予许可（受理）的理由
    REMEDIES = "remedies"  # 复议、诉讼途径
    TIME_TOLD = "time_told"  # 特殊程序期限告知书
    EXTENSION = "extension"  # 延长期限通知书, with its reason
    DECISION = "decision"  # 决定书
    DELIVERY = "delivery"  # 送达回执


class Counted(StrEnum):
    """What is counted on a case."""

    NOTICES = "notices"  # 补正告知书
    REPEATED_GAPS = "repeated_gaps"  # asked for later though visible the first time
    EXTENSIONS = "extensions"
    INSPECTORS = "inspectors"  # people on the site
    VISITS = "visits"


class Done(msgspec.Struct, frozen=True):
    """Something was done.

    Attributes:
        by: opaque id of who did it; empty: the system.
    """

    what: Happening
    at: datetime
    by: str = ""


class Supervised(msgspec.Struct, frozen=True, kw_only=True):
    """A case under supervision.

    Attributes:
        number: 办件编号, what the public may see of it.
        done: in the order in which it was done.
        counts: what is not in it is 0.
        fee_listed_fen: what the list says that it costs; None: nothing may be charged (no basis).
        clock_off_s: by how many seconds its hall's clock was off when it was received; None: unknown.
    """

    case: str
    number: str
    matter: str
    department: str
    hall: str = ""
    case_type: CaseType
    is_joint: bool = False
    outcome: Outcome | None = None
    is_over: bool = False
    done: tuple[Done, ...] = ()
    clocks: tuple[ClockNow, ...] = ()
    proofs: frozenset[Proof] = frozenset()
    counts: dict[Counted, int] = {}
    fee_listed_fen: int | None = None
    fee_charged_fen: int = 0
    clock_off_s: int | None = None

    def first(self, what: Happening) -> Done | None:
        """When it was done for the first time."""
        return next((one for one in self.done if one.what is what), None)

    def last(self, what: Happening) -> Done | None:
        """When it was done most lately."""
        return next((one for one in reversed(self.done) if one.what is what), None)
