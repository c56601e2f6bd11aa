"""Rows of LED characters: the longest wording that fits, never half a number."""

from datetime import UTC, datetime

import pytest

from displays.pictures import BoardCall, BoardPicture, Notice, WindowScreen
from displays.screens.led import Tone, fits, of_window, of_zone, width
from hall_queue.model import TicketState, WindowState
from hall_queue.notices.model import EmergencyKind
from hall_queue.notices.view import EmergencyShown
from hall_queue.picture_types import DeskWindow, HallName, Name, WindowTicket

HALL = HallName(name="大厅", name_en="Hall")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def call(number: str, window: int) -> BoardCall:
    names = {"window_name": "窗口", "window_name_en": "Window"}
    return BoardCall(ticket=number, number=number, window="w", window_number=window, at=NOW, calls=1, **names)


def board(*calling: BoardCall, recent: tuple[BoardCall, ...] = (), **more: object) -> BoardPicture:
    zone = Name(id="z1", name="区", name_en="Zone")
    fields = {"hall": HALL, "zone": zone, "lines": (), "windows": (), **more}
    return BoardPicture(calling=calling, recent=recent, **fields)  # type: ignore[arg-type]  # test's own fields


def screen(state: WindowState, number: str = "", *, name: str = "社保窗口", **more: object) -> WindowScreen:
    window = DeskWindow(
        id="w03",
        number=3,
        name=name,
        name_en="Social Insurance",
        zone="z1",
        lines=(),
        state=state,
        reason=None,
        since=None,
        staff=None,
    )
    state_of = TicketState.CALLED if state is WindowState.CALLING else TicketState.SERVING
    names = dict.fromkeys(("matter_name", "matter_name_en", "line_name", "line_name_en"), "x")
    ticket = WindowTicket(id="t", number=number, state=state_of, calls=1, called_at=NOW, started_at=None, **names)
    return WindowScreen(hall=HALL, window=window, ticket=ticket if number else None, rating=None, **more)  # type: ignore[arg-type]  # test's own fields


def emergency() -> EmergencyShown:
    words = {"zh": "大厅发生火情", "en": "Fire in the hall", "do_zh": "请离开", "do_en": "Leave"}
    return EmergencyShown(id="e", kind=EmergencyKind.FIRE, stops_issuing=True, stops_calling=True, since=NOW, **words)


def test_a_chinese_character_is_as_wide_as_two_digits() -> None:
    assert (width("请A012"), width("号窗口"), width("")) == (3, 3, 0)
    assert fits(("正在办理 A012", "办理 A012", "A012"), 5) == "办理 A012"
    assert fits(("一二三", "一二"), 1) == "一二"  # nothing fits: the shortest


@pytest.mark.parametrize("chars", [8, 12])
@pytest.mark.parametrize(
    ("number", "window"), [("A1", 1), ("A012", 3), ("A012", 20), ("AB0123", 103), ("ABC12345", 999)]
)
def test_a_call_fits_with_its_whole_number_and_window(chars: int, number: str, window: int) -> None:
    (row,) = of_zone(board(call(number, window)), chars=chars, rows=1).rows
    for text in row.texts:
        assert number in text
        assert str(window) in text.removeprefix(number)
        assert width(text) <= chars
    assert (row.tone, row.scroll, row.number) == (Tone.CALL, False, number)


def test_a_wide_bar_says_more() -> None:
    texts = {chars: of_zone(board(call("A012", 3)), chars=chars, rows=1).rows[0].texts[0] for chars in (8, 12)}
    assert texts == {8: "A012 请到3号窗口", 12: "A012号 请到 3号窗口"}


def test_a_wall_shows_the_newest_calls_then_the_last_called_then_notices() -> None:
    notice = Notice(zh="今日16:00停止取号", en="No numbers after 16:00")
    shown = of_zone(
        board(call("A002", 2), call("A001", 1), recent=(call("B009", 4),), notices=(notice,)), chars=8, rows=5
    )
    assert [row.number for row in shown.rows] == ["A002", "A001", "B009", None, None]
    assert [row.tone for row in shown.rows] == [Tone.CALL, Tone.CALL, Tone.QUIET, Tone.WARN, Tone.QUIET]
    assert shown.rows[3].scroll  # longer than the row: it runs, it is not cut
    assert [row.number for row in of_zone(board(call("A002", 2), call("A001", 1)), chars=8, rows=1).rows] == ["A002"]


@pytest.mark.parametrize(
    ("state", "number", "said", "tone"),
    [
        (WindowState.CALLING, "A012", "请A012号到本窗口", Tone.CALL),
        (WindowState.SERVING, "A012", "正在办理 A012", Tone.QUIET),
        (WindowState.PAUSED, "", "暂停服务", Tone.WARN),
        (WindowState.CLOSED, "", "窗口未开放", Tone.WARN),
        (WindowState.IDLE, "", "3号窗口 社保窗口", Tone.QUIET),
    ],
)
def test_the_bar_above_a_window_follows_the_window(state: WindowState, number: str, said: str, tone: Tone) -> None:
    (row,) = of_window(screen(state, number), chars=12).rows
    assert (row.texts[0], row.tone) == (said, tone)


def test_one_language_alone_is_said_alone() -> None:
    assert of_window(screen(WindowState.PAUSED), chars=8, languages=("en",)).rows[0].texts == ("Service paused",)


def test_the_emergency_stands_on_every_row() -> None:
    shown = of_zone(board(call("A001", 1), emergency=emergency()), chars=8, rows=3)
    assert [(row.texts[0], row.tone) for row in shown.rows] == [("大厅发生火情", Tone.ALARM)] * 3
    assert of_window(screen(WindowState.IDLE, emergency=emergency()), chars=8).rows[0].tone is Tone.ALARM
