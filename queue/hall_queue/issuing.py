"""Giving numbers out and taking them back (domain rules 1, 2, 10, 16)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hall_queue import messages as m
from hall_queue.admission import Admission
from hall_queue.model import Channel, Ticket, TicketState
from hall_queue.outside_times import here_by
from hall_queue.rules import Hall
from hall_queue.wait import Wait
from hall_server.directory.model import Line, Matter
from hall_server.errors import Invalid, NotFound, Refused
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
    due: datetime | None = None
    here_by: datetime | None = None


class Wanted(msgspec.Struct, frozen=True):
    """What a number is wanted for, looked up in the directory."""

    matter: Matter | None
    line: Line
    matters: tuple[str, ...]
    priority: str | None


class Issuing:
    """Handlers of the commands about getting and giving up numbers."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self.admission = Admission(hall)

    def issue(self, command: m.IssueTicket, context: Context) -> Outcome:
        """Give a number.

        Raises:
            Invalid: neither matter nor line, too many matters, an unknown class of priority.
            NotFound: the matter or the line does not exist.
            Refused: as :class:`hall_queue.admission.Admission`.
        """
        event = self.numbered(command, context)
        if command.card is not None:
            self._hall.ports.use_card(command.card, context.actor)
        return Outcome(events=(event,), reply=lambda: self.issued(event.ticket))

    def numbered(self, command: m.IssueTicket, context: Context) -> m.TicketIssued:
        """The event of a new number; one for an appointment is not refused for quotas or for the hour.

        Raises:
            Invalid, NotFound, Refused: as :meth:`issue`.
        """
        wanted = self.wanted(command)
        self.admission.check(command, wanted.line, wanted.matter, context)
        serial = self._hall.queue.next_serial(wanted.line.id)
        event = self.event(command, wanted, context.ids.new(), serial)
        if command.channel is not Channel.OUTSIDE:
            return event
        rules = self._hall.rulebook.of(wanted.line.id)
        return msgspec.structs.replace(event, here_by=here_by(rules, self._hall.taking, context.now))

    def event(self, command: m.IssueTicket, wanted: Wanted, id_: str, serial: int) -> m.TicketIssued:
        """The event of a number that was admitted, with this serial."""
        matter = wanted.matter.id if wanted.matter else None
        return m.TicketIssued(
            ticket=id_,
            number=number(wanted.line, serial),
            serial=serial,
            line=wanted.line.id,
            matter=matter,
            channel=command.channel,
            person=command.person,
            priority=wanted.priority if wanted.line.priority_enabled else None,
            matters=wanted.matters if len(wanted.matters) > 1 else (),
            lines=self._hall.lines_of(wanted.line.id, wanted.matters)[1:] if len(wanted.matters) > 1 else (),
            express=wanted.matter is not None and wanted.matter.express,
            appointment=command.appointment,
            due=command.due,
            flags=command.flags,
            language=command.language,
        )

    def wanted(self, command: m.IssueTicket) -> Wanted:
        """What a number is wanted for.

        Raises:
            Invalid, NotFound: as :meth:`issue`.
        """
        matter, line_id = self._first(command)
        everything: tuple[str, ...] = (matter.id,) if matter else ()
        if command.more:
            everything = self._with_more(matter, command.more)
        return Wanted(matter, self._hall.line(line_id), everything, self._priority(command.priority))

    def admitted(self, command: m.IssueTicket, now: datetime) -> None:
        """Refuse what would be refused whoever asks.

        Raises:
            Invalid, NotFound, Refused: as :meth:`issue`, but for what depends on the person.
        """
        wanted = self.wanted(command)
        self.admission.check_anybody(command, wanted.line, wanted.matter, now)

    def check_needs_id(self, command: m.IssueTicket) -> None:
        """Refuse a number to whoever said no ID number, where the visit's lines need one.

        Raises:
            Invalid, NotFound: as :meth:`issue`. Refused: ``person.needed``.
        """
        self.admission.check_needs_id(command, self.wanted(command).line)

    def cancel(self, command: m.CancelTicket, _: Context) -> Outcome:
        """Give a waiting number up.

        Raises:
            NotFound: no such ticket today.
            Refused: it does not wait any more.
        """
        ticket = self._waiting(command.ticket)
        return Outcome(events=(m.TicketCancelled(ticket=ticket.id, reason=command.reason),))

    def pin(self, command: m.PinTicket, _: Context) -> Outcome:
        """Put a waiting ticket first, or back.

        Raises:
            Invalid: no reason.
            NotFound: no such ticket today.
            Refused: it does not wait.
        """
        ticket = self._waiting(command.ticket)
        _need_reason(command.reason)
        if ticket.pinned == command.pinned:
            return Outcome()
        return Outcome(events=(m.TicketPinned(ticket=ticket.id, pinned=command.pinned, reason=command.reason),))

    def move(self, command: m.MoveTicket, _: Context) -> Outcome:
        """Let a waiting ticket wait elsewhere, by a manager's hand (domain rule 21).

        Raises:
            Invalid: no reason, or nowhere named.
            NotFound: the ticket or the target does not exist.
            Refused: it does not wait, nobody there can serve it, or the matter has its outcome already.
        """
        ticket = self._waiting(command.ticket)
        _need_reason(command.reason)
        if not (command.line or command.matter or command.to_window or command.staff):
            raise Invalid("transfer.no_target", line="missing", matter="missing", window="missing", staff="missing")
        matter = self._hall.matter(command.matter) if command.matter else None
        line = self._hall.line(matter.line if matter else command.line or ticket.line)
        matter_id = matter.id if matter else ticket.matter if line.id == ticket.line else None
        is_other = matter_id != ticket.matter
        if is_other and any(one.matter == matter_id and one.outcome is not None for one in ticket.matters):
            raise Refused("ticket.matter_decided", number=ticket.number, matter=matter_id)
        self._check_place(command, line.id, matter_id)
        event = m.TicketTransferred(
            ticket=ticket.id,
            window=None,
            line=line.id,
            matter=matter_id,
            to_window=command.to_window,
            to_staff=command.staff,
            reason=command.reason,
            express=self._hall.is_express(matter_id),
            leaves=self._leaves(ticket, line.id, matter_id),
        )
        return Outcome(events=(event,))

    def told(self, event: m.TicketIssued) -> m.TicketIssued:
        """The event with the wait that the visitor is told; whoever took the number without the server is told none."""
        if event.offline_at is not None:
            return event
        _, wait = self._told(self._hall.queue.tickets[event.ticket])
        return msgspec.structs.replace(event, wait_p50_s=wait.p50, wait_p90_s=wait.p90)

    def issued(self, id_: str) -> Issued:
        """What to tell about a ticket that waits."""
        ticket = self._hall.queue.tickets[id_]
        ahead, wait = self._told(ticket)
        return Issued(
            id=ticket.id,
            number=ticket.number,
            line=ticket.line,
            matter=ticket.matter,
            ahead=ahead,
            wait_s=wait,
            zone=self._hall.line(ticket.line).zone,
            windows=[window.id for window in self._hall.serving_windows(ticket.line, ticket.matter)],
            token=ticket.token,
            issued_at=ticket.issued_at,
            due=ticket.due,
            here_by=ticket.here_by,
        )

    # -- inside

    def _leaves(self, ticket: Ticket, line: str, matter: str | None) -> str | None:
        """The line that a moved ticket has nothing more to do with: no other matter of its visit belongs there."""
        wants_both = any(one.matter == matter for one in ticket.matters)
        others = [
            one.matter for one in ticket.matters if wants_both or one.matter != ticket.matter or one.outcome is not None
        ]
        is_left = ticket.line not in self._hall.lines_of(line, others)
        return ticket.line if is_left else None

    def _told(self, ticket: Ticket) -> tuple[int, Wait]:
        told = self._hall.told.get(ticket.id)
        if told is not None:
            return told.ahead, told.wait
        ahead = self._hall.ahead(ticket)
        return ahead, self._hall.wait_of(ticket, ahead)

    def _with_more(self, first: Matter | None, more: tuple[str, ...]) -> tuple[str, ...]:
        matters = [self._hall.matter(id_).id for id_ in more]
        if first is None:
            raise Invalid("ticket.nothing_wanted", matter="missing")
        everything = (first.id, *matters)
        most = self._hall.rulebook.hall.several_matters
        if len(everything) > most:
            raise Invalid("ticket.too_many_matters", more=most, most=most)
        if len(set(everything)) < len(everything):
            raise Invalid("ticket.matter_twice", more="twice")
        return everything

    def _first(self, command: m.IssueTicket) -> tuple[Matter | None, str]:
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

    def _waiting(self, id_: str) -> Ticket:
        ticket = self._hall.ticket(id_)
        if ticket.state is not TicketState.WAITING:
            raise Refused(f"ticket.is_{ticket.state.value}", number=ticket.number)
        return ticket

    def _check_place(self, command: m.MoveTicket, line: str, matter: str | None) -> None:
        windows = self._hall.serving_windows(line, matter)
        if command.to_window is not None:
            window = self._hall.window(command.to_window)
            if window not in self._hall.working(line, matter):
                raise Refused("transfer.window_unable", window=window.id, matter=matter)
        elif command.staff is not None:
            if all(self._hall.queue.desk(one.id).staff != command.staff for one in windows):
                raise Refused("transfer.staff_unable", staff=command.staff)
        elif not windows:
            raise Refused("transfer.nobody_serves", matter=matter, line=line)


def number(line: Line, serial: int) -> str:
    """A number as it is printed: the line's letter and at least three digits."""
    return f"{line.prefix}{serial:03d}"


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("hand.needs_reason", reason="missing")
