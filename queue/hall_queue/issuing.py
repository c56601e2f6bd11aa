"""Giving numbers out and taking them back (domain rules 1, 2, 16)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue import messages as m
from hall_queue.model import TicketState
from hall_queue.rules import Hall
from hall_queue.wait import Wait
from hall_server.directory.model import Line, Matter
from hall_server.errors import Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """What the visitor is told about a new number."""

    id: str
    number: str
    line: str
    matter: str | None
    ahead: int
    wait_s: Wait
    zone: str
    windows: list[str]
    token: str
    issued_at: datetime


class Issuing:
    """Handlers of the commands about getting and giving up numbers."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def issue(self, command: m.IssueTicket, context: Context) -> Outcome:
        """Give a number.

        Raises:
            Invalid: neither matter nor line, an unknown class of priority.
            NotFound: the matter or the line does not exist.
            Refused: ``line.closed``, ``matter.no_window``, ``ticket.duplicate``, ``hall.closed``, ``hall.last_ticket``.
        """
        matter, line, priority = self.admitted(command, context.now)
        self._refuse_second(command.person, matter.id if matter else line.id, context)
        serial = self._hall.queue.serials[line.id] + 1
        event = m.TicketIssued(
            ticket=context.ids.new(),
            number=f"{line.prefix}{serial:03d}",
            serial=serial,
            line=line.id,
            matter=matter.id if matter else None,
            channel=command.channel,
            person=command.person,
            priority=priority if line.priority_enabled else None,
        )
        return Outcome(events=(event,), reply=lambda: self.issued(event.ticket))

    def admitted(self, command: m.IssueTicket, now: datetime) -> tuple[Matter | None, Line, str | None]:
        """Matter, line and class of priority of a number that may be given, whoever asks for it.

        Raises:
            Invalid, NotFound, Refused: as `issue`, but for ``ticket.duplicate``.
        """
        matter, line_id = self._wanted(command)
        line = self._hall.line(line_id)
        priority = self._priority(command.priority)
        if not line.active or line.id in self._hall.queue.closed_lines:
            raise Refused("line.closed", line=line.id, reason=self._hall.queue.closed_lines.get(line.id, ""))
        self._hall.taking.check(now)
        if not self._hall.serving_windows(line.id, matter.id if matter else None):
            raise Refused("matter.no_window", matter=matter.id if matter else None, line=line.id)
        return matter, line, priority

    def cancel(self, command: m.CancelTicket, _: Context) -> Outcome:
        """Give a waiting number up.

        Raises:
            NotFound: no such ticket today.
            Refused: it does not wait any more.
        """
        ticket = self._hall.ticket(command.ticket)
        if ticket.state is not TicketState.WAITING:
            raise Refused(f"ticket.is_{ticket.state.value}", number=ticket.number)
        return Outcome(events=(m.TicketCancelled(ticket=ticket.id, reason=command.reason),))

    def pin(self, command: m.PinTicket, _: Context) -> Outcome:
        """Put a waiting ticket first, or back.

        Raises:
            NotFound: no such ticket today.
            Refused: it does not wait.
        """
        ticket = self._hall.ticket(command.ticket)
        if ticket.state is not TicketState.WAITING:
            raise Refused(f"ticket.is_{ticket.state.value}", number=ticket.number)
        if ticket.pinned == command.pinned:
            return Outcome()
        return Outcome(events=(m.TicketPinned(ticket=ticket.id, pinned=command.pinned, reason=command.reason),))

    def issued(self, id_: str) -> Issued:
        """What to tell about a ticket that waits."""
        queue = self._hall.queue
        ticket = queue.tickets[id_]
        ahead = queue.waiting.ahead(ticket, self._hall.aged)
        return Issued(
            id=ticket.id,
            number=ticket.number,
            line=ticket.line,
            matter=ticket.matter,
            ahead=ahead,
            wait_s=self._hall.wait(ticket.line, ahead),
            zone=self._hall.line(ticket.line).zone,
            windows=[window.id for window in self._hall.serving_windows(ticket.line, ticket.matter)],
            token=ticket.token,
            issued_at=ticket.issued_at,
        )

    def _wanted(self, command: m.IssueTicket) -> tuple[Matter | None, str]:
        if command.matter:
            matter = self._hall.matter(command.matter)
            if command.line and command.line != matter.line:
                raise Invalid("ticket.matter_of_other_line", line=command.line, matter=command.matter)
            return matter, matter.line
        if command.line:
            return None, command.line
        raise Invalid("ticket.nothing_wanted", matter="missing", line="missing")

    def _priority(self, wanted: str | None) -> str | None:
        hall = self._hall.directory.hall
        if wanted is None or (hall and any(known.id == wanted for known in hall.priorities)):
            return wanted
        raise NotFound("priority.unknown", priority=wanted)

    def _refuse_second(self, person: str | None, wanted: str, context: Context) -> None:
        if person is None:
            return
        held = self._hall.queue.open_tickets_of.get((person, wanted))
        if held is not None:
            ticket = self._hall.queue.tickets[held]
            token = ticket.token if self._may_reprint(context) else None
            raise Refused("ticket.duplicate", number=ticket.number, ticket=ticket.id, token=token)

    def _may_reprint(self, context: Context) -> bool:
        """Whether whoever asks stands where tickets are given out, and so may have the old one again."""
        return context.actor.kind is not Role.VISITOR or self._hall.settings.open_ticketing
