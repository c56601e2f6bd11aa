"""What answers lead to before one comes; lists written into their address; samples that belong to nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from stdnum.cn import ric, uscc

from cases.catalogue.matters_file import read_folder
from cases.guidance.needs import needs_shown
from cases.guidance.sample import CREDIT_CODE, ID_NUMBER, PARTNER_ID, sample_of
from cases.guidance.themes import Theme, ThemeMatter, read, shown
from cases.guidance.tokens import Chosen, Language, chosen_of, token_of
from hall_server.directory.model import Matter
from hall_server.errors import Invalid, NotFound, Refused
from tests.fakes.case_place import edition

ROOT = Path(__file__).resolve().parents[3]
KEY = b"k" * 32
TODAY = date(2026, 11, 23)


def test_questions_open_one_after_the_other_until_the_list_is_exact() -> None:
    begun = needs_shown(edition(), {})
    assert [one.id for one in begun.ask] == ["who", "where"]
    assert begun.next == "who"
    whole = needs_shown(edition(), {"who": ("agent",), "where": ("online",)})
    assert whole.next is None
    assert [one.id for one in whole.materials] == ["form", "id", "proxy"]
    assert whole.promise_workdays == 5


def test_an_answer_to_a_question_no_longer_asked_is_passed_over_and_an_unknown_one_refused() -> None:
    assert needs_shown(edition(), {"gone": ("x",), "who": ("self",)}).next == "where"
    with pytest.raises(Invalid) as refused:
        needs_shown(edition(), {"who": ("nobody",)})
    assert refused.value.code == "situation.option_unknown"


def test_a_list_is_its_address_and_nobody_else_makes_one() -> None:
    chosen = Chosen(matter="m1", number=3, answers={"who": ("agent", "self")}, language=Language.ENGLISH)
    token = token_of(chosen, KEY)
    assert chosen_of(token, KEY) == chosen
    assert token == token_of(chosen, KEY)
    for broken in (token[:-1], "x" + token[1:], token_of(chosen, b"o" * 32), "", token[:11], token[:11] + "!!"):
        with pytest.raises(NotFound):
            chosen_of(broken, KEY)
    many = {f"question-{n * 7919}": (f"option-{n * 104729}",) for n in range(60)}
    with pytest.raises(Refused):
        token_of(Chosen(matter="m1", answers=many), KEY)


def test_the_samples_of_every_shipped_form_are_allowed_by_it_and_belong_to_nobody() -> None:
    found = read_folder(ROOT / "config" / "matters").editions
    assert len(found) > 30
    for one in found:
        values = sample_of(one.form, TODAY)
        errors = [str(error.message) for error in Draft202012Validator(one.form).iter_errors(values)]
        assert not errors, (one.name, errors)
        assert set(values) == set(one.form["properties"])
    assert all(ric.get_birth_date(one) and one.startswith("999999") for one in (ID_NUMBER, PARTNER_ID))
    assert ric.calc_check_digit(ID_NUMBER) == ID_NUMBER[-1]
    assert uscc.calc_check_digit(CREDIT_CODE[:-1]) == CREDIT_CODE[-1]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ({"type": "array", "items": {"type": "string", "title": "姓名"}, "minItems": 2}, list),
        ({"type": "object", "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 6}}}, dict),
        ({"type": "string", "maxLength": 2}, str),
        ({"type": "string", "minLength": 30}, str),
        ({"type": "boolean"}, bool),
        ({"type": ["string", "null"], "title": "电话"}, str),
        ({"type": "string", "format": "date"}, str),
        ({"type": "number", "maximum": -5}, int),
    ],
)
def test_every_kind_of_field_gets_a_sample(field: dict[str, Any], kind: type) -> None:
    value = sample_of({"properties": {"f": field}}, TODAY)["f"]
    assert isinstance(value, kind)
    assert Draft202012Validator(field).is_valid(value)


def test_a_field_that_no_sample_fits_is_left_to_the_reader() -> None:
    assert sample_of({"properties": {"f": {"type": "string", "pattern": "^[!]{7}$"}}}, TODAY) == {}


def test_themes_lead_to_what_the_hall_has_and_one_without_anything_is_not_shown() -> None:
    matters = [
        Matter(id="m1", code="511A001-1-1", name="甲", department="d", line="l", task_type=1),  # type: ignore[arg-type]  # msgspec would take it
        Matter(id="m2", code="511A002-1", name="乙", department="d", line="l", task_type=1, active=False),  # type: ignore[arg-type]  # as above
    ]
    themes = [
        Theme(id="a", name="甲类", matters=(ThemeMatter(names=("没有", "511A001")), ThemeMatter(names=("乙",)))),
        Theme(id="b", name="乙类", matters=(ThemeMatter(names=("511A002",)),)),
    ]
    found = shown(themes, matters, {})
    assert [(one.id, [led.id for led in one.matters]) for one in found] == [("a", ["m1"])]
    assert found[0].package is None


def test_the_shipped_themes_can_be_read_and_a_broken_file_is_named(tmp_path: Path) -> None:
    assert {"birth", "business", "retire"} <= {one.id for one in read(ROOT / "config" / "themes.toml")}
    assert read(tmp_path / "none.toml") == ()
    broken = tmp_path / "themes.toml"
    broken.write_text('[[themes]]\nid = "a"\nname = "甲"\n[[themes.matters]]\nnames = ["x"]\nwhen = { no = ["y"] }\n')
    with pytest.raises(Invalid) as refused:
        read(broken)
    assert refused.value.code == "guidance.themes"
