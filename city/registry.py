"""What an operator does to the registry of halls from the command line; the city may be running."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from city.figures.facts import Facts
from city.keys import CityKeys
from city.settings import CitySettings
from city.sql import SCHEMA
from city.store.store import CityStore
from hall_server.clock import SystemClock
from hall_server.database.tables import SharedTables, open_tables
from hall_server.errors import Invalid

_WORDS = {"add": 2, "renew": 1, "list": 0, "epoch": 1, "close": 1, "place": 3}
_SPELT = {"add": "ID NAME", "renew": "ID", "list": "", "epoch": "ID", "close": "ID", "place": "ID LATITUDE LONGITUDE"}


async def run(settings: CitySettings, data: Path, do: str, words: Sequence[str], *, reason: str = "") -> list[str]:
    """Do one thing; gives the lines to print.

    Raises:
        Invalid: ``city.verb``, words are missing or too many. NotFound, Refused: the registry says no.
    """
    if len(words) != _WORDS[do]:
        raise Invalid("city.verb", verb=f"city-hall {do} {_SPELT[do]}".strip())
    keys = await asyncio.to_thread(CityKeys.load, data / "keys")
    tables = await open_tables(settings.database or data / "city.db", SCHEMA)
    try:
        return await _do(CityStore(tables, keys, SystemClock()), tables, do, words, reason)
    finally:
        await tables.close()


async def _do(store: CityStore, tables: SharedTables, do: str, words: Sequence[str], reason: str) -> list[str]:
    match do:
        case "add":
            token = await store.halls.register(words[0], words[1])
            return [f"token of {words[0]}, shown this once: {token}"]
        case "renew":
            return [f"token of {words[0]}, shown this once: {await store.halls.renew_token(words[0])}"]
        case "epoch":
            epoch = await store.halls.begin_epoch(words[0], reason=reason or "operator")
            return [f"{words[0]} goes on in epoch {epoch}"]
        case "close":
            await store.halls.one(words[0])
            await store.halls.close_hall(words[0])
            return [f"{words[0]} is closed"]
        case "place":
            await store.halls.one(words[0])
            await Facts(tables).place(words[0], *_degrees(words[1:]))
            return [f"{words[0]} is on the map"]
        case _:
            return [f"{one.id}  {one.state}  {one.name}  behind {one.behind}" for one in await store.halls.everyone()]


def _degrees(words: Sequence[str]) -> tuple[float, float]:
    try:
        latitude, longitude = map(float, words)
    except ValueError as exc:
        raise Invalid("city.verb", verb="city-hall place ID LATITUDE LONGITUDE") from exc
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Invalid("city.verb", verb="city-hall place ID LATITUDE LONGITUDE")
    return latitude, longitude
