"""Attendance of a period in a few sums, as its own sheets count them; of the whole hall."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from attendance.sheet_table import MINUTES, SUMS, sums
from evaluation.figures.period import Period

if TYPE_CHECKING:
    from hall_server.server import Server

DAYS_MOST = 62
"""Attendance judges each day of each person anew; of longer periods there are its monthly sheets."""


class DutyFound(msgspec.Struct, frozen=True, kw_only=True):
    """Days of each state and minutes, of all people together; ``attendance.sheet.{name}`` names them.

    Attributes:
        last: today at the latest. most: longest period, days.
        people: those with shifts in the period; 0: nobody has any, or the period is too long.
    """

    first: date
    last: date
    most: int
    is_too_long: bool
    people: int
    days: dict[str, int]
    minutes: dict[str, int]


async def duty(server: Server, period: Period) -> DutyFound:
    """What the sheets of these days add up to; nothing in a hall without attendance."""
    room = server.rooms.get("attendance")
    last = min(period.last, server.business_day)
    is_too_long = period.days > DAYS_MOST
    found = []
    if room is not None and not is_too_long and period.first <= last:
        days = await room.sheets.days([one.id for one in room.books.people()], period.first, last)
        found = [sums(list(of.values())) for of in days.values()]
    worked = [one for one in found if one.days["work_days"]]
    return DutyFound(
        first=period.first,
        last=last,
        most=DAYS_MOST,
        is_too_long=is_too_long,
        people=len(worked),
        days={name: sum(one.days[name] for one in worked) for name in SUMS},
        minutes={name: sum(one.minutes[name] for one in worked) for name in MINUTES},
    )
