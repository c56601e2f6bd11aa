"""Domain rule 19 in a hall: what visitors are told comes of what the day has taught, also after a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.wait import Situation, Waits
from hall_queue.wait.memory import Forgotten, recall, remembered
from tests.fakes.queue_hall import QueueHall, clerk

Open = Callable[..., Any]
SERVICE_S = 120.0


async def a_morning(hall: QueueHall, visits: int) -> list[dict[str, Any]]:
    """One window with visits of two minutes, and a visitor more every second minute; what each was told."""
    told = []
    await hall.open("w01")
    for _ in range(4):
        await hall.do(m.IssueTicket(line="business"))
    for _ in range(visits):
        await hall.serve("w01")
        hall.clock.forward(seconds=SERVICE_S)
        told.append(await hall.do(m.IssueTicket(line="business")))
        await hall.do(m.FinishService(window="w01"), clerk("w01"))
    return told


@pytest.mark.gen_test
async def test_a_visitor_is_told_what_the_visits_of_the_day_make_likely(hall: QueueHall) -> None:
    told = await a_morning(hall, 25)
    last = told[-1]
    true_s = last["ahead"] * (SERVICE_S + 2)
    assert abs(last["wait_s"]["p50"] - true_s) < 0.4 * true_s
    assert last["wait_s"]["p90"] >= last["wait_s"]["p50"]
    figures = hall.room.hall.accuracy.picture().hall
    assert figures.waits >= 20
    assert (figures.coverage or 0.0) > 0.5


@pytest.mark.gen_test
async def test_a_restart_in_the_day_tells_the_next_visitor_the_same(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    await a_morning(hall, 8)
    before = hall.room.hall.wait("business", 3)
    record = hall.room.hall.accuracy.picture()
    hall = await open_hall()
    assert hall.room.hall.wait("business", 3) == before
    assert hall.room.hall.accuracy.picture() == record


@pytest.mark.gen_test
async def test_a_call_taken_back_teaches_nothing_about_visits(hall: QueueHall) -> None:
    await a_morning(hall, 8)
    window, line = "w01", "business"
    await hall.call(window)
    await hall.do(m.UndoKey(window=window), clerk(window))
    before = hall.room.hall.wait(line, 5)
    hall.clock.forward(hours=1)
    assert hall.room.hall.waits._serving == {}
    assert before.p50 > 0


@pytest.mark.gen_test
async def test_an_appointment_is_not_promised_a_call_before_its_slot(hall: QueueHall) -> None:
    await hall.open("w01")
    due = hall.clock.now().replace(minute=30)
    reply = await hall.do(m.IssueTicket(line="business", appointment="a1", due=due))
    until = (due - hall.clock.now()).total_seconds()
    assert reply["wait_s"]["p50"] >= until - 1
    assert reply["id"] not in hall.room.hall.told


@pytest.mark.gen_test
async def test_the_next_day_begins_with_what_was_learnt_also_after_a_night_without_power(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    fresh = hall.room.hall.wait("business", 3)
    await a_morning(hall, 25)
    hall.clock.forward(days=1)
    await hall.server.roll_day()
    await hall.open("w01")
    learnt = hall.room.hall.wait("business", 3)
    assert learnt != fresh
    hall = await open_hall()
    assert hall.room.hall.wait("business", 3) == learnt


@pytest.mark.gen_test
async def test_a_memory_that_does_not_fit_is_left_and_the_hall_learns_anew(hall: QueueHall) -> None:
    await a_morning(hall, 8)
    before = hall.room.hall.wait("business", 3)
    memory = remembered(hall.room.hall.waits)
    for broken in ({}, {"hall": {}, "lines": {}}, {**memory, "lines": {"business": {"strange": 1}}}):
        with pytest.raises(Forgotten):
            recall(hall.room.hall.waits, broken)
    assert hall.room.hall.wait("business", 3) == before


def test_what_is_remembered_tells_the_same_as_what_was_learnt() -> None:
    waits = Waits()
    for n in range(60):
        waits.issued(f"t{n}", "A", Situation(ahead=n % 7, servers=2.0, windows=2, ahead_all=n % 7), n * 60.0)
        if n % 7:
            waits.called(f"t{n}", "A", n * 60.0 + 30)
            waits.freed(f"t{n}", n * 60.0 + 50)
    other = Waits()
    recall(other, msgspec.json.decode(msgspec.json.encode(remembered(waits))))
    waits.day_opened()
    for ahead in range(0, 20, 3):
        found = Situation(ahead=ahead, servers=2.0, windows=2, ahead_all=ahead)
        mine, theirs = waits.estimate("A", found, 90_000.0), other.estimate("A", found, 90_000.0)
        assert theirs.p50 == pytest.approx(mine.p50, abs=1)
        assert theirs.p90 == pytest.approx(mine.p90, abs=1)


@pytest.mark.gen_test
async def test_a_hall_that_has_seen_nothing_yet_does_not_promise_a_crowd_a_short_wait(hall: QueueHall) -> None:
    told = [await hall.do(m.IssueTicket(line="business")) for _ in range(60)]
    windows = len(hall.server.directory.windows_of_line("business"))
    assert told[-1]["ahead"] == 59
    assert told[-1]["wait_s"]["p50"] > 59 * 180 / windows
    assert [one["wait_s"]["p50"] for one in told] == sorted(one["wait_s"]["p50"] for one in told)
