"""Acceptance at the window (综合受理): from the called ticket to the accepted case, and nothing typed twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cases.desk import messages as d
from cases.desk import web
from cases.desk.drafts import Drafts
from cases.desk.handing import Handing
from cases.desk.licences import DemoLicences, Licences, NoLicences
from cases.desk.people import People
from cases.desk.pictures import Pictures
from cases.desk.pledges import Pledges
from cases.desk.room import Desk
from cases.desk.scans import Scans
from cases.desk.settling import Settling
from cases.hall import posts_of
from cases.messages import CaseHandedOver
from cases.store import CaseTable
from hall_server.days import DayOpened
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server

CONSOLE_MODULE = "/pages/cases_desk/console-accept.js"


def install(server: Server, room: Room) -> None:
    """Install the desk after the queue and evaluation; others find it as ``server.rooms["cases_desk"]``."""
    if "confirmation" not in server.rooms:
        return  # a hall of tests that has no windows' pages
    server.project(CaseTable(server.settings.hall))
    server.types.add(d.PersonDataUsed)
    desk = server.rooms["cases_desk"] = _desk(server, room)
    server.handle(d.SettleCase, desk.settling.settle)
    server.handle(d.UsePersonData, desk.settling.use)
    handing = server.rooms["cases_handing"] = Handing(server, desk.pledges)
    server.route(*web.routes(desk, handing))
    server.locales.add(Path(__file__).parent / "locales")
    desk.queue.console_modules.append(CONSOLE_MODULE)
    desk.queue.pictures.served.case_of = desk.case_number_of
    server.listen("cases handed over", desk.handed_over, types=(CaseHandedOver.type,))

    def new_day(recorded: Recorded) -> None:
        server.spawn(desk.drafts.sweep(), "drafts that were left lying")

    server.listen("drafts of yesterday", new_day, types=(DayOpened.type,))

    async def start() -> None:
        await desk.drafts.sweep()
        server.spawn(desk.bring_all(), "attachments of open cases")

    server.on_start("cases desk", start)


def _desk(server: Server, room: Room) -> Desk:
    queue, federation = server.rooms["hall_queue"], server.rooms["federation"]
    zone = ZoneInfo(server.settings.timezone)
    register: Licences = DemoLicences() if server.settings.demo else NoLicences()
    drafts = Drafts(server, lambda sha256: federation.attachments.erase(sha256))
    documents = server.rooms["confirmation"]["keeper"].documents
    desk = Desk(
        server=server,
        queue=queue,
        room=room,
        federation=federation,
        drafts=drafts,
        scans=Scans(drafts, documents, federation),
        people=People(server, queue, federation, register),
        settling=Settling(
            queue.queue, room.cases, room.service, code_of=lambda number: desk.code_of(number), zone=zone
        ),
        pictures=Pictures(room, server),
        pledges=Pledges(server, federation),
        posts=posts_of,
    )
    return desk
