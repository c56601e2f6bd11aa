"""Supervision and figures of cases at work 电子监察: in a hall for its own cases, at the city for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cases import messages as case_events
from cases.clocks.terms import Terms, closing_time
from cases.figures.sums import GroupBy
from cases.supervision.rules import default_rules
from cases.watch import messages as m
from cases.watch import telling, web
from cases.watch.beside import BesideCases
from cases.watch.past import Past
from cases.watch.pictures import Pictures, SupervisionView
from cases.watch.ratings import CaseRatings
from cases.watch.service import CardService
from cases.watch.source import CaseSource, CaseStreams, CitySource, HallSource
from cases.watch.state import Cards
from cases.watch.watching import TOPIC, Watch
from hall_server.directory.events import CalendarSaved
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from cases import Room as CaseRoom
    from cases.catalogue.shelf import Shelf
    from hall_server.server import Server

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask of supervision: ``rooms["supervision"]``; ``pictures.alarms()`` for their boards."""

    cards: Cards
    watch: Watch
    pictures: Pictures


def install_hall(server: Server, room: CaseRoom) -> Room:
    """Install supervision in a hall after its cases; a hall that is linked to a city leaves the cards to the city."""
    server.project(CaseStreams())
    terms = _terms(server)
    source = HallSource(server, room.cases, terms)
    found = _install(server, source, room.editions, terms, raises=not server.settings.city_url)

    def heard(recorded: Recorded) -> None:
        found.watch.changed(recorded.event.subject.removeprefix("case:"))

    server.listen("supervision of cases", heard, {event.type for event in case_events.EVENTS})
    telling.install_hall(server, found.cards)
    CaseRatings(server).install()
    return found


def install_city(city: Any) -> Room:
    """Install supervision at the city after its index of cases (``rooms["case_index"]``)."""
    index = city.rooms["case_index"]
    found = _install(city, CitySource(index), city.rooms["catalogue"], _terms(city), raises=True)
    index.on_changed.append(found.watch.changed)
    return found


def _install(host: Any, source: CaseSource, shelf: Shelf, terms: Callable[[], Terms], *, raises: bool) -> Room:
    cards, rules = Cards(host.types), default_rules()
    beside, past = BesideCases(host.rooms, shelf.get), Past(host)
    watch = Watch(host, host, source, cards, rules, terms, host.now, beside=beside, past=past, raises=raises)
    service = CardService(cards, rules, terms, raises=raises)
    host.locales.add(HERE / "locales")
    host.locales.add(HERE.parent / "logs" / "locales")
    host.locales.add(HERE.parent / "locales")  # the words of rules, cards and figures; a second time changes nothing
    host.types.add(*m.EVENTS)
    host.fold(cards)
    raise_cards, deal = service.raise_cards, service.deal
    if hasattr(host, "hall_ids"):  # a city
        halls = telling.Halls(host)
        raise_cards = telling.told_down(host, cards, halls, raise_cards)
        deal = telling.told_down(host, cards, halls, deal)
    host.handle(m.RaiseCards, raise_cards)
    host.handle(m.DealWithCard, deal)
    host.handle(m.TotalDay, service.total)
    host.listen("supervision's calendar", lambda _: watch.calendar_changed(), {CalendarSaved.type})

    def matters() -> dict[str, str]:
        return {edition.matter: edition.name for edition in shelf}

    def names(by: GroupBy) -> dict[str, str]:
        if by is GroupBy.MATTER:
            return matters()
        return {id_: one.name for id_, one in host.directory.departments.items()} if by is GroupBy.DEPARTMENT else {}

    pictures = Pictures(watch, cards, rules, host.directory, terms, host.now, matters)
    host.view(TOPIC, SupervisionView(watch, cards))
    options = {"pictures": pictures, "watch": watch, "executes": host, "names": names, "data": host.data}
    host.route(*web.routes(today=lambda: terms().day(host.now()), **options))
    room = host.rooms["supervision"] = Room(cards, watch, pictures)

    async def start() -> None:
        host.spawn(watch.run(), "supervision")

    host.on_start("supervision", start)
    return room


def _terms(host: Any) -> Callable[[], Terms]:
    zone = ZoneInfo(host.settings.timezone)

    def terms() -> Terms:
        return Terms(calendar=host.directory.calendar, zone=zone, closes=closing_time(host.directory.hours))

    return terms
