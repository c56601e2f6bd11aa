"""Attendance over HTTP: today, for managers."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from attendance.model import Presence, by_staff
from attendance.store import spans_of
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server


class PresenceShown(msgspec.Struct, frozen=True, kw_only=True):
    """One person's day; ``staff`` is null for a window that was opened for nobody in particular."""

    staff: str | None
    number: str
    name: str
    windows: list[str]
    first_open: datetime
    last_close: datetime | None
    open_s: int
    paused_s: int
    served: int
    left_open: bool


class DayShown(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody who sat at a window on a business day, the earliest first."""

    business_day: date
    items: list[PresenceShown]


class TodayHandler(ApiHandler):
    """Today's attendance."""

    hall: Server

    async def get(self) -> None:
        """Answer with everybody who sat at a window today."""
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)
        day, now = self.hall.business_day, self.hall.now()
        people = by_staff(await spans_of(self.hall.views, day, is_over=False), now)
        self.answer(DayShown(business_day=day, items=[self._shown(one) for one in people]))

    def _shown(self, presence: Presence) -> PresenceShown:
        member = self.hall.directory.staff.get(presence.staff) if presence.staff else None
        name_of = self.hall.rooms["hall_queue"].pictures.staff_name
        return PresenceShown(
            staff=presence.staff,
            number=member.number if member else "",
            name=name_of(presence.staff) if presence.staff else "",
            windows=presence.windows,
            first_open=presence.first_open,
            last_close=presence.last_close,
            open_s=round(presence.open_s),
            paused_s=round(presence.paused_s),
            served=presence.served,
            left_open=presence.is_left_open,
        )


def routes(server: Server) -> list[Route]:
    """The room's addresses."""
    options: dict[str, Any] = {"hall": server}
    today = Verb(access=MANAGER, summary="Who sat where today", reply=DayShown)
    return [Route("/api/v1/attendance/today", TodayHandler, {"GET": today}, options=options)]
