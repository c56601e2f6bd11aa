"""Attendance over HTTP beside today's table: the board, months, requests, shifts, weeks and numbers on terminals."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from attendance import messages as m
from attendance.board import Board, BoardShown
from attendance.leave_year import LeaveBook
from attendance.month import Months, MonthShown, month_days, totals
from attendance.records import LongText, Pin, Request, Rota, Shift
from attendance.state import Roster
from attendance.words import Words
from hall_server.errors import Invalid, NotFound
from hall_server.identity import Role
from hall_server.messages import Command
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, SIGNED_IN, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"


class PunchedIn(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody has punched at the console, and who."""

    at: str
    staff: str
    name: str


class ShiftList(msgspec.Struct, frozen=True, kw_only=True):
    """All shifts, and who works which."""

    shifts: list[Shift]
    rotas: dict[str, list[Rota]]
    pins: dict[str, str]
    departments: dict[str, str]


class PinWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number on the terminals, or none."""

    pin: Pin | None


class DepartmentWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The department on whose sheet somebody stands, or none."""

    department: str | None


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided of a request."""

    approved: bool
    answer: LongText = ""


class DeskHandler(ApiHandler):
    """What the handlers share."""

    hall: Server
    board: Board
    months: Months
    roster: Roster
    leave: LeaveBook
    words_of: Words

    async def decided(self, command: Command) -> None:
        """Do it, and answer with the request in words."""
        done = await self.hall.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer(await self.words_of.told(msgspec.json.decode(done, type=Request)))

    async def caught_up(self) -> None:
        """Wait until the tables show what was done before."""
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)


class BoardHandler(DeskHandler):
    """Who is where today."""

    async def get(self) -> None:
        """Show it."""
        await self.caught_up()
        found = await self.board.shown(self.actor.id, str(self.actor))
        self.answer(msgspec.structs.replace(found, requests=await self.words_of.shown(found.requests)))


class MonthHandler(DeskHandler):
    """A month of somebody: one's own, or for a manager anybody's."""

    async def get(self, staff: str | None = None) -> None:
        """Show it."""
        await self.caught_up()
        who = staff or self.actor.id
        member = self.hall.directory.staff.get(who)
        if member is None:
            raise NotFound("attendance.no_such_person", field="staff", staff=who)
        today = self.hall.business_day
        month = self.words("month", f"{today:%Y-%m}")
        first, last = self._days(month)
        rows = await self.months.rows(who, first, last)
        people = [one for one in self.hall.directory.staff.values() if one.active and one.id != who]
        self.answer(
            MonthShown(
                staff=who,
                number=member.number,
                name=self.board.name(who),
                pin=self.roster.pin_of(who),
                month=month,
                today=today,
                days=rows,
                totals=totals([row for row in rows if row.day <= today]),
                leave=self.leave.year(who, first.year),
                requests=await self.words_of.shown(self.months.requests(who, self.actor.id, str(self.actor))),
                shifts=list(self.roster.shifts.values()),
                colleagues=[(one.id, self.board.name(one.id)) for one in people],
                may_decide=who != self.actor.id and self.actor.may(Role.MANAGER, Role.ADMIN),
                marks=await self.months.marks(who, first, last),
            )
        )

    def _days(self, month: str) -> tuple[date, date]:
        try:
            return month_days(month)
        except ValueError as exc:
            raise Invalid("attendance.day_unknown", month=month) from exc


class AskHandler(DeskHandler):
    """Whatever is asked for with a reason, as a command of its own."""

    command: type[Command]

    async def post(self) -> None:
        """Keep the reason apart, and do it."""
        given: Any = self.read(self.command)
        async with self.words_of.kept(given.reason, "reason", self.actor, self.command_id) as reason:
            await self.decided(msgspec.structs.replace(given, reason=reason))


class SignInHandler(DeskHandler):
    """A punch at the console."""

    async def post(self) -> None:
        """Punch, and say who has: a card may be anybody's."""
        done = await self.hall.execute(self.read(m.SignIn), actor=self.actor, command_id=self.command_id)
        given = msgspec.json.decode(done, type=dict[str, str])
        self.answer(PunchedIn(at=given["at"], staff=given["staff"], name=self.board.name(given["staff"])))


class AgreeHandler(DeskHandler):
    """The other one of a swap."""

    async def post(self, request: str) -> None:
        """Agree."""
        await self.decided(m.AgreeSwap(request=request))


class DecideHandler(DeskHandler):
    """A manager's word."""

    async def post(self, request: str) -> None:
        """Approve or refuse."""
        given = self.read(Answer)
        words = self.words_of.kept(given.answer, "answer", self.actor, self.command_id, may_be_empty=True)
        async with words as answer:
            await self.decided(m.Decide(request=request, approved=given.approved, answer=answer))


class WithdrawHandler(DeskHandler):
    """One's own request."""

    async def post(self, request: str) -> None:
        """Take it back."""
        await self.decided(m.Withdraw(request=request))


