"""Domain rule 12: a window closes whose line others serve, but not all of its matters: who waits for those is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.hand.messages import ReassignWindow, SwitchLine
from hall_queue.model import Alone, TicketState
from hall_queue.notices.model import Notice
from hall_server.directory.commands import SaveWindow
from hall_server.errors import Refused
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import rules

Hall = QueueHall


async def only(hall: Hall, window: str, *matters: str) -> None:
    """Let a window serve these matters of the line alone."""
    old = hall.server.directory.windows[window]
    await hall.do(SaveWindow(item=msgspec.structs.replace(old, lines=("business",), matters=matters)))


async def two_windows(hall: Hall) -> tuple[str, str]:
    """w01 serves everything of the line, w02 one matter of it; gives that one, and another."""
    theirs, mine = hall.matters("business")[:2]
    await only(hall, "w02", theirs)
    await hall.open("w01", "w02")
    return theirs, mine


def notices(hall: Hall) -> list[Notice]:
    return hall.room.notices.shown(hall.server.now())


def served(hall: Hall, ticket: str) -> int:
    """Windows that the visitor's page says are open for them."""
    return hall.room.pictures.ticket(hall.ticket(ticket)).windows_open


async def close(hall: Hall, window: str, **more: Any) -> None:
    await hall.do(m.CloseWindow(window=window, **more), clerk(window))


@pytest.mark.gen_test
async def test_rule_12_who_waits_for_a_matter_that_nobody_serves_any_more_is_told(hall: Hall) -> None:
    await rules(hall, closing_alone="stop")
    theirs, mine = await two_windows(hall)
    waiting, other = await hall.issue(matter=mine), await hall.issue(matter=theirs)
    await close(hall, "w01")
    assert (served(hall, waiting), served(hall, other)) == (0, 1)
    (notice,) = notices(hall)
    line = hall.server.directory.lines["business"]
    assert notice.zones == (line.zone,)
    assert hall.server.directory.matters[mine].name in notice.zh
    assert hall.server.directory.matters[theirs].name not in notice.zh
    assert notice.en.startswith(line.name_en)
    assert "business" not in hall.queue.closed_lines


@pytest.mark.gen_test
async def test_rule_12_such_a_matter_gives_no_more_numbers_and_the_others_of_the_line_do(hall: Hall) -> None:
    await rules(hall, closing_alone="stop")
    theirs, mine = await two_windows(hall)
    await close(hall, "w01")
    assert not notices(hall)  # nobody waits for it
    with hall.refused(Refused, "matter.no_window") as refusal:
        await hall.issue(matter=mine)
    assert (refusal.value.fields["matter"], refusal.value.fields["instead"]) == (mine, "guide")
    with hall.refused(Refused, "matter.no_window"):
        await hall.issue(matter=hall.matters("transport")[0], more=(mine,))
    assert await hall.issue(matter=theirs)
    assert await hall.issue("business")


@pytest.mark.gen_test
async def test_rule_12_it_begins_again_with_the_next_window_and_the_notice_goes(hall: Hall) -> None:
    await rules(hall, closing_alone="stop")
    _, mine = await two_windows(hall)
    waiting = await hall.issue(matter=mine)
    await close(hall, "w01")
    await hall.open("w03")
    assert not notices(hall)
    assert not hall.queue.narrowed
    assert await hall.issue(matter=mine)
    assert await hall.call("w03") == waiting
    assert not hall.server.rooms["hall_queue"].notices.emergency


@pytest.mark.gen_test
async def test_rule_12_the_last_window_of_the_line_stops_the_line_after_its_matters(hall: Hall) -> None:
    await rules(hall, closing_alone="stop")
    _, mine = await two_windows(hall)
    waiting = await hall.issue(matter=mine)
    await close(hall, "w01")
    await close(hall, "w02")
    with hall.refused(Refused, "line.closed"):
        await hall.issue("business")
    await hall.open("w02")  # the line gives numbers again; what w02 does not serve stays stopped
    assert hall.ticket(waiting).state is TicketState.WAITING
    assert await hall.issue("business")
    with hall.refused(Refused, "matter.no_window"):
        await hall.issue(matter=mine)
    await hall.open("w01")
    assert await hall.issue(matter=mine)


@pytest.mark.gen_test
async def test_rule_12_a_manager_lets_a_line_give_all_numbers_again(hall: Hall) -> None:
    await rules(hall, closing_alone="stop")
    _, mine = await two_windows(hall)
    await close(hall, "w01")
    await hall.do(SwitchLine(line="business", is_open=True, reason="w03 comes at ten"))
    assert await hall.issue(matter=mine)


@pytest.mark.gen_test
async def test_rule_12_a_hall_that_asks_offers_the_same_choices_for_matters(hall: Hall) -> None:
    _, mine = await two_windows(hall)
    waiting = await hall.issue(matter=mine)
    with hall.refused(Refused, "window.alone") as refusal:
        await close(hall, "w01")
    assert refusal.value.fields["lines"] == [{"line": "business", "waiting": 1}]
    await hall.do(m.CloseWindow(window="w01", alone=Alone.REASSIGN, reassign_to="w02"))
    assert mine in hall.server.directory.windows["w02"].matters
    assert await hall.call("w02") == waiting


