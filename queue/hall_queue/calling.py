"""The keys of a window with which people are called: call, recall, start, pass, hold, requeue (rules 3 to 8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hall_queue import messages as m
from hall_queue.model import ENDED, Desk, Rank, Ticket, TicketState, WindowState
from hall_queue.moments import pass_at, recall_at
from hall_queue.order import Pick, may_serve
from hall_queue.pictures import Pictures
from hall_queue.rulebook import PassPolicy
from hall_queue.rules import Hall
from hall_queue.visits import Visits
from hall_server.directory.model import Window
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import Role
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome


class Calling:
    """Handlers of the commands a window gives; each answers with the desk as it stands afterwards."""

    def __init__(self, hall: Hall, pictures: Pictures, visits: Visits) -> None:
        self._hall = hall
        self._pictures = pictures
        self._visits = visits

    def call_next(self, command: m.CallNext, context: Context) -> Outcome:
        """Call whoever is next.

        Raises:
            Refused: the window is not open or has somebody, or nobody waits for it.
        """
        window, desk = self._hall.may_act(context.actor, command.window)
        finishing = self._finishing(window, desk) if command.finish else ()
        if finishing:
            self._hall.ports.check_calling()
        else:
            self._must_be_free(desk)
        pick = self._hall.queue.waiting.next(self._hall.asking(window, desk))
        if pick is None and not finishing:
            raise Refused("queue.empty", window=window.id)
        calling = self._called(desk, pick) if pick else ()
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
        pick = Pick(ticket, Rank.RETURNED, favoured=False)
        if ticket.state is TicketState.WAITING:
            pick = self._checked_pick(command, context, window, desk, ticket)
        elif ticket.state is TicketState.HELD:
            if ticket.window != desk.id:
                raise Refused("ticket.held_elsewhere", number=ticket.number, window=ticket.window)
        elif ticket.state is TicketState.PASSED:
            self._check_resumable(desk, ticket)
        else:
            raise Refused(f"ticket.is_{ticket.state.value}", number=ticket.number)
        return self._done(desk, *self._called(desk, pick, command.reason))

    def recall(self, command: m.RecallTicket, context: Context) -> Outcome:
        """Call again.

        Raises:
            Refused: too soon after the last call, or too often; ``hall.emergency``: nobody is sent to a window then.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        self._hall.ports.check_calling()
        ticket = self._hall.current(desk, TicketState.CALLED)
        most = self._hall.rules_at(desk, ticket).recalls_max
        if ticket.recalls >= most:
            raise Refused("recall.too_many", number=ticket.number, most=most)
        _not_before(recall_at(ticket, self._hall.rules_at(desk, ticket)), context.now, "recall.too_soon", ticket)
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
        """Note that nobody came; what becomes of the ticket is the hall's policy (domain rule 6).

        Raises:
            Refused: not called often or long enough yet.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.CALLED)
        rules = self._hall.rules_at(desk, ticket)
        if ticket.calls < rules.pass_after_calls:
            raise Refused("pass.too_few_calls", number=ticket.number, calls=rules.pass_after_calls)
        _not_before(pass_at(ticket, rules), context.now, "pass.too_soon", ticket)
        if rules.pass_policy is not PassPolicy.REQUEUE:
            return self._done(desk, m.TicketPassed(ticket=ticket.id, window=desk.id, reason=command.reason))
        if ticket.passes >= rules.pass_times:
            return self._done(desk, m.TicketExpired(ticket=ticket.id, window=desk.id, reason="passed"))
        arrival = self._hall.queue.waiting.places_back(ticket, rules.pass_places, context.now)
        return self._done(
            desk, m.TicketSetBack(ticket=ticket.id, window=desk.id, arrival=arrival, reason=command.reason)
        )

    def hold(self, command: m.HoldTicket, context: Context) -> Outcome:
        """Put the visit aside.

        Raises:
            Refused: nobody is here.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.CALLED, TicketState.SERVING)
        rules = self._hall.rules_at(desk, ticket)
        span = timedelta(minutes=command.minutes) if command.minutes else timedelta(seconds=rules.hold_s)
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
        if ticket.requeues >= self._hall.rules_at(desk, ticket).requeues_max:
            return self._done(desk, m.TicketPassed(ticket=ticket.id, window=desk.id, reason="requeued too often"))
        return self._done(desk, m.TicketRequeued(ticket=ticket.id, window=desk.id, mode=command.mode))

    # -- inside

    def _done(self, desk: Desk, *events: Event) -> Outcome:
        return Outcome(events=events, reply=lambda: self._pictures.desk(desk.id))

    def _called(self, desk: Desk, pick: Pick, reason: str = "") -> tuple[Event, ...]:
        called = m.TicketCalled(
            ticket=pick.ticket.id,
            window=desk.id,
            staff=desk.staff,
            reason=reason,
            rank=pick.rank.name.lower(),
            favoured=pick.favoured,
        )
        return (called, *near(self._hall, pick.ticket))

    def _must_be_free(self, desk: Desk) -> None:
        self._hall.ports.check_calling()
        if desk.state is WindowState.CLOSED:
            raise Refused("window.closed", window=desk.id)
        if desk.state is WindowState.PAUSED:
            raise Refused("window.paused", window=desk.id)
        if desk.ticket is not None:
            raise Refused("window.busy", window=desk.id, number=self._hall.queue.tickets[desk.ticket].number)

    def _finishing(self, window: Window, desk: Desk) -> tuple[Event, ...]:
        ticket = self._hall.queue.current(desk.id)
        if ticket is None:
            return ()
        self._hall.current(desk, TicketState.SERVING)
        return (self._visits.end_here(window, desk, ticket, m.FinishService(window=desk.id)),)

    def _checked_pick(
        self, command: m.CallTicket, context: Context, window: Window, desk: Desk, ticket: Ticket
    ) -> Pick:
        if ticket.directed_window == desk.id or (ticket.directed_staff and ticket.directed_staff == desk.staff):
            return Pick(ticket, Rank.DIRECTED, favoured=False)
        pick = self._hall.queue.waiting.next(self._hall.asking(window, desk))
        if pick is not None and pick.ticket is ticket:
            return pick
        if not context.actor.may(Role.MANAGER):
            raise Forbidden("call.out_of_order", number=ticket.number)
        if not command.reason.strip():
            raise Invalid("call.needs_reason", reason="missing")
        if ticket.line not in window.lines or not may_serve(window, ticket):
            raise Refused("window.not_its_line", window=window.id, number=ticket.number)
        return Pick(ticket, Rank.PINNED, favoured=False)

    def _check_resumable(self, desk: Desk, ticket: Ticket) -> None:
        rules = self._hall.rulebook.of(ticket.line)
        last = rules.passed_resume_last if rules.pass_policy is PassPolicy.RESUME else 0
        if ticket.id not in (desk.passed[-last:] if last else ()):
            raise Refused("ticket.passed_too_long_ago", number=ticket.number, last=last)


def near(hall: Hall, leaving: Ticket) -> list[m.TicketNear]:
    """The visitors whose turn is near once a ticket has left its line, each told once (domain rule 17)."""
    limit = hall.rulebook.of(leaving.line).near_at
    if not limit:
        return []
    now = hall.now()
    first = hall.queue.waiting.first(leaving.line, limit + 2)
    is_directed = leaving.directed_window is not None or leaving.directed_staff is not None
    is_in_line = leaving.state is TicketState.WAITING and not is_directed
    before = hall.ahead(leaving) if is_in_line else None  # who stands behind it comes one place nearer
    untold = [one for one in first if not one.near and one is not leaving and one.arrival <= now]
    places = [(one, hall.ahead(one)) for one in untold]
    found = [(one, ahead - (before is not None and before < ahead)) for one, ahead in places]
    return [m.TicketNear(ticket=one.id, ahead=ahead) for one, ahead in found if ahead <= limit]


def _not_before(allowed: datetime | None, now: datetime, code: str, ticket: Ticket) -> None:
    if allowed is not None and now < allowed and ticket.state not in ENDED:
        raise Refused(code, number=ticket.number, wait_s=round((allowed - now).total_seconds(), 1))
