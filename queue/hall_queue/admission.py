"""Who may have a number now, and what to do instead (domain rules 1 and 16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from hall_queue import messages as m
from hall_queue.alone import has_stopped
from hall_queue.causes import Cause
from hall_queue.model import Channel, Ticket
from hall_queue.outside_times import check as check_outside
from hall_queue.quotas import left_in_band, left_today
from hall_queue.rulebook import LastTicket, SecondTicket
from hall_queue.rules import Hall
from hall_server.directory.model import Line, Matter
from hall_server.errors import Refused
from hall_server.identity import Role
from hall_server.outcome import Context

ON_PAPER = frozenset({Channel.KIOSK, Channel.MQTT})

Besides = Mapping[str, Sequence[datetime]]
"""Line → when numbers of it were given that the queue does not know yet: those before it in the same hand-in."""
NOTHING: Besides = {}


class Admission:
    """Refuses numbers that cannot be given; every refusal says what to do instead."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    def check(self, command: m.IssueTicket, line: Line, matter: Matter | None, context: Context) -> None:
        """Refuse a number that this person or this kiosk may not have; appointments are neither capped nor doubles.

        Raises:
            Refused: ``kiosk.no_paper``, ``person.needed``, ``person.too_many``, ``ticket.duplicate``, what a room that
                knows the person says, and as :meth:`check_anybody`.
        """
        self.check_anybody(command, line, matter, context.now)
        if command.channel in ON_PAPER and not self._hall.ports.has_paper(context.actor):
            raise Refused("kiosk.no_paper", instead="phone")
        if command.person is None:
            if command.channel is Channel.OUTSIDE:
                raise Refused("person.needed", field="person.phone", line=line.id)
            self.check_needs_id(command, line)
            return
        self._check_person(command, line, matter, context)

    def check_needs_id(self, command: m.IssueTicket, line: Line) -> None:
        """Refuse a number without an ID number where one of the visit's lines is bound to it (domain rule 16).

        Raises:
            Refused: ``person.needed``.
        """
        for one in self._lines(command, line):
            if self._hall.rulebook.of(one.id).id_required:
                raise Refused("person.needed", field="person.id_number", line=one.id)

    def check_anybody(
        self, command: m.IssueTicket, line: Line, matter: Matter | None, now: datetime, besides: Besides = NOTHING
    ) -> None:
        """Refuse a number that nobody may have now, or then, when others were given ``besides``.

        Raises:
            Refused: ``hall.emergency``, ``line.closed``, ``hall.closed``, ``hall.last_ticket``, ``hall.no_time_left``,
                ``matter.no_window``, ``line.quota_used``, ``line.band_used``; from outside what
                :func:`hall_queue.outside_times.check` says.
        """
        self._hall.ports.check_issuing()
        lines, wanted = self._lines(command, line), (matter.id if matter else None, *command.more)
        for one in lines:
            self._check_gives_numbers(one, is_promised=command.appointment is not None)
        for id_ in wanted:
            self._check_served(line, id_)
        if command.appointment is not None:
            return
        if self._hall.queue.narrowed:
            for id_ in wanted:
                self._check_not_stopped(line, id_)
        rules = self._hall.rulebook.of(line.id)
        if command.channel is Channel.OUTSIDE:
            check_outside(rules, self._hall.taking, line.id, now)
        else:
            self._hall.taking.check(now, by_hours=rules.last_ticket is not LastTicket.WINDOWS)
        for one in lines:
            self._check_quotas(one, now, besides.get(one.id, ()))
        if rules.last_ticket is not LastTicket.HOURS:
            self._check_time_left(line, now, len(besides.get(line.id, ())))

    # -- inside

    def _lines(self, command: m.IssueTicket, line: Line) -> list[Line]:
        """The lines of a visit, each once, the first first."""
        if not command.more:
            return [line]
        found = {line.id: line}
        for id_ in command.more:
            other = self._hall.line(self._hall.matter(id_).line)
            found.setdefault(other.id, other)
        return list(found.values())

    def _check_gives_numbers(self, line: Line, *, is_promised: bool) -> None:
        """A line that stopped with its last window lets in whom a slot was promised; a manager's closing nobody."""
        stop = self._hall.queue.closed_lines.get(line.id)
        if not line.active or (stop is not None and not (is_promised and stop.cause is Cause.ALONE)):
            cause = stop.cause if stop else None
            raise Refused("line.closed", line=line.id, reason=stop.reason if stop else "", cause=cause)

    def _check_served(self, line: Line, matter: str | None) -> None:
        of_line = self._hall.directory.matters[matter].line if matter else line.id
        if not self._hall.serving_windows(of_line, matter):
            raise self._unserved(of_line, matter)

    def _check_not_stopped(self, line: Line, matter: str | None) -> None:
        """Where matters stopped with their last window, none is given for what nobody serves now."""
        of_line = self._hall.directory.matters[matter].line if matter else line.id
        if matter is not None and has_stopped(self._hall, of_line, matter):
            raise self._unserved(of_line, matter)

    def _unserved(self, line: str, matter: str | None) -> Refused:
        guide = self._hall.rulebook.hall.guide_line
        return Refused("matter.no_window", matter=matter, line=line, instead="guide", guide=guide)

    def _check_quotas(self, line: Line, now: datetime, more: Sequence[datetime]) -> None:
        rules = self._hall.rulebook.of(line.id)
        if rules.quota_day is None and not rules.quota_bands:
            return
        today = left_today(self._hall, line.id, more)
        if today is not None and not today.tickets:
            raise Refused("line.quota_used", line=line.id, quota=today.quota, instead="another_day")
        band = left_in_band(self._hall, line.id, now, more)
        if band is not None and not band.tickets:
            raise Refused("line.band_used", line=line.id, quota=band.quota, until=band.until, instead="later")

    def _check_time_left(self, line: Line, now: datetime, more: int) -> None:
        """The last number is the one that the open windows can still begin with before the hall closes."""
        closes = self._hall.taking.closes(now)
        if closes is None or not self._hall.open_windows(line.id):
            return
        wait = self._hall.wait(line.id, self._hall.queue.waiting.count(line.id) + more)
        if now + timedelta(seconds=wait.p50) >= closes:
            raise Refused("hall.no_time_left", line=line.id, closes=closes, instead="another_day")

    def _check_person(self, command: m.IssueTicket, line: Line, matter: Matter | None, context: Context) -> None:
        person = command.person or ""
        self._hall.ports.check_person(person, context.now)
        if command.appointment is not None:
            return
        wanted = (matter.id if matter else line.id, *command.more)
        for one in self._lines(command, line):
            self._check_count(person, one, wanted, context)

    def _check_count(self, person: str, line: Line, wanted: tuple[str, ...], context: Context) -> None:
        """Refuse what one line of the visit minds; each has rules of its own."""
        rules, queue = self._hall.rulebook.of(line.id), self._hall.queue
        held = self._held_by(person, line, wanted, rules.second_ticket)
        if held is not None:
            token = held.token if self._may_reprint(context) else None
            raise Refused("ticket.duplicate", number=held.number, ticket=held.id, token=token, instead="reprint")
        if rules.person_per_day is not None and queue.taken_by[person] >= rules.person_per_day:
            raise Refused("person.too_many", most=rules.person_per_day, instead="another_day")

    def _held_by(self, person: str, line: Line, wanted: tuple[str, ...], rule: SecondTicket) -> Ticket | None:
        """The ticket with which a person waits already, as far as the rule of a line minds."""
        if rule is SecondTicket.FREE:
            return None
        mine = self._hall.queue.open_tickets(person)
        for one in mine:
            if rule is SecondTicket.HALL or (rule is SecondTicket.LINE and one.line == line.id):
                return one
        of_line = [id_ for id_ in wanted if self._line_of(id_) == line.id]
        return next((one for one in mine if any(one.waits_for(id_) for id_ in of_line)), None)

    def _line_of(self, wanted: str) -> str:
        """The line of a matter, or of a line itself."""
        found = self._hall.directory.matters.get(wanted)
        return found.line if found else wanted

    def _may_reprint(self, context: Context) -> bool:
        """Whether whoever asks stands where tickets are given out, and so may have the old one again."""
        return context.actor.kind is not Role.VISITOR or self._hall.settings.open_ticketing
