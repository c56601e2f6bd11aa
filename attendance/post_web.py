"""What is kept of people, over HTTP: one list for the editor, and group, card and days of leave one by one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from attendance import post_messages as p
from attendance.board import Board
from attendance.leave_year import LeaveBook, LeaveYear
from attendance.records import LeaveKind, Rota, Shift
from attendance.state import Roster
from hall_server.messages import Command
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, as the editor shows them; ``rotas``: the one that holds and those to come, the first one first."""

    staff: str
    number: str
    name: str
    department: str | None
    group: str | None
    pin: str | None
    has_card: bool
    rotas: list[Rota]
    leave: list[LeaveYear]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A department."""

    id: str
    name: str
    name_en: str


class Posts(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody, all shifts, all departments; ``year``: the one whose leave is shown."""

    year: int
    today: str
    people: list[Post]
    shifts: list[Shift]
    departments: list[Place]


class GroupWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A window group, or none."""

    group: p.GroupName | None


class CardWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A card or code, or none."""

    card: p.Card | None


class AllowanceWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days of a kind of leave in a year, or none."""

    year: p.Year
    leave: LeaveKind
    days: p.LeaveDays | None


class PostsHandler(ApiHandler):
    """The list."""

    hall: Server
    board: Board
    roster: Roster
    leave: LeaveBook

    async def get(self) -> None:
        """Show it."""
        await self.hall.settled()
        directory, today = self.hall.directory, self.hall.business_day
        people = sorted(
            (one for one in directory.staff.values() if one.active), key=lambda one: (len(one.number), one.number)
        )
        posts = list[Post]()
        for one in people:
            posts.append(self._post(one.id, one.number, today.year))
            await asyncio.sleep(0)  # visitors are served between two of 500 people
        departments = [
            Place(id=one.id, name=one.name, name_en=one.name_en or one.name) for one in directory.departments.values()
        ]
        self.answer(
            Posts(
                year=today.year,
                today=today.isoformat(),
                people=posts,
                shifts=list(self.roster.shifts.values()),
                departments=departments,
            )
        )

    def _post(self, staff: str, number: str, year: int) -> Post:
        roster = self.roster
        return Post(
            staff=staff,
            number=number,
            name=self.board.name(staff),
            department=roster.departments.get(staff),
            group=roster.groups.get(staff),
            pin=roster.pin_of(staff),
            has_card=staff in roster.cards.values(),
            rotas=_held(roster.rotas.get(staff, []), self.hall.business_day.isoformat()),
            leave=self.leave.year(staff, year),
        )


def _held(rotas: list[Rota], today: str) -> list[Rota]:
    in_order = sorted(rotas, key=lambda one: one.from_day)
    begun = [one for one in in_order if one.from_day.isoformat() <= today]
    return [*begun[-1:], *in_order[len(begun) :]]


class KeepHandler(ApiHandler):
    """One thing about somebody."""

    hall: Server
    wanted: type[msgspec.Struct]
    command: type[Command]

    async def put(self, staff: str) -> None:
        """Keep it."""
        given = msgspec.structs.asdict(self.read(self.wanted))
        await self.hall.execute(self.command(staff=staff, **given), actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


def routes(server: Server, board: Board, roster: Roster, leave: LeaveBook) -> list[Route]:
    """The addresses."""
    options: dict[str, Any] = {"hall": server, "board": board, "roster": roster, "leave": leave}
    base = "/api/v1/attendance"
    kept: tuple[tuple[str, type[msgspec.Struct], type[Command], str], ...] = (
        ("groups", GroupWanted, p.SetGroup, "To which window group somebody belongs"),
        ("cards", CardWanted, p.SetCard, "With which card or code somebody punches at a console"),
        ("allowances", AllowanceWanted, p.SetAllowance, "How many days of leave somebody has in a year"),
    )
    posts = Verb(access=MANAGER, summary="Everybody with shifts, numbers and leave, for the editor", reply=Posts)
    return [
        Route(f"{base}/posts", PostsHandler, {"GET": posts}, options=options),
        *(
            Route(
                f"{base}/{name}/{{staff}}",
                KeepHandler,
                {"PUT": Verb(access=MANAGER, summary=summary, request=wanted, status=204)},
                options={"hall": server, "wanted": wanted, "command": command},
            )
            for name, wanted, command, summary in kept
        ),
    ]
