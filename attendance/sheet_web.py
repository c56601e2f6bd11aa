"""The monthly sheet over HTTP: PDF and XLSX, of one department or of the whole hall."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from attendance.board import Board
from attendance.month import month_days
from attendance.sheet import Sheets
from attendance.sheet_files import pdf, xlsx
from attendance.sheet_table import Sheet, sheet
from attendance.state import Roster
from hall_server.errors import Invalid, NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DAY = timedelta(days=1)


class SheetHandler(ApiHandler):
    """A sheet as a file."""

    hall: Server
    roster: Roster
    sheets: Sheets
    board: Board
    made: Callable[[Sheet], bytes]
    media: str
    suffix: str

    async def get(self) -> None:
        """Make it, off the loop."""
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)
        month = self.words("month", f"{self.hall.business_day:%Y-%m}")
        try:
            first, last = month_days(month)
        except ValueError as exc:
            raise Invalid("attendance.day_unknown", month=month) from exc
        found = await self._sheet(first, last, self.words("department"))
        content = await asyncio.to_thread(self.made, found)
        self.set_header("Content-Type", self.media)
        self.set_header("Content-Disposition", f'attachment; filename="attendance-{first:%Y-%m}.{self.suffix}"')
        self.finish(content)

    async def _sheet(self, first: date, last: date, department: str) -> Sheet:
        directory, language = self.hall.directory, self.language
        place = directory.departments.get(department)
        if department and place is None:
            raise NotFound("attendance.no_department", department=department)
        people = sorted(
            (
                one
                for one in directory.staff.values()
                if one.active and (not department or self.roster.departments.get(one.id) == department)
            ),
            key=lambda one: one.number,
        )
        days = await self.sheets.days([one.id for one in people], first, last)
        owner = place or directory.hall
        name = (owner.name if language.startswith("zh") or not owner.name_en else owner.name_en) if owner else ""
        title = self.web.locales.text("attendance.sheet.title", language, name=name, month=f"{first:%Y-%m}")
        return sheet(
            title,
            tuple(first + _DAY * n for n in range((last - first).days + 1)),
            [(one.number, self.board.name(one.id), days[one.id]) for one in people],
            lambda key: self.web.locales.text(_key(key), language),
            today=self.hall.business_day,
        )


def _key(key: str) -> str:
    return f"attendance.{key}" if key.startswith("state.") else f"attendance.sheet.{key}"


def routes(server: Server, board: Board, sheets: Sheets, roster: Roster) -> list[Route]:
    """The two addresses."""
    options: dict[str, Any] = {"hall": server, "board": board, "sheets": sheets, "roster": roster}
    query = {"month": "such as 2026-11; without it the present one", "department": "its id; without it the whole hall"}
    return [
        Route(
            f"/api/v1/attendance/sheet.{suffix}".replace(".", r"\."),
            SheetHandler,
            {"GET": Verb(access=MANAGER, summary=f"Monthly sheet as {suffix.upper()}", media=media, query=query)},
            options={**options, "made": made, "media": media, "suffix": suffix},
        )
        for suffix, media, made in (("pdf", PDF, pdf), ("xlsx", XLSX, xlsx))
    ]
