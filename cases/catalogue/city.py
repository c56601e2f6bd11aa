"""The catalogue at the city: editors' commands, and what of it goes down to the halls in the same commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cases.catalogue import messages as m
from cases.catalogue.model import Edition
from cases.catalogue.service import CatalogueService, server_only
from cases.catalogue.shelf import Shelf
from cases.catalogue.state import OUTSIDE, CityCatalogue
from hall_server.directory.checks import check as check_record
from hall_server.directory.events import CalendarSaved
from hall_server.errors import DomainError, Forbidden, Refused
from hall_server.identity import SYSTEM, Actor, Role
from hall_server.messages import Command, Event
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from datetime import date

    from hall_server.directory.directory import Directory
    from hall_server.host import Fold
    from hall_server.messages import EventTypes
    from hall_server.web.locales import Locales
    from hall_server.web.routes import Route

EDITION, YEAR = "catalogue.edition", "calendar.year"
"""Kinds of what goes down: an `Edition` as it stands now, a `CalendarYear`."""
LOCALES = Path(__file__).parent / "locales"

Letter = tuple[str, str, object]
"""Which hall, which kind, what."""


class CatalogueCity(Protocol):
    """A city, as far as the catalogue needs it."""

    types: EventTypes
    locales: Locales
    directory: Directory
    rooms: dict[str, Any]

    @property
    def business_day(self) -> date:
        """The city's calendar day."""
        ...

    def handle(self, command: type[Any], handler: Callable[[Any, Context], Outcome]) -> None:
        """Let a handler decide commands of a class."""
        ...

    def fold(self, fold: Fold) -> None:
        """Keep a live state up."""
        ...

    def route(self, *routes: Route) -> None:
        """Serve addresses."""
        ...

    def on_start(self, name: str, start: Callable[[], Any]) -> None:
        """Run at the start."""
        ...

    def spawn(self, work: Any, name: str) -> object:
        """Run a task that ends with the city."""
        ...

    async def execute(self, command: Command, *, actor: Actor, command_id: str | None = None) -> bytes:
        """Decide a command."""
        ...

    def outcome(self, events: tuple[Event, ...], reply: Callable[[], object], letters: Iterable[Letter]) -> Outcome:
        """What a handler decided, with what goes to halls in the same commit."""
        ...

    async def hall_ids(self) -> tuple[str, ...]:
        """The halls that are registered and not closed."""
        ...

    async def hear_halls(self, told: Callable[[], None]) -> None:
        """Hear that something about a hall changed."""
        ...


class CityRoom:
    """The catalogue of a city, for its pages and for other rooms (``city.rooms["editions"]``)."""

    def __init__(self, city: CatalogueCity) -> None:
        self._city = city
        self.catalogue = CityCatalogue()
        self.service = CatalogueService(self.catalogue)

    @property
    def shelf(self) -> Shelf:
        """What was published."""
        return self.catalogue.shelf

    def install(self) -> None:
        """Let the city decide the catalogue's commands."""
        city, service = self._city, self.service
        city.types.add(*m.CITY_EVENTS)
        city.fold(self.catalogue)
        for command, decide in (
            (m.DraftEdition, service.draft),
            (m.DraftEditions, service.take_file),
            (m.DiscardDraft, service.discard),
            (m.ReviewEdition, service.review),
            (m.ReturnEdition, service.give_back),
            (m.PublishEdition, service.publish),
            (m.SuspendMatter, service.suspend),
            (m.ResumeMatter, service.resume),
            (m.CancelMatter, service.cancel),
            (m.SplitMatter, service.split),
            (m.MergeMatters, service.merge),
            (m.FoundCatalogue, service.found),
        ):
            city.handle(command, self._handler(decide))
        city.handle(m.WelcomeHall, self._welcome)
        city.handle(m.PublishYear, self._publish_year)
        city.on_start("catalogue", self._start)

    async def welcome(self) -> None:
        """Send the catalogue to halls that have been registered since; every commit after that reaches them too."""
        for hall in await self._city.hall_ids():
            if hall not in self.catalogue.halls:
                await self._city.execute(m.WelcomeHall(hall=hall), actor=SYSTEM)

    # -- inside

    def _handler(
        self, decide: Callable[[Any, Context], tuple[m.CatalogueEvent, ...]]
    ) -> Callable[[Any, Context], Outcome]:
        def handle(command: Any, context: Context) -> Outcome:
            events = decide(command, context)
            changed = [one for event in events for one in (event.edition, *event.also)]
            told = [one for one in changed if one.state not in OUTSIDE]
            return self._city.outcome(events, lambda: self._reply(changed), self._letters(told))

        return handle

    def _letters(self, editions: Iterable[Edition]) -> list[Letter]:
        return [(hall, EDITION, edition) for edition in editions for hall in self.catalogue.halls]

    def _reply(self, changed: list[Edition]) -> object:
        return {
            "editions": [
                {"matter": one.matter, "number": one.number, "revision": self.catalogue.revision(one.matter)}
                for one in changed
            ]
        }

    def _welcome(self, command: m.WelcomeHall, context: Context) -> Outcome:
        """Everything published and every year; a hall that has it already gets nothing again."""
        server_only(context.actor)
        if command.hall in self.catalogue.halls:
            return Outcome()
        years = self._city.directory.calendar.years.values()
        letters: list[Letter] = [(command.hall, YEAR, year) for year in years]
        letters += [(command.hall, EDITION, edition) for edition in self.catalogue.shelf]
        return self._city.outcome((m.HallWelcomed(hall=command.hall),), lambda: None, letters)

    def _publish_year(self, command: m.PublishYear, context: Context) -> Outcome:
        if not context.actor.may(Role.EDITOR, Role.ADMIN, Role.SYSTEM):
            raise Forbidden("edition.editors_only", roles="editor, admin")
        check_record(self._city.directory, command.item)
        known = self._city.directory.calendar.years.get(command.item.year)
        if known is not None and known.off and not command.item.off:
            raise Refused("calendar.year_lost", year=command.item.year)
        letters = [(hall, YEAR, command.item) for hall in self.catalogue.halls]
        return self._city.outcome((CalendarSaved(item=command.item),), lambda: command.item, letters)

    async def _start(self) -> None:
        await self._city.hear_halls(lambda: self._look())
        await self.welcome()

    def _look(self) -> None:
        self._city.spawn(self._welcomed(), "catalogue for a new hall")

    async def _welcomed(self) -> None:
        try:
            await self.welcome()
        except DomainError:  # the hall was taken out meanwhile, or the database is away: the next notice comes
            return


def install_city(city: CatalogueCity) -> Shelf:
    """Install the catalogue at a city after its directory; gives the shelf of what was published."""
    from cases.catalogue.web import city_routes  # a tool that only decides loads no pages

    city.locales.add(LOCALES)
    room = CityRoom(city)
    room.install()
    city.rooms["editions"] = room
    city.route(*city_routes(room, lambda: city.business_day))
    return room.shelf
