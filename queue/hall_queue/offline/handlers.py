"""Reserving numbers for a kiosk, and taking in what it gave without the server (domain rule 22)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import msgspec

from hall_queue import messages as queue
from hall_queue.admission import Besides
from hall_queue.issuing import Issuing, Wanted
from hall_queue.offline import messages as m
from hall_queue.offline.model import Accepted, Block, OfflineTicket, Turned
from hall_queue.offline.state import OfflineNumbers
from hall_queue.rules import Hall
from hall_server.directory.model import Line
from hall_server.errors import Refused
from hall_server.outcome import Context, Outcome

MOST_RESERVED = 4_000
"""Numbers of one line that kiosks may keep on one day: nobody shall burn the numbers of a year."""
MOST_REFUSED = 1_000
"""Refused tickets that are listed on one day; further ones are answered the same but not kept."""


class BlockGiven(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of a line, ``prefix`` and at least three digits; ``used``: those handed in already."""

    line: str
    prefix: str
    first: int
    last: int
    used: list[int]


class NumbersGiven(msgspec.Struct, frozen=True, kw_only=True):
    """What a kiosk may give without the server.

    Attributes:
        now: the hall's clock; day: the business day; until: the end of that day, when the numbers are void.
        size: how many of each line a kiosk keeps; 0: none, a kiosk without a link stops.
        claim: address before a ticket's key that leads to its page after the hand-in; empty: the hall's own.
    """

    now: datetime
    day: str
    until: datetime
    size: int
    blocks: list[BlockGiven]
    claim: str


class TicketAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one ticket; ``code`` says why it was refused."""

    key: str
    ok: bool
    number: str
    id: str | None = None
    token: str | None = None
    code: str | None = None


class HandInAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """One answer for each ticket, in the order in which they came."""

    tickets: list[TicketAnswer]


class OfflineHandlers:
    """Handlers of the commands about numbers for a lost link."""

    def __init__(self, hall: Hall, issuing: Issuing, kept: OfflineNumbers) -> None:
        self._hall = hall
        self._issuing = issuing
        self._kept = kept

    # -- numbers ahead

    def reserve(self, command: m.ReserveNumbers, context: Context) -> Outcome:
        """Give a session its numbers, filled up where less than half are left. Replies with all of today's.

        Raises:
            NotFound: a line does not exist.
        """
        size = self._hall.rulebook.hall.offline_block
        wanted = [self._hall.line(id_) for id_ in dict.fromkeys(command.lines)] or self._hall.directory.lines_in_order()
        events = tuple(self._block(command, line, size) for line in wanted if self._needs(command.session, line, size))
        return Outcome(events=events, reply=lambda: self._given(command.session, size, context))

    def _needs(self, session: str, line: Line, size: int) -> bool:
        if not line.active or not size or self._kept.reserved(line.id) + size > MOST_RESERVED:
            return False
        return self._kept.left(session, line.id) * 2 < size

    def _block(self, command: m.ReserveNumbers, line: Line, size: int) -> m.NumbersReserved:
        first = self._kept.next_block(line.id, self._hall.queue.serials[line.id])
        return m.NumbersReserved(
            kiosk=command.kiosk,
            session=command.session,
            line=line.id,
            prefix=line.prefix,
            first=first,
            last=first + size - 1,
        )

    def _given(self, session: str, size: int, context: Context) -> NumbersGiven:
        base = (self._hall.settings.public_url or "").rstrip("/")
        return NumbersGiven(
            now=self._hall.taking.local(context.now),
            day=self._kept.day.isoformat(),
            until=self._midnight(context),
            size=size,
            blocks=[self._shown(block) for block in self._kept.blocks_of(session)] if size else [],
            claim=f"{base}/t/offline/" if base else "",
        )

    def _shown(self, block: Block) -> BlockGiven:
        numbers = range(block.first, block.last + 1)
        return BlockGiven(
            line=block.line,
            prefix=block.prefix,
            first=block.first,
            last=block.last,
            used=[serial for serial in numbers if (block.line, serial) in self._kept.used],
        )

    def _midnight(self, context: Context) -> datetime:
        zone = self._hall.taking.local(context.now).tzinfo
        return datetime.combine(self._kept.day + timedelta(days=1), time(), zone)

    # -- tickets afterwards

    def hand_in(self, command: m.HandIn, context: Context) -> Outcome:
        """Take tickets in: each once, whatever the hall would say to a new one; a refusal is for one ticket alone."""
        issued: list[queue.TicketIssued] = []
        accepted: list[Accepted] = []
        refused: list[Turned] = []
        taken: set[tuple[str, int]] = set()
        before: dict[str, list[datetime]] = {}  # of this hand-in: the queue learns of them with the others
        for mark, ticket, at in self._new(command, context):
            code = self._fault(command, ticket, taken)
            if code is not None:
                refused.append(self._turned(mark, ticket, at, code))
                continue
            taken.add((ticket.line, ticket.serial))
            event, against = self._issue(command, ticket, at, context, before)
            issued.append(event)
            for line in (event.line, *event.lines):
                before.setdefault(line, []).append(at)
            accepted.append(
                Accepted(
                    mark=mark,
                    ticket=event.ticket,
                    number=event.number,
                    line=event.line,
                    taken_at=at,
                    said_at=ticket.taken_at,
                    against=against,
                )
            )
        room = max(0, MOST_REFUSED - len(self._kept.refused))
        told = m.TicketsHandedIn(
            kiosk=command.kiosk,
            session=command.session,
            day=context.business_day,
            accepted=tuple(accepted),
            refused=tuple(refused[:room]),
        )
        beyond = {one.mark: one for one in refused[room:]}
        events = (*issued, told) if told.accepted or told.refused else ()
        return Outcome(events=events, reply=lambda: self._answers(command, beyond))

    def _new(self, command: m.HandIn, context: Context) -> Iterator[tuple[str, OfflineTicket, datetime]]:
        """The tickets not answered yet, whoever took one first, first; with the hall's time of taking."""
        slow = context.now - command.now
        seen: dict[str, tuple[OfflineTicket, datetime]] = {}
        for mark, ticket in zip(command.marks, command.tickets, strict=True):
            if mark not in self._kept.answers:
                seen.setdefault(mark, (ticket, _moved(ticket.taken_at, slow)))
        for mark, (ticket, at) in sorted(seen.items(), key=lambda one: one[1][1]):
            block = self._kept.block_of(ticket.line, ticket.serial)
            since = block.since if block is not None else at
            before = self._kept.not_before(command.session, ticket.taken_at)
            yield mark, ticket, min(max(at, since, before), context.now)

    def _fault(self, command: m.HandIn, ticket: OfflineTicket, taken: set[tuple[str, int]]) -> str | None:
        """Why a ticket cannot be taken in, as a code."""
        if ticket.day < self._kept.day:
            return "offline.day_over"
        if ticket.line not in self._hall.directory.lines:
            return "line.unknown"
        block = self._kept.block_of(ticket.line, ticket.serial)
        if ticket.day > self._kept.day or block is None or block.session != command.session:
            return "offline.not_reserved"
        place = (ticket.line, ticket.serial)
        return "offline.number_used" if place in self._kept.used or place in taken else None

    def _issue(
        self, command: m.HandIn, ticket: OfflineTicket, at: datetime, context: Context, before: Besides
    ) -> tuple[queue.TicketIssued, str | None]:
        wanted = self._wanted(ticket)
        matter = wanted.matter.id if wanted.matter else None
        asked = queue.IssueTicket(matter=matter, line=ticket.line, more=wanted.matters[1:], channel=command.channel)
        block = self._kept.block_of(ticket.line, ticket.serial)
        number = block.number(ticket.serial) if block else ""
        event = self._issuing.event(asked, wanted, context.ids.new(), ticket.serial)
        against = self._against(asked, wanted, at, before)
        return msgspec.structs.replace(event, number=number, offline_at=at), against

    def _wanted(self, ticket: OfflineTicket) -> Wanted:
        """What a ticket is for; what the hall does not know any more is left out, the number is not."""
        directory = self._hall.directory
        line = directory.lines[ticket.line]
        known = [directory.matters.get(id_) for id_ in dict.fromkeys((ticket.matter or "", *ticket.more))]
        matters = tuple(matter for matter in known if matter is not None and matter.active)
        first = matters[0] if matters and matters[0].id == ticket.matter and matters[0].line == line.id else None
        most = self._hall.rulebook.hall.several_matters
        everything = tuple(matter.id for matter in matters)[:most] if first else ()
        classes = directory.hall.priorities if directory.hall else ()
        priority = ticket.priority if any(one.id == ticket.priority for one in classes) else None
        return Wanted(first, line, everything, priority)

    def _against(self, asked: queue.IssueTicket, wanted: Wanted, at: datetime, before: Besides) -> str | None:
        """The code with which a new number would have been refused, after those before it in the same hand-in.

        What counts persons (caps, a second number) cannot be asked: a kiosk without the server knows nobody.
        """
        admission = self._issuing.admission
        try:
            admission.check_anybody(asked, wanted.line, wanted.matter, at, before)
            admission.check_needs_id(asked, wanted.line)
        except Refused as exc:
            return exc.code
        return None

    def _turned(self, mark: str, ticket: OfflineTicket, at: datetime, code: str) -> Turned:
        line = self._hall.directory.lines.get(ticket.line)
        number = f"{line.prefix if line else ''}{ticket.serial:03d}"
        return Turned(mark=mark, number=number, line=ticket.line, day=ticket.day, taken_at=at, code=code)

    def _answers(self, command: m.HandIn, beyond: dict[str, Turned]) -> HandInAnswers:
        pairs = zip(command.marks, command.tickets, strict=True)
        return HandInAnswers(tickets=[self._answer(ticket.key, mark, beyond) for mark, ticket in pairs])

    def _answer(self, key: str, mark: str, beyond: dict[str, Turned]) -> TicketAnswer:
        match self._kept.answers.get(mark) or beyond[mark]:
            case Accepted() as one:
                ticket = self._hall.queue.tickets.get(one.ticket)
                token = ticket.token if ticket else None
                return TicketAnswer(key=key, ok=True, number=one.number, id=one.ticket, token=token)
            case Turned() as one:
                return TicketAnswer(key=key, ok=False, number=one.number, code=one.code)


def _moved(at: datetime, by: timedelta) -> datetime:
    """A moment moved; at the end of the calendar where a kiosk's clock is beyond reason."""
    try:
        return at + by
    except OverflowError:
        return at
