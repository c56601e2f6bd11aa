"""What a hall tells its city of this moment, and what the city must know to count as the hall does."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from dashboards.pictures import HallPicture
    from hall_server.settings import Settings


class HallNow(msgspec.Struct, frozen=True, kw_only=True):
    """A hall at this moment; kept nowhere, told every few seconds.

    Attributes:
        waiting: numbers that wait. longest_s: how long the one waits that waits longest.
        windows_open, windows: open ones, and all.
        alarms: what the hall's own board shows.
        goal_min, timezone: settings that figures are counted with.
    """

    name: str
    name_en: str
    waiting: int
    called: int
    serving: int
    issued: int
    longest_s: int
    windows_open: int
    windows: int
    alarms: int
    goal_min: int
    timezone: str


def now_of(picture: HallPicture, settings: Settings) -> HallNow:
    """What is told of a hall's picture."""
    totals = picture.totals
    since = [line.longest_since for line in picture.lines if line.longest_since is not None]
    return HallNow(
        name=picture.hall.name,
        name_en=picture.hall.name_en or picture.hall.name,
        waiting=totals.waiting,
        called=totals.called,
        serving=totals.serving,
        issued=totals.issued,
        longest_s=_seconds(min(since), picture.now) if since else 0,
        windows_open=sum(window.state != "closed" for window in picture.windows),
        windows=len(picture.windows),
        alarms=len(picture.alarms),
        goal_min=settings.wait_goal_min,
        timezone=settings.timezone,
    )


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))
