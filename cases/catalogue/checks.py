"""What an edition must hold to before it is reviewed: pure checks, each fault with its matter, field and row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

from cases.catalogue.codes import CODE_MOST, CodeScheme, is_code, national_scheme
from cases.catalogue.faults import Fault, Weight, shown
from cases.catalogue.forms import form_faults
from cases.catalogue.model import CaseType, Channel, Edition, FlowKind, Law, Material, Needed, Row, Supply
from cases.catalogue.reach import Situation, TooManySituations, applies, situations
from hall_server.directory.model import TaskType
from hall_server.directory.wording import text_fault

NAME_MOST, TEXT_MOST, PART_MOST = 200, 2_000, 200
WORKDAYS_MOST = 366
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{2,24}(?:转[0-9]{1,6})?")
_CATCH_ALL = re.compile(
    r"其[他它她](?:有关|相关|必要|需要|所需|规定)?的?(?:申请|证明)?(?:材料|资料|文件|证明)"
    r"|^(?:相关|有关|所需|必要)的?(?:申请|证明)?(?:材料|资料|文件|证明)$"
    r"|等(?:有关|相关)?(?:材料|资料)$"
    r"|\bother (?:relevant |necessary |required )?(?:materials|documents|papers)\b",
    re.IGNORECASE,
)
"""兜底条款: nobody knows what to bring. Source: cases.md, checks on import; 优化营商环境条例 (令722)."""
_WARN = Weight.WARNING


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def check(edition: Edition, *, scheme: CodeScheme = national_scheme) -> tuple[Fault, ...]:
    """Everything that is wrong with an edition, errors first."""
    found = [fault for look in _LOOKS for fault in look(edition)]
    found += [_fault(edition, "code", "code_odd", edition.code, weight=_WARN) for _ in scheme(edition.code)]
    return tuple(sorted(found, key=lambda fault: fault.weight is _WARN))


def _fault(
    edition: Edition, field: str, code: str, value: object = "", *, row: int = 0, weight: Weight = Weight.ERROR
) -> Fault:
    return Fault(matter=edition.name, field=field, row=row, code=code, value=shown(value), weight=weight)


def _names(edition: Edition) -> Iterator[Fault]:
    if not is_code(edition.code):
        yield _fault(edition, "code", "code_long" if len(edition.code) > CODE_MOST else "code_shape", edition.code)
    for field, text, may_be_empty in (
        ("name", edition.name, False),
        ("name_en", edition.name_en, True),
        ("department", edition.department, False),
    ):
        if fault := text_fault(text, limit=NAME_MOST, may_be_empty=may_be_empty):
            yield _fault(edition, field, f"text_{fault}", text)
    if edition.task_type not in {one.value for one in TaskType}:
        yield _fault(edition, "task_type", "task_type", edition.task_type)
    for row, text in enumerate(edition.conditions, 1):
        if fault := text_fault(text, limit=TEXT_MOST):
            yield _fault(edition, "conditions", f"text_{fault}", text, row=row)


def _limits(edition: Edition) -> Iterator[Fault]:
    """承诺 ≤ 法定; 即办 ⇒ on the spot. Source: cases.md."""
    statute, promise = edition.statute_workdays, edition.promise_workdays
    if not 0 <= statute <= WORKDAYS_MOST:
        yield _fault(edition, "statute_workdays", "days_range", statute)
    if promise > statute:
        yield _fault(edition, "promise_workdays", "promise_over_statute", f"{promise} > {statute}")
    immediate = edition.case_type is CaseType.IMMEDIATE
    if immediate and (statute or promise):
        yield _fault(edition, "promise_workdays", "immediate_takes_days", f"{statute}/{promise}")
    if immediate != (edition.flow is FlowKind.IMMEDIATE):
        yield _fault(edition, "flow", "flow_of_immediate", edition.flow)
    if immediate and edition.procedures:
        yield _fault(edition, "procedures", "immediate_with_procedure")
    if not immediate and promise < 1 and edition.flow is not FlowKind.PLEDGE:
        yield _fault(edition, "promise_workdays", "promise_missing", promise)
    spent = sum(node.limit_workdays or 0 for node in edition.nodes)
    if spent > promise:
        yield _fault(edition, "nodes", "nodes_over_promise", f"{spent} > {promise}", weight=_WARN)


def _ids(edition: Edition) -> Iterator[Fault]:
    named: tuple[tuple[str, Iterable[_Named]], ...] = (
        ("materials", edition.materials),
        ("fees", edition.fees),
        ("nodes", edition.nodes),
        ("procedures", edition.procedures),
    )
    for field, parts in named:
        yield from _ids_of(edition, field, parts)
        yield from _twice(edition, field, [one.name for one in parts], "name_twice")
    for row, question in enumerate(edition.questions, 1):
        if fault := text_fault(question.text, limit=NAME_MOST):
            yield _fault(edition, "questions.text", f"text_{fault}", question.text, row=row)
        if not question.options:
            yield _fault(edition, "questions.options", "question_without_options", question.id, row=row)
        yield from _ids_of(edition, "questions.options", question.options, row=row)
    yield from _twice(edition, "questions", [one.id for one in edition.questions], "id_twice")
    for row, question in enumerate(edition.questions, 1):
        if not _ID.fullmatch(question.id):
            yield _fault(edition, "questions.id", "id_shape", question.id, row=row)


def _ids_of(edition: Edition, field: str, parts: Iterable[_Named], *, row: int = 0) -> Iterator[Fault]:
    parts = tuple(parts)
    for place, one in enumerate(parts, 1):
        if not _ID.fullmatch(one.id):
            yield _fault(edition, f"{field}.id", "id_shape", one.id, row=row or place)
        if fault := text_fault(one.name, limit=NAME_MOST):
            yield _fault(edition, f"{field}.name", f"text_{fault}", one.name, row=row or place)
    yield from _twice(edition, field, [one.id for one in parts], "id_twice", row=row)


def _twice(edition: Edition, field: str, texts: list[str], code: str, *, row: int = 0) -> Iterator[Fault]:
    counts = Counter(texts)
    seen: set[str] = set()
    for place, text in enumerate(texts, 1):
        if counts[text] > 1 and text in seen:
            yield _fault(edition, field, code, text, row=row or place)
        seen.add(text)


def _materials(edition: Edition) -> Iterator[Fault]:
    added = {id_ for row in edition.rows for id_ in row.add}
    if len(edition.materials) > PART_MOST:
        yield _fault(edition, "materials", "too_many", len(edition.materials))
    for row, one in enumerate(edition.materials, 1):
        if _CATCH_ALL.search(one.name):
            yield _fault(edition, "materials.name", "material_catch_all", one.name, row=row)
        yield from _one_material(edition, row, one)
        if one.needed is Needed.SITUATIONAL and one.id not in added:
            yield _fault(edition, "materials.needed", "material_never_needed", one.name, row=row, weight=_WARN)


def _one_material(edition: Edition, row: int, one: Material) -> Iterator[Fault]:
    on_paper = Supply.PAPER in one.supplies or Supply.SCAN in one.supplies
    if one.originals < 0 or one.copies < 0 or one.originals + one.copies > PART_MOST:
        yield _fault(edition, "materials.copies", "material_count", f"{one.originals}/{one.copies}", row=row)
    if on_paper and not one.originals + one.copies:
        yield _fault(edition, "materials.originals", "material_without_sheets", one.name, row=row)
    if not one.supplies:
        yield _fault(edition, "materials.supplies", "material_without_way", one.name, row=row)
    if Supply.LICENCE in one.supplies and not one.licence:
        yield _fault(edition, "materials.licence", "licence_unnamed", one.name, row=row)
    if not one.issuer:
        yield _fault(edition, "materials.issuer", "material_without_issuer", one.name, row=row, weight=_WARN)


def _channels(edition: Edition) -> Iterator[Fault]:
    """Who applies without a window can hand in no paper, and fills in a form."""
    if not edition.channels:
        yield _fault(edition, "channels", "channel_missing")
    yield from _twice(edition, "channels", list(edition.channels), "channel_twice")
    if not set(edition.channels) - {Channel.WINDOW}:
        return
    if not edition.form:
        yield _fault(edition, "channels", "channel_without_form", weight=_WARN)
    for row, one in enumerate(edition.materials, 1):
        if set(one.supplies) == {Supply.PAPER}:
            yield _fault(edition, "materials.supplies", "channel_needs_paper", one.name, row=row)


def _fees(edition: Edition) -> Iterator[Fault]:
    """A fee needs a basis. Source: 行政许可法 58, 59; 营商条例 48."""
    for row, fee in enumerate(edition.fees, 1):
        if fee.amount_fen < 0:
            yield _fault(edition, "fees.amount_fen", "fee_amount", fee.amount_fen, row=row)
        if fee.amount_fen and (fee.basis is None or not fee.basis.name.strip()):
            yield _fault(edition, "fees.basis", "fee_without_basis", fee.name, row=row)


def _rest(edition: Edition) -> Iterator[Fault]:
    if edition.task_type == TaskType.LICENCE and not edition.results:
        yield _fault(edition, "results", "result_missing")
    for row, result in enumerate(edition.results, 1):
        if fault := text_fault(result.name, limit=NAME_MOST):
            yield _fault(edition, "results.name", f"text_{fault}", result.name, row=row)
        if result.valid_months is not None and result.valid_months < 1:
            yield _fault(edition, "results.valid_months", "result_validity", result.valid_months, row=row)
    if not edition.phones:
        yield _fault(edition, "phones", "phone_missing")
    for row, phone in enumerate(edition.phones, 1):
        if not _PHONE.fullmatch(phone):
            yield _fault(edition, "phones", "phone_shape", phone, row=row)
    yield from _laws(edition)
    for row, procedure in enumerate(edition.procedures, 1):
        if procedure.limit_workdays is not None and not 1 <= procedure.limit_workdays <= WORKDAYS_MOST:
            yield _fault(edition, "procedures.limit_workdays", "days_range", procedure.limit_workdays, row=row)
    for row, node in enumerate(edition.nodes, 1):
        if node.limit_workdays is not None and not 0 <= node.limit_workdays <= WORKDAYS_MOST:
            yield _fault(edition, "nodes.limit_workdays", "days_range", node.limit_workdays, row=row)
    if not edition.nodes:
        yield _fault(edition, "nodes", "node_missing", weight=_WARN)
    for path, code in form_faults(edition.form):
        yield _fault(edition, f"form.{path}", code)


def _laws(edition: Edition) -> Iterator[Fault]:
    if not edition.laws:
        yield _fault(edition, "laws", "law_missing")
    for row, law in enumerate(edition.laws, 1):
        yield from _law(edition, "laws", row, law)
    for row, material in enumerate(edition.materials, 1):
        if material.law is not None:
            yield from _law(edition, "materials.law", row, material.law)


def _law(edition: Edition, field: str, row: int, law: Law) -> Iterator[Fault]:
    if not law.name.strip():
        yield _fault(edition, field, "law_unnamed", row=row)
    elif field == "laws" and not law.article.strip():
        yield _fault(edition, field, "law_without_article", law.name, row=row, weight=_WARN)


def _table(edition: Edition) -> Iterator[Fault]:
    """Questions and rows name only what is there."""
    options = {one.id: {option.id for option in one.options} for one in edition.questions}
    materials = {one.id for one in edition.materials}
    before: dict[str, set[str]] = {}
    for row, question in enumerate(edition.questions, 1):
        yield from _when(edition, "questions.asked_if", row, question.asked_if, before)
        before[question.id] = options[question.id]
    for number, row_ in enumerate(edition.rows, 1):
        yield from _when(edition, "rows.when", number, row_.when, options)
        for field, ids in (("rows.add", row_.add), ("rows.drop", row_.drop)):
            for id_ in ids:
                if id_ not in materials:
                    yield _fault(edition, field, "material_unknown", id_, row=number)
        for id_ in set(row_.fees) - {one.id for one in edition.fees}:
            yield _fault(edition, "rows.fees", "fee_unknown", id_, row=number)
        yield from _row(edition, number, row_)


def _row(edition: Edition, number: int, row: Row) -> Iterator[Fault]:
    if row.promise_workdays is not None and not 0 <= row.promise_workdays <= edition.statute_workdays:
        yield _fault(edition, "rows.promise_workdays", "promise_over_statute", row.promise_workdays, row=number)
    if not (row.add or row.drop or row.fees or row.conditions or row.stop or row.promise_workdays is not None):
        yield _fault(edition, "rows", "row_without_effect", row=number, weight=_WARN)


def _when(
    edition: Edition, field: str, row: int, when: dict[str, tuple[str, ...]], known: dict[str, set[str]]
) -> Iterator[Fault]:
    for question, chosen in when.items():
        if question not in known:
            yield _fault(edition, field, "question_unknown", question, row=row)
            continue
        if not chosen:
            yield _fault(edition, field, "answers_empty", question, row=row)
        for option in chosen:
            if option not in known[question]:
                yield _fault(edition, field, "option_unknown", f"{question}={option}", row=row)


def _reach(edition: Edition) -> Iterator[Fault]:
    """Every question can be asked, every row can hold, every situation says what to bring or why not."""
    try:
        found = list(situations(edition))
    except TooManySituations:
        yield _fault(edition, "questions", "situations_too_many", weight=_WARN)
        return
    answered = {question for one in found for question in one.answers}
    for row, question in enumerate(edition.questions, 1):
        if question.id not in answered:
            yield _fault(edition, "questions", "question_unreachable", question.text, row=row)
    for row, one in enumerate(edition.rows, 1):
        if not any(applies(one.when, situation.answers) for situation in found):
            yield _fault(edition, "rows", "row_unreachable", shown(one.when), row=row)
    yield from _ends(edition, found)


def _ends(edition: Edition, found: list[Situation]) -> Iterator[Fault]:
    if all(one.needs.stop for one in found):
        yield _fault(edition, "rows", "all_stopped")
    bare = next((one for one in found if not one.needs.stop and not one.needs.materials), None)
    if bare is not None and edition.materials:
        yield _fault(edition, "rows", "situation_empty", shown(bare.answers))
    if not edition.materials:
        yield _fault(edition, "materials", "material_missing", weight=_WARN)


_LOOKS = (_names, _limits, _ids, _materials, _channels, _fees, _rest, _table, _reach)
