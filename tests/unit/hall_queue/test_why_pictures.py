"""The explained order of a window in the running hall: facts, hands, what is asked about a number, who may look."""

from __future__ import annotations

from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.model import RequeueMode
from hall_queue.rule_events import SaveRules
from hall_queue.why_hands import Hands
from hall_queue.why_pictures import OrderPictures
from hall_queue.why_types import OrderAnswer
from hall_queue.why_web import OrderClock, OrderView
from hall_server.directory.commands import SaveWindow
from hall_server.directory.model import Window
from hall_server.errors import NotFound
from hall_server.identity import Actor
from tests.fakes.hall import manager, staff
from tests.fakes.queue_hall import QueueHall, clerk

Hall = QueueHall


def seen(hall: Hall, window: str = "w01", number: str = "") -> OrderAnswer:
    """What the live feed shows of a window's order, by way of the installed view."""
    return pictures(hall).answer(window, number)


def pictures(hall: Hall) -> OrderPictures:
    view = hall.server.live_views["order"]
    assert isinstance(view, OrderView)
    return view.pictures


async def rules(hall: Hall, **values: Any) -> None:
    await hall.do(SaveRules(values=values, reason="test"))


@pytest.mark.gen_test
async def test_the_first_one_shown_is_the_one_that_is_called(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    await hall.issue(priority="elderly")
    shown = seen(hall).tickets
    assert [one.rank for one in shown] == ["priority", "normal"]
    assert shown[0].priority is not None
    assert shown[0].priority.id == "elderly"
    assert shown[0].step is not None
    assert (shown[0].step.kind, shown[0].step.lower, shown[1].step) == ("rank", "normal", None)
    assert await hall.call("w01") == shown[0].id


@pytest.mark.gen_test
async def test_time_alone_makes_a_ticket_old(hall: Hall) -> None:
    await hall.open("w01")
    first = await hall.issue()
    hall.clock.forward(minutes=10)
    await hall.issue(priority="elderly")
    assert [one.rank for one in seen(hall).tickets] == ["priority", "normal"]
    ages_at = seen(hall).tickets[1].ages_at
    hall.clock.forward(minutes=20)
    top = seen(hall).tickets[0]
    assert (top.id, top.rank, top.ages_at) == (first, "aged", ages_at)


@pytest.mark.gen_test
async def test_a_pin_tells_who_and_why_even_after_a_restart(open_hall: Any) -> None:
    hall = await open_hall()
    await hall.open("w01")
    await hall.issue()
    second = await hall.issue()
    await hall.do(m.PinTicket(ticket=second, reason="feels ill"), manager("m01"))
    hall = await open_hall()
    top = seen(hall).tickets[0]
    assert (top.id, top.rank) == (second, "pinned")
    assert top.pinned is not None
    assert (top.pinned.reason, bool(top.pinned.by)) == ("feels ill", True)


@pytest.mark.gen_test
async def test_a_transfer_to_come_back_tells_its_way_in_both_directions(hall: Hall) -> None:
    await hall.open("w01", "w02")
    id_ = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.TransferTicket(window="w01", staff="s02", returns=True, reason="a stamp"), clerk("w01"))
    there = seen(hall, "w02").tickets[0]
    assert there.way is not None
    assert (there.rank, there.way.way, there.way.from_window, there.way.to_staff, there.way.reason) == (
        *("directed", "transfer", 1, True),
        "a stamp",
    )
    [not_here] = seen(hall, "w01").apart
    assert (not_here.hindrance, not_here.window) == ("other_person", 2)
    await hall.serve("w02")
    await hall.do(m.FinishService(window="w02"), clerk("w02"))
    back = seen(hall, "w01").tickets[0]
    assert back.way is not None
    assert (back.id, back.rank, back.way.way, back.way.from_window) == (id_, "returned", "return", 2)


@pytest.mark.gen_test
async def test_a_hold_that_is_over_tells_so(hall: Hall) -> None:
    await hall.open("w01")
    id_ = await hall.issue()
    await hall.serve("w01")
    await hall.do(m.HoldTicket(window="w01"), clerk("w01"))
    await hall.do(m.ReleaseTicket(ticket=id_))
    top = seen(hall).tickets[0]
    assert top.way is not None
    assert (top.rank, top.way.way, top.way.from_window) == ("returned", "hold", 1)


@pytest.mark.gen_test
async def test_a_managers_move_tells_who_and_why(hall: Hall) -> None:
    await hall.open("w01", "w02")
    id_ = await hall.issue()
    await hall.do(m.MoveTicket(ticket=id_, to_window="w02", reason="knows the case"), manager("m01"))
    way = seen(hall, "w02").tickets[0].way
    assert way is not None
    assert (way.way, way.from_window, way.reason, bool(way.by)) == ("move", None, "knows the case", True)


