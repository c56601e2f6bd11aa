"""Which devices a simulated hall has: those of its accounts file, and as many more as the manager lets in.

Credentials of the further ones come from the hall, one by one, and are kept beside the accounts with the same care;
nothing has a password that anybody could guess.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from devices.simulated.accounts import Thing
from devices.simulated.client import HallClient, Refusal

FIRST = ("kiosk", "pad", "window-screen", "speaker", "board")
"""Which kinds come first where not all devices are wanted."""

PER_WINDOW = ("led", "handset", "camera", "window-screen", "pad")
PER_ZONE = ("printer", "idreader", "selfservice", "enquiry", "board", "kiosk", "terminal", "speaker")
"""What a hall gets that grows: round by round one at every place, in this order. Every kiosk has its printer first."""

NAMES = {
    "led": "条屏",
    "handset": "叫号器",
    "camera": "高拍仪",
    "window-screen": "窗口屏",
    "pad": "评价器",
    "printer": "打印机",
    "idreader": "身份证阅读器",
    "selfservice": "自助终端",
    "enquiry": "查询机",
    "board": "综合屏",
    "kiosk": "取号机",
    "terminal": "考勤机",
    "speaker": "音箱",
}
"""As people call them; with the place's name before."""

AT_ONCE = 8
FILE = "devices.json"
MOST = 1000


class Kept(msgspec.Struct, kw_only=True):
    """The file of further devices."""

    devices: list[Thing] = []


def chosen(devices: Sequence[Thing], most: int | None) -> list[Thing]:
    """The devices to simulate, of each kind some, where not all are wanted."""
    if most is None or most >= len(devices):
        return list(devices)
    seen: Counter[str] = Counter()
    ranked = []
    for device in devices:
        seen[device.kind] += 1
        rank = FIRST.index(device.kind) if device.kind in FIRST else len(FIRST)
        ranked.append((seen[device.kind], rank, device))
    return [device for *_, device in sorted(ranked, key=lambda entry: entry[:2])[: max(0, most)]]


def wanted(hall: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Further devices, one after the other and without end, as ``POST /api/v1/devices`` takes them."""
    zones, windows = hall["zones"], hall["windows"]
    made: Counter[tuple[str, str]] = Counter()
    while zones and windows:
        for at_window, at_zone in _rounds():
            for field, kind, places in (("zone", at_zone, zones), ("window", at_window, windows)):
                for place in places if kind else ():
                    made[kind, place["id"]] += 1
                    nth = made[kind, place["id"]]
                    id_ = f"sim-{kind}-{place['id']}-{nth}".replace("_", "-").lower()
                    name = f"{place['name'][:40]}{NAMES[kind]}（模拟{nth}）"
                    yield {"id": id_, "kind": kind, field: place["id"], "name": name}


def _rounds() -> Iterator[tuple[str, str]]:
    """A kind for windows and one for zones; windows have fewer kinds, so theirs are done first."""
    for number in range(max(len(PER_WINDOW), len(PER_ZONE))):
        yield (PER_WINDOW[number] if number < len(PER_WINDOW) else "", PER_ZONE[number])


async def grown(
    own: Sequence[Thing], count: int | None, *, hall: dict[str, Any], manager: HallClient | None, store: Path
) -> list[Thing]:
    """So many devices; those that are missing are let in as the manager.

    Args:
        own: of the accounts file.
        count: how many; None: those that are known already.
        hall: the answer of ``GET /api/v1/hall``.
        manager: signed in; None: the hall cannot grow.
        store: folder for the credentials.

    Raises:
        Refusal: the hall lets none in.
    """
    if count is None or count <= len(own) or manager is None:
        return chosen(own, count)
    file = store / FILE
    kept = await asyncio.to_thread(_read, file)
    known = {one.id: one for one in kept.devices}
    missing = min(count, MOST) - len(own)
    plans = [plan for plan, _ in zip(wanted(hall), range(missing), strict=False)]
    turn = asyncio.Semaphore(AT_ONCE)

    async def let_in(plan: dict[str, str]) -> Thing:
        if plan["id"] in known:
            return known[plan["id"]]
        async with turn:
            return await _let_in(manager, plan)

    more = list(await asyncio.gather(*(let_in(plan) for plan in plans)))
    kept.devices = list({**known, **{one.id: one for one in more}}.values())
    await asyncio.to_thread(_write, file, kept)
    return [*own, *more]


async def place_printers(manager: HallClient, devices: Sequence[Thing]) -> None:
    """Say beside which kiosk each printer stands that the simulation has brought."""
    for printer in (one for one in devices if one.kind == "printer" and one.id.startswith("sim-")):
        kiosk = next((one.id for one in devices if one.kind == "kiosk" and one.zone == printer.zone), None)
        if kiosk is not None:
            with contextlib.suppress(Refusal):
                await manager.put(f"printers/{printer.id}/kiosk", {"kiosk": kiosk})


async def _let_in(manager: HallClient, plan: dict[str, str]) -> Thing:
    try:
        made = await manager.post("devices", plan)
    except Refusal as exc:
        if exc.status != 409:
            raise
        made = await manager.post(f"devices/{plan['id']}/rotate")  # of an earlier simulation whose file is gone
    return Thing(
        id=made["id"],
        kind=plan["kind"],
        password=made["credential"],
        window=plan.get("window"),
        zone=plan.get("zone"),
    )


def _read(file: Path) -> Kept:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    return Kept()


def _write(file: Path, kept: Kept) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(msgspec.json.encode(kept))
    beside.replace(file)
