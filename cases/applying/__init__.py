"""Filing by oneself 自助申报: at a terminal, on the phone, online; what comes in is a case like any other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases.applying import messages as a
from cases.applying import tray_web, verifying, web
from cases.applying.afterwards import BY_ONESELF, Afterwards
from cases.applying.deciding import Deciding
from cases.applying.filing import Filing
from cases.applying.identifying import Identifying
from cases.applying.keeping import KIND, Applications
from cases.applying.phones import FormPhones
from cases.applying.pictures import Pictures
from cases.applying.room import Applying
from cases.applying.sessions import Sessions
from cases.applying.tray import TOPIC, Tray
from cases.desk.drafts import Drafts
from cases.desk.scans import Scans
from hall_server.days import DayOpened
from hall_server.messages import Recorded
from hall_server.web.pages import file_route

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server


def install(server: Server, room: Room) -> None:
    """Install it in a hall after the desk and the neighbours; others find it as ``server.rooms["applying"]``."""
    desk = server.rooms.get("cases_desk")
    if desk is None:
        return  # a hall of tests that has no windows' pages
    neighbours = server.rooms["neighbours"]
    server.types.add(*a.EVENTS)
    deciding = Deciding(room.cases, room.service, desk.code_of)
    server.handle(a.SubmitApplication, deciding.submit)
    server.handle(a.Identify, deciding.identify)
    server.handle(a.UseOwnData, deciding.use)
    drafts = Drafts(server, lambda sha256: desk.federation.attachments.erase(sha256), kind=KIND)
    documents = server.rooms["confirmation"]["keeper"].documents
    sessions = Sessions(server)
    applying = server.rooms["applying"] = Applying(
        server=server,
        desk=desk,
        applications=Applications(drafts),
        scans=Scans(drafts, documents, desk.federation),
        sessions=sessions,
        identifying=Identifying(server, neighbours.room, FormPhones(server, desk.people), sessions),
    )
    applying.filing = Filing(applying, neighbours.casework)
    applying.afterwards = Afterwards(applying)
    server.locales.add(Path(__file__).parent / "locales")
    server.route(*web.routes(applying, Pictures(applying)))
    tray = Tray(applying)
    server.view(TOPIC, tray)
    server.route(*tray_web.routes(tray))
    applying.verifying = verifying.install(server, server, neighbours.casework)
    case_of = desk.queue.pictures.served.case_of

    def number_of(ticket: str, matter: str | None) -> str | None:
        case = room.cases.by_id.get(ticket.removeprefix(BY_ONESELF)) if ticket.startswith(BY_ONESELF) else None
        return case.number if case is not None else case_of(ticket, matter)

    desk.queue.pictures.served.case_of = number_of
    _keep_tidy(server, applying)


def install_city(city: Any) -> None:
    """Install the check of documents in a city (`city.server.City`); people apply at halls."""
    city.locales.add(Path(__file__).parent / "locales")
    city.route(file_route(tray_web.ROOM, tray_web.PAGES))
    verifying.install(city, city, city.rooms["neighbours"].casework)


def _keep_tidy(server: Server, applying: Applying) -> None:
    async def tidy() -> None:
        await applying.sessions.sweep()
        await applying.applications.sweep(server.now())

    def new_day(recorded: Recorded) -> None:
        server.spawn(tidy(), "applications that were left lying")

    async def start() -> None:
        server.spawn(applying.filing.finish_all(), "applications that were on their way")

    server.listen("applications of yesterday", new_day, types=(DayOpened.type,))
    server.on_start("applications", start)
