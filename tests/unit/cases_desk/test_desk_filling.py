"""What a form is checked by: each fault is named by its field and by a word, and no value is repeated."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.desk.codes import query_code, salt
from cases.desk.filling import check_form, checked_party
from cases.desk.handing import labels
from cases.desk.licences import DemoLicences, offered
from cases.desk.scans import marked, media_of
from cases.forms import Party, PartyKind
from hall_server.database.vault import Person
from hall_server.errors import Invalid
from tests.fakes.cases_desk import FORM, NUMBER, food, page

GOOD = {"shop": "三丰面馆", "kind": "餐饮服务"}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"shop": None}, {"fields.shop": "type"}),
        ({"shop": "面"}, {"fields.shop": "length"}),
        ({"kind": "夜店"}, {"fields.kind": "choice"}),
        ({"area_m2": 0}, {"fields.area_m2": "range"}),
        ({"area_m2": "forty"}, {"fields.area_m2": "type"}),
        ({"opens": "2026-02-30"}, {"fields.opens": "format"}),
        ({"online": "yes"}, {"fields.online": "type"}),
        ({"hidden": 1}, {"fields": "unknown"}),
        ({"staff": [{"name": "甲"}, {}]}, {"fields.staff.1.name": "missing"}),
        ({"staff": [{"name": "甲", "health_card": "x"}]}, {"fields.staff.0.health_card": "format"}),
    ],
)
def test_a_fault_is_named_by_field_and_word(changes: dict[str, Any], faults: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        check_form(food("m"), {**GOOD, **changes})
    assert refused.value.fields == faults


def test_a_form_in_order_passes_and_a_matter_without_one_asks_nothing() -> None:
    check_form(food("m"), {**GOOD, "opens": "2026-12-01", "online": False, "staff": [{"name": "甲"}]})
    check_form(food("m", form={}), {"anything": 1})


@pytest.mark.parametrize(
    ("party", "faults"),
    [
        (Party(name="甲", id_number=NUMBER[:-1] + "1"), {"applicant.id_number": "check"}),
        (Party(name="甲", id_number=""), {"applicant.id_number": "missing"}),
        (Party(name=" ", id_number=NUMBER), {"applicant.name": "missing"}),
        (Party(name="甲" * 81, id_number=NUMBER), {"applicant.name": "length"}),
        (Party(name="甲", id_number=NUMBER, phone="12-34"), {"applicant.phone": "format"}),
        (
            Party(kind=PartyKind.ORGANISATION, name="甲公司", id_kind="001", id_number="91110000600037341M"),
            {"applicant.id_number": "check", "applicant.represented_by": "missing"},
        ),
    ],
)
def test_a_party_with_a_wrong_number_is_refused(party: Party, faults: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        checked_party(party, "applicant")
    assert refused.value.fields == faults


def test_numbers_are_kept_in_their_own_form() -> None:
    found = checked_party(Party(name=" 甲 ", id_number=NUMBER.lower(), phone="138 0013-8000"), "applicant")
    assert (found.name, found.id_number, found.phone) == ("甲", NUMBER, "13800138000")
    checked_party(Party(name="Smith", id_kind="414", id_number="E12345678"), "applicant")


@given(
    st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(max_size=8), max_size=6)
)
def test_no_form_breaks_the_check_and_no_value_is_in_the_refusal(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        check_form(food("m"), fields)
    words = {"missing", "type", "length", "choice", "unknown", "range", "format"}
    assert set(refused.value.fields.values()) <= words


def test_labels_follow_the_schema_into_rows() -> None:
    assert dict(labels(FORM))["staff", "health_card"] == "健康证号"


def test_a_code_belongs_to_one_hall_and_one_number() -> None:
    codes = {query_code(key, number) for key in (b"a", b"b") for number in ("X-1", "X-2")}
    assert len(codes) == 4
    assert all(len(one) == 8 and set(one) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for one in codes)
    assert salt(b"a", "one") == salt(b"a", "one") != salt(b"a", "two")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_mark_makes_two_names_of_one_picture_and_leaves_its_pixels(kind: str) -> None:
    import io

    from PIL import Image

    plain = page(kind=kind)
    one, two = marked(plain, "a" * 32), marked(plain, "b" * 32)
    assert one != two
    assert media_of(one) == f"image/{kind.lower()}"
    with Image.open(io.BytesIO(plain)) as before, Image.open(io.BytesIO(one)) as after:
        assert before.tobytes() == after.tobytes()


@pytest.mark.gen_test
async def test_a_licence_is_offered_masked() -> None:
    found = await DemoLicences().of(Person(id_number=NUMBER))
    assert await DemoLicences().of(Person(phone="13800138000")) == ()
    assert NUMBER not in str([offered(one) for one in found])
    checked_party(
        Party(
            kind=PartyKind.ORGANISATION,
            name="甲",
            id_kind="001",
            id_number=found[1].number,
            represented_by="乙",
        ),
        "applicant",
    )
