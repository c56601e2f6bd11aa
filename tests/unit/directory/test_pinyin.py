"""The readings we take from pypinyin's table are the ones pypinyin itself would give."""

import csv
from pathlib import Path

import pypinyin
import pytest

from hall_server.directory.pinyin import Spelling, readings_of

CATALOGUE = Path(__file__).resolve().parents[3] / "config" / "catalogue" / "catalogue_qianfeng.csv"


def test_every_character_of_the_catalogue_has_the_librarys_readings() -> None:
    with CATALOGUE.open(encoding="utf-8-sig", newline="") as file:
        characters = set("".join(row["item_name"] + row["department"] for row in csv.DictReader(file)))
    found = readings_of(characters)
    for character in characters:
        wanted = pypinyin.pinyin(character, style=pypinyin.Style.NORMAL, heteronym=True, errors="ignore")
        assert set(wanted[0] if wanted else ()) <= set(found.get(character, ())), character
    assert len(found) > 850


def test_u_with_dots_may_be_typed_both_ways() -> None:
    assert readings_of("绿")["绿"][:2] == ("lv", "lu")


@pytest.mark.parametrize("character", ["a", "1", "（", "\U0001f600"])
def test_what_is_no_chinese_character_has_no_reading(character: str) -> None:
    assert readings_of(character) == {}


def test_letters_may_begin_a_syllable_or_be_one() -> None:
    spelling = Spelling()
    spelling.learn("西安先")
    by_kind = {(choice.length, choice.is_whole): choice.characters for choice in spelling.choices("xian")}
    assert by_kind[2, True] == {"西"}
    assert by_kind[4, True] == {"先"}
    assert by_kind[1, False] == {"西", "先"}
