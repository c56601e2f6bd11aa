"""The hall's rules about time: shortened while a simulation runs fast, and given back at its end."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from devices.simulated.client import HallClient, Refusal

log = logging.getLogger(__name__)

RULES = ("recall_gap_s", "pass_after_s", "transfer_bar_s", "ageing_s", "hold_s")
FILE = "rules.json"
REASON = "模拟运行 simulation ×{speed:g}"
GIVEN_BACK = "模拟结束 end of the simulation"


@asynccontextmanager
async def hurried(manager: HallClient | None, *, speed: float, store: Path) -> AsyncIterator[None]:
    """Shorten the rules for as long as the block lasts.

    What they were stands in a file until they are given back, so that a simulation that was killed is mended by the
    next one. Nothing is changed at real speed, or without a manager.
    """
    file = store / FILE
    if manager is None:
        yield
        return
    await _give_back(manager, file)  # of one that was killed
    if speed <= 1.0:
        yield
        return
    shown = await manager.get("rules")
    bounds = {one["about"]["name"]: one for one in shown["rules"]}
    before = {name: bounds[name]["value"] if bounds[name]["is_changed"] else None for name in RULES if name in bounds}
    await asyncio.to_thread(_write, file, before)
    values = {name: _shortened(bounds[name], speed) for name in before}
    await manager.patch("rules", {"values": values, "reason": REASON.format(speed=speed)})
    try:
        yield
    finally:
        await asyncio.shield(_give_back(manager, file))


def _shortened(rule: dict[str, Any], speed: float) -> float:
    least = rule["about"].get("least") or 0.0
    return max(float(least), round(float(rule["value"]) / speed, 3))


async def _give_back(manager: HallClient, file: Path) -> None:
    before = await asyncio.to_thread(_read, file)
    if before is None:
        return
    try:
        async with asyncio.timeout(5):
            await manager.patch("rules", {"values": before, "reason": GIVEN_BACK})
    except (Refusal, TimeoutError) as exc:
        log.warning("the rules were not given back: %s", exc, extra={"action": "simulate.rules"})
        return
    await asyncio.to_thread(file.unlink, missing_ok=True)


def _read(file: Path) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError):
        return None


def _write(file: Path, values: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    with beside.open("wb") as out:
        out.write(msgspec.json.encode(values))
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
