"""What came in by itself over HTTP, for those who serve at a window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cases.applying.requests import WindowNamed
from cases.applying.tray import PAGE, PAGE_MOST, Filed, Tray, TrayPicture
from cases.desk.settling import check_staff
from hall_server.errors import Forbidden
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route
from hall_server.web.routes import SIGNED_IN, Route, Verb

PAGES = Path(__file__).parent / "pages"
ROOM = "cases_applying"
BASE = "/api/v1/applications-in"
PAGED = {"limit": "so many at most", "offset": "after so many"}


class TrayHandler(ApiHandler):
    """`GET /api/v1/applications-in`."""

    tray: Tray

    async def get(self) -> None:
        """A page of what waits.

        Raises:
            Forbidden: ``case_desk.not_here``: they serve at no window.
        """
        if not self.actor.windows:
            raise Forbidden("case_desk.not_here", window="")
        picture = self.tray.page(
            limit=self.number("limit", default=PAGE, least=1, most=PAGE_MOST),
            offset=self.number("offset", default=0, most=1_000_000),
        )
        await self.server.settled()
        self.answer(picture)


class FiledHandler(ApiHandler):
    """`POST /api/v1/applications-in/{case}/form`."""

    tray: Tray

    async def post(self, case: str) -> None:
        """What the applicant filled in, to the window that looks it through."""
        check_staff(self.actor, self.read(WindowNamed).window)
        self.answer(await self.tray.filed(case, self.actor))


def routes(tray: Tray) -> list[Route]:
    """The addresses."""
    options: dict[str, Any] = {"tray": tray}
    listed = Verb(access=SIGNED_IN, summary="Applications that came in by themselves", reply=TrayPicture, query=PAGED)
    shown = Verb(access=SIGNED_IN, summary="What an applicant filled in", request=WindowNamed, reply=Filed)
    return [
        Route(BASE, TrayHandler, {"GET": listed}, options=options),
        Route(f"{BASE}/{{case}}/form", FiledHandler, {"POST": shown}, options=options),
        file_route(ROOM, PAGES),
    ]