class ShiftsHandler(DeskHandler):
    """Shifts, weeks and numbers."""

    async def get(self) -> None:
        """Show them."""
        roster = self.roster
        self.answer(
            ShiftList(
                shifts=list(roster.shifts.values()),
                rotas=roster.rotas,
                pins=roster.pins,
                departments=roster.departments,
            )
        )

    async def put(self) -> None:
        """Make or change a shift."""
        await self.run(m.SaveShift(shift=self.read(Shift)))


class RotaHandler(DeskHandler):
    """Somebody's week."""

    async def put(self, staff: str) -> None:
        """Set it from a day on."""
        await self.run(m.SetRota(staff=staff, rota=self.read(Rota)))


class PinHandler(DeskHandler):
    """Somebody's number on the terminals."""

    async def put(self, staff: str) -> None:
        """Set it."""
        await self.hall.execute(
            m.SetPin(staff=staff, pin=self.read(PinWanted).pin), actor=self.actor, command_id=self.command_id
        )
        self.answer_nothing()


class DepartmentHandler(DeskHandler):
    """On whose sheet somebody stands."""

    async def put(self, staff: str) -> None:
        """Set it."""
        command = m.SetDepartment(staff=staff, department=self.read(DepartmentWanted).department)
        await self.hall.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


class DayHandler(DeskHandler):
    """A day without punches."""

    async def post(self) -> None:
        """Say what it was."""
        given = self.read(m.DecideDay)
        async with self.words_of.kept(given.reason, "reason", self.actor, self.command_id) as reason:
            command = msgspec.structs.replace(given, reason=reason)
            await self.hall.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


def routes(server: Server, board: Board, months: Months, roster: Roster, leave: LeaveBook) -> list[Route]:
    """The addresses and the pages."""
    options: dict[str, Any] = {"hall": server, "board": board, "months": months, "roster": roster, "leave": leave}
    options["words_of"] = Words(server)
    base, query = "/api/v1/attendance", {"month": "such as 2026-11; without it the present one"}

    def route(path: str, handler: type[DeskHandler], more: dict[str, Any] | None = None, **verbs: Verb) -> Route:
        named = {name.upper(): verb for name, verb in verbs.items()}
        return Route(f"{base}{path}", handler, named, options={**options, **(more or {})})

    def ask(path: str, command: type[Command], summary: str, reply: Any = Request, status: int = 201) -> Route:
        verb = Verb(access=SIGNED_IN, summary=summary, request=command, reply=reply, status=status)
        return route(path, AskHandler, {"command": command}, post=verb)

    def own(path: str, handler: type[DeskHandler], summary: str) -> Route:
        return route(path, handler, post=Verb(access=SIGNED_IN, summary=summary, reply=Request))

    shifts = Verb(access=MANAGER, summary="Shifts, weeks and numbers on terminals", reply=ShiftList)
    save = Verb(access=MANAGER, summary="Make or change a shift", request=Shift, reply=Shift)
    week = Verb(access=MANAGER, summary="Which shifts somebody works from a day on", request=Rota, reply=Rota)
    pin = Verb(access=MANAGER, summary="Somebody's number on the terminals", request=PinWanted, status=204)
    place = Verb(access=MANAGER, summary="On whose sheet somebody stands", request=DepartmentWanted, status=204)
    day = Verb(access=MANAGER, summary="Whether a day without punches was absence", request=m.DecideDay, status=204)
    decide = Verb(access=MANAGER, summary="Approve or refuse a request", request=Answer, reply=Request)
    punch = Verb(access=SIGNED_IN, summary="Punch at the console", request=m.SignIn, reply=PunchedIn, status=201)
    mine = Verb(access=SIGNED_IN, summary="One's own month", reply=MonthShown, query=query)
    theirs = Verb(access=MANAGER, summary="Somebody's month", reply=MonthShown, query=query)
    return [
        route("/board", BoardHandler, get=Verb(access=MANAGER, summary="Who is where today", reply=BoardShown)),
        route("/mine", MonthHandler, get=mine),
        route("/people/{staff}", MonthHandler, get=theirs),
        route("/sign-in", SignInHandler, post=punch),
        ask("/requests/correction", m.AskCorrection, "Ask for a punch that is missing"),
        ask("/requests/leave", m.AskLeave, "Ask for leave"),
        ask("/requests/swap", m.AskSwap, "Ask for a swap or a substitute"),
        ask("/requests/objection", m.Object, "Object to one of one's own days"),
        own("/requests/{request}/agree", AgreeHandler, "Agree to a swap"),
        own("/requests/{request}/withdraw", WithdrawHandler, "Take a request back"),
        route("/requests/{request}/decide", DecideHandler, post=decide),
        route("/shifts", ShiftsHandler, get=shifts, put=save),
        route("/rotas/{staff}", RotaHandler, put=week),
        route("/pins/{staff}", PinHandler, put=pin),
        route("/departments/{staff}", DepartmentHandler, put=place),
        route("/days", DayHandler, post=day),
        file_route("attendance", PAGES),
        *page_routes("attendance", PAGES, {"/manager/attendance": "attendance.html"}, access=MANAGER),
        *page_routes("attendance", PAGES, {"/manager/attendance/shifts": "shifts.html"}, access=MANAGER),
        *page_routes("attendance", PAGES, {"/my-attendance": "mine.html"}, access=SIGNED_IN),
    ]
