"""How editions lie in a workbook: which sheet holds which part, which column which field, and how a cell says it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec

from cases.catalogue.model import (
    CaseType,
    Channel,
    FeeDue,
    FlowKind,
    Needed,
    NodeDone,
    ProcedureKind,
    Serves,
    Supply,
)

YES, NO = "是", "否"
_WHEN = re.compile(r"\s*([^=;]+?)\s*=\s*([^=;]*?)\s*")

LABELS: dict[type[Enum], dict[Any, str]] = {
    CaseType: {CaseType.IMMEDIATE: "即办件", CaseType.PROMISED: "承诺件", CaseType.OTHER: "其他"},
    Serves: {Serves.PERSON: "自然人", Serves.ORGANISATION: "法人", Serves.BOTH: "自然人和法人"},
    FlowKind: {
        FlowKind.STANDARD: "一般流程",
        FlowKind.IMMEDIATE: "即办",
        FlowKind.PLEDGE: "告知承诺",
        FlowKind.FORWARDED: "转报",
    },
    Channel: {Channel.WINDOW: "窗口", Channel.ONLINE: "网上", Channel.TERMINAL: "自助终端", Channel.PHONE: "手机"},
    Needed: {Needed.REQUIRED: "必要", Needed.SITUATIONAL: "情形需要", Needed.LATER: "容缺后补"},
    Supply: {
        Supply.PAPER: "纸质",
        Supply.SCAN: "扫描",
        Supply.LICENCE: "电子证照",
        Supply.SHARED: "数据共享",
        Supply.FORM: "表单",
    },
    NodeDone: {
        NodeDone.ACCEPTED: "受理",
        NodeDone.EXAMINED: "审查",
        NodeDone.FORWARDED: "转报",
        NodeDone.DECIDED: "决定",
        NodeDone.MADE: "制证",
        NodeDone.DELIVERED: "送达",
    },
    FeeDue: {FeeDue.ACCEPTANCE: "受理时缴", FeeDue.LICENCE: "领证前缴", FeeDue.LATER: "后缴"},
    ProcedureKind: {
        ProcedureKind.HEARING: "听证",
        ProcedureKind.TENDER: "招标",
        ProcedureKind.AUCTION: "拍卖",
        ProcedureKind.EXAMINATION: "检验",
        ProcedureKind.TEST: "检测",
        ProcedureKind.QUARANTINE: "检疫",
        ProcedureKind.APPRAISAL: "鉴定",
        ProcedureKind.EXPERTS: "专家评审",
        ProcedureKind.VISIT: "现场勘查",
    },
}


class Unread(Exception):
    """A cell does not say what its column is for; ``code`` of the fault."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """How a value stands in a cell: written from plain values, read from the cell's text."""

    write: Callable[[Any], str | int | None]
    read: Callable[[str], Any]


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column: the field's name, what people call it, how it is written; ``width`` in letters."""

    key: str
    label: str
    way: Way
    width: int = 16


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet: its name, the edition's field whose parts lie on it, its columns after 事项标识.

    Attributes:
        inside: the part that its rows belong to (options to their question), named by its id in the second column.
    """

    name: str
    field: str
    columns: tuple[Column, ...]
    inside: str = ""


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise Unread("cell_number")
    return int(text)


def _write_when(when: dict[str, list[str]]) -> str:
    return "; ".join(f"{question}={'/'.join(options)}" for question, options in when.items())


def _read_when(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in filter(str.strip, text.replace("；", ";").split(";")):
        match = _WHEN.fullmatch(part.replace("＝", "="))
        if match is None or match[1] in found:
            raise Unread("cell_when")
        found[match[1]] = [one.strip() for one in match[2].split("/") if one.strip()]
    return found


def _read_json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError as exc:
        raise Unread("cell_json") from exc
    if not isinstance(found, dict):
        raise Unread("cell_json")
    return found


def _read_bool(text: str) -> bool:
    if text in ("", NO, "false", "no", "0"):
        return False
    if text in (YES, "true", "yes", "1"):
        return True
    raise Unread("cell_yes_no")


def _label(kind: type[Enum]) -> Way:
    labels = {kind(value).value: label for value, label in LABELS[kind].items()}
    values = {label: value for value, label in labels.items()} | {str(value): value for value in labels}

    def read(text: str) -> Any:
        if text not in values:
            raise Unread("cell_choice")
        return values[text]

    return Way(write=lambda value: labels[value], read=read)


def _maybe_label(kind: type[Enum]) -> Way:
    one = _label(kind)
    return Way(write=lambda value: "" if value is None else one.write(value), read=lambda text: one.read(text))


def _labels(kind: type[Enum]) -> Way:
    one = _label(kind)
    return Way(
        write=lambda values: "、".join(str(one.write(value)) for value in values),
        read=lambda text: [one.read(part.strip()) for part in re.split(r"[、,，\n]", text) if part.strip()],
    )


def _read_law(text: str) -> dict[str, str] | None:
    if not text:
        return None
    name, _, article = text.partition("|")
    return {"name": name.strip(), "article": article.strip()}


TEXT = Way(write=lambda value: value, read=lambda text: text)
WHOLE = Way(write=lambda value: value, read=_whole)
MAYBE = Way(write=lambda value: value, read=lambda text: _whole(text) if text else None)
BOOL = Way(write=lambda value: YES if value else NO, read=_read_bool)
LINES = Way(write="\n".join, read=_lines)
IDS = Way(write="\n".join, read=lambda text: [one.strip() for one in re.split(r"[\n,，、]", text) if one.strip()])
WHEN = Way(write=_write_when, read=_read_when)
JSON = Way(write=lambda value: json.dumps(value, ensure_ascii=False) if value else "", read=_read_json)
LAW = Way(write=lambda law: "" if law is None else "|".join(filter(None, law.values())), read=_read_law)


def _column(key: str, label: str, way: Way = TEXT, width: int = 16) -> Column:
    return Column(key=key, label=label, way=way, width=width)


_ID, _NAME, _NAME_EN = (
    _column("id", "标识", width=12),
    _column("name", "名称", width=32),
    _column("name_en", "英文名称"),
)

MATTERS = Sheet(
    name="事项",
    field="",
    columns=(
        _column("code", "实施编码", width=34),
        _column("name", "事项名称", width=36),
        _column("name_en", "英文名称", width=30),
        _column("department", "部门"),
        _column("task_type", "事项类型", WHOLE, 10),
        _column("level", "行使层级", width=10),
        _column("serves", "服务对象", _label(Serves), 14),
        _column("case_type", "办件类型", _label(CaseType), 10),
        _column("flow", "办理流程", _label(FlowKind), 10),
        _column("statute_workdays", "法定时限（工作日）", WHOLE, 12),
        _column("promise_workdays", "承诺时限（工作日）", WHOLE, 12),
        _column("joint", "联合审批", BOOL, 10),
        _column("conditions", "受理条件", LINES, 50),
        _column("phones", "监督电话", LINES, 18),
        _column("scope", "通办范围", LINES),
        _column("tags", "四办", LINES, 12),
        _column("words", "俗称", LINES, 20),
        _column("form", "表单", JSON, 40),
        _column("channels", "申请渠道", _labels(Channel), 20),
    ),
)
PARTS: tuple[Sheet, ...] = (
    Sheet(
        name="材料",
        field="materials",
        columns=(
            _ID,
            _NAME,
            _NAME_EN,
            _column("issuer", "来源"),
            _column("originals", "原件份数", WHOLE, 10),
            _column("copies", "复印件份数", WHOLE, 10),
            _column("needed", "必要性", _label(Needed), 12),
            _column("supplies", "提交方式", _labels(Supply), 24),
            _column("licence", "电子证照类型"),
            _column("note", "说明", width=36),
            _column("law", "依据（法规|条款）", LAW, 36),
        ),
    ),
    Sheet(
        name="情形",
        field="questions",
        columns=(
            _ID,
            _column("text", "问题", width=40),
            _column("text_en", "英文问题", width=30),
            _column("asked_if", "何时询问", WHEN, 24),
        ),
    ),
    Sheet(name="选项", field="options", inside="questions", columns=(_ID, _NAME, _NAME_EN)),
    Sheet(
        name="情形规则",
        field="rows",
        columns=(
            _column("when", "当", WHEN, 30),
            _column("add", "增加材料", IDS, 20),
            _column("drop", "减少材料", IDS, 20),
            _column("fees", "收取费用", IDS, 20),
            _column("conditions", "条件", LINES, 40),
            _column("promise_workdays", "承诺时限（工作日）", MAYBE, 12),
            _column("stop", "不予受理的原因", width=40),
            _column("stop_en", "英文原因", width=30),
        ),
    ),
    Sheet(
        name="环节",
        field="nodes",
        columns=(
            _ID,
            _NAME,
            _NAME_EN,
            _column("post", "岗位"),
            _column("duty", "职责", width=40),
            _column("limit_workdays", "时限（工作日）", MAYBE, 12),
            _column("done_with", "办理到哪一步为止", _maybe_label(NodeDone), 16),
        ),
    ),
    Sheet(
        name="特别程序",
        field="procedures",
        columns=(
            _ID,
            _column("kind", "种类", _label(ProcedureKind), 12),
            _NAME,
            _column("limit_workdays", "最长时限（工作日）", MAYBE, 12),
            _column("in_limit", "计入时限", BOOL, 10),
            _column("law", "依据（法规|条款）", LAW, 36),
        ),
    ),
    Sheet(
        name="费用",
        field="fees",
        columns=(
            _ID,
            _NAME,
            _column("amount_fen", "金额（分）", WHOLE, 12),
            _column("basis", "收费依据（法规|条款）", LAW, 36),
            _column("due", "何时缴纳", _label(FeeDue), 12),
        ),
    ),
    Sheet(
        name="结果",
        field="results",
        columns=(
            _NAME,
            _NAME_EN,
            _column("licence", "电子证照类型"),
            _column("valid_months", "有效期（月）", MAYBE, 12),
        ),
    ),
    Sheet(
        name="依据",
        field="laws",
        columns=(_column("name", "法规", width=44), _column("article", "条款", width=20)),
    ),
)
MATTER = "事项标识"
"""The first column of every sheet: the matter's id."""
