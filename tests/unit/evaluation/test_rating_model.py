"""What a rating may say."""

import pytest

from evaluation.model import Level, RatingChannel, clean_text, good_rate, level_of
from hall_server.errors import Invalid


def test_four_and_five_are_bad() -> None:
    assert [level.is_bad for level in Level] == [False, False, False, True, True]


def test_the_rate_counts_three_levels_as_good_and_all_as_valid() -> None:
    assert good_rate([2, 1, 1, 0, 1]) == pytest.approx(0.8)


def test_there_is_no_rate_before_the_first_rating() -> None:
    assert good_rate([0, 0, 0, 0, 0]) is None


@pytest.mark.parametrize("value", [0, 6, -1, 10**9])
def test_a_level_beyond_the_five_names_its_field(value: int) -> None:
    with pytest.raises(Invalid) as refused:
        level_of(value)
    assert (refused.value.code, refused.value.fields["field"]) == ("rating.level_unknown", "level")


def test_a_text_of_five_hundred_characters_is_taken_and_one_more_is_not() -> None:
    assert clean_text(" " + "字" * 500 + "\n") == "字" * 500
    with pytest.raises(Invalid) as refused:
        clean_text("字" * 501)
    assert refused.value.fields == {"field": "text", "most": 500}


def test_blanks_are_no_text() -> None:
    assert clean_text(" \n\t") is None
    assert clean_text(None) is None


def test_markup_is_a_text_like_any_other() -> None:
    assert clean_text("<b>好</b>") == "<b>好</b>"


def test_ratings_that_visitors_bring_unasked_are_told_apart() -> None:
    assert RatingChannel.PHONE.is_active
    assert not RatingChannel.PAD.is_active
