"""The neighbours: what each kind of them is, and what comes back from one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """What a neighbour is."""

    IDENTITY = "identity"  # 统一身份认证
    LICENCE = "licence"  # 电子证照
    PAYMENT = "payment"  # 公共支付
    COURIER = "courier"  # 物流
    SMS = "sms"  # 短信
    HOTLINE = "hotline"  # 12345
    EXCHANGE = "exchange"  # 数据共享交换
    SUPERVISION = "supervision"  # 电子监察
    TASKS = "tasks"  # 督查
    DEPARTMENT = "department"  # 部门业务系统
    RATING = "rating"  # 好差评: sent by `evaluation.upward`; stands in the report


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The neighbour has the request.

    Attributes:
        result: JSON, as the request's kind says; `requests.RESULTS` names its type.
    """

    transaction: str
    result: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"{}"))


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """The neighbour does not take it as it is; sending the same again would change nothing."""

    transaction: str
    code: str
    message: str = ""


Reply = Accepted | Rejected


class Stage(StrEnum):
    """What of a request for shared data has a limit."""

    CHECK = "check"
    ANSWER = "answer"
    DELIVER = "deliver"
    OBJECTION = "objection"


WAITS_FOR_PEOPLE = frozenset({"payment.order"})
"""Requests whose result somebody else than the neighbour brings about: that it has not come is no silence."""
EXCHANGE_WORKDAYS: Mapping[Stage, int] = {Stage.CHECK: 2, Stage.ANSWER: 3, Stage.DELIVER: 7, Stage.OBJECTION: 10}
"""Working days per stage. Source: domain page, cases: 数据共享交换 (limits 2/3/7/10 wd)."""
