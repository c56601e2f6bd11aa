"""Tickets, the calling rules and the wait estimate; kiosk, phone and console."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hall_queue import appointments, console_modules, hand, mqtt, notices, offline, outside, rule_web, web, why_web
from hall_queue import messages as m
from hall_queue.calling import Calling
from hall_queue.causes import cause_apart
from hall_queue.hours import TakingHours
from hall_queue.issuing import Issuing
from hall_queue.lessons import Lessons
from hall_queue.outside_check import OutsideCheck
from hall_queue.pictures import Pictures
from hall_queue.room import Room
from hall_queue.rule_events import RulesSaved
from hall_queue.rulebook import Rulebook
from hall_queue.rules import Hall
from hall_queue.sending import Sending
from hall_queue.served_store import ServedTable
from hall_queue.state import HallQueue
from hall_queue.store import TicketTable
from hall_queue.undoing import Undoing
from hall_queue.views import DeskView, TicketView
from hall_queue.visits import Visits
from hall_queue.windows import Windows
from hall_server.directory.events import DepartmentSaved, MatterSaved
from hall_server.errors import DomainError
from hall_server.identity import SYSTEM

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

HOLDS_LOOKED_AT_S = 1.0
WAITS_REFRESHED_S = 30.0


def install(server: Server) -> None:
    """Install the queue; the other rooms find it as ``server.rooms["hall_queue"]``."""
    rulebook = Rulebook(server.settings)
    queue = HallQueue(lambda ticket: server.keys.ticket_token(ticket), rulebook)
    hours = TakingHours(server.directory, server.settings.timezone)
    hall = Hall(queue, server.directory, server.settings, server.now, hours, rulebook)
    pictures = Pictures(hall)
    pictures.staff_name = lambda staff: _display_name(server, staff)
    issuing = Issuing(hall)
    room = Room(queue=queue, hall=hall, pictures=pictures, issuing=issuing, vault=lambda: server.vault)
    server.rooms["hall_queue"] = room
    _install_outside_check(server, room)
    server.types.add(*m.EVENTS, RulesSaved)
    server.types.upcast(m.LineClosed.type, 1, cause_apart)
    server.fold(rulebook)  # first: a call keeps the rules it was made under
    server.fold(deeds := hand.HandLog(queue))  # before the queue: a deed remembers what was
    server.fold(queue)
    server.fold(pictures.served)  # after the queue, too
    server.fold(lessons := Lessons(hall))  # after the queue, whose state it reads
    server.complete(m.TicketIssued, issuing.told)  # after the lessons, which work it out
    server.days.at_end(lessons.at_day_end)
    server.project(TicketTable())
    server.project(ServedTable(lambda ticket: server.keys.ticket_token(ticket)))
    server.listen("matter search", room.changed, (MatterSaved.type, DepartmentSaved.type))
    _handle(server, room)
    notices.install(server, room)
    hand.install(server, room, deeds)
    appointments.install(server, room)
    offline.install(server, room)
    outside.install(server, room)
    server.view("ticket", pages := TicketView(pictures))
    server.view("desk", DeskView(pictures))
    server.route(*web.routes(room), web.window_route(room))
    rule_web.install(server, rulebook, lambda staff: _display_name(server, staff))
    why_web.install(server, room)
    server.route(*console_modules.routes(room))
    server.locales.add(Path(__file__).parent / "locales")
    mqtt.install(server, room)
    server.on_start("holds", lambda: _start_holds(server, queue))
    server.on_start("waits on phones", lambda: _start_waits(server, pages))


def _install_outside_check(server: Server, room: Room) -> None:
    """Ask a service outside about persons, where the hall's settings name one."""
    url, timeout_s = server.settings.person_check_url, server.settings.person_check_s
    if url is None:
        return
    room.outside = OutsideCheck(url, timeout_s, clock=server.clock, registry=server.rooms["web"].metrics.registry)
    server.on_stop("outside check", _closing(room.outside))


def _closing(check: OutsideCheck) -> Callable[[], Awaitable[None]]:
    async def close() -> None:
        check.close()

    return close


def _display_name(server: Server, staff: str) -> str:
    account = server.rooms["web"].accounts.get(staff)
    return account.display_name if account else ""


def _handle(server: Server, room: Room) -> None:
    hall, pictures, issuing = room.hall, room.pictures, room.issuing
    visits, windows = Visits(hall, pictures), Windows(hall, pictures, room.notices)
    calling, sending, undoing = Calling(hall, pictures, visits), Sending(hall, pictures), Undoing(hall, pictures)
    server.handle(m.IssueTicket, issuing.issue)
    server.handle(m.CancelTicket, issuing.cancel)
    server.handle(m.PinTicket, issuing.pin)
    server.handle(m.MoveTicket, issuing.move)
    server.handle(m.CallNext, calling.call_next)
    server.handle(m.CallTicket, calling.call_ticket)
    server.handle(m.RecallTicket, calling.recall)
    server.handle(m.StartService, calling.start)
    server.handle(m.PassTicket, calling.pass_)
    server.handle(m.HoldTicket, calling.hold)
    server.handle(m.ReleaseTicket, calling.release)
    server.handle(m.RequeueTicket, calling.requeue)
    server.handle(m.TransferTicket, sending.transfer)
    server.handle(m.AddMatter, visits.add_matter)
    server.handle(m.FinishService, visits.finish)
    server.handle(m.UndoKey, undoing.undo)
    server.handle(m.OpenWindow, windows.open)
    server.handle(m.CloseWindow, windows.close)
    server.handle(m.PauseWindow, windows.pause)
    server.handle(m.ResumeWindow, windows.resume)
    server.handle(m.OpenLine, windows.open_line)
    server.handle(m.CloseLine, windows.close_line)
    server.days.at_end(visits.expire_all)


async def _start_holds(server: Server, queue: HallQueue) -> None:
    server.spawn(_end_holds(server, queue), "holds")


async def _start_waits(server: Server, pages: TicketView) -> None:
    server.spawn(_refresh_waits(server, pages), "waits on phones")


async def _refresh_waits(server: Server, pages: TicketView) -> None:
    """Keep the waits on visitors' phones true, which change by time alone."""
    while True:
        await asyncio.sleep(WAITS_REFRESHED_S)
        for token in pages.watched():
            server.live.refresh(f"ticket/{token}")


async def _end_holds(server: Server, queue: HallQueue) -> None:
    """Let held tickets return when their time is over."""
    while True:
        await asyncio.sleep(HOLDS_LOOKED_AT_S)
        now = server.now()
        due = [id_ for id_ in queue.held if (queue.tickets[id_].held_until or now) <= now]
        for id_ in due:
            try:
                await server.execute(m.ReleaseTicket(ticket=id_), actor=SYSTEM)
            except DomainError as exc:  # it was called in the same moment
                log.debug("hold not ended: %s", exc, extra={"action": "queue.hold"})
