"""Which boards and window screens an event changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from displays.pictures import RATING_GIVEN
from hall_queue import messages as m
from hall_queue.notices.messages import EmergencyEvent, NoticeEvent
from hall_queue.rules import Hall
from hall_server.days import DayOpened
from hall_server.directory.events import DIRECTORY_EVENTS
from hall_server.messages import Event, Recorded

_EVERYTHING = frozenset({DayOpened.type})


class Touched(NamedTuple):
    """Ids of the zones and windows whose pictures have changed."""

    zones: frozenset[str] = frozenset()
    windows: frozenset[str] = frozenset()


NOTHING = Touched(frozenset(), frozenset())


class Touches:
    """Knows which pictures stand on what, and remembers each line's zones.

    It is asked after the events of those times only at which somebody looks, so it forgets them in a fold.
    """

    types = frozenset({*(one.type for one in DIRECTORY_EVENTS), *_EVERYTHING})

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._zones_of_line: dict[str, frozenset[str]] = {}
        self._last: tuple[Event | None, Touched] = (None, NOTHING)

    def apply(self, _: Recorded) -> None:
        """Forget what the directory may have changed; `of` learns it anew from the directory as it then is."""
        self._zones_of_line.clear()

    def of(self, event: Event) -> Touched:
        """The pictures an event has changed; boards, window screens and devices ask after the same one in turn."""
        if self._last[0] is not event:
            self._last = (event, self._of(event))
        return self._last[1]

    def everything(self) -> Touched:
        """All boards and all window screens."""
        return Touched(frozenset(self._hall.directory.zones), frozenset(self._hall.directory.windows))

    # -- inside

    def _of(self, event: Event) -> Touched:
        if isinstance(event, m.TicketEvent):
            return self._ticket(event)
        if event.type in self.types or isinstance(event, (NoticeEvent, EmergencyEvent)):
            return self.everything()
        if isinstance(event, m.LineEvent):
            return Touched(self._line(event.line), frozenset())
        if isinstance(event, m.WindowEvent):
            return Touched(self._window(event.window), frozenset({event.window}))
        if event.type == RATING_GIVEN:
            return Touched(
                frozenset(), frozenset({str(getattr(event, "window", ""))} & self._hall.directory.windows.keys())
            )
        return NOTHING

    def _ticket(self, event: m.TicketEvent) -> Touched:
        if isinstance(event, m.TicketIssued):  # the most frequent one, and before it no line and no window knew it
            return Touched(self._line(event.line), frozenset())
        named = (getattr(event, "window", None), getattr(event, "to_window", None))
        windows = frozenset(window for window in named if window)
        ticket = self._hall.queue.tickets.get(event.ticket)
        lines = {line for line in (getattr(event, "line", None), ticket.line if ticket else None) if line}
        zones = (*map(self._line, lines), *map(self._window, windows))
        return Touched(frozenset[str]().union(*zones), windows)

    def _window(self, window_id: str) -> frozenset[str]:
        """The zones a window stands in or calls from: its state changes what its lines' visitors wait."""
        window = self._hall.directory.windows.get(window_id)
        if window is None:
            return frozenset()
        return frozenset({window.zone}).union(*map(self._line, window.lines))

    def _line(self, line_id: str) -> frozenset[str]:
        """The zones in which a line's length is told, also as part of other lines' waits at the same windows."""
        found = self._zones_of_line.get(line_id)
        if found is None:
            found = self._zones_of_line[line_id] = frozenset(self._zones(line_id))
        return found

    def _zones(self, line_id: str) -> Iterable[str]:
        directory = self._hall.directory
        if line_id in directory.lines:
            yield directory.lines[line_id].zone
        for window in directory.windows_of_line(line_id):
            yield window.zone
            for other in window.lines:
                if other in directory.lines:
                    yield directory.lines[other].zone
