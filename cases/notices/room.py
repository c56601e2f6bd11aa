"""Notices by short message: queued after the commit, written when they go out, never twice, not at night."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from cases import messages as m
from cases.catalogue.model import CaseType
from cases.clocks.counting import clock_now
from cases.clocks.model import ClockKind
from cases.clocks.of_case import decision_clock
from cases.clocks.terms import Terms
from cases.documents.bodies import CORRECTION_WORKDAYS
from cases.model import UNDECIDED, Case, State
from cases.neighbours import requests as r
from cases.neighbours.casework import form_of
from cases.neighbours.model import Kind
from cases.neighbours.room import Plan
from cases.neighbours.tables import made
from cases.notices.texts import OF_EVENT, NoticeKind, day_text, language_for, step_of
from hall_server.errors import NotFound
from hall_server.messages import Recorded
from hall_server.outbox.http import NoAnswer
from hall_server.outbox.sender import Dropped, Held

if TYPE_CHECKING:
    from cases.neighbours import Neighbours
    from hall_server.outbox.table import Letter

log = logging.getLogger(__name__)

PLAN = "notice"
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
WITHIN = timedelta(days=2)
GATHERED = timedelta(seconds=60)
"""So long a notice waits for a newer one about the same case, which then goes alone."""
SOON = frozenset({NoticeKind.DUE_SOON, NoticeKind.CORRECTION_SOON, NoticeKind.DECISION_SOON})
SWEPT_S = 600.0
SWEPT_AT_ONCE = 50
"""After so many cases others have their turn."""
_STOP_WORDS = frozenset({"TD", "T", "STOP", "退订", "退订短信", "N"})
_OPTED = "CREATE TABLE IF NOT EXISTS notice_optout (lookup TEXT PRIMARY KEY, at BIGINT NOT NULL)"

Say = Callable[[str, str], str]
"""Key, language → text."""


class Notices:
    """``server.rooms["notices"]``."""

    def __init__(self, neighbours: Neighbours, say: Say, link: Callable[[str], str]) -> None:
        """Take what it stands on.

        Args:
            neighbours: with the outbox and the cases.
            say: words. link: case number → address of its progress page.
        """
        self._neighbours = neighbours
        self._room = neighbours.room
        self._casework = neighbours.casework
        self._say = say
        self._link = link
        self._room.writers[PLAN] = self.write
        self._room.hearers[r.MessageReply] = self._replied
        neighbours.more.append(self.letters)

    async def start(self) -> None:
        """Make the table of those who want no notices."""
        await made(self._room.centre.database, _OPTED)

    async def run(self) -> None:
        """Look now and then whose owed materials are due, for ever."""
        while True:
            try:
                await self.sweep()
            except Exception:  # the top of a loop: the next sweep tries again
                log.exception("looking for due days failed", extra={"action": "notices.sweep_failed"})
            await asyncio.sleep(SWEPT_S)

    # -- what is queued

    async def letters(self, batch: list[Recorded]) -> list[Letter]:
        """The notices that events call for; of cases that came in elsewhere that place tells."""
        to = self._room.named(Kind.SMS)
        found: list[Letter] = []
        for recorded in batch if to else ():
            event = recorded.event
            kind = OF_EVENT.get(step_of(event)) if isinstance(event, m.CaseEvent) else None
            if to is None or kind is None or not isinstance(event, m.CaseEvent):
                continue
            case = await self._casework.case(event.case)
            if case.hall == self._casework.hall:
                found.append(self._letter(to, case, kind, f"notice-{case.id}-{kind}-{recorded.seq}"))
        return found

    async def sweep(self) -> int:
        """Tell those for whom a day comes within a working day; gives how many are queued, each once for its day."""
        to, now = self._room.named(Kind.SMS), self._room.centre.now()
        terms, seen = self._casework.terms, 0
        found: list[Letter] = []
        today = terms.day(now)
        soon = terms.calendar.add_workdays(today, 1)
        for case in await self._casework.open_cases() if to else ():
            for kind, day in soon_of(case, terms, now) if to else ():
                if today <= day <= soon:
                    found.append(self._letter(to or "", case, kind, f"notice-{case.id}-{kind}-{day}"))
            if not (seen := seen + 1) % SWEPT_AT_ONCE:
                await asyncio.sleep(0)
        await self._room.put(*found)
        return len(found)

    def _letter(self, to: str, case: Case, kind: NoticeKind, id_: str) -> Letter:
        begins = self._loud(self._room.centre.now() + GATHERED)
        return self._room.letter(
            Plan(name=PLAN, about={"case": case.id, "kind": kind}),
            to=to,
            kind=f"notice.{kind}",
            subject=f"notice:{case.id}",
            transaction=id_,
            not_before=begins,
            within=WITHIN,
        )

    # -- what goes out

    async def write(self, letter: Letter, plan: Plan) -> r.AnyRequest:
        """The message; the phone is read from the sealed form here and goes nowhere else.

        Raises:
            Held: it is night. Dropped: a newer one goes instead, no phone, not wanted. NoAnswer: no form yet.
        """
        now = self._room.centre.now()
        if (loud := self._loud(now)) > now:
            raise Held(loud, "quiet_hours")
        if await self._is_overtaken(letter):
            raise Dropped("overtaken")
        case = await self._casework.case(plan.about["case"])
        kind = NoticeKind(plan.about["kind"])
        if kind in SOON and all(one is not kind for one, _ in soon_of(case, self._casework.terms, now)):
            raise Dropped("done_meanwhile")
        try:
            party = (await form_of(self._casework, case)).applicant
        except NotFound as exc:
            raise NoAnswer("form_missing") from exc
        if not party.phone:
            raise Dropped("no_phone")
        if await self.is_opted_out(party.phone):
            raise Dropped("opted_out")
        text = self.text(case, kind, language_for(party.id_kind), now)
        return r.SendMessage(phone=party.phone, text=text)

    def text(self, case: Case, kind: NoticeKind, language: str, now: datetime) -> str:
        """What a message says."""
        edition = self._casework.edition(case.edition)
        matter = (edition.name_en if language == "en" and edition else "") or (edition.name if edition else "")
        day = next((day for one, day in soon_of(case, self._casework.terms, now) if one is kind), None)
        if day is None:
            day = _promised(case, self._casework.terms, now)
        return self._say(f"notices.{kind}", language).format(
            number=case.number, matter=matter, day=day_text(day, language), link=self._link(case.number)
        )

    async def _is_overtaken(self, letter: Letter) -> bool:
        """Whether a newer notice about the same case is queued."""
        every = await self._room.outbox.about(letter.subject)
        place = next((n for n, one in enumerate(every) if one.id == letter.id), 0)
        mine = (letter.at, _rank(letter.kind), place)
        return any((one.at, _rank(one.kind), n) > mine for n, one in enumerate(every) if one.id != letter.id)

    def _loud(self, at: datetime) -> datetime:
        """The next moment at which a phone may ring."""
        local = at.astimezone(self._room.zone)
        if QUIET_UNTIL <= local.time() < QUIET_FROM:
            return at
        day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
        return datetime.combine(day, QUIET_UNTIL, self._room.zone)

    # -- who wants none

    async def is_opted_out(self, phone: str) -> bool:
        """Whether somebody wants no notices at this phone."""
        sql = "SELECT 1 FROM notice_optout WHERE lookup = ?"
        return bool(await self._room.centre.database.fetch(sql, (self._lookup(phone),)))

    async def opt_out(self, phone: str) -> None:
        """Send no more notices to a phone; only a keyed digest of it is kept."""
        sql = "INSERT INTO notice_optout (lookup, at) VALUES (?,?) ON CONFLICT (lookup) DO NOTHING"
        at = int(self._room.clock_s() * 1_000_000)
        await self._room.centre.database.transact([(sql, [(self._lookup(phone), at)])])

    async def opt_in(self, phone: str) -> None:
        """Send notices again."""
        sql = "DELETE FROM notice_optout WHERE lookup = ?"
        await self._room.centre.database.transact([(sql, [(self._lookup(phone),)])])

    async def phone_of(self, case: Case) -> str:
        """The phone of a case's applicant; "" where there is none."""
        try:
            return (await form_of(self._casework, case)).applicant.phone
        except NotFound:
            return ""

    async def _replied(self, name: str, message: r.Told) -> str:
        assert isinstance(message, r.MessageReply)  # noqa: S101  # by the table of hearers
        if message.text.strip().upper() in _STOP_WORDS:
            await self.opt_out(message.phone)
        return ""

    def _lookup(self, phone: str) -> str:
        plain = "".join(one for one in phone if one.isdigit())[-11:]
        return hmac.new(self._room.sealer.lookup, plain.encode(), "sha256").hexdigest()


def soon_of(case: Case, terms: Terms, now: datetime) -> Iterator[tuple[NoticeKind, date]]:
    """What comes next for the applicant of an open case, and on which day."""
    if case.owed and case.owed_until is not None:
        yield NoticeKind.DUE_SOON, case.owed_until
    if case.state is State.CORRECTION and case.notices:
        asked = terms.day(case.notices[-1].at)
        yield NoticeKind.CORRECTION_SOON, terms.calendar.add_workdays(asked, CORRECTION_WORKDAYS)
    if case.state in UNDECIDED and case.standing is None and case.case_type is not CaseType.IMMEDIATE:
        promised = _promised(case, terms, now)
        if promised is not None:
            yield NoticeKind.DECISION_SOON, promised


def _promised(case: Case, terms: Terms, now: datetime) -> date | None:
    """The last day of the promise; None before acceptance."""
    clock = decision_clock(case, ClockKind.PROMISE, terms=terms)
    return clock_now(clock, terms=terms, now=now).due if clock is not None else None


_ORDER = {f"notice.{kind}": place for place, kind in enumerate(NoticeKind)}


def _rank(kind: str) -> int:
    return _ORDER.get(kind, 0)
