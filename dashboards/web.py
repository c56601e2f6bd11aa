"""The manager's picture and today's figures over HTTP, and the manager's page."""

from __future__ import annotations

from pathlib import Path

from dashboards import statistics
from dashboards.pictures import HallPicture
from dashboards.statistics import TodayFigures
from dashboards.views import TOPIC
from hall_queue.rules import Hall
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, SIGNED_IN, Route, Verb

PAGES = Path(__file__).parent / "pages"


class HallPictureHandler(ApiHandler):
    """The hall at this moment."""

    async def get(self) -> None:
        """Answer with the picture that the live feed shows."""
        await self.answer_picture(TOPIC, "")


class TodayHandler(ApiHandler):
    """The day so far."""

    hall: Hall

    async def get(self) -> None:
        """Answer with today's figures."""
        found = statistics.today(self.hall)
        await self.server.settled()
        self.answer(found)


def routes(hall: Hall) -> list[Route]:
    """The room's addresses. The page itself tells who is signed in without the role, and offers to change account."""
    picture = Verb(access=MANAGER, summary="The hall at this moment", reply=HallPicture)
    today = Verb(access=MANAGER, summary="Today's figures by line and window", reply=TodayFigures)
    return [
        Route("/api/v1/manager", HallPictureHandler, {"GET": picture}),
        Route("/api/v1/statistics/today", TodayHandler, {"GET": today}, options={"hall": hall}),
        *page_routes("dashboards", PAGES, {"/manager": "manager.html"}, access=SIGNED_IN),
        file_route("dashboards", PAGES),
    ]
