"""The monthly sheet over HTTP as PDF and XLSX, of one department or of the whole hall; the month for payroll as CSV."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from attendance.leave_year import LeaveBook
from attendance.month import month_days
from attendance.payroll import Paid, payroll
from attendance.press import Press
from attendance.sheet import Sheets
from attendance.sheet_book import SheetBooks
from attendance.sheet_table import Paper
from attendance.state import Roster
from hall_server.errors import Invalid
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
_DAY = timedelta(days=1)


class FileHandler(ApiHandler):
    """A month as a file."""

    hall: Server
    books: SheetBooks

    async def month(self) -> tuple[date, date]:
        """Its first and last day, once the tables show what was done before.

        Raises:
            Invalid: ``attendance.day_unknown``.
        """
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)
        month = self.words("month", f"{self.hall.business_day:%Y-%m}")
        try:
            return month_days(month)
        except ValueError as exc:
            raise Invalid("attendance.day_unknown", month=month) from exc

    def send(self, content: bytes, media: str, name: str) -> None:
        """Send it to be saved."""
        self.set_header("Content-Type", media)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(content)


class SheetHandler(FileHandler):
    """A sheet to sign, or to work on."""

    press: Press
    kind: str
    media: str

    async def get(self) -> None:
        """Make it, in another process."""
        first, last = await self.month()
        paper = self.words("paper", Paper.A4.value)
        if paper not in set(Paper):
            raise Invalid("attendance.no_paper", paper=paper)
        book = await self.books.made(first, last, self.words("department"), self.language)
        content = await self.press.made(book, self.kind, Paper(paper))
        self.send(content, self.media, f"attendance-{first:%Y-%m}.{self.kind}")


class PayrollHandler(FileHandler):
    """The month for payroll."""

    sheets: Sheets
    roster: Roster
    leave: LeaveBook

    async def get(self) -> None:
        """Make it; days that lie ahead are not in it."""
        first, last = await self.month()
        people = self.books.people(self.words("department"))
        last = min(last, self.hall.business_day)
        days = await self.sheets.days([one.id for one in people], first, last) if last >= first else {}
        found = list[Paid]()
        for one in people:
            found.append(self._paid(one.id, one.number, days.get(one.id, {}), first, last))
            await asyncio.sleep(0)  # visitors are served between two people
        content = payroll(found, f"{first:%Y-%m}", is_workday=self.hall.directory.calendar.is_workday)
        self.send(content, f"{CSV}; charset=utf-8", f"payroll-{first:%Y-%m}.csv")

    def _paid(self, staff: str, number: str, days: Any, first: date, last: date) -> Paid:
        place = self.hall.directory.departments.get(self.roster.departments.get(staff, ""))
        name: str = self.hall.rooms["hall_queue"].pictures.staff_name(staff)
        return Paid(
            number=number,
            name=name,
            department=place.name if place else "",
            group=self.roster.groups.get(staff, ""),
            days=days,
            leave=self.leave.between(staff, first, last),
        )


def routes(server: Server, books: SheetBooks, sheets: Sheets, roster: Roster, leave: LeaveBook) -> list[Route]:
    """The three addresses."""
    options: dict[str, Any] = {"hall": server, "books": books}
    query = {"month": "such as 2026-11; without it the present one", "department": "its id; without it the whole hall"}
    press, paper = Press(), {"paper": "a4 or a3"}
    sheet = [
        Route(
            f"/api/v1/attendance/sheet.{kind}".replace(".", r"\."),
            SheetHandler,
            {"GET": Verb(access=MANAGER, summary=f"Monthly sheet as {kind.upper()}", media=media, query=query | more)},
            options={**options, "press": press, "kind": kind, "media": media},
        )
        for kind, media, more in (("pdf", PDF, paper), ("xlsx", XLSX, {}))
    ]
    paid = Verb(access=MANAGER, summary="The month of everybody for payroll, CSV", media=CSV, query=query)
    more = {**options, "sheets": sheets, "roster": roster, "leave": leave}
    return [*sheet, Route(r"/api/v1/attendance/payroll\.csv", PayrollHandler, {"GET": paid}, options=more)]
