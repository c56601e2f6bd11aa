"""``run.py simulate``: fills a running demonstration hall with devices, visitors and staff, and balances the books."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path

from devices.simulated import accounts, arrivals, shifts
from devices.simulated.balance import balanced
from devices.simulated.hurried import hurried
from devices.simulated.ledger import Balance
from devices.simulated.options import Options
from devices.simulated.staff import OVERTIME_S
from devices.simulated.stage import Say, Simulated, staged
from hall_server.errors import Invalid

__all__ = ["Options", "Simulated", "simulate"]

log = logging.getLogger(__name__)

FOUNDING_S, LOOK_AGAIN_S = 30.0, 0.5
"""How long a demonstration hall may take to be made, and how often to look, seconds."""
LINKED_WITHIN_S = 30.0
"""So long all devices may take to connect; then people come all the same."""


async def simulate(
    options: Options,
    *,
    on_begin: Callable[[Simulated], None] = lambda simulated: None,
    say: Say = lambda line: None,
    told: asyncio.Event | None = None,
) -> Balance | None:
    """Run until the day or the time is over, or it is told to stop; waits for the hall to be there.

    Args:
        options: what to simulate.
        on_begin: is given the simulation once it begins.
        say: takes lines for the operator.
        told: ends it in order.

    Returns:
        The balance of the books; None where the hall could not be asked.

    Raises:
        Invalid: the accounts or the file of visitors cannot be used.
        NotFound: the trainee's window does not exist.
    """
    day = await asyncio.to_thread(_read_day, options)
    for line in day.report() if day else ():
        say(line)
    people = await _accounts(options.accounts)
    store = options.accounts.parent / "simulated"
    async with staged(options, people, day, say) as simulated:
        if simulated.has_manager and options.speed == 1:
            await shifts.set_once(simulated.manager)
        is_hurried = simulated.has_manager and not options.keeps_rules
        async with hurried(simulated.manager if is_hurried else None, speed=options.speed, store=store):
            on_begin(simulated)
            await _played(simulated, options, say, told or asyncio.Event())
        return await _closed(simulated, say)


def _read_day(options: Options) -> arrivals.ArrivalDay | None:
    if options.visitors is None:
        return None
    columns = arrivals.read_columns(options.mapping) if options.mapping else None
    return arrivals.read_day(options.visitors, columns)


async def _accounts(file: Path) -> accounts.Accounts:
    """The sign-ins; a hall that is being made has not written them yet."""
    for _ in range(int(FOUNDING_S / LOOK_AGAIN_S)):
        with contextlib.suppress(Invalid):
            return await asyncio.to_thread(accounts.read, file)
        await asyncio.sleep(LOOK_AGAIN_S)
    return await asyncio.to_thread(accounts.read, file)


async def _played(simulated: Simulated, options: Options, say: Say, told: asyncio.Event) -> None:
    """Devices first, then people, until the end."""
    for one in simulated.things:
        one.start()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINKED_WITHIN_S):
            for one in simulated.things:
                await one.device.link.connected()
    say(f"devices {sum(one.device.link.is_connected for one in simulated.things)} online")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(options.duration_s):
            await _until_the_end(simulated, options, told)


async def _until_the_end(simulated: Simulated, options: Options, told: asyncio.Event) -> None:
    troubles = simulated.troubles
    always = [simulated.look(), simulated.figures.show(), *(troubles.come(kind) for kind in options.troubles)]
    if options.broker_restart:
        always.append(troubles.restart_broker(options.broker_restart, options.broker_after_s))
    beside = [asyncio.create_task(work) for work in always]
    day = [asyncio.create_task(work) for work in (simulated.visitors.come(), *(one.work() for one in simulated.clerks))]
    ends = [asyncio.create_task(told.wait()), asyncio.create_task(_day_over(simulated, day))]
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for task in (*ends, *day, *beside):
            task.cancel()
        await asyncio.gather(*ends, *day, *beside, return_exceptions=True)
        await simulated.visitors.leave()


async def _day_over(simulated: Simulated, day: list[asyncio.Task[None]]) -> None:
    """Until all have come and all staff are home; a trainee has until the end of the overtime."""
    await asyncio.gather(*day)
    if simulated.trainee is not None and simulated.day.closes_s is not None:
        await simulated.day.until(simulated.day.closes_s + OVERTIME_S)


async def _closed(simulated: Simulated, say: Say) -> Balance | None:
    """The books, and what there is to say."""
    found = None
    if simulated.has_manager:
        found = await balanced(
            simulated.ledger, simulated.manager, simulated.kiosks, issued_before=simulated.issued_before
        )
    for line in simulated.figures.summary(found, simulated.troubles.back_s):
        say(line)
    for line in simulated.trainee.report() if simulated.trainee else ():
        say(line)
    return found
