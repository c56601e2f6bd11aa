"""What changed in the city's index, gathered: each case is looked at once, however often it is told of, in one task."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from hall_server.errors import DomainError

log = logging.getLogger(__name__)

CHUNK = 200

Look = Callable[[str], Awaitable[None]]
Looks = Callable[[list[str]], Awaitable[None]]
Charged = Callable[[Iterable[str]], Awaitable[list[str]]]


class Gathered:
    """Told of cases; looks at those that concern a neighbour."""

    def __init__(self, pushes: Look | None, asks: Look, charged: Charged, looks: Looks) -> None:
        """Take what is done.

        Args:
            pushes: brings a case to its department's system; None: there is none.
            asks: asks for a case's fee.
            charged: of cases, by id, those that the city goes on with and that cost something.
        """
        self._pushes = pushes
        self._asks = asks
        self._charged = charged
        self._looks = looks
        self._cases: set[str] = set()
        self._news = asyncio.Event()

    def tell(self, case: str) -> None:
        """A case changed; "": any, which says nothing here."""
        if case:
            self._cases.add(case)
            self._news.set()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self.look()
            except DomainError as exc:  # the database is away; each case tells again when it goes on
                log.warning("cases for neighbours: %s", exc.code, extra={"action": "neighbour.changed"})
            except Exception:  # the top of a loop
                log.exception("cases for neighbours failed", extra={"action": "neighbour.changed_failed"})

    async def look(self) -> None:
        """Look at what was told so far."""
        cases, self._cases = sorted(self._cases), set()
        for begin in range(0, len(cases), CHUNK):
            some = cases[begin : begin + CHUNK]
            await self._looks(some)
            for case in await self._charged(some):
                await self._asks(case)
            for case in some if self._pushes is not None else ():
                await self._pushes(case)  # type: ignore[misc]  # by the line above


def charged_at(city: Any) -> Charged:
    """Of cases, those that the city goes on with and whose edition has fees."""

    async def charged(cases: Iterable[str]) -> list[str]:
        ids = tuple(cases)
        priced = {one.key for one in city.rooms["catalogue"] if one.fees}
        if not ids or not priced:
            return []
        marks = ",".join("?" * len(ids))
        sql = f"SELECT id, edition FROM cases WHERE writer = 'city' AND is_over = 0 AND id IN ({marks})"  # noqa: S608  # marks only
        return [id_ for id_, edition in await city.database.fetch(sql, ids) if edition in priced]

    return charged


async def unasked_at(city: Any) -> list[str]:
    """The open cases that the city goes on with and that cost something: looked at once at the start."""
    sql = "SELECT id FROM cases WHERE writer = 'city' AND is_over = 0 AND edition = ?"
    found: list[str] = []
    for edition in city.rooms["catalogue"]:
        if edition.fees:
            found += [str(id_) for (id_,) in await city.database.fetch(sql, (edition.key,))]
    return found
