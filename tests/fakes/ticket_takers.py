"""A process full of kiosks: takes so many tickets over HTTP with so many coroutines, and prints every reply.

Run as a program: ``ticket_takers.py PORT DEVICE PASSWORD COROUTINES TICKETS``.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.fakes.killed_hall import LINES, Http  # after the path is set


async def take(port: int, device: str, password: str, tickets: int, line: str) -> list[tuple[str, str]]:
    """Id and number of each ticket, one after the other on one connection."""
    link, found = Http(port, device, password), []
    for _ in range(tickets):
        body = {"line": line, "channel": "kiosk"}
        status, reply = await link.ask("POST", "/api/v1/tickets", body, key=secrets.token_hex(12))
        assert status == 201, reply
        found.append((reply["id"], reply["number"]))
    link.cut()
    return found


async def main(port: str, device: str, password: str, coroutines: str, tickets: str) -> None:
    """Take them all and print them."""
    each = int(tickets) // int(coroutines)
    takers = [take(int(port), device, password, each, LINES[n % len(LINES)]) for n in range(int(coroutines))]
    found = await asyncio.gather(*takers)
    print(json.dumps([ticket for some in found for ticket in some]))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
