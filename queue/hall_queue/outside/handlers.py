"""Who took a number outside says that they are here."""

from __future__ import annotations

from hall_queue import messages as m
from hall_queue.model import TicketState
from hall_queue.pictures import Pictures
from hall_queue.rules import Hall
from hall_server.errors import Refused
from hall_server.outcome import Context, Outcome


class Arriving:
    """The handler of coming."""

    def __init__(self, hall: Hall, pictures: Pictures) -> None:
        self._hall = hall
        self._pictures = pictures

    def come(self, command: m.ComeHere, _: Context) -> Outcome:
        """Let a ticket from outside be called from now on; who is here already is told the same again.

        Raises:
            NotFound: no such ticket today.
            Refused: ``ticket.is_…``: it does not wait any more.
        """
        ticket = self._hall.ticket(command.ticket)
        if ticket.state is not TicketState.WAITING:
            raise Refused(f"ticket.is_{ticket.state.value}", number=ticket.number)
        events = (m.TicketHere(ticket=ticket.id),) if ticket.here_by is not None else ()
        return Outcome(events=events, reply=lambda: self._pictures.ticket(ticket))