@pytest.mark.gen_test
async def test_rule_12_what_stopped_stays_so_over_a_restart_and_begins_anew_the_next_day(
    open_hall: Callable[..., Any],
) -> None:
    hall = await open_hall()
    await rules(hall, closing_alone="stop")
    _, mine = await two_windows(hall)
    await hall.issue(matter=mine)
    await close(hall, "w01")
    hall = await open_hall()
    assert len(notices(hall)) == 1
    with hall.refused(Refused, "matter.no_window"):
        await hall.issue(matter=mine)
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    assert not notices(hall)
    assert await hall.issue(matter=mine)


@pytest.mark.gen_test
async def test_rule_12_what_a_window_leaves_later_gives_numbers_although_other_matters_have_stopped(hall: Hall) -> None:
    theirs, mine = await two_windows(hall)
    await hall.open("w03")
    await only(hall, "w03", hall.matters("business")[2])
    await close(hall, "w01", alone=Alone.STOP)
    await close(hall, "w02", alone=Alone.LEAVE)
    assert await hall.issue(matter=theirs)
    with hall.refused(Refused, "matter.no_window"):
        await hall.issue(matter=mine)


@pytest.mark.gen_test
async def test_rule_12_what_had_stopped_gives_numbers_again_when_it_is_left_the_next_time(hall: Hall) -> None:
    _, mine = await two_windows(hall)
    await hall.issue(matter=mine)
    await close(hall, "w01", alone=Alone.STOP)
    await hall.open("w01")
    await close(hall, "w01", alone=Alone.LEAVE)
    assert await hall.issue(matter=mine)
    assert not notices(hall)


@pytest.mark.gen_test
async def test_rule_12_an_open_window_that_learns_the_matter_lets_it_begin_again(hall: Hall) -> None:
    theirs, mine = await two_windows(hall)
    waiting = await hall.issue(matter=mine)
    await close(hall, "w01", alone=Alone.STOP)
    assert len(notices(hall)) == 1
    await hall.do(ReassignWindow(window="w02", lines=("business",), matters=(theirs, mine), reason="w01 is ill"))
    assert not notices(hall)
    assert mine not in hall.queue.narrowed["business"]
    assert await hall.issue(matter=mine)
    assert await hall.call("w02") == waiting
    assert hall.queue.narrowed["business"]  # what neither of them serves stays stopped


@pytest.mark.gen_test
async def test_rule_12_an_open_window_that_gets_a_line_lets_it_begin_again(hall: Hall) -> None:
    await hall.open("w01", "w10")
    for window in hall.server.directory.windows_of_line("business"):
        if window.id not in {"w01", "w10"}:
            await close(hall, window.id)
    old = hall.server.directory.windows["w10"]
    assert "business" not in old.lines
    await close(hall, "w01", alone=Alone.STOP)
    with hall.refused(Refused, "line.closed"):
        await hall.issue("business")
    await hall.do(ReassignWindow(window="w10", lines=(*old.lines, "business"), matters=(), reason="w01 is ill"))
    assert await hall.issue("business")


@pytest.mark.gen_test
async def test_rule_12_the_notice_names_the_matters_that_are_stopped_now(hall: Hall) -> None:
    theirs, mine = await two_windows(hall)
    third = hall.matters("business")[2]
    await hall.open("w03")
    await only(hall, "w03", third)
    names = {id_: hall.server.directory.matters[id_].name for id_ in (theirs, mine, third)}
    for id_ in names:
        await hall.issue(matter=id_)

    def told() -> set[str]:
        return {id_ for id_, name in names.items() for one in notices(hall) if name in one.zh}

    await close(hall, "w01", alone=Alone.STOP)
    assert told() == {mine}
    await close(hall, "w02", alone=Alone.STOP)
    assert told() == {mine, theirs}
    await hall.open("w02")
    assert told() == {mine}
    await hall.open("w01")
    assert told() == set()
    assert not hall.queue.narrowed


@pytest.mark.gen_test
async def test_rule_12_a_window_that_opens_does_not_open_a_line_that_a_manager_closed(hall: Hall) -> None:
    await two_windows(hall)
    await close(hall, "w01", alone=Alone.STOP)
    await hall.do(SwitchLine(line="business", is_open=False, reason="the system is down"))
    await hall.open("w01")
    assert not hall.queue.narrowed
    with hall.refused(Refused, "line.closed") as refusal:
        await hall.issue("business")
    assert refusal.value.fields["reason"] == "the system is down"


@pytest.mark.gen_test
async def test_rule_12_what_an_old_journal_calls_narrowed_is_all_that_nobody_serves(hall: Hall) -> None:
    theirs, mine = await two_windows(hall)
    await close(hall, "w01", alone=Alone.LEAVE)
    hall.queue.narrowed["business"] = None
    assert hall.server.types.read("line.narrowed", 1, b'{"line":"business"}') == m.LineNarrowed(line="business")
    with hall.refused(Refused, "matter.no_window"):
        await hall.issue(matter=mine)
    assert await hall.issue(matter=theirs)
    await hall.open("w03")
    assert not hall.queue.narrowed


@pytest.mark.gen_test
async def test_rule_12_the_notice_goes_with_the_next_window_also_where_a_manager_let_the_matters_begin(
    hall: Hall,
) -> None:
    _, mine = await two_windows(hall)
    await hall.issue(matter=mine)
    await close(hall, "w01", alone=Alone.STOP)
    await hall.do(SwitchLine(line="business", is_open=True, reason="w03 comes at ten"))
    assert len(notices(hall)) == 1  # nobody serves it yet
    await hall.open("w03")
    assert not notices(hall)
