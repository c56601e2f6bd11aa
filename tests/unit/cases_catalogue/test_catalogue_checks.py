"""Each check of an edition: what it finds, at which field and row, and that an edition in order has nothing."""

from __future__ import annotations

from typing import Any

import pytest

from cases.catalogue.checks import check
from cases.catalogue.codes import is_uscc, no_scheme
from cases.catalogue.differences import Change, differences
from cases.catalogue.faults import Weight, errors
from cases.catalogue.model import (
    CaseType,
    Channel,
    Edition,
    Fee,
    FlowKind,
    Law,
    Material,
    Needed,
    Node,
    Option,
    Procedure,
    ProcedureKind,
    Question,
    Result,
    Row,
    Supply,
)
from tests.fakes.case_place import edition

GOOD: dict[str, Any] = {
    "phones": ("0826-12345",),
    "materials": (
        Material(id="form", name="申请书", issuer="申请人"),
        Material(id="id", name="身份证明", issuer="公安机关"),
        Material(id="plan", name="设备布局图", issuer="申请人", needed=Needed.LATER),
        Material(id="proxy", name="授权委托书", issuer="申请人", needed=Needed.SITUATIONAL),
    ),
}


def good(**changes: Any) -> Edition:
    return edition(**{**GOOD, **changes})


def question(id_: str, *options: str, **more: Any) -> Question:
    return Question(id=id_, text=f"{id_}？", options=tuple(Option(id=one, name=one) for one in options), **more)


def material(name: str = "图纸", **more: Any) -> Material:
    return Material(**{"id": "one", "name": name, "issuer": "申请人", **more})


WHO = question("who", "self", "agent")


def test_an_edition_in_order_has_nothing() -> None:
    assert check(good()) == ()


@pytest.mark.parametrize(
    ("changes", "code", "field", "row"),
    [
        ({"promise_workdays": 21}, "promise_over_statute", "promise_workdays", 0),
        ({"case_type": CaseType.IMMEDIATE}, "immediate_takes_days", "promise_workdays", 0),
        ({"case_type": CaseType.IMMEDIATE}, "flow_of_immediate", "flow", 0),
        ({"flow": FlowKind.IMMEDIATE}, "flow_of_immediate", "flow", 0),
        ({"promise_workdays": 0, "rows": (), "nodes": ()}, "promise_missing", "promise_workdays", 0),
        ({"statute_workdays": 400}, "days_range", "statute_workdays", 0),
        ({"code": "9" * 65}, "code_long", "code", 0),
        ({"code": "含汉字"}, "code_shape", "code", 0),
        ({"name": " "}, "text_empty", "name", 0),
        ({"name": "许可<b>"}, "text_markup", "name", 0),
        ({"task_type": 33}, "task_type", "task_type", 0),
        ({"conditions": ("好", "")}, "text_empty", "conditions", 2),
        ({"fees": (Fee(id="a", name="工本费", amount_fen=500),)}, "fee_without_basis", "fees.basis", 1),
        ({"fees": (Fee(id="a", name="费", amount_fen=1, basis=Law(name=" ")),)}, "fee_without_basis", "fees.basis", 1),
        ({"fees": (Fee(id="a", name="费", amount_fen=-1, basis=Law(name="法")),)}, "fee_amount", "fees.amount_fen", 1),
        ({"results": ()}, "result_missing", "results", 0),
        ({"results": (Result(name="证", valid_months=0),)}, "result_validity", "results.valid_months", 1),
        ({"phones": ()}, "phone_missing", "phones", 0),
        ({"phones": ("0826-1", "打电话")}, "phone_shape", "phones", 2),
        ({"laws": ()}, "law_missing", "laws", 0),
        ({"laws": (Law(name=""),)}, "law_unnamed", "laws", 1),
        ({"nodes": (Node(id="a", name="a", limit_workdays=-1),)}, "days_range", "nodes.limit_workdays", 1),
        ({"nodes": (Node(id="A b", name="审查"),)}, "id_shape", "nodes.id", 1),
        ({"nodes": (Node(id="a", name="审查"), Node(id="a", name="决定"))}, "id_twice", "nodes", 2),
        ({"nodes": (Node(id="a", name="审查"), Node(id="b", name="审查"))}, "name_twice", "nodes", 2),
        ({"form": {"type": 3}}, "form_schema", "form.type", 0),
        ({"form": {"type": "string"}}, "form_object", "form.type", 0),
        ({"form": {"type": "object", "properties": {"a": {}}}}, "form_title", "form.properties.a", 0),
    ],
)
def test_what_is_wrong_is_named_with_field_and_row(changes: dict[str, Any], code: str, field: str, row: int) -> None:
    found = check(good(**changes))
    assert ("食品经营许可" if changes.get("name") is None else changes["name"]) == found[0].matter
    assert (code, field, row) in {(fault.code, fault.field, fault.row) for fault in errors(found)}


