"""The keys of a window: call, recall, start, pass, hold, requeue, transfer, finish (domain rules 3 to 11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hall_queue import messages as m
from hall_queue.model import ENDED, Desk, MatterOutcome, Rank, Standing, Ticket, TicketState, Undo, WindowState
from hall_queue.moments import pass_at, recall_at, undo_until
from hall_queue.order import Pick, may_serve
from hall_queue.pictures import Pictures
from hall_queue.rulebook import PassPolicy
from hall_queue.rules import Hall
from hall_server.directory.model import Matter, Window
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
            Refused: too soon after the last call, or too often.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
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
        """End the visit here; what this window cannot serve, or a window that wants the visitor back, comes next.

        Raises:
            Invalid: an outcome for a matter that is not on the ticket.
            Refused: nobody is served here.
        """
        window, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.SERVING)
        known = {line.matter for line in ticket.matters}
        if strange := [matter for matter in command.outcomes if matter not in known]:
            raise Invalid("ticket.lacks_matter", outcomes=strange[0])
        return self._done(desk, self._finish(window, desk, ticket, command))

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
        if ticket.touched != undo.seq or not self._is_still_single(undo.ticket):
            raise Refused("undo.moved_on", number=ticket.number)
        if ticket.id in self._pictures.ratings:
            raise Refused("undo.rated", number=ticket.number)
        return self._done(desk, undone(desk, undo, ticket))

    def _is_still_single(self, before: Ticket) -> bool:
        """Whether the person has not taken another number for the same matter since."""
        other = self._hall.queue.open_tickets_of.get((before.person or "", before.matter or before.line))
        return other in {None, before.id}

    def expire_all(self, context: Context) -> list[Event]:
        """The events that end the queue's day (domain rule 13): nothing of it counts as served but what was.

        A hall that opts out writes nothing for those who wait or were called.
        """
        events: list[Event] = []
        expires = self._hall.rulebook.hall.expire_at_day_end
        for ticket in self._hall.queue.tickets.values():
            if not expires and ticket.state is not TicketState.SERVING:
                continue
            if ticket.state in {TicketState.WAITING, TicketState.HELD}:
                events.append(m.TicketExpired(ticket=ticket.id, reason="closing"))
            elif ticket.state is TicketState.CALLED:
                events.append(m.TicketPassed(ticket=ticket.id, window=ticket.window, reason="closing"))
            elif ticket.state is TicketState.SERVING:
                desk = self._hall.queue.desk(ticket.window or "")
                events.append(finished(desk, ticket, MatterOutcome.INACCURATE, {}))
        events += [
            m.WindowClosed(window=desk.id, staff=desk.staff)
            for desk in self._hall.queue.desks.values()
            if desk.state is not WindowState.CLOSED
        ]
        return events

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
        return (self._finish(window, desk, ticket, m.FinishService(window=desk.id)),)

    def _finish(self, window: Window, desk: Desk, ticket: Ticket, command: m.FinishService) -> Event:
        left = [] if command.ends else self._left_for_others(window, ticket, command)
        back = None if command.ends else self._wanted_back(desk, ticket)
        if back is None and not left:
            return finished(desk, ticket, command.outcome, command.outcomes)
        line, matter = (ticket.line, ticket.matter) if back else (left[0].line, left[0].id)
        open_ones = {matter.id for matter in left} | ({ticket.matter} if back else set())
        outcomes = {
            one.matter: command.outcomes.get(one.matter, one.outcome or command.outcome)
            for one in ticket.matters
            if one.matter in command.outcomes or one.matter not in open_ones
        }
        return m.TicketForwarded(
            ticket=ticket.id,
            window=desk.id,
            staff=desk.staff,
            outcomes=outcomes,
            line=line,
            matter=matter,
            to_window=back,
            express=self._hall.is_express(matter),
        )

    def _left_for_others(self, window: Window, ticket: Ticket, command: m.FinishService) -> list[Matter]:
        """The open matters that other windows serve and this one cannot."""
        open_ids = [one.matter for one in ticket.matters if one.outcome is None and one.matter not in command.outcomes]
        matters = [found for id_ in open_ids if (found := self._hall.directory.matters.get(id_)) is not None]
        elsewhere = [(one, self._hall.serving_windows(one.line, one.id)) for one in matters if one.id != ticket.matter]
        return [one for one, windows in elsewhere if windows and window not in windows]

    def _wanted_back(self, desk: Desk, ticket: Ticket) -> str | None:
        back = ticket.return_to
        is_there = back not in {None, desk.id} and self._hall.queue.desk(back or "").state is not WindowState.CLOSED
        return back if is_there else None

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


def undone(desk: Desk, undo: Undo, now: Ticket) -> m.KeyUndone:
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
    )
    return m.KeyUndone(
        ticket=before.id, window=desk.id, undone=undo.type, undone_seq=undo.seq, line=now.line, back_to=back_to
    )


def near(hall: Hall, leaving: Ticket) -> list[m.TicketNear]:
    """The visitors whose turn is near once a ticket has left its line, each told once (domain rule 17)."""
    limit = hall.rulebook.of(leaving.line).near_at
    if not limit:
        return []
    now = hall.now()
    first = hall.queue.waiting.first(leaving.line, limit + 2)
    untold = [one for one in first if not one.near and one is not leaving and one.arrival <= now]
    found = [(one, max(0, hall.ahead(one) - 1)) for one in untold]
    return [m.TicketNear(ticket=one.id, ahead=ahead) for one, ahead in found if ahead <= limit]


def _not_before(allowed: datetime | None, now: datetime, code: str, ticket: Ticket) -> None:
    if allowed is not None and now < allowed and ticket.state not in ENDED:
        raise Refused(code, number=ticket.number, wait_s=round((allowed - now).total_seconds(), 1))


def finished(
    desk: Desk, ticket: Ticket, outcome: MatterOutcome, outcomes: dict[str, MatterOutcome]
) -> m.TicketFinished:
    """The event that ends a visit; ``outcome`` stands for the matters that have none."""
    whole = {line.matter: outcomes.get(line.matter, line.outcome or outcome) for line in ticket.matters}
    return m.TicketFinished(ticket=ticket.id, window=desk.id, staff=desk.staff, outcome=outcome, outcomes=whole)
