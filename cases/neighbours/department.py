"""A department's own system: accepted cases are pushed to it, and what it did is read back; nobody types twice."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from cases import messages as m
from cases.model import UNDECIDED, Case, Outcome, State
from cases.neighbours import requests as r
from cases.neighbours import wire
from cases.neighbours.casework import Casework, form_of
from cases.neighbours.model import Accepted, Kind
from cases.neighbours.room import Plan
from hall_server.errors import DomainError, NotFound, Refused, Unavailable
from hall_server.identity import Actor, Role
from hall_server.outbox.http import NoAnswer
from hall_server.outbox.sender import Dropped

if TYPE_CHECKING:
    from cases.neighbours.hearing import Hearing
    from cases.neighbours.room import Room
    from hall_server.outbox.table import Letter

log = logging.getLogger(__name__)

PLAN = "department.push"
PUSH_OF = "push-"
"""Before a case's id: the transaction of its push."""
READ_S = 60.0
_READ = frozenset({"examined", "granted", "denied", "licensed"})
"""Steps that do something to the case; others are notes of the process."""
_STALE = 3


class Department:
    """Pushes and reads back."""

    def __init__(self, room: Room, hearing: Hearing, casework: Casework) -> None:
        self._room = room
        self._hearing = hearing
        self._casework = casework
        room.writers[PLAN] = self.write
        room.read_file = casework.read
        room.hearers[r.ResultTold] = self._told

    # -- there

    def letter(self, case: Case) -> Letter | None:
        """The push of a case, where its department has a system and this place goes on with the case."""
        name = self._room.named(Kind.DEPARTMENT, department=case.department)
        if name is None or case.state not in UNDECIDED or case.writer != self._casework.writer:
            return None
        return self._room.letter(
            Plan(name=PLAN, about={"case": case.id}),
            to=name,
            kind=PLAN,
            subject=f"case:{case.id}",
            transaction=push_id(case),
            awaits=True,
        )

    async def write(self, letter: Letter, plan: Plan) -> r.AnyRequest:
        """The push as it goes out: the form as it was sealed, the pages, and when it was accepted.

        Raises:
            NoAnswer: the form has not arrived here yet. Dropped: the case is over.
        """
        case = await self._casework.case(plan.about["case"])
        if case.is_over:
            raise Dropped("case_over")
        if case.accepted_at is None or case.accepted_as_of is None:
            raise NoAnswer("not_accepted")
        edition = self._casework.edition(case.edition)
        try:
            form = await form_of(self._casework, case)
        except NotFound as exc:
            raise NoAnswer("form_missing") from exc
        return r.PushCase(
            case_number=case.number,
            matter=case.matter,
            matter_code=edition.code if edition else "",
            matter_name=edition.name if edition else "",
            department=case.department,
            received_at=case.received_at,
            accepted_at=case.accepted_at,
            accepted_as_of=case.accepted_as_of,
            promise_workdays=case.promise_workdays,
            statute_workdays=case.statute_workdays,
            form=msgspec.to_builtins(form),
            files=tuple(
                r.PushedFile(
                    material=given.material,
                    sha256=copy.sha256,
                    size=copy.size,
                    media=copy.media,
                    page=copy.page,
                )
                for given in case.given.values()
                for copy in given.copies
            ),
        )

    # -- and back

    async def run(self) -> None:
        """Ask every department's system what came of the cases, for ever."""
        while True:
            for name in [one.name for one in self._room.ways.values() if one.kind is Kind.DEPARTMENT]:
                try:
                    while await self.read_back(name):
                        pass
                except (NoAnswer, Unavailable) as fault:
                    log.info("nothing read from %s (%s)", name, fault, extra={"action": "neighbour.not_read"})
                except Exception:  # the top of a loop: the next round asks again
                    log.exception("reading from %s failed", name, extra={"action": "neighbour.read_failed"})
            await asyncio.sleep(READ_S)

    async def read_back(self, name: str) -> int:
        """Take the next results in; gives how many there were."""
        cursor = f"results:{name}"
        after = await self._room.outbox.cursor(cursor) or 0
        request = r.ReadResults(after=after)
        reply = await self._room.ways[name].neighbour.send(
            request, transaction=f"results-{self._room.centre.ids.new()}"
        )
        if not isinstance(reply, Accepted):
            raise NoAnswer(reply.code)
        found = msgspec.json.decode(reply.result, type=r.ResultsFound)
        for result in found.results:
            tells = wire.Tells(id=result.id, sent_at=result.at, message=r.ResultTold(result=result))
            await self._hearing.heard(name, tells)
        if found.next > after:
            await self._room.put(cursor=(cursor, found.next))
        return len(found.results) if found.next > after else 0

    async def _told(self, name: str, message: r.Told) -> str:
        assert isinstance(message, r.ResultTold)  # noqa: S101  # by the table of hearers
        return await self.take(name, message.result)

    async def take(self, name: str, result: r.DepartmentResult) -> str:
        """Do what a department's system says was done; gives a code, "" where it was taken.

        Raises:
            DomainError: the rules of cases refuse it.
        """
        case = await self._casework.numbered(result.case_number)
        if case is None:
            return "neighbour.unknown_case"
        if case.department not in self._room.ways[name].place.departments:
            return "neighbour.other_department"
        if result.step in _READ:
            await self._step(name, case, result)
        await self._room.outbox.result(push_id(case), result.step, at=self._room.centre.now())
        return ""

    async def _step(self, name: str, case: Case, result: r.DepartmentResult) -> None:
        """Take the step; when the case moved on meanwhile it is looked at again."""
        sha256 = await self._casework.keep(result.document) if result.document else ""
        for _ in range(_STALE):
            command = _command(case, result, sha256)
            if command is None:
                return
            id_ = f"neighbour-{name}-{result.id}"[:80]
            try:
                await self._casework.execute(command, actor=_official(name, case, result), command_id=id_)
            except DomainError as exc:
                if exc.code not in {"case.stale", "case.changed", "command.reused"}:
                    raise
                case = await self._casework.case(case.id)
            else:
                return
        raise Unavailable("journal.busy")


def push_id(case: Case) -> str:
    """The transaction of a case's push: one a case."""
    return PUSH_OF + case.id


def _official(name: str, case: Case, result: r.DepartmentResult) -> Actor:
    """Who did it over there; the rules of who may do what on a case hold for them as for anybody."""
    role = Role.EXAMINER if result.step in {"examined", "licensed"} else Role.LEADER
    return Actor(
        kind=Role.STAFF,  # one person has one name in the journal, whichever step it is
        id=f"{name}.{result.by}",
        roles=frozenset({role}),
        departments=frozenset({case.department}),
    )


def _command(case: Case, result: r.DepartmentResult, sha256: str) -> m.CaseCommand | None:
    """The step; None where the case has it already.

    Raises:
        Refused: ``case.not_now``: another outcome than the one that stands.
    """
    if result.step == "examined":
        proposes = Outcome.DENIED if result.reasons else Outcome.GRANTED
        return m.ExamineCase(case=case.id, seen=case.step, opinion=result.opinion or "-", proposes=proposes)
    if result.step == "licensed":
        return (
            None
            if case.made_at is not None
            else m.MakeLicence(case=case.id, seen=case.step, licence=result.licence, sha256=sha256)
        )
    outcome = Outcome(result.step)
    if case.outcome is not None:
        if case.outcome is outcome:
            return None
        raise Refused("case.not_now", case=case.id, step="decide", state=State(case.state))
    return m.DecideCase(case=case.id, seen=case.step, outcome=outcome, reasons=result.reasons, remedies=result.remedies)