@pytest.mark.parametrize(
    "name",
    ["其他材料", "其它有关材料", "法律法规规定的其他材料", "相关材料", "身份证等材料", "Other relevant documents"],
)
def test_nobody_is_asked_for_other_documents(name: str) -> None:
    """兜底条款. Source: cases.md, checks on import."""
    found = errors(check(good(materials=(*GOOD["materials"], material(name)))))
    assert [(fault.code, fault.row) for fault in found] == [("material_catch_all", 5)]


@pytest.mark.parametrize("name", ["其他股东的身份证明", "材料真实性承诺书", "相关人员资格证书"])
def test_a_named_document_is_not_taken_for_a_catch_all(name: str) -> None:
    assert check(good(materials=(*GOOD["materials"], material(name)))) == ()


@pytest.mark.parametrize(
    ("one", "code", "field"),
    [
        (material(originals=0), "material_without_sheets", "materials.originals"),
        (material(copies=-2), "material_count", "materials.copies"),
        (material(supplies=()), "material_without_way", "materials.supplies"),
        (material(supplies=(Supply.LICENCE,)), "licence_unnamed", "materials.licence"),
        (material(law=Law(name=" ")), "law_unnamed", "materials.law"),
        (material(id="id"), "id_twice", "materials"),
    ],
)
def test_a_document_must_make_sense(one: Material, code: str, field: str) -> None:
    found = errors(check(good(materials=(*GOOD["materials"], one))))
    assert [(fault.code, fault.field, fault.row) for fault in found] == [(code, field, 5)]


@pytest.mark.parametrize(
    ("changes", "code", "field", "row"),
    [
        ({"rows": (Row(when={"who": ("agent",)}, add=("none",)),)}, "material_unknown", "rows.add", 1),
        ({"rows": (Row(when={"who": ("agent",)}, drop=("none",)),)}, "material_unknown", "rows.drop", 1),
        ({"rows": (Row(when={"why": ("a",)}, add=("proxy",)),)}, "question_unknown", "rows.when", 1),
        ({"rows": (Row(when={"who": ("x",)}, add=("proxy",)),)}, "option_unknown", "rows.when", 1),
        ({"rows": (Row(when={"who": ()}, add=("proxy",)),)}, "answers_empty", "rows.when", 1),
        ({"rows": (Row(when={}, promise_workdays=30),)}, "promise_over_statute", "rows.promise_workdays", 1),
        ({"questions": (question("who"),)}, "question_without_options", "questions.options", 1),
        ({"questions": (WHO, question("who", "b"))}, "id_twice", "questions", 2),
        (
            {"questions": (question("late", "a", asked_if={"who": ("self",)}), WHO), "rows": ()},
            "question_unknown",
            "questions.asked_if",
            1,
        ),
        (
            {"questions": (WHO, question("b", "x", asked_if={"who": ("nobody",)})), "rows": ()},
            "question_unreachable",
            "questions",
            2,
        ),
        ({"rows": (Row(when={}, stop="不办"),)}, "all_stopped", "rows", 0),
        (
            {"rows": (Row(when={"who": ("agent",)}, drop=("form", "id", "plan")),)},
            "situation_empty",
            "rows",
            0,
        ),
    ],
)
def test_the_decision_table_names_only_what_is_there(changes: dict[str, Any], code: str, field: str, row: int) -> None:
    found = errors(check(good(**changes)))
    assert (code, field, row) in {(fault.code, fault.field, fault.row) for fault in found}


