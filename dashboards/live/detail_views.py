"""The live feed's topics ``hall-line/{line}`` and ``hall-window/{window}``: what a click on the board opens."""

from __future__ import annotations

from collections.abc import Iterable

from dashboards.live.details import Details, LineDay, WindowDay
from hall_queue import messages as m
from hall_server.days import DayOpened
from hall_server.identity import Actor
from hall_server.messages import LastingEvent, Recorded
from hall_server.web.routes import MANAGER, Access

LINE = "hall-line"
WINDOW = "hall-window"
_OF_ALL = (DayOpened, LastingEvent, m.KeyUndone)
"""These may change any of the pictures; ratings are lasting too."""


class LineView:
    """``hall-line/{line}``: its waits of today."""

    access: Access = MANAGER

    def __init__(self, details: Details) -> None:
        self._details = details

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a line."""
        return key in self._details.lines

    def picture(self, key: str) -> LineDay:
        """The line."""
        return self._details.line(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The ticket's line, and the one it has left, which the event does not name."""
        event = recorded.event
        if isinstance(event, (*_OF_ALL, m.TicketTransferred, m.TicketForwarded)):
            return list(self._details.lines)
        ticket = self._details.ticket(event.ticket) if isinstance(event, m.TicketEvent) else None
        return (ticket.line,) if ticket else ()


class WindowView:
    """``hall-window/{window}``: who sits there and what it did today."""

    access: Access = MANAGER

    def __init__(self, details: Details) -> None:
        self._details = details

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a window."""
        return key in self._details.windows

    def picture(self, key: str) -> WindowDay:
        """The window."""
        return self._details.window(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The window of the event or of its ticket."""
        event = recorded.event
        if isinstance(event, _OF_ALL):
            return list(self._details.windows)
        ticket = self._details.ticket(event.ticket) if isinstance(event, m.TicketEvent) else None
        return {one for one in (getattr(event, "window", None), ticket.window if ticket else None) if one}
