"""Numbers from outside the hall (domain rule 1): where it allows them, near its opening, for those who come."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from hall_queue import messages as m
from hall_queue.outside.handlers import Arriving
from hall_queue.outside.here import HereCodes
from hall_queue.outside.state import Awaited
from hall_queue.outside.web import routes
from hall_queue.room import Room
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

LOOKED_AT_S = 5.0
NOT_HERE = "not_here"
"""Reason why a number is given up whose owner did not come in time."""


def install(server: Server, room: Room) -> None:
    """Install it; called by the queue."""
    arriving = Arriving(room.hall, room.pictures)
    server.handle(m.ComeHere, arriving.come)
    server.fold(awaited := Awaited())
    server.route(*routes(room, HereCodes(lambda: server.keys.ticket, server.clock)))
    server.on_start("numbers from outside", lambda: _start(server, awaited))


async def _start(server: Server, awaited: Awaited) -> None:
    server.spawn(_give_up(server, awaited), "numbers from outside")


async def _give_up(server: Server, awaited: Awaited) -> None:
    """Give the numbers up of those who did not come in time, so that nobody waits behind them."""
    while True:
        await asyncio.sleep(LOOKED_AT_S)
        for ticket in awaited.late(server.now()):
            try:
                await server.execute(m.CancelTicket(ticket=ticket, reason=NOT_HERE), actor=SYSTEM)
            except DomainError as exc:  # called, or given up, in the same moment
                log.debug("not given up: %s", exc, extra={"action": "queue.outside"})
