"""Sending visitors on: to a window, a matter or a person (domain rule 9)."""

from __future__ import annotations

from datetime import timedelta

from hall_queue import messages as m
from hall_queue.model import Desk, MatterOutcome, Ticket, TicketState, WindowState
from hall_queue.pictures import Pictures
from hall_queue.rules import Hall
from hall_server.errors import Invalid, Refused
from hall_server.outcome import Context, Outcome


class Sending:
    """The handler of the transfer key; it answers with the desk as it stands afterwards."""

    def __init__(self, hall: Hall, pictures: Pictures) -> None:
        self._hall = hall
        self._pictures = pictures

    def transfer(self, command: m.TransferTicket, context: Context) -> Outcome:
        """Send the visitor on.

        Raises:
            Invalid: no target, or the target is here.
            NotFound: the target does not exist.
            Refused: the target is closed or does not serve the matter.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.CALLED, TicketState.SERVING)
        line, matter = self._target_line(command, ticket)
        self._check_target(command, desk, line, matter)
        rules = self._hall.rules_at(desk, ticket)
        event = m.TicketTransferred(
            ticket=ticket.id,
            window=desk.id,
            line=line,
            matter=matter,
            to_window=command.to_window,
            to_staff=command.staff,
            reason=command.reason,
            express=self._hall.is_express(matter),
            outcome=_left_with(command, ticket, matter),
            returns=command.returns,
            keeps_arrival=rules.transfer_keeps_arrival,
            keeps_priority=rules.transfer_keeps_priority,
            barred_until=context.now + timedelta(seconds=rules.transfer_bar_s),
        )
        return Outcome(events=(event,), reply=lambda: self._pictures.desk(desk.id))

    # -- inside

    def _target_line(self, command: m.TransferTicket, ticket: Ticket) -> tuple[str, str | None]:
        if command.matter:
            matter = self._hall.matter(command.matter)
            return matter.line, matter.id
        return ticket.line, ticket.matter

    def _check_target(self, command: m.TransferTicket, desk: Desk, line: str, matter: str | None) -> None:
        if not (command.to_window or command.matter or command.staff):
            raise Invalid("transfer.no_target", window="missing", matter="missing", staff="missing")
        if command.staff is not None:
            self._check_person(command.staff, desk, line, matter)
        if command.to_window is not None:
            self._check_window(command.to_window, desk, line, matter)
        elif command.staff is None and not self._hall.working(line, matter, but=desk.id):
            raise Refused("transfer.nobody_serves", matter=matter, line=line)

    def _check_window(self, target: str, desk: Desk, line: str, matter: str | None) -> None:
        window = self._hall.window(target)
        if window.id == desk.id:
            raise Invalid("transfer.to_itself", window=target)
        if not window.active or self._hall.queue.desk(window.id).state is WindowState.CLOSED:
            raise Refused("transfer.window_closed", window=target)
        if window not in self._hall.serving_windows(line, matter):
            raise Refused("transfer.window_unable", window=target, matter=matter)

    def _check_person(self, staff: str, desk: Desk, line: str, matter: str | None) -> None:
        if all(self._hall.queue.desk(w.id).staff != staff for w in self._hall.working(line, matter, but=desk.id)):
            raise Refused("transfer.staff_unable", staff=staff)


def _left_with(command: m.TransferTicket, ticket: Ticket, matter: str | None) -> MatterOutcome | None:
    """A matter that is put right by another is done with; one of several, or one to come back to, stays open."""
    is_new = matter != ticket.matter and all(line.matter != matter for line in ticket.matters)
    return MatterOutcome.WRONG_MATTER if is_new and not command.returns else None
