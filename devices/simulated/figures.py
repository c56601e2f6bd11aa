"""The line of figures while a simulation runs, and the summary at its end."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from devices.simulated.ledger import Balance, Ledger
from devices.simulated.pace import DayClock
from devices.simulated.things import Pad, SimulatedThing

ON_SCREEN_S, IN_FILE_S = 1.0, 10.0
"""How often the line is written, on a terminal in its place, else below the last, seconds."""
SHOWN = 20


class Figures:
    """Looks at a simulation from time to time."""

    def __init__(
        self,
        ledger: Ledger,
        things: Sequence[SimulatedThing],
        *,
        day: DayClock,
        waiting: Callable[[], int],
        speed: float,
        out: TextIO | None = None,
    ) -> None:
        """``waiting``: how many wait in the hall now."""
        self._ledger, self._things, self._day, self._waiting = ledger, things, day, waiting
        self._speed = speed
        self._out = out or sys.stdout
        self._calls = 0
        self._at = 0.0

    async def show(self) -> None:
        """Write the line again and again, for as long as this runs."""
        is_terminal = self._out.isatty()
        self._at = asyncio.get_running_loop().time()
        try:
            while True:
                await asyncio.sleep(ON_SCREEN_S if is_terminal else IN_FILE_S)
                line = self.line()
                self._out.write(f"\r\x1b[2K{line}" if is_terminal else f"{line}\n")
                self._out.flush()
        finally:
            if is_terminal:
                self._out.write("\n")

    def line(self) -> str:
        """The figures of this moment."""
        now, counts = asyncio.get_running_loop().time(), self._ledger.counts
        calls, self._calls = counts["calls"] - self._calls, counts["calls"]
        passed_s, self._at = max(0.001, now - self._at), now
        online = sum(one.device.link.is_connected for one in self._things)
        wait_s = self._ledger.median_wait_s()
        parts = (
            f"{self._day}",
            f"issued {counts['issued']}",
            f"waiting {self._waiting()}",
            f"served {counts['served']}",
            f"p50 wait {wait_s * self._speed / 60:.0f} min" if wait_s is not None else "p50 wait –",
            f"{calls / passed_s:.1f} calls/s",
            f"devices {online}/{len(self._things)}",
            f"errors {sum(self._ledger.errors.values())}",
        )
        return " · ".join(parts)

    def summary(self, balance: Balance | None, back_s: Sequence[float]) -> Iterator[str]:
        """What there is to say at the end."""
        counts = self._ledger.counts
        pads = sum(one.given for one in self._things if isinstance(one, Pad))
        yield "— end of the simulation 模拟结束 —"
        yield "people: " + _listed(
            counts, "issued", "by_phone", "offline", "appointments", "turned_away", "gave_up", "no_show", "came_late"
        )
        yield f"ratings: {pads} at pads, {counts['rated_phone']} on phones; {counts['watched']} phone pages watched"
        yield "windows: " + _listed(
            counts, "calls", "recalls", "served", "passed", "held", "sent_on", "requeued", "mistakes", "undone"
        )
        if shown := self._ledger.shown_s():
            yield f"call key → first screen: p50 {shown[0] * 1e3:.0f} ms, p99 {shown[1] * 1e3:.0f} ms"
        if back_s:
            yield f"devices back after a lost broker or network: {max(back_s):.1f} s at the most"
        if refused := {word: n for word, n in counts.items() if word.startswith(("refused ", "trouble "))}:
            yield "also: " + ", ".join(f"{word} {n}" for word, n in sorted(refused.items()))
        if self._ledger.errors:
            yield "unexpected refusals: " + ", ".join(f"{code} {n}" for code, n in self._ledger.errors.most_common(8))
        yield from _balanced(balance)


def _listed(counts: dict[str, int], *words: str) -> str:
    return ", ".join(f"{word.replace('_', ' ')} {counts.get(word, 0)}" for word in words)


def _balanced(balance: Balance | None) -> Iterator[str]:
    if balance is None:
        yield "not balanced: the hall is away"
        return
    totals = ", ".join(f"{state} {n}" for state, n in balance.totals.items() if state != "issued" and n)
    yield f"the hall's day: issued {balance.totals['issued']} = {totals}"
    states = ", ".join(f"{state} {n}" for state, n in sorted(balance.states.items()))
    yield f"ours: {balance.ours} ({states}); others' and unanswered: {balance.others}"
    if balance.holds:
        yield "balance holds: nothing lost, nothing doubled 账目相符"
        return
    yield f"BALANCE BROKEN 账目不符: {len(balance.wrong)}"
    yield from balance.wrong[:SHOWN]
