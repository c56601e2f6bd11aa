"""What must hold after every key of the hall machine, and the whole state in an order of its own."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis.stateful import invariant

from hall_queue import messages as m
from hall_queue.model import ENDED, Desk, Ticket, TicketState, WindowState
from hall_queue.order import Waiting
from hall_queue.rule_events import RulesSaved
from hall_queue.state import HallQueue
from hall_server.directory.model import Window
from hall_server.journal.rows import microseconds
from tests.fakes.machine_base import AT_DESK, LINES, LIVE, WINDOWS, MachineBase
from tests.fakes.plain_order import PlainOrder
from tests.fakes.plain_visits import plain_visits

MOST_SET_BACKS = 2  # of all the rules that the machine ever sets
AT_A_WINDOW = {*AT_DESK, TicketState.HELD, TicketState.DONE, TicketState.PASSED}


class Checks(MachineBase):
    """The invariants."""

    @invariant()
    def every_ticket_is_in_one_state_and_none_is_lost(self) -> None:
        queue = self.queue
        assert {id_: one.number for id_, one in queue.tickets.items()} == self.numbers
        assert len(set(self.numbers.values())) == len(self.numbers)
        states = Counter(one.state for one in queue.tickets.values())
        assert states == +queue.counts
        assert sum(states.values()) == len(self.events(m.TicketIssued))
        assert queue.held == {id_ for id_, one in queue.tickets.items() if one.state is TicketState.HELD}

    @invariant()
    def one_ticket_a_window_and_one_window_a_ticket(self) -> None:
        queue = self.queue
        at_desks = {desk.ticket: desk for desk in queue.desks.values() if desk.ticket is not None}
        assert len(at_desks) == sum(desk.ticket is not None for desk in queue.desks.values())
        called = {id_ for id_, one in queue.tickets.items() if one.state in AT_DESK}
        assert called == at_desks.keys()
        for id_, desk in at_desks.items():
            assert queue.tickets[id_].window == desk.id
            assert desk.state is AT_DESK[queue.tickets[id_].state]
        for desk in queue.desks.values():
            assert desk.ticket is not None or desk.state not in AT_DESK.values()

    @invariant()
    def who_waits_stands_in_line_and_can_be_called_once_a_window_opens(self) -> None:
        waiting, plain = self.waiting(), self.plain()
        in_line = Counter(one.line for one in waiting)
        lines = self.server.directory.lines
        assert {of: self.queue.waiting.count(of) for of in lines} == {of: in_line[of] for of in lines}
        windows = [self.server.directory.windows[one] for one in WINDOWS]
        for one in waiting:
            assert one.directed_window not in self.desks(WindowState.CLOSED)
            is_seen = any(plain.may_take(at, self.queue.desk(at.id).staff, one) for at in windows)
            is_able = any(self.has_skill(plain, at, one) for at in windows)
            assert is_seen or plain.is_to_come(one) or not is_able or any(plain.is_barred(at, one) for at in windows)

    def has_skill(self, plain: PlainOrder, at: Window, one: Ticket) -> bool:
        if one.directed_staff:
            return self.queue.desk(at.id).staff == one.directed_staff and plain.has_skill(at, one)
        return one.directed_window == at.id or (one.line in at.lines and plain.has_skill(at, one))

    @invariant()
    def the_order_at_every_window_is_the_plain_one(self) -> None:
        for id_ in WINDOWS:
            window, desk = self.server.directory.windows[id_], self.queue.desk(id_)
            asking = self.hall.asking(window, desk)
            plain = dataclasses.replace(self.plain(), turns=asking.turns)
            found = self.queue.waiting.in_order(asking, 1_000)
            assert [(rank, one.id) for rank, one in found] == [
                (rank, one.id) for rank, one in plain.order(window, desk.staff)
            ]
            pick, wanted = self.queue.waiting.next(asking), plain.next(window, desk.staff)
            assert (pick and (pick.rank, pick.ticket)) == wanted
            if pick and wanted:
                assert pick.favoured == plain.is_favoured(window, desk.staff, *wanted)

    def plain(self) -> PlainOrder:
        return PlainOrder(self.waiting(), self.server.now(), self.hall.rulebook)

    @invariant()
    def every_visit_has_open_what_nobody_has_decided(self) -> None:
        found = {id_: {of.matter: of.outcome is None for of in one.matters} for id_, one in self.queue.tickets.items()}
        assert found == plain_visits(self.heard)
        assert all(len(found[id_]) == len(one.matters) for id_, one in self.queue.tickets.items())

    @invariant()
    def every_ticket_counts_once_in_each_line_it_has_to_do_with(self) -> None:
        counted: dict[str, list[datetime]] = {}
        for one in self.queue.tickets.values():
            assert one.line in one.counts
            for of, since in one.counts.items():
                counted.setdefault(of, []).append(since)
        assert {of: some for of, some in self.queue.issued_in.items() if some} == {
            of: sorted(some) for of, some in counted.items()
        }
        sent = Counter(of for one in self.queue.tickets.values() for of in one.counts if of not in one.taken_in)
        assert +self.queue.sent_to == sent

    @invariant()
    def every_open_ticket_of_a_person_is_known(self) -> None:
        live = [one for one in self.queue.tickets.values() if one.state in LIVE and one.person]
        found = {who: set(ids) for who, ids in self.queue.open_of.items()}
        assert found == {one.person: {other.id for other in live if other.person == one.person} for one in live}

    @invariant()
    def nobody_is_told_twice_that_the_turn_is_near(self) -> None:
        told = Counter(event.ticket for event in self.events(m.TicketNear))
        assert not told or max(told.values()) == 1

    @invariant()
    def nobody_is_set_back_for_ever(self) -> None:
        times = Counter(event.ticket for event in self.events(m.TicketSetBack))
        times.subtract(one.ticket for one in self.events(m.KeyUndone) if one.undone == m.TicketSetBack.type)
        assert not times or max(times.values()) <= MOST_SET_BACKS
        assert all(one.passes == times[id_] for id_, one in self.queue.tickets.items())

    @invariant()
    def no_window_favours_more_than_the_ratio_says(self) -> None:
        ratio = self.hall.rulebook.hall.ratio
        if ratio is None:
            return
        for at in WINDOWS:
            assert self.favoured_in_a_row(at) <= ratio.favoured

    def favoured_in_a_row(self, at: str) -> int:
        """Calls of a window that went before a longer wait, since one did not or the rules changed."""
        rows: list[int] = [0]  # after each call; an undone one is taken off again
        for one in (recorded.event for recorded in self.heard):
            if isinstance(one, RulesSaved):
                rows = [0]
            elif isinstance(one, m.TicketCalled) and one.window == at:
                by_order = one.rank in {"aged", "turn", "priority", "due", "normal"}
                rows.append(rows[-1] + 1 if one.favoured else 0 if by_order else rows[-1])
            elif isinstance(one, m.KeyUndone) and one.window == at and one.undone == m.TicketCalled.type:
                rows = rows[:-1] or [0]
        return max(rows)

    @invariant()
    def every_window_counts_its_favours(self) -> None:
        for at in WINDOWS:
            desk, counted = self.queue.desk(at), self.counted(at)
            assert counted in {None, (desk.favoured, desk.turns)}

    def counted(self, at: str) -> tuple[int, int] | None:
        """Favours so far and turns owed, from the calls; None where the rules changed after the day's first call."""
        ratio = self.hall.rulebook.hall.ratio
        trail = [(0, 0)]
        for one in (recorded.event for recorded in self.heard):
            if isinstance(one, RulesSaved) and len(trail) > 1:
                return None
            if isinstance(one, m.TicketCalled) and one.window == at:
                favoured, turns = trail[-1]
                if ratio is not None and one.favoured:
                    is_full = favoured + 1 >= ratio.favoured
                    trail.append((0, ratio.oldest) if is_full else (favoured + 1, turns))
                else:
                    by_order = one.rank in {"aged", "turn", "priority", "due", "normal"}
                    trail.append((0, max(0, turns - 1)) if by_order else (favoured, turns))
            elif isinstance(one, m.KeyUndone) and one.window == at and one.undone == m.TicketCalled.type:
                trail.pop()
        return trail[-1]

    # -- what is looked at now and then

    async def check_table(self) -> None:
        """The table of all tickets says the same as the live state."""
        await self.server.projector.catch_up()
        names = "id, state, line, matter, number, first_called_at, started_at, ended_at, window, staff, calls"
        sql = f"SELECT {names} FROM tickets WHERE business_day = ?"  # noqa: S608  # constants only
        rows = {row[0]: row for row in await self.server.views.fetch(sql, (self.queue.day.isoformat(),))}
        assert rows.keys() == self.queue.tickets.keys()
        for id_, one in self.queue.tickets.items():
            _, state, line, matter, number, first, started, ended, window, staff, calls = rows[id_]
            assert (state, line, matter, number) == (one.state, one.line, one.matter, one.number)
            assert first == at(one.first_called_at)
            assert calls == self.calls_ever(id_)
            if one.state in AT_A_WINDOW:
                assert (window, staff, started) == (one.window, one.staff, at(one.started_at))
            if one.state in ENDED:
                assert ended == at(one.ended_at)

    def calls_ever(self, ticket: str) -> int:
        """Calls and recalls of a ticket, those that were taken back left out."""
        called = [*self.events(m.TicketCalled), *self.events(m.TicketRecalled)]
        undone = [one for one in self.events(m.KeyUndone) if one.undone == m.TicketCalled.type]
        return sum(one.ticket == ticket for one in called) - sum(one.ticket == ticket for one in undone)


