"""The queue over HTTP: the hall for kiosks, tickets, the keys of the windows; kiosk, phone and console pages."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import segno

from hall_queue import messages as m
from hall_queue.issuing import Issued
from hall_queue.model import Ticket
from hall_queue.picture_types import DeskPicture, LinePicture, Name, Taking, TicketPicture, WindowPicture
from hall_queue.requests import KEYS, Key, TicketWanted
from hall_queue.room import Room
from hall_server.directory.model import Guidance, Matter, Priority
from hall_server.errors import Forbidden, NotFound
from hall_server.identity import Role
from hall_server.settings import Settings
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import PUBLIC, SIGNED_IN, STAFF, Limit, Route, Verb, api, roles

PAGES = Path(__file__).parent / "pages"
TICKET_PAGE = "{token:[\\w-]{22}}"


class MatterShown(msgspec.Struct, frozen=True, kw_only=True):
    """A matter as visitors see it."""

    id: str
    code: str
    name: str
    name_en: str
    department: str
    department_name: str
    department_name_en: str
    line: str
    task_type: int
    frequent: bool
    guidance: Guidance | None


class MattersFound(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a search, best first."""

    matters: list[MatterShown]


class DepartmentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A department with how many matters it has."""

    id: str
    name: str
    name_en: str
    line: str
    matters: int


class WindowShown(msgspec.Struct, frozen=True, kw_only=True):
    """A window with its state."""

    id: str
    number: int
    name: str
    name_en: str
    zone: str
    state: str


class HallShown(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/hall`: all a kiosk or a start page needs.

    Attributes:
        several_matters: so many may be on one number.
        guide_line: the line of the guide desk, where the hall has one that gives numbers.
        books: whether appointments can be booked.
    """

    id: str
    name: str
    name_en: str
    demo: bool
    now: str
    business_day: str
    locales: list[str]
    taking: Taking
    several_matters: int
    guide_line: str | None
    books: bool
    priorities: tuple[Priority, ...]
    zones: list[Name]
    departments: list[DepartmentShown]
    lines: list[LinePicture]
    windows: list[WindowShown]
    frequent: list[MatterShown]


class RoomHandler(ApiHandler):
    """A handler of this room."""

    room: Room

    def shown(self, matter: Matter) -> MatterShown:
        """A matter with its department's name."""
        department = self.room.hall.directory.departments.get(matter.department)
        return MatterShown(
            id=matter.id,
            code=matter.code,
            name=matter.name,
            name_en=matter.name_en,
            department=matter.department,
            department_name=department.name if department else "",
            department_name_en=department.name_en if department else "",
            line=matter.line,
            task_type=matter.task_type,
            frequent=matter.frequent,
            guidance=matter.guidance,
        )

    def by_token(self, token: str) -> Ticket:
        """A ticket by its secret.

        Raises:
            NotFound: no ticket of today has it.
        """
        id_ = self.room.queue.by_token.get(token)
        if id_ is None:
            raise NotFound("ticket.unknown")
        return self.room.queue.tickets[id_]


class HallHandler(RoomHandler):
    """The hall as visitors see it."""

    async def get(self) -> None:
        """Answer with the hall."""
        directory, pictures = self.room.hall.directory, self.room.pictures
        hall = directory.hall
        shown = HallShown(
            id=hall.id if hall else "",
            name=hall.name if hall else "",
            name_en=hall.name_en if hall else "",
            demo=self.room.hall.settings.demo,
            now=self.room.hall.local_now().isoformat(),
            business_day=self.room.queue.day.isoformat(),
            locales=["zh-CN", "en"],
            taking=pictures.taking(),
            several_matters=self.room.hall.rulebook.hall.several_matters,
            guide_line=self._guide_line(),
            books=self.room.hall.ports.books(),
            priorities=hall.priorities if hall else (),
            zones=[Name(id=z.id, name=z.name, name_en=z.name_en) for z in directory.zones.values() if z.active],
            departments=self._departments(),
            lines=[pictures.line(line) for line in directory.lines_in_order()],
            windows=self._windows(),
            frequent=[self.shown(matter) for matter in directory.frequent_matters()],
        )
        await self.server.settled()
        self.answer(shown)

    def _guide_line(self) -> str | None:
        line = self.room.hall.directory.lines.get(self.room.hall.rulebook.hall.guide_line or "")
        return line.id if line and line.active and line.id not in self.room.queue.closed_lines else None

    def _departments(self) -> list[DepartmentShown]:
        directory = self.room.hall.directory
        counted = [(one, len(directory.matters_of_department(one.id))) for one in directory.departments_in_order()]
        return [
            DepartmentShown(id=one.id, name=one.name, name_en=one.name_en, line=one.line, matters=count)
            for one, count in counted
            if count
        ]

    def _windows(self) -> list[WindowShown]:
        windows = sorted(self.room.hall.directory.windows.values(), key=lambda window: window.number)
        return [
            WindowShown(
                id=w.id,
                number=w.number,
                name=w.name,
                name_en=w.name_en,
                zone=w.zone,
                state=self.room.queue.desk(w.id).state,
            )
            for w in windows
            if w.active
        ]


