"""The live feed's topics ``hand/log`` and ``waiting/{line}``: what a manager's hand sees."""

from __future__ import annotations

from collections.abc import Iterable

from hall_queue import messages as m
from hall_queue.hand.log import HandLog
from hall_queue.hand.pictures import HandPictures, LineWaiting, LogPicture
from hall_server.days import DayOpened
from hall_server.identity import Actor
from hall_server.messages import LastingEvent, Recorded
from hall_server.web.routes import MANAGER, Access

TOPIC = "hand"
LOG = "log"
WAITING = "waiting"


class LogView:
    """``hand/log``: today's deeds; what happens to a ticket or a window may take the way back from one of them."""

    access: Access = MANAGER

    def __init__(self, pictures: HandPictures, log: HandLog) -> None:
        self._pictures = pictures
        self._types = log.types

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether it is the one picture there is."""
        return key == LOG

    def picture(self, _: str) -> LogPicture:
        """The log."""
        return self._pictures.log()

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The log, where a deed was done or may have lost its way back."""
        event = recorded.event
        is_ours = event.type in self._types or isinstance(event, (m.TicketEvent, m.WindowEvent))
        return (LOG,) if is_ours else ()


class WaitingView:
    """``waiting/{line}``: who waits, in calling order."""

    access: Access = MANAGER

    def __init__(self, pictures: HandPictures) -> None:
        self._pictures = pictures
        self._hall = pictures.hall

    def key_ok(self, key: str, _: Actor) -> bool:
        """Whether there is such a line."""
        return key in self._hall.directory.lines

    def picture(self, key: str) -> LineWaiting:
        """The line."""
        return self._pictures.waiting(key)

    def touched(self, recorded: Recorded) -> Iterable[str]:
        """The ticket's line; all of them where it may have changed its line, or the rules or names have."""
        event = recorded.event
        if isinstance(event, (DayOpened, LastingEvent, m.TicketTransferred, m.WindowEvent)):
            return list(self._hall.directory.lines)
        if isinstance(event, m.TicketEvent):
            ticket = self._hall.queue.tickets.get(event.ticket)
            return {line for line in (getattr(event, "line", None), ticket.line if ticket else None) if line}
        return ()
