"""The live feed's pictures of tickets and desks, and which events change them."""

from __future__ import annotations

from collections.abc import Iterable

from hall_queue import messages as m
from hall_queue.model import ENDED
from hall_queue.pictures import Pictures
from hall_server.days import DayOpened
from hall_server.directory.events import WindowSaved
from hall_server.identity import Actor, Role
from hall_server.messages import Recorded
from hall_server.web.routes import PUBLIC, SIGNED_IN, Access

_SET_BY_MANAGERS = ("directory.", "rules.")  # types of events that may change any desk


class TicketView:
    """``ticket/{token}``: a visitor's own page.

    It remembers who looks, by line, so that a call touches the pages that are open and not everybody's.
    """

    access: Access = PUBLIC

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._queue = pictures.hall.queue
        self._watched: dict[str, set[str]] = {}

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether a ticket of today has this token."""
        return key in self._queue.by_token

    def picture(self, key: str) -> object:
        """The visitor's page."""
        ticket = self._queue.tickets[self._queue.by_token[key]]
        watched = self._watched.setdefault(ticket.line, set())
        if ticket.state in ENDED:
            watched.discard(key)
        else:
            watched.add(key)
        return self._pictures.ticket(ticket)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The open pages of the ticket's line, and the ticket's own."""
        event = recorded.event
        if isinstance(event, m.TicketEvent):
            ticket = self._queue.tickets.get(event.ticket)
            if ticket is not None:
                yield ticket.token
                yield from self._present(ticket.line)
        elif event.type.startswith("rating."):
            ticket = self._queue.tickets.get(getattr(event, "ticket", ""))
            if ticket is not None:
                yield ticket.token
        elif isinstance(event, (m.WindowEvent, m.LineEvent)):
            for line in _lines(event, self._pictures):
                yield from self._present(line)
        elif isinstance(event, WindowSaved):  # it serves other matters from now on
            yield from self.watched()

    def watched(self) -> Iterable[str]:
        """The pages that somebody looks at."""
        return [token for line in self._watched for token in self._present(line)]

    def _present(self, line: str) -> Iterable[str]:
        """Those of a line that are of today; yesterday's are forgotten."""
        watched = self._watched.get(line, set())
        watched -= {token for token in watched if token not in self._queue.by_token}
        return tuple(watched)


class DeskView:
    """``desk/{w}``: what a console shows."""

    access: Access = SIGNED_IN

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures

    def key_ok(self, key: str, actor: Actor) -> bool:
        """Whether there is such a window and the actor works there."""
        return key in self._pictures.hall.directory.windows and (actor.may(Role.MANAGER) or key in actor.windows)

    def picture(self, key: str) -> object:
        """The desk."""
        return self._pictures.desk(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The windows that serve the line, and those the event names."""
        event, windows = recorded.event, self._pictures.hall.directory.windows
        if event.type.startswith(_SET_BY_MANAGERS) or isinstance(event, DayOpened):
            return list(windows)
        if isinstance(event, m.TicketEvent):
            ticket = self._pictures.hall.queue.tickets.get(event.ticket)
            line = ticket.line if ticket else None
            here = {getattr(event, "window", None), getattr(event, "to_window", None)}
            return [w.id for w in windows.values() if line in w.lines or w.id in here]
        return [event.window] if isinstance(event, m.WindowEvent) else []


def _lines(event: m.WindowEvent | m.LineEvent, pictures: Pictures) -> Iterable[str]:
    if isinstance(event, m.LineEvent):
        return (event.line,)
    window = pictures.hall.directory.windows.get(event.window)
    return window.lines if window else ()
