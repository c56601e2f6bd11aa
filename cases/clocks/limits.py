"""The limits that the law sets, as data with their sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import msgspec

from cases.catalogue.model import ProcedureKind
from hall_server.directory.calendar import WorkCalendar


class LimitKind(StrEnum):
    """What a limit is for."""

    NOTICE = "notice"  # 一次性告知
    DECISION = "decision"  # 决定
    JOINT = "joint"  # 统一办理、联合办理、集中办理
    LOWER_LEVEL = "lower_level"  # 下级先行审查
    DELIVERY = "delivery"  # 颁发、送达
    HEARING_ASK = "hearing_ask"  # 申请听证
    HEARING_HOLD = "hearing_hold"  # 组织听证
    HEARING_TELL = "hearing_tell"  # 通知听证的时间、地点
    INSPECTORS = "inspectors"  # 指派检验、检测、检疫人员


class Approver(StrEnum):
    """Who may extend a limit."""

    AGENCY_HEAD = "agency_head"  # 本行政机关负责人
    GOVERNMENT_HEAD = "government_head"  # 本级人民政府负责人


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One limit of the law, in working days.

    Attributes:
        extension_workdays: how much may be added, once; 0: nothing.
        extended_by: who approves it; None: nobody can.
        is_backwards: counted back from the day it is about (at least so long before it).
        source: the article, with its words where they decide how to count.
    """

    kind: LimitKind
    workdays: int
    source: str
    extension_workdays: int = 0
    extended_by: Approver | None = None
    is_backwards: bool = False


ALL_WORKDAYS = "行政许可法 82：本法规定的行政机关实施行政许可的期限以工作日计算，不含法定节假日"
"""Why every one of these is in working days."""

_TABLE = (
    Limit(
        kind=LimitKind.NOTICE,
        workdays=5,
        source="行政许可法 32(四)：应当当场或者在五日内一次告知申请人需要补正的全部内容，"
        "逾期不告知的，自收到申请材料之日起即为受理",
    ),
    Limit(
        kind=LimitKind.DECISION,
        workdays=20,
        extension_workdays=10,
        extended_by=Approver.AGENCY_HEAD,
        source="行政许可法 42：自受理之日起二十日内作出决定；"
        "经本行政机关负责人批准，可以延长十日，并应当将延长期限的理由告知申请人",
    ),
    Limit(
        kind=LimitKind.JOINT,
        workdays=45,
        extension_workdays=15,
        extended_by=Approver.GOVERNMENT_HEAD,
        source="行政许可法 42：统一、联合、集中办理的不得超过四十五日；"
        "经本级人民政府负责人批准，可以延长十五日，并应当将延长期限的理由告知申请人",
    ),
    Limit(
        kind=LimitKind.LOWER_LEVEL,
        workdays=20,
        source="行政许可法 43：下级行政机关应当自其受理之日起二十日内审查完毕",
    ),
    Limit(
        kind=LimitKind.DELIVERY,
        workdays=10,
        source="行政许可法 44：应当自作出决定之日起十日内向申请人颁发、送达行政许可证件，或者加贴标签、加盖印章",
    ),
    Limit(
        kind=LimitKind.HEARING_ASK,
        workdays=5,
        source="行政许可法 47：在被告知听证权利之日起五日内提出听证申请",
    ),
    Limit(kind=LimitKind.HEARING_HOLD, workdays=20, source="行政许可法 47：行政机关应当在二十日内组织听证"),
    Limit(
        kind=LimitKind.HEARING_TELL,
        workdays=7,
        is_backwards=True,
        source="行政许可法 48(一)：应当于举行听证的七日前将举行听证的时间、地点通知申请人、利害关系人",
    ),
    Limit(
        kind=LimitKind.INSPECTORS,
        workdays=5,
        source="行政许可法 55：自受理申请之日起五日内指派两名以上工作人员进行检验、检测、检疫",
    ),
)
LIMITS: Mapping[LimitKind, Limit] = MappingProxyType({limit.kind: limit for limit in _TABLE})
"""Every limit by its kind."""


ARTICLE_45 = frozenset(ProcedureKind) - {ProcedureKind.VISIT}
"""What is not counted into a limit, where the applicant is told in writing how long it takes.

Source: 行政许可法 45 (听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审的，所需时间不计算在本节规定的期限内。
行政机关应当将所需时间书面告知申请人).
"""


def last_day(limit: Limit, day: date, calendar: WorkCalendar) -> date:
    """The last day on which something is in time: so long after ``day``, or before it where it is counted backwards.

    The first day is not counted (民法典 201).
    """
    return calendar.add_workdays(day, -limit.workdays if limit.is_backwards else limit.workdays)
