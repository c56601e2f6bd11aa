"""A small table of a room in the place's own database, made where it is not, by one process of a city at a time."""

from __future__ import annotations

from typing import Any

_LOCK = 0x01DD_0008
"""Key of the advisory lock under which tables are made."""


async def made(database: Any, sql: str) -> None:  # a hall's and a city's, which share no type above Tables
    """Make a table; ``sql`` is ``CREATE TABLE IF NOT EXISTS …``."""
    async with database.transaction() as begun:
        if getattr(database, "engine", "sqlite") == "postgresql":
            await begun.fetch("SELECT 1 FROM (SELECT pg_advisory_xact_lock(?)) AS locked", (_LOCK,))
        await begun.execute(sql)
