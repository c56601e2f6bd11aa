"""What the rules of the queue ask before they decide: the hall's settings, its directory and its present state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import msgspec

from hall_queue.hours import TakingHours
from hall_queue.model import Desk, Ticket, TicketState, WindowState
from hall_queue.order import Caller, caller
from hall_queue.ports import Ports
from hall_queue.rulebook import Rulebook, Rules
from hall_queue.state import HallQueue
from hall_queue.wait import Accuracy, Situation, Wait, Waits, estimate
from hall_server.directory.directory import Directory
from hall_server.directory.model import Express, Line, Matter, Window
from hall_server.errors import Forbidden, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.settings import Settings

FEW_VISITS = 5
_IDLE, _CLOSED, _PAUSED = WindowState.IDLE, WindowState.CLOSED, WindowState.PAUSED  # every ticket asks for them often


class _Able(NamedTuple):
    """The windows for a matter in a line, as long as the line's windows and the matter are these."""

    line_windows: tuple[Window, ...]
    matter: Matter | None
    windows: tuple[Window, ...]


class Told(msgspec.Struct, frozen=True):
    """What a visitor was told with the number."""

    ahead: int
    wait: Wait


@dataclass(frozen=True, slots=True)
class Hall:
    """The queue with what it stands on; every handler and every picture asks here.

    Attributes:
        told: by ticket, of those who wait for their first call.
    """

    queue: HallQueue
    directory: Directory
    settings: Settings
    now: Callable[[], datetime]
    taking: TakingHours
    rulebook: Rulebook
    ports: Ports = field(default_factory=Ports)
    waits: Waits = field(default_factory=Waits)
    accuracy: Accuracy = field(default_factory=Accuracy)
    told: dict[str, Told] = field(default_factory=dict)
    _able: dict[tuple[str, str], _Able] = field(default_factory=dict)

    def local_now(self) -> datetime:
        """The present in the hall's time zone."""
        return self.taking.local(self.now())

    def window(self, id_: str) -> Window:
        """A window by id.

        Raises:
            NotFound: there is none.
        """
        found = self.directory.windows.get(id_)
        if found is None:
            raise NotFound("window.unknown", window=id_)
        return found

    def line(self, id_: str) -> Line:
        """A line by id.

        Raises:
            NotFound: there is none.
        """
        found = self.directory.lines.get(id_)
        if found is None:
            raise NotFound("line.unknown", line=id_)
        return found

    def lines_of(self, first: str, matters: Iterable[str]) -> tuple[str, ...]:
        """A line and those of matters, each once, the first first; matters that are gone have none."""
        known = self.directory.matters
        return tuple(dict.fromkeys((first, *(known[id_].line for id_ in matters if id_ in known))))

    def matter(self, id_: str) -> Matter:
        """An active matter by id or code.

        Raises:
            NotFound: there is none, or it was switched off.
        """
        found = self.directory.matters.get(id_) or self.directory.matter_by_code(id_)
        if found is None or not found.active:
            raise NotFound("matter.unknown", matter=id_)
        return found

    def ticket(self, id_: str) -> Ticket:
        """A ticket of today by id.

        Raises:
            NotFound: there is none.
        """
        found = self.queue.tickets.get(id_)
        if found is None:
            raise NotFound("ticket.unknown", ticket=id_)
        return found

    def may_act(self, actor: Actor, window: str) -> tuple[Window, Desk]:
        """The window and its desk, if the actor may press its keys.

        Raises:
            NotFound: there is no such window.
            Forbidden: it is not the actor's window.
            Refused: somebody else sits there.
        """
        found, desk = self.window(window), self.queue.desk(window)
        if actor.may(Role.MANAGER):
            return found, desk
        if window not in actor.windows:
            raise Forbidden("window.not_yours", window=window)
        if actor.kind is Role.STAFF and desk.staff not in {None, actor.id} and desk.state is not WindowState.CLOSED:
            raise Refused("window.other_staff", window=window)
        return found, desk

    def current(self, desk: Desk, *states: TicketState) -> Ticket:
        """The ticket at a desk, if it is in one of these states.

        Raises:
            Refused: nobody is there, or the key does not fit what is going on.
        """
        ticket = self.queue.current(desk.id)
        if ticket is None:
            raise Refused("window.no_ticket", window=desk.id)
        if ticket.state not in states:
            raise Refused(f"ticket.is_{ticket.state.value}", window=desk.id, number=ticket.number)
        return ticket

    def rules_at(self, desk: Desk, ticket: Ticket) -> Rules:
        """The rules of a called ticket: those of its call, whatever was changed since."""
        return desk.rules if desk.rules is not None and desk.ticket == ticket.id else self.rulebook.of(ticket.line)

    def asking(self, window: Window, desk: Desk) -> Caller:
        """A window that asks who is next."""
        return caller(window, desk, self.now(), self.rulebook)

    def ahead(self, ticket: Ticket) -> int:
        """How many of its line are called before a waiting ticket, as things stand now."""
        return self.queue.waiting.ahead(ticket, self.now(), self.rulebook)

    def working(self, line: str, matter: str | None, *, but: str | None = None) -> list[Window]:
        """The windows that serve a line and matter and are not closed, one of them left out."""
        windows = [window for window in self.serving_windows(line, matter) if window.id != but]
        return [window for window in windows if self.queue.desk(window.id).state is not _CLOSED]

    def open_for(self, line: str, matter: str | None, *, but: str | None = None) -> list[Window]:
        """The windows that serve a line and matter now: neither closed nor paused, one of them left out."""
        working = self.working(line, matter, but=but)
        return [window for window in working if self.queue.desk(window.id).state is not _PAUSED]

    def open_windows(self, line: str) -> list[Window]:
        """The windows that serve a line and are not closed or paused."""
        desks = self.queue.desks
        return [
            window
            for window in self.directory.windows_of_line(line)
            if (desk := desks.get(window.id)) is not None and desk.state is not _CLOSED and desk.state is not _PAUSED
        ]

    def serving_windows(self, line: str, matter: str | None) -> tuple[Window, ...]:
        """The active windows that may serve a ticket of this line and matter; looked up anew where these changed."""
        windows = self.directory.windows_of_line(line)
        if matter is None:
            return windows
        record, known = self.directory.matters.get(matter), self._able.get((line, matter))
        if known is None or known.line_windows is not windows or known.matter is not record:
            is_express = record is not None and record.express
            able = tuple(window for window in windows if _has_skill(window, matter, is_express=is_express))
            known = self._able[line, matter] = _Able(windows, record, able)
        return known.windows

    def has_skill(self, window: Window, line: str, matter: str) -> bool:
        """Whether a window, as it is or as it might be, serves a matter of a line."""
        return line in window.lines and _has_skill(window, matter, is_express=self.is_express(matter))

    def is_express(self, matter: str | None) -> bool:
        """Whether a matter takes a moment only."""
        found = self.directory.matters.get(matter) if matter else None
        return found is not None and found.express

    def wait_of(self, ticket: Ticket, ahead: int) -> Wait:
        """The wait of a ticket that waits; an appointment is not called before its slot."""
        wait = self.wait(ticket.line, ahead, beside=ahead)
        if ticket.due is None:
            return wait
        until = max(0, round((ticket.due - self.now()).total_seconds()))
        return Wait(p50=max(until, wait.p50), p90=max(until, wait.p90))

    def wait(self, line: str, ahead: int, *, beside: int | None = None) -> Wait:
        """The wait of someone behind so many people; made also while no window is open; ``beside`` as `situation`."""
        found = self.situation(line, ahead, beside=beside)
        return self.at_first(line, found, self.waits.estimate(line, found, self.now().timestamp()))

    def at_first(self, line: str, found: Situation, wait: Wait) -> Wait:
        """Never less than people, windows and usual services make, until a line has had a few visits."""
        if self.waits.visits(line) >= FEW_VISITS:
            return wait
        plain = self._plain(line, found)
        if plain.p50 <= wait.p50 and plain.p90 <= wait.p90:
            return wait
        return Wait(p50=max(wait.p50, plain.p50), p90=max(wait.p90, plain.p90))

    def situation(self, line: str, ahead: int, *, beside: int | None = None) -> Situation:
        """What somebody finds in a line.

        Args:
            line: the line.
            ahead: people of the line who are called before.
            beside: people of the line who matter to them; None: all who wait, for somebody who is not among them yet.
        """
        windows, desks, count = self.open_windows(line), self.queue.desks, self.queue.waiting.count
        waiting = {line: count(line) if beside is None else beside}
        mine = max(1, waiting[line])
        servers, idle = 0.0, 0
        for window in windows:
            all_lines = mine
            for other in window.lines:
                if other != line:
                    if other not in waiting:
                        waiting[other] = count(other)
                    all_lines += waiting[other]
            servers += mine / all_lines
            idle += desks[window.id].state is _IDLE
        return Situation(
            ahead=ahead,
            servers=servers or 1.0,
            idle=idle,
            windows=len(windows),
            ahead_all=max(ahead, sum(waiting.values())),
        )

    def plain_wait(self, line: str, ahead: int) -> Wait:
        """The wait by people, windows and services alone; while no window is open, as if all of the line's opened."""
        return self._plain(line, self.situation(line, ahead))

    def _plain(self, line: str, found: Situation) -> Wait:
        services = self.queue.services.get(line, ())
        servers = found.servers if found.windows else max(1, len(self.directory.windows_of_line(line)))
        return estimate(ahead=found.ahead, servers=servers, idle=found.idle, services=services)


def _has_skill(window: Window, matter: str, *, is_express: bool) -> bool:
    return (not window.matters or matter in window.matters) and (is_express or window.express is not Express.ONLY)