@pytest.mark.gen_test
async def test_who_was_put_back_to_be_skipped_is_shown_last(hall: Hall) -> None:
    await hall.open("w01")
    first, second = await hall.issue(), await hall.issue()
    await hall.call("w01")
    await hall.do(m.RequeueTicket(window="w01", mode=RequeueMode.SKIP), clerk("w01"))
    shown = seen(hall).tickets
    assert [(one.id, one.skipped) for one in shown] == [(second, False), (first, True)]
    assert shown[0].step is not None
    assert shown[0].step.kind == "skipped"


@pytest.mark.gen_test
async def test_the_rules_in_force_are_those_of_the_window_and_its_lines(hall: Hall) -> None:
    old = hall.server.directory.windows["w01"]
    skills = tuple(hall.matters("business")[:2])
    lines = ("business", "tax")
    await hall.do(
        SaveWindow(item=Window(id="w01", number=1, name=old.name, zone=old.zone, lines=lines, matters=skills))
    )
    await rules(hall, ratio={"favoured": 2, "oldest": 1}, preference=False)
    await hall.do(SaveRules(line="tax", values={"ageing_s": 600}, reason="test"))
    await hall.open("w01")
    await hall.issue()
    await hall.issue(priority="elderly")
    await hall.call("w01")
    found = seen(hall).rules
    assert [(line.id, line.ageing_s, line.waiting) for line in found.lines] == [("business", 1800, 1), ("tax", 600, 0)]
    assert (found.preference, found.skills, found.express) == (False, 2, "any")
    assert found.ratio is not None
    assert (found.ratio.favoured, found.ratio.oldest, found.ratio.used, found.ratio.owed) == (2, 1, 1, 0)


@pytest.mark.gen_test
async def test_a_number_that_waits_is_told_its_place_and_who_goes_first_and_why(hall: Hall) -> None:
    await hall.open("w01", "w02")
    await hall.issue()
    await hall.issue()
    await hall.issue(priority="elderly")
    asked = seen(hall, number=" a002 ").asked
    assert asked is not None
    assert (asked.number, asked.state, asked.place) == ("A002", "waiting", 3)
    assert {(one.kind, one.rank, one.tickets) for one in asked.before} == {
        ("rank", "priority", 1),
        ("arrival", "normal", 1),
    }
    assert [window.number for window in asked.windows] == [1, 2]
    assert asked.wait_s is not None
    assert asked.apart is None


@pytest.mark.gen_test
async def test_a_number_of_another_line_or_no_longer_waiting_is_told_so(hall: Hall) -> None:
    await hall.open("w01", "w10")
    await hall.issue("tax")
    await hall.issue()
    await hall.serve("w01")
    tax = hall.server.directory.lines["tax"].prefix
    elsewhere = seen(hall, number=f"{tax}001").asked
    assert elsewhere is not None
    assert elsewhere.apart is not None
    assert (elsewhere.place, elsewhere.apart.hindrance) == (None, "other_line")
    assert 10 in [window.number for window in elsewhere.windows]
    serving = seen(hall, number="A001").asked
    assert serving is not None
    assert serving.at is not None
    assert (serving.state, serving.place, serving.at.number, serving.windows) == ("serving", None, 1, ())
    with hall.refused(NotFound, "ticket.unknown"):
        seen(hall, number="A999")


@pytest.mark.gen_test
async def test_only_the_first_twenty_are_shown_and_the_others_counted(hall: Hall) -> None:
    for _ in range(23):
        await hall.issue()
    shown = seen(hall)
    assert (len(shown.tickets), shown.callable, shown.apart_total) == (20, 23, 0)
    last = seen(hall, number="A023").asked
    assert last is not None
    assert last.place == 23


@pytest.mark.parametrize(
    ("actor", "may"), [(clerk("w01"), True), (clerk("w02"), False), (manager(), True), (staff("s01"), False)]
)
@pytest.mark.gen_test
async def test_the_order_is_for_the_windows_staff_and_managers(hall: Hall, actor: Actor, may: bool) -> None:
    view = hall.server.live_views["order"]
    assert view.key_ok("w01", actor) is may
    assert not view.key_ok("w99", actor)


@pytest.mark.gen_test
async def test_the_clock_asks_for_every_window_again_and_again(hall: Hall) -> None:
    asked: list[str] = []
    slept: list[float] = []

    class Enough(Exception):
        pass

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) > 2:
            raise Enough

    with pytest.raises(Enough):
        await OrderClock(hall.room, asked.append, sleep).run()
    windows = [f"order/{window}" for window in hall.server.directory.windows]
    assert asked == windows * 2
    assert set(slept) == {15.0}


@pytest.mark.gen_test
async def test_a_new_day_forgets_yesterdays_hands(hall: Hall) -> None:
    id_ = await hall.issue()
    await hall.do(m.PinTicket(ticket=id_, reason="ill"))
    hands: Hands = pictures(hall).hands
    assert id_ in hands.pins
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    assert not hands.pins
