"""Taking the last key of a window back (domain rule 7)."""

from __future__ import annotations

from datetime import datetime

from hall_queue import messages as m
from hall_queue.model import Desk, Standing, Ticket, TicketState, Undo
from hall_queue.moments import undo_until
from hall_queue.pictures import Pictures
from hall_queue.rules import Hall
from hall_server.errors import Refused
from hall_server.outcome import Context, Outcome


class Undoing:
    """The handler of the undo key."""

    def __init__(self, hall: Hall, pictures: Pictures) -> None:
        self._hall = hall
        self._pictures = pictures

    def undo(self, command: m.UndoKey, context: Context) -> Outcome:
        """Take the last key of a window back (domain rule 7).

        Raises:
            Refused: there is none, it is too long ago, or somebody else has acted on it since.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        undo = desk.undo
        if undo is None:
            raise Refused("undo.nothing", window=desk.id)
        ticket = self._hall.ticket(undo.ticket.id)
        if context.now > undo_until(undo, self._hall):
            raise Refused("undo.too_late", number=ticket.number, seconds=self._hall.rulebook.hall.undo_s)
        if ticket.touched != undo.seq or not self._is_still_single(undo.ticket, undo.at):
            raise Refused("undo.moved_on", number=ticket.number)
        if self._pictures.served.is_rated(ticket.id, undo.seq):
            raise Refused("undo.rated", number=ticket.number)
        event = _undone(desk, undo, ticket)
        return Outcome(events=(event,), reply=lambda: self._pictures.desk(desk.id))

    def _is_still_single(self, before: Ticket, since: datetime) -> bool:
        """Whether the person has not taken another number for the same matter since."""
        mine = self._hall.queue.open_tickets(before.person or "")
        others = [one for one in mine if one.id != before.id and one.issued_at >= since]
        return not any(one.waits_for(before.matter or before.line) for one in others)


def _undone(desk: Desk, undo: Undo, now: Ticket) -> m.KeyUndone:
    """The event that takes a key back."""
    before = undo.ticket
    back_to = Standing(
        state=before.state,
        line=before.line,
        matter=before.matter,
        window=before.window,
        staff=before.staff,
        calls=before.calls,
        first_called_at=before.first_called_at,
        started_at=before.started_at,
        ended_at=before.ended_at,
        outcome=before.passed_for if before.state is TicketState.PASSED else None,
    )
    return m.KeyUndone(
        ticket=before.id, window=desk.id, undone=undo.type, undone_seq=undo.seq, line=now.line, back_to=back_to
    )
