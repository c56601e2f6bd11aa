"""Replies by command id: the same again gets the first answer, for as long as it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from hall_queue import messages as m
from hall_queue.model import Alone
from hall_server.errors import JournalFailed, Refused
from hall_server.journal import replies
from tests.fakes.hall import manager, staff
from tests.fakes.queue_hall import QueueHall, clerk

Open = Callable[..., Any]
TAKE = m.IssueTicket(line="tax")


async def take(hall: QueueHall, id_: str, command: Any = TAKE, actor: Any = None) -> bytes:
    body: bytes = await hall.server.execute(command, actor=actor or manager(), command_id=id_)
    return body


@pytest.mark.gen_test
async def test_the_same_id_again_gets_the_same_bytes_and_no_second_effect(hall: QueueHall) -> None:
    first = await take(hall, "key-0001")
    seq = hall.server.journal.seq
    assert [await take(hall, "key-0001") for _ in range(5)] == [first] * 5
    assert hall.server.journal.seq == seq


@pytest.mark.gen_test
async def test_the_same_id_at_the_same_moment_has_one_effect(hall: QueueHall) -> None:
    bodies = await asyncio.gather(*(take(hall, "key-0001") for _ in range(50)))
    assert len(set(bodies)) == 1
    assert len(hall.queue.tickets) == 1


@pytest.mark.gen_test
async def test_the_same_id_for_another_command_is_refused(hall: QueueHall) -> None:
    await take(hall, "key-0001")
    for other in (m.IssueTicket(line="business"), m.CloseLine(line="tax")):
        with hall.refused(Refused, "command.reused"):
            await take(hall, "key-0001", other)
    assert not hall.queue.closed_lines


@pytest.mark.gen_test
async def test_ids_of_two_actors_are_apart(hall: QueueHall) -> None:
    mine = await take(hall, "key-0001", actor=staff("s01", "w01"))
    assert await take(hall, "key-0001", actor=staff("s02", "w02")) != mine
    assert len(hall.queue.tickets) == 2


@pytest.mark.gen_test
async def test_a_refused_command_may_be_tried_again_under_its_id(hall: QueueHall) -> None:
    with hall.refused(Refused, "window.closed"):
        await hall.do(m.CallNext(window="w10"), clerk("w10"), id_="call-0001")
    await hall.open("w10")
    ticket = await hall.issue("tax")
    await hall.do(m.CallNext(window="w10"), clerk("w10"), id_="call-0001")
    assert hall.desk("w10").ticket == ticket


@pytest.mark.gen_test
async def test_replies_outlive_a_restart_also_for_commands_without_events(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    await hall.open("w10")
    first = await take(hall, "key-0001")
    nothing = await take(hall, "open-0001", m.OpenWindow(window="w10"), clerk("w10"))
    hall = await open_hall()
    assert await take(hall, "key-0001") == first
    await hall.do(m.CloseWindow(window="w10", alone=Alone.LEAVE), clerk("w10"))
    assert await take(hall, "open-0001", m.OpenWindow(window="w10"), clerk("w10")) == nothing
    with hall.refused(Refused, "command.reused"):
        await take(hall, "key-0001", m.IssueTicket(line="business"))


@pytest.mark.gen_test
async def test_replies_that_left_the_memory_are_found_in_the_table(
    hall: QueueHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "RECENT", 3)
    first = await take(hall, "key-0000")
    for n in range(1, 10):
        await take(hall, f"key-{n:04d}")
    assert hall.server.replies.recent(str(manager()), "key-0000") is None
    assert await take(hall, "key-0000") == first
    assert len(hall.queue.tickets) == 10


@pytest.mark.gen_test
async def test_a_reply_that_is_not_committed_yet_does_not_leave_the_memory(
    hall: QueueHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "RECENT", 3)
    waiting = [asyncio.create_task(take(hall, f"key-{n:04d}")) for n in range(20)]
    waiting += [asyncio.create_task(take(hall, f"key-{n:04d}")) for n in range(20)]
    bodies = await asyncio.gather(*waiting)
    assert bodies[:20] == bodies[20:]
    assert len(hall.queue.tickets) == 20


@pytest.mark.gen_test
async def test_replies_are_forgotten_after_three_days(open_hall: Open) -> None:
    hall: QueueHall = await open_hall()
    await take(hall, "key-0001")
    hall.clock.forward(days=4)
    hall = await open_hall()
    assert await hall.server.database.fetch("SELECT count(*) FROM replies") == [(0,)]
    await take(hall, "key-0001", m.IssueTicket(line="business"))


@pytest.mark.gen_test
async def test_behind_the_memory_a_unique_key_keeps_a_second_first_reply_out(hall: QueueHall) -> None:
    await take(hall, "key-0001")
    found = await hall.server.database.fetch("SELECT key, actor, command_id FROM replies")
    assert found == [(replies.key_of(str(manager()), "key-0001"), str(manager()), "key-0001")]
    hall.server.replies._recent.clear()
    hall.server.replies._keys.clear()  # the memory forgets
    with pytest.raises(JournalFailed):
        await take(hall, "key-0001")
    assert await hall.server.database.fetch("SELECT count(*) FROM replies") == [(1,)]
    assert await hall.server.database.fetch("SELECT count(*) FROM journal WHERE type = 'ticket.issued'") == [(1,)]
