"""Attendance 考勤: punches, shifts, leave, and who sat at which window, joined to the queue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from attendance import adms_web, desk_web, messages, mqtt, post_messages, post_web, sheet_web, web
from attendance.away import AwayTable, AwayWatch
from attendance.board import Board
from attendance.figure_pictures import DutyPictures
from attendance.leave_year import LeaveBook
from attendance.month import Months
from attendance.post_service import Cards, PostService
from attendance.punch_store import PunchTable
from attendance.service import AttendanceService
from attendance.sheet import Sheets
from attendance.sheet_book import SheetBooks
from attendance.state import Roster
from attendance.store import PresenceTable
from attendance.terminals import Terminals

if TYPE_CHECKING:
    from hall_server.server import Server

CONSOLE_MODULE = "/pages/attendance/console-punch.js"
"""What attendance adds to the window console."""


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask of attendance; ``figures.of(first, last, by, only)`` gives its figures."""

    roster: Roster
    terminals: Terminals
    sheets: Sheets
    books: SheetBooks
    away: AwayWatch
    figures: DutyPictures


def install(server: Server) -> None:
    """Install attendance after the queue and the devices; other rooms find it as ``server.rooms["attendance"]``."""
    roster, terminals = Roster(), Terminals(server)
    cards = Cards(roster, lambda: server.keys.lookup)
    service = AttendanceService(roster, server.directory, ZoneInfo(server.settings.timezone), cards)
    sheets = Sheets(server, roster)
    leave = LeaveBook(sheets, roster)
    board = Board(server, roster, sheets, terminals, leave)
    books = SheetBooks(server, board, sheets, roster)
    away = AwayWatch(server, roster, server.rooms["hall_queue"].hall)
    server.rooms["attendance"] = Room(
        roster, terminals, sheets, books, away, DutyPictures(server, sheets, books, roster)
    )
    server.types.add(*messages.EVENTS, *post_messages.EVENTS)
    server.fold(roster)
    server.project(PresenceTable())
    server.project(PunchTable())
    server.project(AwayTable())
    _handle(server, service)
    _handle_posts(server, PostService(roster, server.directory, cards))
    mqtt.install(server)
    server.route(*web.routes(server), *adms_web.routes(terminals))
    server.route(*desk_web.routes(server, board, Months(sheets, roster, board), roster, leave))
    server.route(*post_web.routes(server, board, roster, leave))
    server.route(*sheet_web.routes(server, books, sheets, roster, leave))
    server.rooms["hall_queue"].console_modules.append(CONSOLE_MODULE)
    server.locales.add(Path(__file__).parent / "locales")

    async def start() -> None:
        server.spawn(away.run(), "windows unattended")

    server.on_start("attendance", start)


def _handle(server: Server, service: AttendanceService) -> None:
    server.handle(messages.SetPin, service.set_pin)
    server.handle(messages.SetDepartment, service.set_department)
    server.handle(messages.TakePunches, service.take)
    server.handle(messages.SignIn, service.sign_in)
    server.handle(messages.AskCorrection, service.ask_correction)
    server.handle(messages.AskLeave, service.ask_leave)
    server.handle(messages.AskSwap, service.ask_swap)
    server.handle(messages.Object, service.object_to)
    server.handle(messages.AgreeSwap, service.agree)
    server.handle(messages.Decide, service.decide)
    server.handle(messages.Withdraw, service.withdraw)
    server.handle(messages.SaveShift, service.save_shift)
    server.handle(messages.SetRota, service.set_rota)
    server.handle(messages.DecideDay, service.decide_day)
    server.handle(messages.NoteAway, service.note_away)


def _handle_posts(server: Server, service: PostService) -> None:
    server.handle(post_messages.SetGroup, service.set_group)
    server.handle(post_messages.SetCard, service.set_card)
    server.handle(post_messages.SetAllowance, service.set_allowance)
