"""A busy simulated hall: 200 devices, staff and visitors at sixty times the real speed, and its books."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bench import demo
from bench.measure import Better, Comparison, Result, by_name

DEVICES, DEVICES_QUICK = 200, 60
SECONDS, SECONDS_QUICK = 60.0, 15.0
SPEED = 60.0
VISITORS_PER_HOUR = 360.0
SHOWN_MS = 1_000.0
"""At this speed a second is a minute of the simulation: a call that needs longer is one nobody could follow."""


def measure(*, runs: int, is_quick: bool) -> Result:
    """A simulated hour in a minute, ``runs`` times, each in a new hall."""
    found = [_once(DEVICES_QUICK if is_quick else DEVICES, SECONDS_QUICK if is_quick else SECONDS) for _ in range(runs)]
    asked = (
        ("lost or doubled in the books", "", 0.0),
        ("refusals that staff did not expect", "", 0.0),
        ("call key → first screen or board, 99th percentile", "ms", SHOWN_MS),
    )
    notes = (
        "numbers",
        "calls",
        "keys pressed a second",
        "call key → first screen or board, median",
        "devices connected",
    )
    return Result(
        name="simulated_hall",
        runs=runs,
        comparisons=[
            Comparison(ours=by_name(found, name, unit), limit=None, better=Better.LOWER, asked=most)
            for name, unit, most in asked
        ],
        notes=[by_name(found, name, "ms" if "median" in name else "") for name in notes],
    )


def _once(devices: int, seconds: float) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder, demo.hall(Path(folder) / "hall") as hall:
        return asyncio.run(_simulated(hall, Path(folder) / "hall", devices, seconds))


async def _simulated(hall: demo.DemoHall, data: Path, devices: int, seconds: float) -> dict[str, float]:
    from devices.simulate import Options, Simulated, simulate  # imported here: other benchmarks need no simulation

    begun: list[Simulated] = []
    options = Options(
        accounts=data / "demo-accounts.json",
        http_port=hall.http_port,
        mqtt_port=hall.mqtt_port,
        devices=devices,
        visitors_per_hour=VISITORS_PER_HOUR,
        speed=SPEED,
        duration_s=seconds,
        seed=1,
    )
    balance = await simulate(options, on_begin=begun.append)
    ledger = begun[0].ledger
    median_s, last_s = ledger.shown_s() or (0.0, 0.0)
    return {
        "lost or doubled in the books": float(len(balance.wrong)) if balance else 1.0,
        "refusals that staff did not expect": float(sum(ledger.errors.values())),
        "call key → first screen or board, median": median_s * 1e3,
        "call key → first screen or board, 99th percentile": last_s * 1e3,
        "numbers": float(ledger.counts["issued"]),
        "calls": float(ledger.counts["calls"]),
        "keys pressed a second": ledger.counts["keys"] / seconds,
        "devices connected": float(len(begun[0].things)),
    }
