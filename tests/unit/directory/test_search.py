"""People find a matter by what they know of it: a word, its pinyin, its initials, its code, its department."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall_server.directory.catalogue_import import matter_id, read
from hall_server.directory.model import Matter
from hall_server.directory.search import MatterSearch, normalise

CATALOGUE = Path(__file__).resolve().parents[3] / "config" / "catalogue" / "catalogue_qianfeng.csv"


def names(found: list[Matter]) -> list[str]:
    return [matter.name for matter in found]


@pytest.fixture(scope="module")
def district() -> MatterSearch:
    """The real catalogue of 1,135 matters; one of them is marked as frequent."""
    search = MatterSearch()
    rows = read(CATALOGUE).rows
    search.rebuild(
        (
            Matter(
                id=matter_id(row.code),
                code=row.code,
                name=row.name,
                department=row.department,
                line="a",
                task_type=row.task_type,
                frequent=row.name == "社会保障卡申领",
            )
            for row in rows
        ),
        {row.department: row.department for row in rows},
    )
    return search


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("普通护照签发", "普通护照签发"),
        ("护照", "普通护照签发"),
        ("huzhao", "普通护照签发"),
        ("ＨＵＺＨＡＯ", "普通护照签发"),
        ("hu zhao", "普通护照签发"),
        ("pthzqf", "普通护照签发"),
        ("护zhao", "普通护照签发"),
        ("社保卡", "社会保障卡申领"),
        ("sbk", "社会保障卡申领"),
        ("shebaoka", "社会保障卡申领"),
        ("shbzk", "社会保障卡申领"),
        ("shehuibaozhangka", "社会保障卡申领"),
        ("Shehui Baozhang", "社会保障卡申领"),
        ("社会 保障, 卡!", "社会保障卡申领"),
        ("卡保社", "社会保障卡申领"),
        ("511A0116400001", "普通护照签发"),
        ("511a0116400001-511602000000-000-11511300008778693m-1-00", "普通护照签发"),
        ("公安 护照", "普通护照签发"),
        ("个体工商户设立登记", "个体工商户设立登记"),
        ("getigongshanghushelidengji", "个体工商户设立登记"),
        ("旅馆业特种hangye", "旅馆业特种行业变更备案"),
    ],
)
def test_the_matter_meant_comes_first(district: MatterSearch, typed: str, first: str) -> None:
    assert names(district.find(typed))[0] == first


@pytest.mark.parametrize("typed", ["vvvvvv", "iii", "没有这样的东西吧", "xyz 护照", "999999"])
def test_what_fits_nothing_finds_nothing(district: MatterSearch, typed: str) -> None:
    assert district.find(typed) == []


def test_a_departments_name_finds_its_matters_after_those_named_so(district: MatterSearch) -> None:
    found = district.find("税务", limit=2000)
    named = [("税务" in matter.name) for matter in found]
    assert named == sorted(named, reverse=True)
    assert {matter.department for matter in found if "税" not in matter.name} >= {"广安区税务局"}
    assert len(found) >= 83


def test_the_search_keeps_to_a_department_and_a_line(district: MatterSearch) -> None:
    assert {matter.department for matter in district.find("许可", department="区交通运输局", limit=99)} == {
        "区交通运输局"
    }
    assert district.find("许可", line="b") == []
    assert len(district.find("", department="区气象局", limit=99)) == 6


def test_nothing_typed_lists_the_frequent_first(district: MatterSearch) -> None:
    found = district.find("  ", limit=2000)
    assert len(found) == 1135
    assert found[0].name == "社会保障卡申领"


def test_the_nearer_fit_comes_first(matter_of: Callable[..., Matter]) -> None:
    search = MatterSearch()
    order = ["税务登记", "税务登记变更", "注销税务登记", "临时税务登记", "税收业务登记", "登记税务"]
    matters = [matter_of(name, frequent=name == "注销税务登记") for name in reversed(order)]
    search.rebuild(matters)
    assert names(search.find("税务登记")) == order
    assert names(search.find("shuiwudengji"))[:4] == order[:4]
    assert names(search.find("swdj"))[0] == "注销税务登记"


def test_every_reading_of_a_character_is_accepted(matter_of: Callable[..., Matter]) -> None:
    search = MatterSearch()
    search.rebuild([matter_of("银行开户"), matter_of("行政复议"), matter_of("重庆户籍"), matter_of("绿化许可")])
    assert names(search.find("yinhang")) == ["银行开户"]
    assert names(search.find("xingzheng")) == ["行政复议"]
    assert names(search.find("chongqing")) == ["重庆户籍"]
    assert names(search.find("lvhua")) == names(search.find("luhua")) == ["绿化许可"]


def test_english_names_are_found(matter_of: Callable[..., Matter]) -> None:
    search = MatterSearch()
    search.rebuild([matter_of("普通护照签发", name_en="Apply for a passport"), matter_of("居住证办理")])
    assert names(search.find("Passport")) == names(search.find("pass port")) == ["普通护照签发"]
    assert names(search.find("apply for")) == ["普通护照签发"]


def test_a_change_is_found_at_once_and_what_is_switched_off_is_not(matter_of: Callable[..., Matter]) -> None:
    search = MatterSearch()
    search.rebuild([matter_of("甲事", id="m1"), matter_of("乙事", id="m2")])
    assert names(search.find("甲")) == ["甲事"]
    search.update(matter_of("丙事", id="m1"))
    assert names(search.find("甲")) == []
    assert names(search.find("bing")) == ["丙事"]
    search.update(matter_of("丙事", id="m1", active=False))
    assert names(search.find("事")) == ["乙事"]


def test_departments_are_read_as_they_are_now(matter_of: Callable[..., Matter]) -> None:
    departments: dict[str, str] = {}
    search = MatterSearch()
    search.rebuild([matter_of("甲事")], departments)
    assert search.find("人社") == []
    departments["rsj"] = "区人社局"
    assert names(search.find("人社")) == names(search.find("renshe")) == ["甲事"]


def test_the_limit_is_kept(district: MatterSearch) -> None:
    assert len(district.find("许可")) == 20
    assert len(district.find("许可", limit=3)) == 3
    assert district.find("许可", limit=0) == []


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(max_size=200))
def test_whatever_is_typed_gets_an_answer(district: MatterSearch, typed: str) -> None:
    assert len(district.find(typed)) <= 20


@settings(deadline=None)
@given(st.sampled_from("sxzhanoi"), st.integers(min_value=1, max_value=60))
def test_a_stuck_key_does_no_harm(district: MatterSearch, letter: str, times: int) -> None:
    assert len(district.find(letter * times)) <= 20


def test_texts_compare_by_letters_and_digits_only() -> None:
    assert normalise(" Ａｂ－１（县级） 《证》") == "ab1县级证"
