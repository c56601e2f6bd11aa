"""Fault 7: 10,000 tickets asked for by 200 coroutines of 8 processes; no number twice, none left out."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from hall_queue import messages as m
from hall_queue.issuing import Issuing
from hall_queue.room import Room
from hall_server.errors import Refused
from hall_server.messages import Command
from hall_server.outcome import Context, Outcome
from hall_server.server import Server
from tests.fakes.hall import manager, opened
from tests.fakes.killed_hall import ROOT, HallChild, gaps, journalled, twice

PROCESSES, COROUTINES, TICKETS = 8, 200, 10_000


async def taken(hall: HallChild, device: tuple[str, str]) -> list[tuple[str, str]]:
    """What one process of kiosks got."""
    program = str(ROOT / "tests" / "fakes" / "ticket_takers.py")
    sizes = (str(COROUTINES // PROCESSES), str(TICKETS // PROCESSES))
    kiosks = await asyncio.create_subprocess_exec(
        sys.executable, program, str(hall.port), *device, *sizes, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await kiosks.communicate()
    assert kiosks.returncode == 0
    return [(id_, number) for id_, number in json.loads(out)]


@pytest.mark.gen_test(timeout=900)
async def test_ten_thousand_tickets_from_eight_processes_are_numbered_without_double_or_gap(tmp_path: Path) -> None:
    hall = HallChild(tmp_path / "data")
    await hall.start()
    try:
        kiosks = hall.devices("kiosk")
        found = await asyncio.gather(*(taken(hall, kiosks[n % len(kiosks)]) for n in range(PROCESSES)))
        there = journalled(hall.data)
    finally:
        await hall.kill()
    tickets = [ticket for some in found for ticket in some]
    assert len(tickets) == TICKETS
    assert dict(tickets) == there
    assert twice(number for _, number in tickets) == []
    assert gaps(number for _, number in tickets) == []


class TakeThis(Command, frozen=True, kw_only=True):
    """Take the number that somebody read before."""

    line: str
    serial: int


class Careless:
    """The number rule with the protection off: read, let others run, then write what was read plus one."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._room: Room = server.rooms["hall_queue"]
        server.handle(TakeThis, self._issue)

    async def take(self, line: str) -> bytes:
        serial = self._room.queue.serials[line] + 1
        await asyncio.sleep(0)  # any await will do: a lookup, a lock, a query
        return await self._server.execute(TakeThis(line=line, serial=serial), actor=manager())

    def _issue(self, command: TakeThis, context: Context) -> Outcome:
        right = Issuing(self._room.hall).issue(m.IssueTicket(line=command.line), context)
        (event,) = right.events
        assert isinstance(event, m.TicketIssued)
        prefix = event.number[0]
        names = {name: getattr(event, name) for name in event.__struct_fields__}
        wrong = {**names, "serial": command.serial, "number": f"{prefix}{command.serial:03d}"}
        return Outcome(events=(m.TicketIssued(**wrong),))


async def numbers_of(server: Server) -> list[str]:
    room: Room = server.rooms["hall_queue"]
    return [ticket.number for ticket in room.queue.tickets.values()]


@pytest.mark.gen_test(timeout=300)
async def test_control_a_number_read_before_an_await_is_given_twice(tmp_path: Path) -> None:
    async with opened(tmp_path / "right") as server:
        wanted = [m.IssueTicket(line="tax") for _ in range(COROUTINES)]
        await asyncio.gather(*(server.execute(one, actor=manager()) for one in wanted))
        assert twice(await numbers_of(server)) == []
    async with opened(tmp_path / "careless") as server:
        careless = Careless(server)
        await asyncio.gather(*(careless.take("tax") for _ in range(COROUTINES)))
        assert twice(await numbers_of(server))


@pytest.mark.gen_test(timeout=300)
async def test_one_person_at_two_hundred_kiosks_gets_one_ticket(tmp_path: Path) -> None:
    async with opened(tmp_path) as server:
        room: Room = server.rooms["hall_queue"]
        matter = next(one.id for one in server.directory.matters.values() if one.line == "tax")
        wanted = [m.IssueTicket(matter=matter, person="p1") for _ in range(COROUTINES)]
        results = await asyncio.gather(
            *(server.execute(one, actor=manager()) for one in wanted), return_exceptions=True
        )
        assert sum(isinstance(result, Refused) for result in results) == COROUTINES - 1
        assert len(room.queue.tickets) == 1
