"""Taking confirmed sheets out: the list for managers, and the PDF, each look of it journalled."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from evaluation.confirmation import messages as c
from evaluation.confirmation import store
from evaluation.confirmation.keeping import Keeper
from evaluation.confirmation.model import SheetState
from evaluation.confirmation.requests import ReadWanted
from evaluation.confirmation.store import SheetRow, SheetsAsked
from evaluation.confirmation.taking_out import made
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, SIGNED_IN, Route, Verb, api

if TYPE_CHECKING:
    from hall_server.server import Server

PDF = "application/pdf"


class SheetsFound(msgspec.Struct, frozen=True, kw_only=True):
    """A page of sheets, the newest first, and how many there are; ``staff`` is the number (工号)."""

    items: list[SheetRow]
    total: int


class OfficeHandler(ApiHandler):
    """A handler of the office."""

    hall: Server
    keeper: Keeper

    async def current(self) -> None:
        """Wait until the table shows what was decided."""
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)


class SheetsHandler(OfficeHandler):
    """All sheets, without what they say."""

    async def get(self) -> None:
        """Answer with those of some days, today where none are named."""
        asked = SheetsAsked(
            first=self._day("from"),
            last=self._day("to"),
            window=self.words("window") or None,
            number=self.words("number").strip().upper() or None,
            limit=self.number("limit", default=50, least=1, most=200),
            offset=self.number("offset", default=0, most=1_000_000),
        )
        await self.current()
        rows, total = await store.listed(self.hall.views, asked)
        staff = self.hall.directory.staff
        items = [
            msgspec.structs.replace(row, staff=staff[row.staff].number if row.staff in staff else row.staff)
            for row in rows
        ]
        self.answer(SheetsFound(items=items, total=total))

    def _day(self, name: str) -> date:
        text = self.words(name)
        try:
            return date.fromisoformat(text) if text else self.hall.business_day
        except ValueError as exc:
            raise Invalid("confirmation.day_unknown", field=name) from exc


class PdfHandler(OfficeHandler):
    """A confirmed sheet as PDF."""

    async def post(self, confirmation: str) -> None:
        """Make it, off the loop, and journal that it was taken out.

        Raises:
            Refused: ``confirmation.not_confirmed``. NotFound: ``confirmation.unknown``, ``confirmation.erased``.
        """
        wanted = self.read(ReadWanted)
        await self.current()
        row = await store.one(self.hall.views, confirmation)
        is_own = row is not None and row.window in self.actor.windows and row.business_day == self.hall.business_day
        if row is None or not (is_own or self.actor.may(Role.MANAGER, Role.ADMIN)):
            raise (
                NotFound("confirmation.unknown") if self.actor.may(Role.MANAGER) else Forbidden("confirmation.not_here")
            )
        if row.state is not SheetState.CONFIRMED or row.ink is None:
            raise Refused("confirmation.not_confirmed", state=row.state)
        if row.erased:
            raise NotFound("confirmation.erased")
        why = None if is_own else await self.keeper.why(wanted.reason)
        content = await made(self.hall, self.keeper, row, language=self.language)
        await self.hall.execute(c.NoteRead(confirmation=row.id, why=why), actor=self.actor)
        self.set_header("Content-Type", PDF)
        self.set_header("Content-Disposition", f'attachment; filename="confirmation-{row.number}-{row.id[-6:]}.pdf"')
        self.finish(content)


def routes(options: dict[str, Any]) -> list[Route]:
    """The two addresses."""
    query = {
        "from": "first day, YYYY-MM-DD; today where none is given",
        "to": "last day",
        "window": "only of this window",
        "number": "only of this ticket number",
        "limit": "at most so many",
        "offset": "after so many",
    }
    listed = Verb(access=MANAGER, summary="Sheets of some days, without what they say", reply=SheetsFound, query=query)
    taken = Verb(
        access=SIGNED_IN,
        summary="A confirmed sheet as PDF: for its window's staff on its day, for managers with a reason",
        request=ReadWanted,
        media=PDF,
    )
    found = [
        api("/api/v1/confirmations", SheetsHandler, get=listed),
        api("/api/v1/confirmations/{confirmation}/pdf", PdfHandler, post=taken),
    ]
    kept = {"hall": options["hall"], "keeper": options["keeper"]}
    return [Route(one.path, one.handler, one.verbs, options=kept) for one in found]
