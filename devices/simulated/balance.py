"""Closes the books of a simulation: asks the hall for every number that was given, and compares."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from devices.simulated.client import HallClient, Refusal
from devices.simulated.ledger import Balance, Entry, Ledger, balance
from devices.simulated.things import Kiosk
from hall_server.mqtt.simulated import RequestRefused

AT_ONCE = 8
HAND_IN_WITHIN_S = 30.0
CLOSE_WITHIN_S = 120.0


async def balanced(
    ledger: Ledger, manager: HallClient, kiosks: list[Kiosk], *, issued_before: int, within_s: float = CLOSE_WITHIN_S
) -> Balance | None:
    """The balance; None where the hall does not answer within so many seconds.

    Args:
        ledger: what the people were told.
        manager: signed in.
        kiosks: which bring what they gave without the server first.
        issued_before: how many numbers the hall had given before.
        within_s: real seconds.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await _hand_in(ledger, kiosks)
            turn = asyncio.Semaphore(AT_ONCE)
            pages = await asyncio.gather(*(_page(manager, entry, turn) for entry in ledger.entries.values()))
            totals = (await manager.get("manager"))["totals"]
            return balance(ledger, totals, pages, issued_before=issued_before)
    return None


async def _hand_in(ledger: Ledger, kiosks: list[Kiosk]) -> None:
    """What still lies in a kiosk is brought; what cannot be brought is lost."""
    for kiosk in kiosks:
        why = await _brought(kiosk)
        if kiosk.spare is not None and kiosk.spare.pending:
            count = len(kiosk.spare.pending)
            ledger.faults.append(f"{count} numbers of {kiosk.thing.id} were not handed in: {why}")


async def _brought(kiosk: Kiosk) -> str:
    """Try until it is done or the time is over; gives why it was not."""
    why = "no time"
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(HAND_IN_WITHIN_S):
            while True:
                try:
                    await kiosk.hand_in()
                    return ""
                except RequestRefused as exc:
                    why = exc.code
                except TimeoutError:
                    why = "no answer"
                await asyncio.sleep(0.2)
    return why


async def _page(manager: HallClient, entry: Entry, turn: asyncio.Semaphore) -> tuple[Entry, dict[str, Any] | None]:
    async with turn:
        try:
            return entry, await manager.get(f"tickets/{entry.token or entry.id}")
        except Refusal as exc:
            if exc.status != 404:
                raise
            return entry, None
