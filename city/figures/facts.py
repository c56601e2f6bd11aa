"""What the city knows of its halls beside their journals: settings their figures need, and where they lie."""

from __future__ import annotations

import msgspec

from city.sql import blocks
from hall_server.database.tables import SharedTables
from hall_server.settings import Settings


class HallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A hall's facts; ``latitude`` and ``longitude`` in degrees (WGS 84), None: nobody has said."""

    name_en: str
    timezone: str
    goal_min: int
    latitude: float | None = None
    longitude: float | None = None

    @property
    def settings(self) -> Settings:
        """The settings that figures are counted with."""
        return Settings(timezone=self.timezone, wait_goal_min=self.goal_min)


class Facts:
    """The table of them."""

    def __init__(self, database: SharedTables) -> None:
        self._database = database
        self._sql = blocks("hall_days")

    async def everyone(self) -> dict[str, HallFacts]:
        """The facts of all halls that are known."""
        return {
            hall: HallFacts(name_en=name_en, timezone=zone, goal_min=goal, latitude=latitude, longitude=longitude)
            for hall, name_en, zone, goal, latitude, longitude in await self._database.fetch(self._sql["facts"])
        }

    async def know(self, hall: str, facts: HallFacts) -> None:
        """Keep what a hall said of itself."""
        row = (hall, facts.name_en, facts.timezone, facts.goal_min)
        await self._database.transact([(self._sql["know"], [row])])

    async def place(self, hall: str, latitude: float | None, longitude: float | None) -> None:
        """Keep where a hall lies."""
        usual = Settings()
        row = (hall, usual.timezone, usual.wait_goal_min, latitude, longitude)
        await self._database.transact([(self._sql["place"], [row])])
