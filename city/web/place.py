"""What every page asks of the place it belongs to: its name, and that nothing is announced over its screens."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from city.server import City
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.web.handlers import ApiHandler
from hall_server.web.locales import LANGUAGES
from hall_server.web.routes import PUBLIC, Access, Route, Verb

DOORS = frozenset({"/board", "/halls", "/desk", "/catalogue", "/supervision", "/neighbours", "/progress"})
"""Pages that the start page leads to, where they are installed."""


class PlaceShown(msgspec.Struct, frozen=True, kw_only=True):
    """The city, in the place of a hall's record; ``doors``: its pages."""

    id: str
    name: str
    name_en: str
    kind: str = "city"
    demo: bool
    now: datetime
    locales: tuple[str, ...] = LANGUAGES
    doors: tuple[str, ...] = ()


class PlaceHandler(ApiHandler):
    """``/api/v1/hall`` at a city."""

    city: City

    async def get(self) -> None:
        """Answer with the city's record."""
        hall, settings = self.city.directory.hall, self.city.settings
        self.answer(
            PlaceShown(
                id=settings.city,
                name=hall.name if hall else settings.city,
                name_en=(hall.name_en or hall.name) if hall else settings.city,
                demo=settings.demo,
                now=self.city.now().astimezone(ZoneInfo(settings.timezone)),
                doors=tuple(sorted(self._doors())),
            )
        )

    def _doors(self) -> Iterable[str]:
        """The pages that are here; for who is signed in, those that they may open."""
        for route in self.city.routes:
            verb = route.verbs.get("GET")
            if route.path in DOORS and verb and (self.session is None or verb.access.admits(self.actor)):
                yield route.path


class NoNotices:
    """``notices/hall``: a city announces nothing over its own screens."""

    access: Access = PUBLIC

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a picture."""
        return key == "hall"

    def picture(self, _: str) -> dict[str, object]:
        """Nothing."""
        return {"emergency": None, "notices": []}

    def touched(self, _: Recorded) -> Iterable[str]:
        """Never."""
        return ()


def install(city: City) -> None:
    """Install both."""
    shown = Verb(access=PUBLIC, summary="The city", reply=PlaceShown)
    city.route(Route("/api/v1/hall", PlaceHandler, {"GET": shown}, options={"city": city}))
    city.view("notices", NoNotices())
