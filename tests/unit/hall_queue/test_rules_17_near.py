"""Domain rule 17: each visitor is told once that the turn is near, when so many are ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hall_queue import messages as m
from hall_server.identity import SYSTEM
from tests.fakes.queue_hall import QueueHall, clerk
from tests.fakes.rule_words import happened, rules, serve_and_finish, transfer

Hall = QueueHall


async def told(hall: Hall) -> dict[str, int]:
    """Who was told, with how many were ahead; nobody twice."""
    events = await happened(hall, m.TicketNear)
    found = {one.ticket: one.ahead for one in events}
    assert len(found) == len(events)
    return found


@pytest.mark.gen_test
async def test_rule_17_told_when_so_many_are_ahead_and_once(hall: Hall) -> None:
    await rules(hall, near_at=2)
    await hall.open("w01")
    first, *others = [await hall.issue() for _ in range(6)]
    assert await serve_and_finish(hall, "w01") == first
    assert await told(hall) == dict(zip(others[:3], (0, 1, 2), strict=True))
    await serve_and_finish(hall, "w01")
    assert await told(hall) == dict(zip(others[:4], (0, 1, 2, 2), strict=True))


@pytest.mark.gen_test
async def test_rule_17_who_goes_before_by_another_way_brings_nobody_nearer(hall: Hall) -> None:
    await rules(hall, near_at=0)
    await hall.open("w01", "w02")
    sent = await hall.issue()
    await hall.serve("w02")
    await transfer(hall, "w02", to_window="w01")
    others = [await hall.issue() for _ in range(4)]
    await rules(hall, near_at=2)
    assert await hall.call("w01") == sent
    assert await told(hall) == dict(zip(others[:3], (0, 1, 2), strict=True))


@pytest.mark.gen_test
async def test_rule_17_none_is_told_where_the_line_does_not_want_it(hall: Hall) -> None:
    await rules(hall, line="business", near_at=0)
    await hall.open("w01", "w04")
    for line in ("business", "business", "transport", "transport"):
        await hall.issue(line)
    await hall.call("w01")
    assert not await told(hall)
    await hall.call("w04")
    assert len(await told(hall)) == 1


@pytest.mark.gen_test
async def test_rule_17_whose_slot_has_not_come_is_not_told_yet(hall: Hall) -> None:
    await hall.open("w01")
    await hall.issue()
    slot = hall.clock.now() + timedelta(minutes=30)
    later = await hall.do(m.IssueTicket(line="business", appointment="a1", due=slot), SYSTEM)
    await hall.call("w01")
    assert later["id"] not in await told(hall)


@pytest.mark.gen_test
async def test_rule_17_who_was_called_and_put_back_is_not_told_again(hall: Hall) -> None:
    await hall.open("w01")
    first, second = await hall.issue(), await hall.issue()
    await hall.call("w01")
    await hall.do(m.RequeueTicket(window="w01"), clerk("w01"))
    await hall.do(m.CallTicket(window="w01", ticket=second, reason="so"))
    assert first not in await told(hall)
