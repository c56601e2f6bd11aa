"""The keys of a window: call, recall, start, pass, hold, requeue, transfer, finish (domain rules 3 to 11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hall_queue import messages as m
from hall_queue.model import ENDED, Desk, MatterOutcome, Ticket, TicketState, WindowState
from hall_queue.order import may_serve
from hall_queue.pictures import Pictures
from hall_queue.rules import Hall
from hall_server.directory.model import Window
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome


class Calling:
    """Handlers of the commands a window gives; each answers with the desk as it stands afterwards."""

    def __init__(self, hall: Hall, pictures: Pictures) -> None:
        self._hall = hall
        self._pictures = pictures

    def call_next(self, command: m.CallNext, context: Context) -> Outcome:
        """Call whoever is next.

        Raises:
            Refused: the window is not open or has somebody, or nobody waits for it.
        """
        window, desk = self._hall.may_act(context.actor, command.window)
        finishing = self._finishing(desk) if command.finish else ()
        if not finishing:
            self._must_be_free(desk)
        ticket = self._hall.queue.waiting.next(window, desk.staff, context.now, self._hall.ageing)
        if ticket is None and not finishing:
            raise Refused("queue.empty", window=window.id)
        calling = (self._called(desk, ticket),) if ticket else ()
        return self._done(desk, *finishing, *calling)

    def call_ticket(self, command: m.CallTicket, context: Context) -> Outcome:
        """Call a certain ticket.

        Raises:
            Forbidden: it is out of order and the actor has no permission.
            Invalid: it is out of order and no reason is given.
            Refused: it cannot be called here now.
        """
        window, desk = self._hall.may_act(context.actor, command.window)
        self._must_be_free(desk)
        ticket = self._hall.ticket(command.ticket)
        if ticket.state is TicketState.WAITING:
            self._check_out_of_order(command, context, window, desk, ticket)
        elif ticket.state is TicketState.HELD:
            if ticket.window != desk.id:
                raise Refused("ticket.held_elsewhere", number=ticket.number, window=ticket.window)
        elif ticket.state is TicketState.PASSED:
            self._check_resumable(desk, ticket)
        else:
            raise Refused(f"ticket.is_{ticket.state.value}", number=ticket.number)
        return self._done(desk, self._called(desk, ticket, command.reason))

    def recall(self, command: m.RecallTicket, context: Context) -> Outcome:
        """Call again.

        Raises:
            Refused: too soon after the last call, or too often.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.CALLED)
        if ticket.recalls >= self._hall.settings.recalls_max:
            raise Refused("recall.too_many", number=ticket.number, most=self._hall.settings.recalls_max)
        _not_before(recall_at(ticket, self._hall), context.now, "recall.too_soon", ticket)
        return self._done(desk, m.TicketRecalled(ticket=ticket.id, window=desk.id))

    def start(self, command: m.StartService, context: Context) -> Outcome:
        """Begin to serve.

        Raises:
            Refused: nobody is called here, or service has begun.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.CALLED)
        return self._done(desk, m.TicketStarted(ticket=ticket.id, window=desk.id))

    def pass_(self, command: m.PassTicket, context: Context) -> Outcome:
        """Note that nobody came.

        Raises:
            Refused: not called often or long enough yet.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.CALLED)
        if ticket.calls < self._hall.settings.pass_after_calls:
            raise Refused("pass.too_few_calls", number=ticket.number, calls=self._hall.settings.pass_after_calls)
        _not_before(pass_at(ticket, self._hall), context.now, "pass.too_soon", ticket)
        return self._done(desk, m.TicketPassed(ticket=ticket.id, window=desk.id, reason=command.reason))

    def hold(self, command: m.HoldTicket, context: Context) -> Outcome:
        """Put the visit aside.

        Raises:
            Refused: nobody is here.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.CALLED, TicketState.SERVING)
        span = timedelta(minutes=command.minutes) if command.minutes else timedelta(seconds=self._hall.settings.hold_s)
        return self._done(desk, m.TicketHeld(ticket=ticket.id, window=desk.id, until=context.now + span))

    def release(self, command: m.ReleaseTicket, _: Context) -> Outcome:
        """Let a held ticket return to the head of its window.

        Raises:
            Refused: it is not held.
        """
        ticket = self._hall.ticket(command.ticket)
        if ticket.state is not TicketState.HELD or ticket.window is None:
            raise Refused(f"ticket.is_{ticket.state.value}", number=ticket.number)
        return Outcome(events=(m.TicketReleased(ticket=ticket.id, window=ticket.window),))

    def requeue(self, command: m.RequeueTicket, context: Context) -> Outcome:
        """Put a ticket back; one that was put back too often is passed instead.

        Raises:
            Refused: nobody is called here.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.CALLED)
        if ticket.requeues >= self._hall.settings.requeues_max:
            return self._done(desk, m.TicketPassed(ticket=ticket.id, window=desk.id, reason="requeued too often"))
        return self._done(desk, m.TicketRequeued(ticket=ticket.id, window=desk.id, mode=command.mode))

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
        event = m.TicketTransferred(
            ticket=ticket.id,
            window=desk.id,
            line=line,
            matter=matter,
            to_window=command.to_window,
            to_staff=command.staff,
            reason=command.reason,
        )
        return self._done(desk, event)

    def add_matter(self, command: m.AddMatter, context: Context) -> Outcome:
        """Take one more matter up in this visit.

        Raises:
            NotFound: no such matter.
            Refused: nobody is served here, or the matter is on the ticket already.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.SERVING)
        matter = self._hall.matter(command.matter)
        if any(line.matter == matter.id for line in ticket.matters):
            raise Refused("ticket.has_matter", matter=matter.id, number=ticket.number)
        return self._done(desk, m.MatterAdded(ticket=ticket.id, window=desk.id, matter=matter.id))

    def finish(self, command: m.FinishService, context: Context) -> Outcome:
        """End the visit.

        Raises:
            Invalid: an outcome for a matter that is not on the ticket.
            Refused: nobody is served here.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.SERVING)
        known = {line.matter for line in ticket.matters}
        if strange := [matter for matter in command.outcomes if matter not in known]:
            raise Invalid("ticket.lacks_matter", outcomes=strange[0])
        return self._done(desk, _finished(desk, ticket, command.outcome, command.outcomes))

    def expire_all(self, context: Context) -> list[Event]:
        """The events that end the queue's day (domain rule 13): nothing of it counts as served but what was."""
        events: list[Event] = []
        for ticket in self._hall.queue.tickets.values():
            if ticket.state in {TicketState.WAITING, TicketState.HELD}:
                events.append(m.TicketExpired(ticket=ticket.id, reason="closing"))
            elif ticket.state is TicketState.CALLED:
                events.append(m.TicketPassed(ticket=ticket.id, window=ticket.window, reason="closing"))
            elif ticket.state is TicketState.SERVING:
                desk = self._hall.queue.desk(ticket.window or "")
                events.append(_finished(desk, ticket, MatterOutcome.INACCURATE, {}))
        events += [
            m.WindowClosed(window=desk.id, staff=desk.staff)
            for desk in self._hall.queue.desks.values()
            if desk.state is not WindowState.CLOSED
        ]
        return events

    # -- inside

    def _done(self, desk: Desk, *events: Event) -> Outcome:
        return Outcome(events=events, reply=lambda: self._pictures.desk(desk.id))

    def _called(self, desk: Desk, ticket: Ticket, reason: str = "") -> m.TicketCalled:
        return m.TicketCalled(ticket=ticket.id, window=desk.id, staff=desk.staff, reason=reason)

    def _must_be_free(self, desk: Desk) -> None:
        if desk.state is WindowState.CLOSED:
            raise Refused("window.closed", window=desk.id)
        if desk.state is WindowState.PAUSED:
            raise Refused("window.paused", window=desk.id)
        if desk.ticket is not None:
            raise Refused("window.busy", window=desk.id, number=self._hall.queue.tickets[desk.ticket].number)

    def _finishing(self, desk: Desk) -> tuple[Event, ...]:
        ticket = self._hall.queue.current(desk.id)
        if ticket is None:
            return ()
        self._hall.current(desk, TicketState.SERVING)
        return (_finished(desk, ticket, MatterOutcome.ACCEPTED, {}),)

    def _check_out_of_order(
        self, command: m.CallTicket, context: Context, window: Window, desk: Desk, ticket: Ticket
    ) -> None:
        if ticket.directed_window == desk.id or (ticket.directed_staff and ticket.directed_staff == desk.staff):
            return
        if self._hall.queue.waiting.next(window, desk.staff, context.now, self._hall.ageing) is ticket:
            return
        if not context.actor.may(Role.MANAGER):
            raise Forbidden("call.out_of_order", number=ticket.number)
        if not command.reason.strip():
            raise Invalid("call.needs_reason", reason="missing")
        if ticket.line not in window.lines or not may_serve(window, ticket):
            raise Refused("window.not_its_line", window=window.id, number=ticket.number)

    def _check_resumable(self, desk: Desk, ticket: Ticket) -> None:
        last = self._hall.settings.passed_resume_last
        if ticket.id not in (desk.passed[-last:] if last else ()):
            raise Refused("ticket.passed_too_long_ago", number=ticket.number, last=last)

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
        elif command.staff is None and not self._others(line, matter, desk):
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
        if all(self._hall.queue.desk(w.id).staff != staff for w in self._others(line, matter, desk)):
            raise Refused("transfer.staff_unable", staff=staff)

    def _others(self, line: str, matter: str | None, desk: Desk) -> list[Window]:
        """The other windows that serve a matter and are not closed."""
        windows = [w for w in self._hall.serving_windows(line, matter) if w.id != desk.id]
        return [w for w in windows if self._hall.queue.desk(w.id).state is not WindowState.CLOSED]


def recall_at(ticket: Ticket, hall: Hall) -> datetime | None:
    """From when a called ticket may be called again."""
    return ticket.called_at + timedelta(seconds=hall.settings.recall_gap_s) if ticket.called_at else None


def pass_at(ticket: Ticket, hall: Hall) -> datetime | None:
    """From when a called ticket may be passed, provided that it was called often enough."""
    return ticket.summoned_at + timedelta(seconds=hall.settings.pass_after_s) if ticket.summoned_at else None


def _not_before(allowed: datetime | None, now: datetime, code: str, ticket: Ticket) -> None:
    if allowed is not None and now < allowed and ticket.state not in ENDED:
        raise Refused(code, number=ticket.number, wait_s=round((allowed - now).total_seconds(), 1))


def _finished(
    desk: Desk, ticket: Ticket, outcome: MatterOutcome, outcomes: dict[str, MatterOutcome]
) -> m.TicketFinished:
    whole = {line.matter: outcomes.get(line.matter, line.outcome or outcome) for line in ticket.matters}
    return m.TicketFinished(ticket=ticket.id, window=desk.id, staff=desk.staff, outcome=outcome, outcomes=whole)
