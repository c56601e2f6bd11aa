"""Small groups stay hidden from the public, and a spreadsheet computes nothing that a visitor wrote."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.figures.csv_files import as_csv, cell
from evaluation.figures.pictures import big_enough


def test_a_group_with_too_few_ratings_is_not_shown() -> None:
    assert big_enough({"a": 5, "b": 4, "c": 3, "d": 90}, 5) == {"a", "d"}


def test_where_one_group_alone_would_be_hidden_the_smallest_other_is_hidden_too() -> None:
    assert big_enough({"a": 7, "b": 4, "d": 90}, 5) == {"d"}


def test_a_group_without_ratings_tells_nothing_and_hides_nobody() -> None:
    assert big_enough({"a": 7, "b": 0}, 5) == {"a"}
    assert big_enough({}, 5) == set()
    assert big_enough({"b": 4}, 5) == set()


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 20), max_size=8), st.integers(1, 10))
def test_no_group_that_is_too_small_is_ever_shown_nor_left_alone(many: dict[str, int], least: int) -> None:
    shown = big_enough(many, least)
    assert all(many[key] >= least for key in shown)
    hidden = [key for key, count in many.items() if count and key not in shown]
    assert len(hidden) != 1 or not shown


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+86 139",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "  =cmd|' /C calc'!A0",
        "＝1+1",
        "　＠SUM",
        "\ufeff=1",
        "\n=1",
    ],
)
def test_what_a_spreadsheet_would_compute_is_written_as_text(text: str) -> None:
    assert str(cell(text)).startswith("'")


def test_other_texts_and_numbers_stay_as_they_are() -> None:
    assert [cell(one) for one in ("慢", "a=b", "", 3, 0.5, -2, None)] == ["慢", "a=b", "", 3, 0.5, -2, None]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_every_cell_comes_back_from_the_file_and_none_begins_a_formula(texts: list[str]) -> None:
    content = as_csv(["head"] * len(texts), [texts]).decode("utf-8-sig")
    [_, row] = list(csv.reader(io.StringIO(content, newline="")))
    assert len(row) == len(texts)
    assert [one for one in row if one.lstrip(" \u3000\u00a0\ufeff").startswith(("=", "+", "-", "@", "\t", "＝"))] == []
