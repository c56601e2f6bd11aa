"""What visitors mean by the letters of pinyin they type on the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.directory.pinyin import readings_of
from hall_server.typing.candidates import MOST, PinyinInput
from hall_server.typing.lexicon import build
from hall_server.typing.syllables import Syllables
from hall_server.typing.usual import WORDS

TEXTS = ["营业执照办理", "个体工商户营业执照注销", "营业执照遗失补领", "医疗救助对象待遇核准支付"] * 2


@pytest.fixture(scope="module")
def typed() -> PinyinInput:
    """The input of a hall with a few matters."""
    return PinyinInput(build(TEXTS, WORDS.split()))


def texts(typed: PinyinInput, pinyin: str, before: str = "") -> list[str]:
    return [one.text for one in typed.candidates(pinyin, before)]


@pytest.mark.parametrize(
    ("pinyin", "meant"),
    [
        ("shenfenzheng", "身份证"),
        ("yingyezhizhao", "营业执照"),
        ("gongjijin", "公积金"),
        ("chongqing", "重庆"),
        ("xi'an", "西安"),
        ("nver", "女儿"),
        ("woyaobanyingyezhizhao", "我要办营业执照"),
        ("geihaizibanhukouben", "给孩子办户口本"),
        ("wo", "我"),
        ("wang", "王"),
        ("sfz", "身份证"),
        ("shenfenzh", "身份证"),
    ],
)
def test_the_usual_meaning_comes_first(typed: PinyinInput, pinyin: str, meant: str) -> None:
    assert texts(typed, pinyin)[0] == meant


@pytest.mark.parametrize(("pinyin", "name"), [("zhang", "张"), ("li", "李"), ("xu", "许"), ("lv", "吕"), ("wei", "伟")])
def test_surnames_and_letters_of_names_are_on_the_first_pages(typed: PinyinInput, pinyin: str, name: str) -> None:
    assert name in texts(typed, pinyin)[:20]


def test_letters_in_capitals_and_u_with_dots_are_understood(typed: PinyinInput) -> None:
    assert texts(typed, "NÜer") == texts(typed, "nver")


def test_an_apostrophe_divides_what_could_be_one_syllable(typed: PinyinInput) -> None:
    assert texts(typed, "xian")[0] != "西安"


def test_each_candidate_says_how_many_letters_it_takes(typed: PinyinInput) -> None:
    found = {one.text: one.letters for one in typed.candidates("shenfen'zheng")}
    assert found["身份证"] == len("shenfen'zheng")
    assert found["身份"] == len("shenfen")
    assert found["身"] == len("shen")


def test_what_stands_before_the_caret_makes_a_character_likelier(typed: PinyinInput) -> None:
    alone, after = texts(typed, "zhao"), texts(typed, "zhao", "执")
    assert after.index("照") <= alone.index("照")
    assert after[0] == "照"


def test_a_slip_behind_good_letters_does_not_hide_them(typed: PinyinInput) -> None:
    assert "户" in texts(typed, "huvk")


@pytest.mark.parametrize("pinyin", ["", "   ", "123", "你好", "zzzz", "'", "a b"])
def test_what_is_no_pinyin_means_nothing(typed: PinyinInput, pinyin: str) -> None:
    assert texts(typed, pinyin) == []


@pytest.mark.parametrize("pinyin", ["na" * 30, "n" * 60, "xian" * 15, "a" * 60])
def test_letters_without_an_end_are_answered(typed: PinyinInput, pinyin: str) -> None:
    assert len(typed.candidates(pinyin)) <= MOST


@given(letters=st.text("abcdefghijklmnopqrstuvwxyz'", min_size=1, max_size=24))
def test_candidates_lead_to_the_end_of_what_was_typed(typed: PinyinInput, letters: str) -> None:
    for one in typed.candidates(letters):
        assert 0 < one.letters <= len(letters)
        assert one.text.isalpha()


def test_every_everyday_character_can_be_typed(typed: PinyinInput) -> None:
    for character in "的一是不了在人有我他这中大来上国个到说们办证户张":
        reading = readings_of(character)[character][0]
        assert any(one.text == character for one in typed.candidates(reading)), (character, reading)


def test_syllables_are_cut_at_the_fewest_places() -> None:
    syllables = Syllables({"xi", "an", "xian", "shi", "zhong", "zhuang", "z"})
    assert [cut.syllables for cut in syllables.cuts("xian")] == [("xian",), ("xi", "an")]
    assert [cut.syllables for cut in syllables.cuts("xi'an")] == [("xi", "an")]
    begun = syllables.cuts("xizho")[0]
    assert (begun.syllables, begun.begun, begun.ends) == (("xi",), "zho", (2,))
