"""Who works when in a demonstration hall: its manager sets two shifts once, and attendance has something to show."""

from __future__ import annotations

import logging
from typing import Any

from devices.simulated.client import HallClient, Refusal

log = logging.getLogger(__name__)

SHIFTS: tuple[dict[str, Any], ...] = (
    {
        **{"id": "day", "name": "白班", "name_en": "Day", "begin": "08:30", "end": "17:30", "grace_min": 5},
        **{"breaks": [{"begin": "12:00", "end": "13:30"}], "follows_calendar": False},
    },
    {
        **{"id": "late", "name": "晚班", "name_en": "Late", "begin": "13:00", "end": "21:00", "grace_min": 5},
        **{"breaks": [{"begin": "17:00", "end": "17:30"}], "follows_calendar": False},
    },
)
LATE_EVERY = 3
"""Each third one works the late shift; both every day, as the demonstration is open every day."""
ANNUAL_DAYS = 10


async def set_once(manager: HallClient) -> None:
    """Set shifts, weeks, numbers, departments and leave where nobody has set a shift."""
    try:
        posts = await manager.get("attendance/posts")
        if posts["shifts"]:
            return
        for shift in SHIFTS:
            await manager.put("attendance/shifts", shift)
        places = await _departments(manager)
        me = (await manager.get("session"))["id"]
        for n, one in enumerate(posts["people"]):
            shift = SHIFTS[n % LATE_EVERY == LATE_EVERY - 1]["id"]
            await _post(manager, one, shift, places, posts, is_me=one["staff"] == me)
    except Refusal as exc:
        log.info("shifts: %s", exc, extra={"action": "simulate.refused"})


async def _post(
    manager: HallClient, one: dict[str, Any], shift: str, places: dict[str, str], posts: dict[str, Any], *, is_me: bool
) -> None:
    staff = one["staff"]
    await manager.put(f"attendance/rotas/{staff}", {"from_day": posts["today"], "week": [[shift]] * 7})
    await manager.put(f"attendance/pins/{staff}", {"pin": one["number"]})
    if staff in places:
        await manager.put(f"attendance/departments/{staff}", {"department": places[staff]})
    if not is_me:  # nobody gives themselves leave
        leave = {"year": posts["year"], "leave": "annual", "days": ANNUAL_DAYS}
        await manager.put(f"attendance/allowances/{staff}", leave)


async def _departments(manager: HallClient) -> dict[str, str]:
    """Staff → the first department whose matters the first line of their first window serves."""
    lines = {one["id"]: one["lines"] for one in (await manager.get("windows?limit=500"))["items"]}
    places: dict[str, str] = {}
    for one in (await manager.get("departments?limit=500"))["items"]:
        places.setdefault(one["line"], one["id"])
    people = (await manager.get("staff?limit=500"))["items"]
    first = {one["id"]: lines.get(one["windows"][0], []) for one in people if one["windows"]}
    return {staff: places[served[0]] for staff, served in first.items() if served and served[0] in places}
