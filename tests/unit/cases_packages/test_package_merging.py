"""What several parts of a package ask for is asked, typed and brought once; what an earlier part gives, not at all."""

from __future__ import annotations

from typing import Any

from cases.catalogue.model import Edition, Material, Result, Supply
from cases.packages import merging, merging_forms
from cases.packages.awaited import awaited, given_later
from cases.packages.kinds import Member, Same
from tests.fakes.case_place import edition


def plain(part: str, **changes: Any) -> Edition:
    materials = (Material(id="form", name=f"{part} 申请书"), Material(id="id", name="身份证明"))
    return edition(**{"matter": part, "questions": (), "rows": (), "materials": materials, **changes})


def test_what_an_earlier_part_gives_is_neither_brought_nor_typed() -> None:
    register = plain("register", results=(Result(name="营业执照", licence="business-licence"),))
    schema = {
        "uscc": {"type": "string", "title": "代码", "x-from": ["licence.business-licence.uscc"]},
        "name": {"type": "string", "title": "名称", "x-from": ["applicant.name"]},
    }
    paper = Material(id="business", name="营业执照", licence="business-licence", supplies=(Supply.LICENCE,))
    food = plain(
        "food", materials=(paper, Material(id="plan", name="布局图")), form={"properties": schema, "required": ["uscc"]}
    )
    editions = {"register": register, "food": food}
    members = [
        Member(id="register", name="r", matters=("register",)),
        Member(id="food", name="f", matters=("food",), after=("register",)),
    ]
    comes, answers = awaited(members, editions), merging.spread_answers(editions, {})
    assert comes == {"food": {"business-licence": "register"}}
    assert "business" not in {one.id for one in merging.materials(editions, answers, (), comes)}
    assert list(merging_forms.form(editions, (), comes)["properties"]) == ["name"]
    handed = given_later(editions, answers, comes)
    assert [(one.material, one.supply, one.reused) for one in handed["food"]] == [
        ("business", "licence", "part:register")
    ]
    assert handed["register"] == ()


def test_fields_that_say_the_same_are_filled_in_once_with_the_narrower_length() -> None:
    of_shop = {"type": "string", "title": "字号名称", "maxLength": 60, "x-from": ["applicant.name"]}
    of_firm = {"type": "string", "title": "单位名称", "maxLength": 120, "x-from": ["case.name", "applicant.name"]}
    editions = {
        "a": plain("a", form={"properties": {"shop": of_shop}, "required": ["shop"]}),
        "b": plain("b", form={"properties": {"name": of_firm}}),
    }
    same = (Same(name="单位名称", names=("单位名称", "字号名称")),)
    [field] = merging_forms.fields(editions, same)
    assert (field.id, field.is_required, field.schema["maxLength"]) == ("shop", True, 60)
    assert field.schema["x-from"] == ["applicant.name"]
    assert merging_forms.spread_fields(editions, {"shop": "一门"}, same) == {
        "a": {"shop": "一门"},
        "b": {"name": "一门"},
    }
    assert len(merging_forms.fields(editions)) == 2
