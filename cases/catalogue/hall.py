"""The catalogue in a hall: takes what the city sends, or a file where there is no city."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from cases.catalogue import messages as m
from cases.catalogue.city import EDITION, LOCALES, YEAR
from cases.catalogue.model import Edition
from cases.catalogue.service import server_only
from cases.catalogue.shelf import Shelf
from cases.catalogue.state import HallCatalogue
from hall_server.directory.commands import SaveCalendar
from hall_server.directory.model import CalendarYear
from hall_server.errors import Invalid
from hall_server.identity import SYSTEM
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from hall_queue.room import Room as Queue
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server

_T = TypeVar("_T")


class HallEditions:
    """Takes editions over in a hall."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.catalogue = HallCatalogue()

    def take(self, command: m.TakeEdition, context: Context) -> Outcome:
        """Take one; what is here already changes nothing."""
        server_only(context.actor)
        return Outcome(events=self._news(command.edition))

    def take_file(self, command: m.TakeEditions, context: Context) -> Outcome:
        """Take all of a file in one commit; replies with how many were new."""
        server_only(context.actor)
        events = [event for edition in command.editions for event in self._news(edition)]
        return Outcome(events=tuple(events), reply=lambda: len(events))

    def _news(self, edition: Edition) -> tuple[m.EditionTaken, ...]:
        return () if self.catalogue.shelf.get(edition.key) == edition else (m.EditionTaken(edition=edition),)

    async def edition_came(self, payload: bytes, command_id: str) -> None:
        """An edition of the city."""
        await self._server.execute(m.TakeEdition(edition=_read(payload, Edition)), actor=SYSTEM, command_id=command_id)

    async def year_came(self, payload: bytes, command_id: str) -> None:
        """The holidays of a year, from the city."""
        await self._server.execute(SaveCalendar(item=_read(payload, CalendarYear)), actor=SYSTEM, command_id=command_id)


def _read(payload: bytes, kind: type[_T]) -> _T:
    """What the city sent.

    Raises:
        Invalid: ``edition.unreadable``: a newer city wrote it; it becomes a conflict there.
    """
    try:
        return msgspec.json.decode(payload, type=kind)
    except msgspec.MsgspecError as exc:
        raise Invalid("edition.unreadable", reason=str(exc)) from exc


def install_hall(server: Server) -> Shelf:
    """Install the catalogue in a hall; gives the shelf of the editions it has."""
    from cases.catalogue.web import hall_routes  # a tool that only decides loads no pages

    server.locales.add(LOCALES)
    editions = HallEditions(server)
    server.types.add(*m.HALL_EVENTS)
    server.fold(editions.catalogue)
    server.handle(m.TakeEdition, editions.take)
    server.handle(m.TakeEditions, editions.take_file)
    federation: Federation | None = server.rooms.get("federation")
    if federation is not None:
        federation.on_down(EDITION, editions.edition_came)
        federation.on_down(YEAR, editions.year_came)
    server.route(*hall_routes(editions.catalogue.shelf, lambda: server.business_day))
    _lead_by_words(server, editions.catalogue.shelf)
    return editions.catalogue.shelf


def _lead_by_words(server: Server, shelf: Shelf) -> None:
    """The everyday words of editions lead to their matters in the hall's search."""
    queue: Queue | None = server.rooms.get("hall_queue")
    if queue is None:
        return
    queue.words = lambda: {one.matter: one.words for matter in shelf.matters() if (one := shelf.newest(matter))}
    server.listen("everyday words", lambda _recorded: queue.forget_index(), types={m.EditionTaken.type})