class MattersHandler(RoomHandler):
    """Search in the catalogue."""

    async def get(self) -> None:
        """Answer with the matters that fit, best first."""
        found = await self.room.find_matters(
            self.words("q"),
            department=self.words("department") or None,
            line=self.words("line") or None,
            limit=self.number("limit", default=20, least=1, most=2000),
        )
        self.answer(MattersFound(matters=[self.shown(matter) for matter in found]))


class MatterHandler(RoomHandler):
    """One matter with its guidance."""

    async def get(self, matter: str) -> None:
        """Answer with it."""
        self.answer(self.shown(self.room.hall.matter(matter)))


class TicketsHandler(RoomHandler):
    """Take a number."""

    async def post(self) -> None:
        """Issue a ticket.

        Raises:
            Forbidden: this hall gives numbers only at its kiosks and counters.
        """
        wanted = self.read(TicketWanted)
        settings: Settings = self.room.hall.settings
        if self.actor.kind is Role.VISITOR and not (settings.open_ticketing or settings.demo):
            raise Forbidden("ticketing.kiosks_only")
        await self.run(await self.room.command_for(wanted, actor=self.actor, command_id=self.command_id))


class TicketHandler(RoomHandler):
    """One ticket, by its secret or, for staff, by its id."""

    async def get(self, ticket: str) -> None:
        """Answer with the visitor's page."""
        queue = self.room.queue
        id_ = queue.by_token.get(ticket) or (ticket if self.actor.may(Role.STAFF, Role.MANAGER) else "")
        if id_ not in queue.tickets:
            raise NotFound("ticket.unknown")
        picture = self.room.pictures.ticket(queue.tickets[id_])
        await self.server.settled()
        self.answer(picture)

    async def delete(self, ticket: str) -> None:
        """Give the number up."""
        found = self.by_token(ticket)
        await self.server.execute(m.CancelTicket(ticket=found.id), actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


class CodeHandler(RoomHandler):
    """A QR code that leads a phone to a page of the hall."""

    def draw(self, path: str) -> None:
        """Answer with an SVG picture."""
        base = self.room.hall.settings.public_url or f"{self.request.protocol}://{self.request.host}"
        picture = io.BytesIO()
        segno.make_qr(f"{base.rstrip('/')}{path}", error="m").save(
            picture, kind="svg", scale=8, border=2, xmldecl=False
        )
        self.set_header("Content-Type", "image/svg+xml")
        self.finish(picture.getvalue())


class TicketCodeHandler(CodeHandler):
    """The QR code that leads a phone to the ticket."""

    async def get(self, token: str) -> None:
        """Answer with it."""
        self.draw(f"/t/{self.by_token(token).token}")


class BookCodeHandler(CodeHandler):
    """The QR code that leads a phone to the page where appointments are booked."""

    async def get(self) -> None:
        """Answer with it."""
        self.draw("/book")


class WindowHandler(RoomHandler):
    """One window as everybody may see it."""

    async def get(self, window: str) -> None:
        """Answer with the window and its ticket."""
        picture = self.room.pictures.window(window)
        await self.server.settled()
        self.answer(picture)


class DeskHandler(RoomHandler):
    """What the console of a window shows."""

    async def get(self, window: str) -> None:
        """Answer with the desk."""
        self.room.hall.window(window)
        if not (self.actor.may(Role.MANAGER) or window in self.actor.windows):
            raise Forbidden("window.not_yours", window=window)
        picture = self.room.pictures.desk(window)
        await self.server.settled()
        self.answer(picture)


class KeyHandler(RoomHandler):
    """A key of a window."""

    key: Key

    async def post(self, window: str) -> None:
        """Press it."""
        body = self.read(self.key.body)
        await self.run(self.key.command(window, body))


def routes(room: Room) -> list[Route]:
    """The room's addresses."""
    shared: dict[str, Any] = {"room": room}
    per_minute = room.hall.settings.tickets_per_minute
    taking = Limit("tickets", per_s=per_minute / 60, burst=per_minute)
    takers = PUBLIC if room.hall.settings.open_ticketing or room.hall.settings.demo else roles(Role.DEVICE) | STAFF
    found = {
        "q": "words, pinyin, initials or code",
        "department": "only of this department",
        "line": "only of this line",
        "limit": "at most so many",
    }
    table = [
        api("/api/v1/hall", HallHandler, get=Verb(access=PUBLIC, summary="The hall", reply=HallShown)),
        api(
            "/api/v1/matters",
            MattersHandler,
            get=Verb(access=PUBLIC, summary="Search the catalogue", reply=MattersFound, query=found),
        ),
        api(
            "/api/v1/matters/{matter}",
            MatterHandler,
            get=Verb(access=PUBLIC, summary="A matter and what it needs", reply=MatterShown),
        ),
        api(
            "/api/v1/tickets",
            TicketsHandler,
            post=Verb(
                access=takers, summary="Take a number", request=TicketWanted, reply=Issued, status=201, limit=taking
            ),
        ),
        api(
            f"/api/v1/tickets/{TICKET_PAGE}/qr.svg",
            TicketCodeHandler,
            get=Verb(access=PUBLIC, summary="QR code of the visitor's page", media="image/svg+xml"),
        ),
        api(
            "/api/v1/hall/book.svg",
            BookCodeHandler,
            get=Verb(access=PUBLIC, summary="QR code of the page for appointments", media="image/svg+xml"),
        ),
        api(
            "/api/v1/tickets/{ticket}",
            TicketHandler,
            get=Verb(access=PUBLIC, summary="A ticket", reply=TicketPicture),
            delete=Verb(access=PUBLIC, summary="Give a number up", status=204),
        ),
        api(
            "/api/v1/windows/{window}/desk",
            DeskHandler,
            get=Verb(access=STAFF, summary="What a console shows", reply=DeskPicture),
        ),
    ]
    table = [_with(route, shared) for route in table]
    table += [
        _with(
            api(
                f"/api/v1/windows/{{window}}/{name}",
                KeyHandler,
                post=Verb(access=STAFF | roles(Role.DEVICE), summary=key.summary, request=key.body, reply=DeskPicture),
            ),
            {**shared, "key": key},
        )
        for name, key in KEYS.items()
    ]
    return [*table, *_pages()]


def window_route(room: Room) -> Route:
    """`GET /api/v1/windows/{w}`; the manager's PATCH of the same address is the directory's."""
    verb = Verb(access=PUBLIC, summary="A window and who is there", reply=WindowPicture)
    return _with(api("/api/v1/windows/{window}", WindowHandler, get=verb), {"room": room})


def _pages() -> list[Route]:
    public = page_routes("hall_queue", PAGES, {"/kiosk": "kiosk.html", f"/t/{TICKET_PAGE}": "phone.html"})
    staff = page_routes("hall_queue", PAGES, {"/console": "console.html"}, access=SIGNED_IN)
    return [*public, *staff, file_route("hall_queue", PAGES)]


def _with(route: Route, options: dict[str, Any]) -> Route:
    return Route(route.path, route.handler, route.verbs, route.kind, route.body_limit, options)
