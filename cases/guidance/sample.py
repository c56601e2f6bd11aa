"""Believable values for a form, from its JSON Schema: never a real person's, and always what the form allows; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec

from cases.catalogue.forms import sources

PERSON, PARTNER = "张样例", "李样例"
ORGANISATION = "样例商贸有限公司"
ID_NUMBER, PARTNER_ID = "999999199003070012", "999999199108120020"
"""With right check digits, of a region that there is not. Source: GB 11643-1999; GB/T 2260 knows no 999999."""
CREDIT_CODE = "91000000MA0000000N"
"""Of a region that there is not. Source: GB 32100-2015."""
PHONE = "13800138000"
"""A telephone company's own service number."""
ADDRESS = "样例市样例区样板路 1 号"
ACCOUNT = "6200000000000000000"
MOST_ROWS = 2

_BY_SOURCE = {
    "id_number": ID_NUMBER,
    "phone": PHONE,
    "address": ADDRESS,
    "represented_by": PERSON,
    "representative": PERSON,
    "uscc": CREDIT_CODE,
    "account": ACCOUNT,
    "birth": "1990-03-07",
    "sex": "男",
    "nation": "汉",
}
_BY_TITLE: tuple[tuple[str, str], ...] = (
    (r"拼音|英文|外文", "ZHANG YANGLI"),
    (r"配偶.*(身份证|证件)", PARTNER_ID),
    (r"配偶", PARTNER),
    (r"统一社会信用代码", CREDIT_CODE),
    (r"身份证|证件号", ID_NUMBER),
    (r"电话|手机", PHONE),
    (r"账号|银行卡", ACCOUNT),
    (r"编号|证号", "样例〔2026〕001 号"),
    (r"邮箱|电子邮件", "sample@example.org"),
    (r"地址|住址|住所|园址|地点|场所$|位置", ADDRESS),
    (r"法定代表人|负责人|管理人员|联系人|经办人|姓名|举办者|股东", PERSON),
    (r"(单位|公司|企业|机构|团体|幼儿园|场所|字号|工程).*(名称)|名称$", ORGANISATION),
    (r"单位|机构$", ORGANISATION),
    (r"经营范围|业务范围|经营项目|诊疗|执业范围|食品类别", "按营业执照和实际情况填写，如：日用百货、预包装食品零售"),
    (r"原因|理由|情况|内容|意向", "如：因工作需要（按实际情况简要写明）"),
    (r"学科", "语文"),
    (r"树种", "柏木"),
    (r"楼层", "一层"),
)
_NUMBERS: tuple[tuple[str, float], ...] = (
    (r"面积", 120),
    (r"资本|资金|价格", 100000),
    (r"月收入", 1800),
    (r"成员", 3),
    (r"人数|从业|工作人员", 5),
    (r"床位|客房|终端|包厢", 20),
)


class SampleField(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a form with its sample.

    Attributes:
        choices: to tick one of; empty: something is written.
        value: as it is written; "" where there is no sample.
    """

    name: str
    title: str
    title_en: str
    is_required: bool
    choices: tuple[str, ...]
    value: str


def fields(schema: dict[str, Any], values: dict[str, Any]) -> Iterator[SampleField]:
    """The fields of a form in order, with their samples as a person writes them."""
    required = frozenset(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        yield SampleField(
            name=name,
            title=str(field.get("title", name)),
            title_en=str(field.get("x-title-en", "")),
            is_required=name in required,
            choices=tuple(map(str, field.get("enum", ()))),
            value=_written(values.get(name)),
        )


def _written(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case dict():
            return "；".join(_written(one) for one in value.values())
        case list():
            return "\n".join(_written(one) for one in value)
    return str(value)


def sample_of(schema: dict[str, Any], today: date) -> dict[str, Any]:
    """Values for every field of a form that a sample can be made for.

    Args:
        schema: JSON Schema of the form, an object with properties.
        today: stands where a date is asked for.

    Returns:
        By field; one whose rules allow none of our samples is left out.
    """
    from jsonschema import Draft202012Validator, FormatChecker  # here: 100 ms that the start need not take

    found: dict[str, Any] = {}
    for name, field in schema.get("properties", {}).items():
        check = Draft202012Validator(field, format_checker=FormatChecker(["date", "email"]))
        for value in _candidates(field, today):
            if check.is_valid(value):
                found[name] = value
                break
    return found


def _candidates(field: dict[str, Any], today: date) -> Iterator[Any]:
    for key in ("const", "default"):
        if key in field:
            yield field[key]
    yield from field.get("examples", ())
    yield from field.get("enum", ())
    kind = field.get("type", "string")
    kinds = kind if isinstance(kind, list) else [kind]
    if "object" in kinds:
        yield sample_of(field, today)
    if "array" in kinds:
        yield from _rows(field, today)
    if "boolean" in kinds:
        yield True
    if "integer" in kinds or "number" in kinds:
        yield from _numbers(field, today)
    if "string" in kinds:
        yield from _texts(field, today)


def _rows(field: dict[str, Any], today: date) -> Iterator[list[Any]]:
    row = next(_candidates(field.get("items", {}), today), "")
    for count in {max(1, int(field.get("minItems", 1))), MOST_ROWS}:
        yield [row] * count


def _numbers(field: dict[str, Any], today: date) -> Iterator[float | int]:
    title, least = str(field.get("title", "")), field.get("minimum", field.get("exclusiveMinimum"))
    if re.search(r"年份|年度", title):
        yield today.year
    yield from (int(value) for pattern, value in _NUMBERS if re.search(pattern, title))
    yield 10
    if least is not None:
        yield least
        yield least + 1
    yield from (value for key in ("maximum", "multipleOf") if (value := field.get(key)) is not None)


def _texts(field: dict[str, Any], today: date) -> Iterator[str]:
    title = str(field.get("title", ""))
    if field.get("format") == "date" or re.search(r"日期|时间$", title):
        yield today.isoformat()
    found = [*_from_sources(field), *(value for pattern, value in _BY_TITLE if re.search(pattern, title)), "样例"]
    yield from found
    most, least = field.get("maxLength"), field.get("minLength", 0)
    yield from (text[:most] for text in found if most and len(text) > most)
    yield from (text.ljust(least, "例") for text in found if len(text) < least)
    yield from (
        ID_NUMBER,
        CREDIT_CODE,
        PHONE,
        "100000",
        "sample@example.org",
        today.isoformat(),
        "SAMPLE-001",
        "SAMPLE",
        "sample",
        "1",
    )


def _from_sources(field: dict[str, Any]) -> Iterator[str]:
    found = sources(field)
    for source in found:
        last = source.rpartition(".")[2]
        if last == "name":
            is_person = any(one.startswith("reader.") or "identity-card" in one for one in found)
            yield PERSON if is_person else ORGANISATION
        elif last in _BY_SOURCE and not (last == "id_number" and any(one.endswith(".uscc") for one in found)):
            yield _BY_SOURCE[last]
