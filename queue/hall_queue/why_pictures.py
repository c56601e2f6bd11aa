"""Makes the picture that explains a window's order out of the present state."""

from __future__ import annotations

from collections.abc import Iterator

from hall_queue import why
from hall_queue.model import Rank, Ticket, TicketState
from hall_queue.order import Caller
from hall_queue.picture_types import Name, WindowName
from hall_queue.pictures import Pictures
from hall_queue.why import Hindrance, Placed, Step
from hall_queue.why_hands import Hands, Way
from hall_queue.why_types import (
    ApartTicket,
    Asked,
    OrderAnswer,
    OrderLine,
    OrderPicture,
    OrderRules,
    OrderTicket,
    OrderWindow,
    PinShown,
    RatioNow,
    ReasonCount,
    WayShown,
)
from hall_server.directory.model import Window
from hall_server.errors import NotFound

SHOWN = 20


class OrderPictures:
    """Pictures of the order; ``hands`` knows who pinned and sent."""

    def __init__(self, pictures: Pictures, hands: Hands) -> None:
        self._pictures = pictures
        self._hall = pictures.hall
        self.hands = hands

    def window(self, window_id: str) -> OrderPicture:
        """Who is next at a window, and why.

        Raises:
            NotFound: no such window.
        """
        window = self._hall.window(window_id)
        asking = self._hall.asking(window, self._hall.queue.desk(window.id))
        placed = why.order(self._hall.queue.waiting, asking, SHOWN)
        here = why.looking(self._hall.queue.waiting, asking)
        apart = [(one, found) for one in here if (found := why.hindrance(one, asking)) is not None]
        apart.sort(key=lambda one: (one[0].arrival, one[0].serial))
        return OrderPicture(
            now=self._hall.local_now(),
            window=self._window(window),
            rules=self._rules(window),
            tickets=tuple(
                self._ticket(one, asking, step) for one, step in zip(placed, why.steps(placed, asking), strict=True)
            ),
            callable=len(here) - len(apart),
            apart=tuple(self._apart(one, found) for one, found in apart[:SHOWN]),
            apart_total=len(apart),
        )

    def answer(self, window_id: str, number: str) -> OrderAnswer:
        """The same, with what there is to say about a number where one is named.

        Raises:
            NotFound: no such window, or no such number today.
        """
        picture = self.window(window_id)
        asked = self._asked(window_id, number) if number.strip() else None
        return OrderAnswer(**{name: getattr(picture, name) for name in picture.__struct_fields__}, asked=asked)

    # -- inside

    def _asked(self, window_id: str, number: str) -> Asked:
        wanted = number.strip().upper()
        ticket = next((one for one in self._hall.queue.tickets.values() if one.number.upper() == wanted), None)
        if ticket is None:
            raise NotFound("ticket.unknown", number=wanted[:20])
        window = self._hall.window(window_id)
        asking = self._hall.asking(window, self._hall.queue.desk(window.id))
        waits = ticket.state is TicketState.WAITING
        placed = why.order(self._hall.queue.waiting, asking, len(self._hall.queue.tickets)) if waits else []
        at = next((n for n, one in enumerate(placed) if one.ticket is ticket), None)
        reasons = {} if at is None else why.count_reasons(placed[:at], placed[at], asking)
        hindrance = why.hindrance(ticket, asking) if waits else None
        return Asked(
            number=ticket.number,
            state=ticket.state,
            place=None if at is None else at + 1,
            ticket=None if at is None else self._ticket(placed[at], asking, None),
            before=tuple(
                ReasonCount(kind=kind, rank=why.name_of(rank), tickets=many) for (kind, rank), many in reasons.items()
            ),
            apart=None if hindrance is None else self._apart(ticket, hindrance),
            at=self._name(ticket.window),
            since=ticket.since,
            windows=tuple(self._able(ticket)) if waits else (),
            wait_s=self._hall.wait_of(ticket, self._hall.ahead(ticket)) if waits else None,
        )

    def _able(self, ticket: Ticket) -> Iterator[WindowName]:
        """The windows that may call a ticket, hours of appointments and bars of a minute left aside."""
        for window in self._hall.working(ticket.line, ticket.matter):
            sent_to = {ticket.directed_window, self._sits_at(ticket.directed_staff)} - {None}
            if not sent_to or window.id in sent_to:
                yield WindowName(id=window.id, number=window.number, name=window.name, name_en=window.name_en)

    def _sits_at(self, staff: str | None) -> str | None:
        desks = self._hall.queue.desks.values()
        return next((desk.id for desk in desks if staff is not None and desk.staff == staff), None)

    def _name(self, window_id: str | None) -> WindowName | None:
        window = self._hall.directory.windows.get(window_id or "")
        if window is None:
            return None
        return WindowName(id=window.id, number=window.number, name=window.name, name_en=window.name_en)

    def _number(self, window_id: str | None) -> int | None:
        found = self._name(window_id)
        return found.number if found else None

    def _window(self, window: Window) -> OrderWindow:
        seen = self._pictures.desk_window(window)
        return OrderWindow(
            id=seen.id,
            number=seen.number,
            name=seen.name,
            name_en=seen.name_en,
            state=seen.state,
            staff=seen.staff,
        )

    def _rules(self, window: Window) -> OrderRules:
        rulebook, desk = self._hall.rulebook, self._hall.queue.desk(window.id)
        ratio = rulebook.hall.ratio
        now = None
        if ratio is not None:
            now = RatioNow(favoured=ratio.favoured, oldest=ratio.oldest, used=desk.favoured, owed=desk.turns)
        lines = (self._hall.line(id_) for id_ in window.lines)
        return OrderRules(
            lines=tuple(
                OrderLine(
                    id=line.id,
                    name=line.name,
                    name_en=line.name_en,
                    ageing_s=rulebook.of(line.id).ageing_s,
                    waiting=self._hall.queue.waiting.count(line.id),
                )
                for line in lines
            ),
            preference=rulebook.hall.preference,
            ratio=now,
            express=window.express,
            skills=len(window.matters),
        )

    def _ticket(self, placed: Placed, asking: Caller, step: Step | None) -> OrderTicket:
        rank, ticket = placed
        matter, line = self._pictures.matter(ticket), self._hall.line(ticket.line)
        preferred = why.preference(ticket, rank, asking)
        return OrderTicket(
            id=ticket.id,
            number=ticket.number,
            line=line.id,
            line_name=line.name,
            line_name_en=line.name_en,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            rank=why.name_of(rank),
            issued_at=ticket.issued_at,
            arrival=ticket.arrival,
            ages_at=why.ages_at(ticket, asking),
            priority=self._priority(ticket),
            due=ticket.due,
            pinned=self._pin(ticket) if rank is Rank.PINNED else None,
            way=self._way(ticket),
            preferred=None if preferred is None else preferred + 1,
            express=ticket.express,
            skipped=ticket.skipped_by == asking.window.id,
            passes=ticket.passes,
            step=step,
        )

    def _priority(self, ticket: Ticket) -> Name | None:
        hall = self._hall.directory.hall
        if ticket.priority is None:
            return None
        known = next((one for one in (hall.priorities if hall else ()) if one.id == ticket.priority), None)
        name = known.name if known else ticket.priority
        return Name(id=ticket.priority, name=name, name_en=(known.name_en if known else "") or name)

    def _pin(self, ticket: Ticket) -> PinShown | None:
        hand = self.hands.pins.get(ticket.id)
        return PinShown(by=self._who(hand.actor), reason=hand.reason, at=hand.at) if hand else None

    def _way(self, ticket: Ticket) -> WayShown | None:
        hand = self.hands.ways.get(ticket.id)
        if hand is None or hand.way is None or (ticket.directed_window is None and ticket.directed_staff is None):
            return None
        return WayShown(
            way=hand.way,
            from_window=self._number(hand.window),
            by=self._who(hand.actor) if hand.way is Way.MOVE else "",
            reason=hand.reason,
            at=hand.at,
            to_staff=ticket.directed_window is None,
        )

    def _who(self, actor: str) -> str:
        """The name of a member of staff as the accounts have it; the number on the sign, else the id."""
        id_ = actor.rpartition(":")[2]
        member = self._hall.directory.staff.get(id_)
        return self._pictures.staff_name(id_) or (member.number if member else id_)

    def _apart(self, ticket: Ticket, hindrance: Hindrance) -> ApartTicket:
        matter, line = self._pictures.matter(ticket), self._hall.line(ticket.line)
        until = {Hindrance.SLOT_TO_COME: ticket.due, Hindrance.BARRED: ticket.barred_until}.get(hindrance)
        window = ticket.directed_window or self._sits_at(ticket.directed_staff)
        is_sent = hindrance in {Hindrance.OTHER_WINDOW, Hindrance.OTHER_PERSON}
        return ApartTicket(
            id=ticket.id,
            number=ticket.number,
            line_name=line.name,
            line_name_en=line.name_en,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            hindrance=hindrance,
            until=until,
            window=self._number(window) if is_sent else None,
        )