def at(moment: datetime | None) -> int | None:
    return microseconds(moment) if moment else None


def dump(queue: HallQueue) -> dict[str, Any]:
    """The whole live state in an order of its own."""
    far = datetime(2027, 12, 31, tzinfo=UTC)
    return {
        "day": queue.day,
        "tickets": {id_: repr(one) for id_, one in sorted(queue.tickets.items())},
        "desks": {id_: repr(one) for id_, one in sorted(queue.desks.items())},
        "serials": +queue.serials,
        "serial": queue.serial,
        "counts": +queue.counts,
        "people": {who: list(ids) for who, ids in queue.open_of.items()},
        "taken": +queue.taken_by,
        "issued": {of: list(some) for of, some in queue.issued_in.items() if some},
        "sent": +queue.sent_to,
        "services": {of: list(some) for of, some in queue.services.items()},
        "calls": list(queue.recent_calls),
        "held": set(queue.held),
        "barred": {at: list(ids) for at, ids in queue._barred.items()},
        "lines": dict(queue.closed_lines),
        "narrowed": dict(queue.narrowed),
        "order": {of: [one.id for one in queue.waiting.line_of(of)] for of in LINES},
        "directed": directed(queue.waiting),
        "longest": {of: queue.waiting.longest(of, far) or far for of in LINES},
    }


def directed(waiting: Waiting) -> list[str]:
    people = [f"s{number[1:]}" for number in WINDOWS]
    return [one.id for at in WINDOWS for one in waiting.directed(at, None)] + [
        one.id for who in people for one in waiting.directed(None, who)
    ]


def before_the_key(queue: HallQueue) -> dict[str, Any]:
    """The state as an undone key must leave it: all but places in the journal, and who was told to be near."""
    found = dump(queue)
    found["tickets"] = {id_: _as_it_was(one) for id_, one in sorted(queue.tickets.items())}
    found["desks"] = {id_: repr(_without_undo(one)) for id_, one in sorted(queue.desks.items())}
    del found["calls"]  # a ticket that was called before stays where the undone call has put it among the last calls
    found["people"] = {who: set(ids) for who, ids in queue.open_of.items()}
    found["services"] = {of: sorted(some) for of, some in found["services"].items() if some}
    del found["barred"]  # a list of whom to look at; the tickets say who is barred
    return found


def _as_it_was(ticket: Ticket) -> str:
    return repr(msgspec.structs.replace(ticket, touched=0, near=False))


def _without_undo(desk: Desk) -> Desk:
    return msgspec.structs.replace(desk, undo=None)
