"""A rating as the platform above takes it.

Source: the field names of the national 好差评 data set as published interfaces of provinces use them (taskCode,
projectNo, proDepart, pf, satisfaction, evalDetail, writingEvaluation, assessTime, assessNumber, promiseTime);
国办发〔2019〕51号 says what is to be handed on. Fields of ours without a name there: docs/ratings-upward.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from evaluation.model import Level, RatingChannel
from evaluation.upward.table import Row
from hall_server.directory.directory import Directory
from hall_server.directory.model import Matter

BEST = 6
"""The platform counts 5 as the best: 6 less our level."""
CHANNELS: Mapping[RatingChannel, str] = {
    RatingChannel.PHONE: "2",  # 移动端
    RatingChannel.QR: "3",  # 二维码
    RatingChannel.PAD: "4",  # 政务大厅平板电脑
    RatingChannel.TABLET: "4",
    RatingChannel.HANDSET: "5",  # 政务大厅其他终端
    RatingChannel.TERMINAL: "5",
    RatingChannel.MQTT: "5",
    RatingChannel.TELEPHONE: "5",  # taken down at the hall's telephone; the published list has no code of its own
    RatingChannel.SMS: "6",  # 短信
}
PROMISED, AT_ONCE = "1", "2"
"""办件类型: 承诺件, 即办件."""


class Record(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is sent of one rating at one revision; every value is a text.

    Attributes:
        key: the same for the same revision of the same rating: what has it has it already.
        unique_id: the same for every revision; the highest revision stands.
        kind: why it is sent: original, supplement, correction, mark.
        project_no: 办件编号; where there is no case the ticket's own reference, and ``project_no_kind`` says which.
        promise_time: 办件类型, 1 承诺件, 2 即办件; empty where the catalogue does not say.
        task_type: 事项类型, two digits. Source: GB/T 39046-2020, table A.1.
        pro_manager: 工号.
        pf: 渠道 by the platform's code; ``channel`` by ours.
        satisfaction: 5 very satisfied to 1 very dissatisfied.
        assess_number: 评价次数: 1, and one more for each time the visitor rated anew.
        is_valid: 1, or 0 for a rating that is marked and does not count.
    """

    key: str
    unique_id: str
    revision: str
    kind: str
    pro_depart: str
    pro_depart_code: str
    project_no: str
    project_no_kind: str
    task_code: str
    task_name: str
    task_type: str
    promise_time: str
    win_no: str
    win_name: str
    pro_manager: str
    pf: str
    channel: str
    satisfaction: str
    eval_detail: str
    writing_evaluation: str
    assess_number: str
    assess_time: str
    is_valid: str
    marks: str


def record(
    row: Row, *, hall: str, directory: Directory, zone: ZoneInfo, number: str | None, text: str | None
) -> Record:
    """The record of a row, with what the directory says now: what was mended there is mended in it.

    Args:
        row: the rating at a revision.
        hall: the hall's id.
        directory: the hall's master data.
        zone: the hall's time zone.
        number: the ticket's number.
        text: what the visitor wrote, where it may be sent.
    """
    matter = directory.matters.get(row.matter or "")
    department = directory.departments.get(matter.department) if matter else None
    window, staff = directory.windows.get(row.window), directory.staff.get(row.staff or "")
    return Record(
        key=key(hall, row.rating, row.revision),
        unique_id=f"{hall}:{row.rating}",
        revision=str(row.revision),
        kind=row.kind,
        pro_depart=department.name if department else "",
        pro_depart_code=department.id if department else "",
        **_project(row, hall, number),
        task_code=matter.code if matter else "",
        task_name=matter.name if matter else "",
        task_type=f"{int(matter.task_type):02d}" if matter else "",
        promise_time=_promise(matter),
        win_no=str(window.number) if window else row.window,
        win_name=window.name if window else "",
        pro_manager=staff.number if staff else "",
        pf=CHANNELS[row.channel],
        channel=row.channel,
        satisfaction=str(BEST - Level(row.level)),
        eval_detail=",".join((*row.aspects, *row.reasons)),
        writing_evaluation=text or "",
        assess_number=str(row.times),
        assess_time=f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        is_valid="0" if row.marks else "1",
        marks=",".join(row.marks),
    )


def key(hall: str, rating: str, revision: int) -> str:
    """The idempotency key of a record."""
    return f"{hall}:{rating}:{revision}"


def _project(row: Row, hall: str, number: str | None) -> dict[str, Any]:
    if row.case:
        return {"project_no": row.case, "project_no_kind": "case"}
    return {"project_no": f"{hall}-{row.business_day:%Y%m%d}-{number or row.ticket}", "project_no_kind": "ticket"}


def _promise(matter: Matter | None) -> str:
    if matter is None:
        return ""
    limit = matter.guidance.limit_workdays if matter.guidance else None
    if matter.express or limit == 0:
        return AT_ONCE
    return PROMISED if limit else ""
