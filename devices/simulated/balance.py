"""Closes the books of a simulation: asks the hall for every number that was given, and compares."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from devices.simulated.client import HallClient, Refusal
from devices.simulated.ledger import Balance, Entry, Ledger, balance
from devices.simulated.things import Kiosk

AT_ONCE = 8
HAND_IN_WITHIN_S = 15.0
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
        with contextlib.suppress(Exception):  # it is looked at below whether anything is left
            await asyncio.wait_for(kiosk.hand_in(), HAND_IN_WITHIN_S)
        if kiosk.spare is not None and kiosk.spare.pending:
            ledger.faults.append(f"{len(kiosk.spare.pending)} numbers of {kiosk.thing.id} were not handed in")


async def _page(manager: HallClient, entry: Entry, turn: asyncio.Semaphore) -> tuple[Entry, dict[str, Any] | None]:
    async with turn:
        try:
            return entry, await manager.get(f"tickets/{entry.token or entry.id}")
        except Refusal as exc:
            if exc.status != 404:
                raise
            return entry, None
