"""The order of a window and its reasons over HTTP and the live feed, and the page "why is this ticket next?"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from hall_queue import messages as m
from hall_queue.room import Room
from hall_queue.why_hands import Hands
from hall_queue.why_pictures import OrderPictures
from hall_queue.why_types import OrderAnswer
from hall_server.days import DayOpened
from hall_server.errors import Forbidden
from hall_server.identity import Actor, Role
from hall_server.messages import LastingEvent, Recorded
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import page_routes
from hall_server.web.routes import SIGNED_IN, STAFF, Access, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
TOPIC = "order"
LOOKED_AT_S = 15.0
"""Waits grow and slots begin without an event: so often the pictures that somebody watches are made anew."""


class OrderView:
    """``order/{w}``: who is next at a window and why; for its staff and managers."""

    access: Access = SIGNED_IN

    def __init__(self, room: Room, pictures: OrderPictures) -> None:
        self._room = room
        self.pictures = pictures

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether there is such a window and the actor works there."""
        return key in self._room.hall.directory.windows and (actor.may(Role.MANAGER) or key in actor.windows)

    def picture(self, key: str) -> object:
        """The order."""
        return self.pictures.window(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The windows that serve the ticket's line, and those the event names."""
        event, windows = recorded.event, self._room.hall.directory.windows
        if isinstance(event, (DayOpened, LastingEvent)):
            return list(windows)
        if isinstance(event, m.TicketEvent):
            ticket = self._room.queue.tickets.get(event.ticket)
            lines = {ticket.line if ticket else None, getattr(event, "line", None)}
            here = {getattr(event, "window", None), getattr(event, "to_window", None)}
            return [one.id for one in windows.values() if one.id in here or not lines.isdisjoint(one.lines)]
        return list(windows) if isinstance(event, m.WindowEvent) else []


class OrderClock:
    """Has the orders that are watched made anew now and then."""

    def __init__(
        self,
        room: Room,
        refresh: Callable[[str], None],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._room = room
        self._refresh = refresh
        self._sleep = sleep

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self._sleep(LOOKED_AT_S)
            self.look()

    def look(self) -> None:
        """Ask for every window's order; the feed makes only those that somebody watches."""
        for window in self._room.hall.directory.windows:
            self._refresh(f"{TOPIC}/{window}")


class OrderHandler(ApiHandler):
    """The order of a window."""

    room: Room
    pictures: OrderPictures

    async def get(self, window: str) -> None:
        """Answer with the order, and with what there is to say about a number.

        Raises:
            Forbidden: not the actor's window.
        """
        self.room.hall.window(window)
        if not (self.actor.may(Role.MANAGER) or window in self.actor.windows):
            raise Forbidden("window.not_yours", window=window)
        answer = self.pictures.answer(window, self.words("number"))
        await self.server.settled()
        self.answer(answer)


def install(server: Server, room: Room) -> None:
    """Add the fold of hands, the live view with its clock, the route and the page."""
    hands = Hands()
    server.fold(hands)
    pictures = OrderPictures(room.pictures, hands)
    server.view(TOPIC, OrderView(room, pictures))
    asked = {"number": "a number of today: when will it be called, and why not yet?"}
    verb = Verb(access=STAFF, summary="Who is next at a window, and why", reply=OrderAnswer, query=asked)
    server.route(
        Route(
            "/api/v1/windows/{window}/order",
            OrderHandler,
            {"GET": verb},
            options={"room": room, "pictures": pictures},
        ),
        *page_routes("hall_queue", PAGES, {"/why/{window}": "why.html"}, access=SIGNED_IN),
    )
    server.on_start("order clock", lambda: _start_clock(server, room))


async def _start_clock(server: Server, room: Room) -> None:
    server.spawn(OrderClock(room, server.live.refresh).run(), "order clock")
