"""What the public is told names nobody by a number."""

import pytest

from evaluation.orders.public_text import PUBLIC_MOST, fit_for_public, personal_runs, without_numbers
from hall_server.errors import Invalid


@pytest.mark.parametrize(
    "text",
    [
        "请致电 13812345678",
        "电话１３８１２３４５６７８",  # full width
        "138 1234 5678",
        "138-1234-5678",
        "联系一三八一二三四五六七八",
        "身份证 11010519491231002X",
        "座机 (010) 6512 3456",
        "办件 202611230001234",
        "138****5678",
        "2026-11-23 13812345678",
    ],
)
def test_what_looks_like_a_number_of_somebody_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as found:
        fit_for_public(text)
    assert found.value.code == "review.text_personal"


@pytest.mark.parametrize(
    "text",
    [
        "已于2026年11月23日整改，2个窗口增开，等候由40分钟降到15分钟。",
        "2026-11-23 已整改，2026.11.30 回访。",
        "12345 热线的意见已一并处理。",
        "A012 号反映的等候问题，已增开 3 号窗口。",
        "五月二十一日起，中午不休息。",
    ],
)
def test_dates_ticket_numbers_and_hot_lines_may_stand(text: str) -> None:
    assert fit_for_public(f"  {text}\n") == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" \n ", "review.text_missing"),
        ("好" * (PUBLIC_MOST + 1), "review.text_too_long"),
        ("<b>好</b>", "review.text_unfit"),
        ("好\u202e", "review.text_unfit"),
    ],
)
def test_empty_long_and_marked_up_texts_are_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as found:
        fit_for_public(text)
    assert found.value.code == code


def test_numbers_are_starred_for_the_person_rated() -> None:
    assert without_numbers("打我 138 1234 5678 吧，等了40分钟") == "打我 ************* 吧，等了40分钟"
    assert personal_runs("等了40分钟") == []
