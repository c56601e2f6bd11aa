"""Ends of visits: matters and their outcomes, what other windows still have to serve, the end of the day."""

from __future__ import annotations

from hall_queue import messages as m
from hall_queue.model import Desk, MatterOutcome, Ticket, TicketState, WindowState
from hall_queue.onward import kept_for, left_for_others, wanted_back
from hall_queue.pictures import Pictures
from hall_queue.rules import Hall
from hall_server.directory.model import Window
from hall_server.errors import Invalid, Refused
from hall_server.messages import Event
from hall_server.outcome import Context, Outcome


class Visits:
    """Handlers of what is done in a visit (domain rules 10 and 13); each answers with the desk afterwards."""

    def __init__(self, hall: Hall, pictures: Pictures) -> None:
        self._hall = hall
        self._pictures = pictures

    def add_matter(self, command: m.AddMatter, context: Context) -> Outcome:
        """Take one more matter up in this visit.

        Raises:
            NotFound: no such matter.
            Refused: nobody is served here, the matter is on the ticket already, or there are too many.
        """
        _, desk = self._hall.may_act(context.actor, command.window)
        ticket = self._hall.current(desk, TicketState.SERVING)
        matter = self._hall.matter(command.matter)
        if any(line.matter == matter.id for line in ticket.matters):
            raise Refused("ticket.has_matter", matter=matter.id, number=ticket.number)
        most = self._hall.rulebook.hall.several_matters
        if len(ticket.matters) >= most:
            raise Refused("ticket.too_many_matters", number=ticket.number, most=most)
        return self._done(desk, m.MatterAdded(ticket=ticket.id, window=desk.id, matter=matter.id, line=matter.line))

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
        return self._done(desk, self.end_here(window, desk, ticket, command))

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

    def end_here(self, window: Window, desk: Desk, ticket: Ticket, command: m.FinishService) -> Event:
        """The event that ends a visit at a window: for good, or to go on elsewhere."""
        left = [] if command.ends else left_for_others(self._hall, window, ticket, command.outcomes)
        back = None if command.ends else wanted_back(self._hall, desk, ticket)
        if back is None and not left:
            return finished(desk, ticket, command.outcome, command.outcomes)
        kept = kept_for(self._hall, back, ticket, command.outcomes) if back else []
        next_one = (kept or left)[0] if kept or not back else None
        line, matter = (next_one.line, next_one.id) if next_one else home(ticket)
        open_ones = {one.id for one in (*left, *kept)} | {matter}
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


def home(ticket: Ticket) -> tuple[str, str | None]:
    """Line and matter with which a ticket comes back: those it was sent away with; what it was sent for is done."""
    return ticket.return_line or ticket.line, ticket.return_matter if ticket.return_line else ticket.matter


def finished(
    desk: Desk, ticket: Ticket, outcome: MatterOutcome, outcomes: dict[str, MatterOutcome]
) -> m.TicketFinished:
    """The event that ends a visit; ``outcome`` stands for the matters that have none."""
    whole = {line.matter: outcomes.get(line.matter, line.outcome or outcome) for line in ticket.matters}
    return m.TicketFinished(ticket=ticket.id, window=desk.id, staff=desk.staff, outcome=outcome, outcomes=whole)