def test_a_row_that_can_never_hold_is_found() -> None:
    """Two questions of which only one is ever asked."""
    questions = (
        WHO,
        question("a", "x", asked_if={"who": ("self",)}),
        question("b", "y", asked_if={"who": ("agent",)}),
    )
    rows = (Row(when={"a": ("x",), "b": ("y",)}, add=("proxy",)),)
    assert "row_unreachable" in {fault.code for fault in errors(check(good(questions=questions, rows=rows)))}


def test_an_immediate_matter_takes_no_days_and_has_no_special_procedure() -> None:
    """即办 ⇒ on the spot. Source: cases.md."""
    given = {"case_type": CaseType.IMMEDIATE, "flow": FlowKind.IMMEDIATE, "statute_workdays": 0, "promise_workdays": 0}
    spot = good(**given, rows=(), nodes=(), procedures=(), questions=())
    assert errors(check(spot)) == ()
    visit = Procedure(id="visit", kind=ProcedureKind.VISIT, name="现场核查")
    found = errors(check(good(**given, rows=(), nodes=(), questions=(), procedures=(visit,))))
    assert [fault.code for fault in found] == ["immediate_with_procedure"]


def test_a_wrong_letter_in_a_social_credit_code_is_only_told() -> None:
    found = check(good(code="511A-511602-91350100M000100Y44-1"))
    assert [(fault.code, fault.weight) for fault in found] == [("code_odd", Weight.WARNING)]
    assert check(good(code="511A-511602-91350100M000100Y43-1")) == ()
    assert check(good(code="511A-511602-91350100M000100Y44-1"), scheme=no_scheme) == ()


def test_the_example_of_the_standard_is_a_social_credit_code() -> None:
    """Source: GB 32100-2015, the check letter."""
    assert is_uscc("91350100M000100Y43")
    assert not is_uscc("91350100M000100Y4I")


def test_prefilling_names_known_sources_only() -> None:
    def form(source: str) -> dict[str, Any]:
        return {"type": "object", "properties": {"a": {"type": "string", "title": "甲", "x-from": source}}}

    assert check(good(form=form("licence.business-licence.name"))) == ()
    assert [fault.code for fault in check(good(form=form("somewhere")))] == ["form_source"]


def test_errors_come_before_what_is_only_told() -> None:
    found = check(good(phones=(), laws=(Law(name="法"),)))
    assert [fault.weight for fault in found] == [Weight.ERROR, Weight.WARNING]


def test_what_is_applied_for_by_oneself_takes_no_paper() -> None:
    paper = (material(supplies=(Supply.PAPER,)),)
    assert "channel_needs_paper" not in {one.code for one in check(good(materials=paper))}
    alone = (Channel.WINDOW, Channel.TERMINAL)
    assert "channel_needs_paper" in {one.code for one in errors(check(good(materials=paper, channels=alone)))}
    assert "channel_without_form" in {one.code for one in check(good(channels=alone, form={}))}


def test_a_matter_is_applied_for_somewhere_and_nowhere_twice() -> None:
    assert [one.code for one in errors(check(good(channels=())))] == ["channel_missing"]
    twice = good(channels=(Channel.WINDOW, Channel.WINDOW))
    assert [one.code for one in errors(check(twice))] == ["channel_twice"]


def test_differences_are_told_part_by_part() -> None:
    found = differences(good(), good(channels=(Channel.WINDOW, Channel.PHONE)))
    assert [(one.field, one.change, one.after) for one in found] == [("channels", Change.ADDED, "phone")]
    fewer = differences(good(), good(materials=GOOD["materials"][:-1]))
    assert [(one.field, one.change, one.part, one.name) for one in fewer] == [
        ("materials", Change.REMOVED, "proxy", "授权委托书")
    ]
    later = (*GOOD["materials"][:2], Material(id="plan", name="设备布局图", issuer="申请人"), GOOD["materials"][3])
    [changed] = differences(good(), good(materials=later))
    assert (changed.field, changed.part, changed.before, changed.after) == (
        "materials.needed",
        "plan",
        "later",
        "required",
    )
