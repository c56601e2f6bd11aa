"""Fault 8: the reply is cut and the same key comes again, 10,000 times; no ticket too many."""

from __future__ import annotations

import asyncio
import random
import secrets
from pathlib import Path

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.room import Room
from hall_server.server import Server
from tests.fakes.hall import manager, opened
from tests.fakes.killed_hall import Cut, HallChild, Http, journalled

TIMES, AT_ONCE, OVER_SOCKETS = 10_000, 100, 400


async def cut_off(server: Server, key: str | None, dice: random.Random) -> None:
    """Ask for a ticket and go away before the answer, at any moment."""
    asking = asyncio.create_task(
        server.execute(m.IssueTicket(line="tax"), actor=manager(), command_id=key), name="cut off"
    )
    for _ in range(dice.randint(1, 6)):
        await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def persistent(server: Server, key: str | None, dice: random.Random) -> str:
    """Ask, be cut off once or more, ask again until there is an answer; gives the ticket."""
    for _ in range(dice.randint(1, 3)):
        await cut_off(server, key, dice)
    body = await server.execute(m.IssueTicket(line="tax"), actor=manager(), command_id=key)
    return str(msgspec.json.decode(body)["id"])


@pytest.mark.gen_test(timeout=600)
async def test_ten_thousand_cut_replies_make_no_extra_ticket(tmp_path: Path) -> None:
    dice = random.Random(8)
    async with opened(tmp_path) as server:
        room: Room = server.rooms["hall_queue"]
        got: set[str] = set()
        for batch in range(TIMES // AT_ONCE):
            keys = [f"key-{batch:04d}-{n:04d}" for n in range(AT_ONCE)]
            got.update(await asyncio.gather(*(persistent(server, key, dice) for key in keys)))
        assert len(got) == TIMES
        assert set(room.queue.tickets) == got


@pytest.mark.gen_test(timeout=300)
async def test_control_without_a_key_there_are_extra_tickets(tmp_path: Path) -> None:
    dice = random.Random(8)
    async with opened(tmp_path) as server:
        room: Room = server.rooms["hall_queue"]
        got = await asyncio.gather(*(persistent(server, None, dice) for _ in range(AT_ONCE)))
        assert len(room.queue.tickets) > len(set(got)) == AT_ONCE


async def over_a_bad_line(hall: HallChild, device: tuple[str, str], dice: random.Random, *, has_key: bool) -> str:
    """Take a ticket over real sockets that break after the request, or in the answer; gives its id."""
    key = secrets.token_hex(12) if has_key else ""
    body = {"line": dice.choice(("tax", "business")), "channel": "kiosk"}
    for _ in range(dice.randint(1, 2)):
        link = Http(hall.port, *device)
        await link.send("POST", "/api/v1/tickets", body, key=key)
        if dice.random() < 0.7:
            await link.first_bytes(dice.randint(1, 80))
        link.cut()
    link = Http(hall.port, *device)
    status, reply = await link.ask("POST", "/api/v1/tickets", body, key=key)
    assert status == 201
    link.cut()
    return str(reply["id"])


@pytest.mark.gen_test(timeout=600)
async def test_sockets_cut_in_the_answer_make_no_extra_ticket_and_without_a_key_they_do(tmp_path: Path) -> None:
    dice, hall = random.Random(9), HallChild(tmp_path / "data")
    await hall.start()
    try:
        kiosk = hall.devices("kiosk")[0]
        got: set[str] = set()
        for _ in range(OVER_SOCKETS // 10):
            got.update(await asyncio.gather(*(over_a_bad_line(hall, kiosk, dice, has_key=True) for _ in range(10))))
        assert len(got) == OVER_SOCKETS
        assert set(journalled(hall.data)) == got
        for _ in range(5):
            got.add(await over_a_bad_line(hall, kiosk, dice, has_key=False))
        assert len(journalled(hall.data)) > len(got), "the control: without a key extra tickets appear"
    except Cut:
        pytest.fail("the hall itself broke a connection off")
    finally:
        await hall.kill()
