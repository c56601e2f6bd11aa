"""The pictures pages show of tickets and desks: computed from the live state, whole, with texts in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from hall_queue.model import Channel, Desk, Rank, Ticket, TicketState, WindowState
from hall_queue.moments import pass_at, recall_at, undo_until
from hall_queue.onward import left_for_others, wanted_back
from hall_queue.picture_types import (
    AheadTicket,
    Colleague,
    DeskPicture,
    DeskTicket,
    DeskWindow,
    HallName,
    HeldTicket,
    LinePicture,
    Onward,
    RatedMatter,
    RatingMark,
    RecentTicket,
    StaffMark,
    Taking,
    TicketMatter,
    TicketPicture,
    UndoMark,
    WindowName,
    WindowPicture,
    WindowTicket,
)
from hall_queue.quotas import left
from hall_queue.rulebook import LastTicket, PassPolicy, Rules
from hall_queue.rules import Hall
from hall_queue.served import Served, ServedMatters
from hall_server.directory.model import Line, Matter, Window
from hall_server.errors import Refused

AHEAD_SHOWN = 20
RECENT_SHOWN = 10
OWN_PAGE = frozenset({Channel.PHONE, Channel.API, Channel.APPOINTMENT, Channel.OUTSIDE})
"""Whoever took a number here came to its page without the code on a slip."""
NOT_SERVING = frozenset({WindowState.CLOSED, WindowState.PAUSED})


class Pictures:
    """Makes pictures of the present state."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.staff_name: Callable[[str], str] = lambda staff: ""  # from the accounts; never from the journal
        self.served = ServedMatters(hall.queue, hall.directory)

    def hall_name(self) -> HallName:
        """The hall's name in both languages."""
        hall = self.hall.directory.hall
        return HallName(name=hall.name if hall else "", name_en=hall.name_en if hall else "")

    def desk(self, window_id: str) -> DeskPicture:
        """What the console of a window shows."""
        window, desk = self.hall.window(window_id), self.hall.queue.desk(window_id)
        ticket = self.hall.queue.current(window_id)
        called = ticket if ticket and ticket.state is TicketState.CALLED else None
        rules = desk.rules if called and desk.rules else self.hall.rulebook.hall
        return DeskPicture(
            window=self.desk_window(window),
            ticket=self._desk_ticket(window, desk, ticket) if ticket else None,
            recall_at=recall_at(called, rules) if called else None,
            recalls_left=max(0, rules.recalls_max - called.recalls) if called else 0,
            pass_at=pass_at(called, rules) if called else None,
            pass_calls_left=max(0, rules.pass_after_calls - called.calls) if called else 0,
            held=tuple(self._held(desk)),
            passed=tuple(self._ended(self._resumable(desk))),
            ahead=self._ahead(window, desk),
            waiting=sum(self.hall.queue.waiting.count(line) for line in window.lines),
            recent=tuple(self._ended(desk.recent[-RECENT_SHOWN:])),
            served=desk.served,
            pass_policy=rules.pass_policy,
            pass_places=rules.pass_places,
            pass_expires=_expires(called, rules),
            hold_s=rules.hold_s,
            requeues_left=max(0, rules.requeues_max - called.requeues) if called else 0,
            undo=self._undo(desk),
            colleagues=tuple(self._colleagues(desk)),
        )

    def desk_window(self, window: Window) -> DeskWindow:
        """A window with its state of the moment."""
        desk = self.hall.queue.desk(window.id)
        return DeskWindow(
            id=window.id,
            number=window.number,
            name=window.name,
            name_en=window.name_en,
            zone=window.zone,
            lines=window.lines,
            state=desk.state,
            reason=desk.reason,
            since=desk.since,
            staff=self.staff_mark(desk.staff),
        )

    def staff_mark(self, staff: str | None) -> StaffMark | None:
        """The sign of a member of staff."""
        member = self.hall.directory.staff.get(staff) if staff else None
        if member is None:
            return None
        return StaffMark(number=member.number, name=self.staff_name(member.id), marks=member.marks, photo=member.photo)

    def window(self, window_id: str) -> WindowPicture:
        """A window as everybody may see it."""
        seen = self.desk_window(self.hall.window(window_id))
        return WindowPicture(**msgspec.structs.asdict(seen), ticket=self.window_ticket(window_id))

    def window_ticket(self, window_id: str) -> WindowTicket | None:
        """The ticket at a window, as everybody may see it."""
        ticket = self.hall.queue.current(window_id)
        if ticket is None:
            return None
        matter, line = self.matter(ticket), self.hall.line(ticket.line)
        return WindowTicket(
            id=ticket.id,
            number=ticket.number,
            state=ticket.state,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            line_name=line.name,
            line_name_en=line.name_en,
            calls=ticket.calls,
            called_at=ticket.called_at,
            started_at=ticket.started_at,
        )

    def ticket(self, ticket: Ticket) -> TicketPicture:
        """A visitor's own page."""
        matter, line = self.matter(ticket), self.hall.line(ticket.line)
        zone = self.hall.directory.zones[line.zone]
        waits, rules = ticket.state is TicketState.WAITING, self.hall.rulebook.of(line.id)
        ahead, windows = self.hall.ahead(ticket) if waits else 0, self._windows_for(ticket)
        return TicketPicture(
            hall=self.hall_name(),
            number=ticket.number,
            state=ticket.state,
            line=line.id,
            line_name=line.name,
            line_name_en=line.name_en,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            ahead=ahead,
            wait_s=self.hall.wait_of(ticket, ahead) if waits else None,
            zone=zone.id,
            zone_name=zone.name,
            zone_name_en=zone.name_en,
            windows=tuple(map(_name, windows)),
            windows_open=sum(self.hall.queue.desk(one.id).state not in NOT_SERVING for one in windows),
            window=_name(self.hall.window(ticket.window)) if ticket.window else None,
            calls=ticket.calls,
            issued_at=ticket.issued_at,
            called_at=ticket.called_at,
            near=waits and ticket.near,
            near_at=rules.near_at,
            due=ticket.due,
            here_by=ticket.here_by,
            offline=ticket.offline,
            set_back=rules.pass_places if waits and ticket.is_set_back else 0,
            may_resume=ticket.state is TicketState.PASSED and self._may_resume(ticket),
            line_open=line.active and line.id not in self.hall.queue.closed_lines,
            matter=ticket.matter,
            matters=tuple(self._matters(ticket)),
            rating=self._rating(ticket),
        )

    def _rating(self, ticket: Ticket) -> RatingMark:
        rated = self.served.levels(ticket.id)
        newest = max(rated.values(), key=lambda one: one[1], default=None)
        return RatingMark(
            possible=bool(self.served.unrated(ticket.id)),
            level=newest[0] if newest else None,
            is_own=ticket.channel in OWN_PAGE,
            matters=tuple(self.rated_matter(one) for one in self.served.of(ticket.id)),
        )

    def rated_matter(self, part: Served) -> RatedMatter:
        """A served matter with how it was rated, as the visitor and the window's pad see it."""
        matter = self.hall.directory.matters.get(part.matter or "")
        level, _ = self.served.levels(part.ticket).get(part.matter, (None, None))
        return RatedMatter(
            matter=part.matter,
            name=matter.name if matter else "",
            name_en=matter.name_en if matter else "",
            case=self.served.case_of(part.ticket, part.matter),
            level=level,
        )

    def _windows_for(self, ticket: Ticket) -> Sequence[Window]:
        """Where a visitor may be called: at the windows of the matter, or only where somebody sent them to."""
        if ticket.directed_window is not None:
            return [self.hall.window(ticket.directed_window)]
        windows = self.hall.serving_windows(ticket.line, ticket.matter)
        if ticket.directed_staff is None:
            return windows
        return [window for window in windows if self.hall.queue.desk(window.id).staff == ticket.directed_staff]

    def line(self, line: Line) -> LinePicture:
        """A line with those who wait in it."""
        waiting = self.hall.queue.waiting.count(line.id)
        still, stop = left(self.hall, line.id, self.hall.now()), self.hall.queue.closed_lines.get(line.id)
        return LinePicture(
            id=line.id,
            name=line.name,
            name_en=line.name_en,
            prefix=line.prefix,
            zone=line.zone,
            open=line.active and stop is None,
            waiting=waiting,
            windows_open=len(self.hall.open_windows(line.id)),
            wait_s=self.hall.wait(line.id, waiting),
            needs_id=self.hall.rulebook.of(line.id).id_required,
            priority=line.priority_enabled,
            closed_reason=stop.reason if stop else "",
            closed_cause=stop.cause if stop else None,
            given=len(self.hall.queue.issued_in.get(line.id, ())),
            sent_here=self.hall.queue.sent_to[line.id],
            left=still.tickets if still else None,
            left_until=still.until if still else None,
        )

    def taking(self) -> Taking:
        """Whether the hall gives numbers now, and when it does next."""
        hall, now = self.hall, self.hall.now()
        closes = hall.taking.closes(now)
        until = hall.taking.local(closes) if closes else None
        try:
            hall.ports.check_issuing()
            hall.taking.check(now, by_hours=hall.rulebook.hall.last_ticket is not LastTicket.WINDOWS)
        except Refused as exc:
            opens = exc.fields.get("opens")
            found = opens if isinstance(opens, datetime) else None
            return Taking(open=False, reason=exc.code, opens=found, closes=until)
        return Taking(open=True, reason=None, opens=None, closes=until)

    def matter(self, ticket: Ticket) -> Matter | None:
        """The matter a ticket is for; None for one taken by line."""
        return self.hall.directory.matters.get(ticket.matter) if ticket.matter else None

    # -- inside

    def _desk_ticket(self, window: Window, desk: Desk, ticket: Ticket) -> DeskTicket:
        matter, line = self.matter(ticket), self.hall.line(ticket.line)
        others = left_for_others(self.hall, window, ticket)
        return DeskTicket(
            id=ticket.id,
            number=ticket.number,
            state=ticket.state,
            line=line.id,
            line_name=line.name,
            line_name_en=line.name_en,
            matter=ticket.matter,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            priority=ticket.priority,
            issued_at=ticket.issued_at,
            called_at=ticket.called_at,
            started_at=ticket.started_at,
            calls=ticket.calls,
            identified=ticket.person is not None,
            matters=tuple(self._matters(ticket, others)),
            onward=self._onward(desk, ticket, others),
            express=ticket.express,
            returns_to=self.hall.window(ticket.return_to).number if ticket.return_to else None,
            due=ticket.due,
            flags=ticket.flags,
            offline=ticket.offline,
        )

    def _onward(self, desk: Desk, ticket: Ticket, left: list[Matter]) -> Onward | None:
        back = wanted_back(self.hall, desk, ticket)
        if back is None and not left:
            return None
        matter = self.matter(ticket) if back else left[0]
        line = self.hall.line(matter.line if matter and not back else ticket.line)
        working = () if back else self.hall.working(line.id, matter.id if matter else None, but=desk.id)
        return Onward(
            back=self.hall.window(back).number if back else None,
            line_name=line.name,
            line_name_en=line.name_en,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            windows=tuple(sorted(one.number for one in working)),
        )

    def _matters(self, ticket: Ticket, left: Iterable[Matter] = ()) -> list[TicketMatter]:
        known, elsewhere = self.hall.directory.matters, {one.id for one in left}
        return [
            TicketMatter(
                matter=line.matter,
                name=known[line.matter].name,
                name_en=known[line.matter].name_en,
                outcome=line.outcome.value if line.outcome else None,
                elsewhere=line.matter in elsewhere,
            )
            for line in ticket.matters
        ]

    def _ahead(self, window: Window, desk: Desk) -> tuple[AheadTicket, ...]:
        found = self.hall.queue.waiting.in_order(self.hall.asking(window, desk), AHEAD_SHOWN)
        return tuple(self._ahead_ticket(rank, ticket) for rank, ticket in found)

    def _ahead_ticket(self, rank: Rank, ticket: Ticket) -> AheadTicket:
        matter, line = self.matter(ticket), self.hall.line(ticket.line)
        return AheadTicket(
            id=ticket.id,
            number=ticket.number,
            line=line.id,
            line_name=line.name,
            line_name_en=line.name_en,
            matter_name=matter.name if matter else "",
            matter_name_en=matter.name_en if matter else "",
            priority=ticket.priority,
            issued_at=ticket.issued_at,
            rank=rank.name.lower(),
            due=ticket.due,
            flags=ticket.flags,
        )

    def _resumable(self, desk: Desk) -> list[str]:
        """The passed tickets that may be called again, the last one last."""
        last = desk.passed[-1:] and self.hall.rulebook.of(self.hall.queue.tickets[desk.passed[-1]].line)
        if not last or last.pass_policy is not PassPolicy.RESUME or not last.passed_resume_last:
            return []
        return desk.passed[-last.passed_resume_last :]

    def _may_resume(self, ticket: Ticket) -> bool:
        return bool(ticket.window) and ticket.id in self._resumable(self.hall.queue.desk(ticket.window or ""))

    def _undo(self, desk: Desk) -> UndoMark | None:
        undo = desk.undo
        if undo is None or self.hall.queue.tickets[undo.ticket.id].touched != undo.seq:
            return None
        return UndoMark(key=undo.type, number=undo.ticket.number, until=undo_until(undo, self.hall))

    def _colleagues(self, here: Desk) -> Iterator[Colleague]:
        for desk in self.hall.queue.desks.values():
            member = self.hall.directory.staff.get(desk.staff) if desk.staff else None
            if member is None or desk.id == here.id or desk.state is WindowState.CLOSED:
                continue
            window = self.hall.window(desk.id)
            yield Colleague(
                staff=member.id,
                number=member.number,
                name=self.staff_name(member.id),
                window=window.id,
                window_number=window.number,
                lines=window.lines,
            )

    def _held(self, desk: Desk) -> list[HeldTicket]:
        held = (self.hall.queue.tickets[id_] for id_ in sorted(self.hall.queue.held))
        return [HeldTicket(id=t.id, number=t.number, until=t.held_until) for t in held if t.window == desk.id]

    def _ended(self, ids: list[str]) -> list[RecentTicket]:
        tickets = (self.hall.queue.tickets[id_] for id_ in reversed(ids))
        return [RecentTicket(id=t.id, number=t.number, state=t.state, at=t.ended_at) for t in tickets]


def _expires(called: Ticket | None, rules: Rules) -> bool:
    """Whether the number is over when it is passed."""
    if rules.pass_policy is PassPolicy.REQUEUE:
        return called is not None and called.passes >= rules.pass_times
    return rules.pass_policy is PassPolicy.NEW_TICKET or not rules.passed_resume_last


def _name(window: Window) -> WindowName:
    return WindowName(id=window.id, number=window.number, name=window.name, name_en=window.name_en)
