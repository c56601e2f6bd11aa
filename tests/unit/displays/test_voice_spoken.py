"""How numbers, windows and calls are said."""

import pytest

from displays.voice.spoken import call_text, spoken_number, spoken_window, window_number


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        ("A001", "A 零零一", "A zero zero one"),
        ("B120", "B 一二零", "B one two zero"),
        ("AB-07", "A B 零七", "A B zero seven"),
        ("Ａ０１２", "A 零一二", "A zero one two"),
        ("婚003", "婚 零零三", "zero zero three"),
        ("c9", "C 九", "C nine"),
        ("", "", ""),
    ],
)
def test_a_ticket_number_is_said_digit_by_digit(number: str, zh: str, en: str) -> None:
    assert spoken_number(number, "zh") == zh
    assert spoken_number(number, "en") == en


def test_one_is_yao_only_where_the_hall_says_so_and_only_in_chinese() -> None:
    assert spoken_number("A101", "zh", yao=True) == "A 幺零幺"
    assert spoken_number("A101", "en", yao=True) == "A one zero one"


@pytest.mark.parametrize(
    ("window", "zh", "en"),
    [
        ("3", "三号窗口", "window three"),
        ("3号窗口", "三号窗口", "window three"),
        ("03号", "三号窗口", "window three"),
        ("12", "十二号窗口", "window twelve"),
        ("20号窗口", "二十号窗口", "window twenty"),
        ("21", "二十一号窗口", "window twenty-one"),
        ("101", "一零一号窗口", "window one zero one"),
        ("十二号窗口", "十二号窗口", "window twelve"),
        ("Window 3", "三号窗口", "window three"),
        ("综合窗口A", "综合窗口 A", "the window on the screen"),
        ("婚姻登记室", "婚姻登记室", "the window on the screen"),
        ("2楼15号窗口", "二楼十五号窗口", "the window on the screen"),
        ("Marriage Registration", "M A R R I A G E  R E G I S T R A T I O N", "Marriage Registration"),
        ("Hall 2, desk 14", "H A L L 二, D E S K 十四", "Hall two desk fourteen"),
    ],
)
def test_a_window_is_said_by_its_number_or_its_name(window: str, zh: str, en: str) -> None:
    assert " ".join(spoken_window(window, "zh").split()) == " ".join(zh.split())
    assert spoken_window(window, "en") == en


def test_every_window_number_is_found_again_in_what_is_said() -> None:
    assert [window_number(spoken_window(str(number), "zh")) for number in range(1000)] == list(range(1000))


def test_a_call_names_ticket_and_window_in_both_languages() -> None:
    assert call_text("A001", "3", "zh") == "请 A 零零一 号到 三号窗口"
    assert call_text("A001", "3", "en") == "Ticket A zero zero one, please go to window three"


def test_a_window_with_a_name_is_not_called_a_numbered_window() -> None:
    assert call_text("A001", "婚姻登记室", "zh") == "请 A 零零一 号到 婚姻登记室"


def test_yao_reaches_number_and_window_of_a_call() -> None:
    assert call_text("A011", "101", "zh", yao=True) == "请 A 零幺幺 号到 幺零幺号窗口"


def test_the_halls_own_wording_is_kept_even_with_names_that_look_like_places_in_it() -> None:
    assert call_text("B7", "{number}", "zh", template="{number}，{window}") == "B 七，{ N U M B E R }"
    assert call_text("B7", "5", "zh", template="{number}号 请到{window}办理") == "B 七号 请到五号窗口办理"
