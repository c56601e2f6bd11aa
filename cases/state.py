"""The cases a hall works on, in memory: folded from its journal, those that are over until the end of their day."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from cases import messages as m
from cases.folding import fold, paper_of
from cases.model import Case, State
from hall_server.days import DayOpened
from hall_server.errors import NotFound
from hall_server.messages import EventTypes, Recorded

WAITS = frozenset({State.RECEIVED, State.CORRECTION})
"""Before a window has accepted or refused it."""


class Cases:
    """Folded from events (the Fold port of the server); whoever reads it does not change it.

    Attributes:
        by_id: every case that this hall has to do with and that is not over since before today.
        strays: steps of the city that belong to a case this hall does not have; somebody must look at them.
    """

    types = frozenset({DayOpened.type, *(event.type for event in m.EVENTS)})

    def __init__(self, types: EventTypes, zone: ZoneInfo) -> None:
        self._event_types = types
        self._zone = zone
        self.by_id: dict[str, Case] = {}
        self.strays = 0
        self._by_ticket: dict[str, list[str]] = {}
        self._by_applicant: dict[str, list[str]] = {}
        self._by_application: dict[str, str] = {}
        self._came_in: dict[str, None] = {}  # in the order in which they did
        self._serials: Counter[str] = Counter()

    # -- questions

    def get(self, id_: str) -> Case:
        """A case.

        Raises:
            NotFound: ``case.unknown``.
        """
        case = self.by_id.get(id_)
        if case is None:
            raise NotFound("case.unknown", case=id_)
        return case

    def of_ticket(self, ticket: str) -> tuple[Case, ...]:
        """The cases that were received on a ticket, in order."""
        return tuple(self.by_id[one] for one in self._by_ticket.get(ticket, ()) if one in self.by_id)

    def of_applicant(self, person: str) -> tuple[Case, ...]:
        """The cases of a person, in the order in which they came in."""
        return tuple(self.by_id[one] for one in self._by_applicant.get(person, ()))

    def of_application(self, application: str) -> Case | None:
        """What somebody filed by themselves has become."""
        return self.by_id.get(self._by_application.get(application, ""))

    def came_in(self) -> tuple[Case, ...]:
        """What was filed without a clerk and waits for a window or for corrections, in order."""
        return tuple(self.by_id[one] for one in self._came_in)

    def numbered(self, number: str) -> Case | None:
        """The case with this 办件编号."""
        return next((one for one in self.by_id.values() if one.number == number), None)

    def serial(self, kind: str) -> int:
        """Which number of its kind the next one of today gets."""
        return self._serials[kind] + 1

    # -- changes

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        match recorded.event:
            case DayOpened():
                self._serials.clear()
                self._forget(recorded.event.day)
            case m.CityStepTaken() as step:
                self._taken(step)
            case m.CaseEvent() as event:
                self._own(event, recorded.at, recorded.actor)
                if isinstance(event, m.CaseReceived):
                    self._serials["case"] += 1
                if isinstance(event, m.Documented) and event.document:
                    self._serials[paper_of(event)] += 1

    def _taken(self, step: m.CityStepTaken) -> None:
        event = self._event_types.read(step.step_type, step.step_version, msgspec.json.encode(step.payload))
        if isinstance(event, m.CaseEvent):
            self._own(event, step.at, step.actor)

    def _own(self, event: m.CaseEvent, at: datetime, actor: str) -> None:
        known = self.by_id.get(event.case)
        if known is None and not isinstance(event, m.CaseReceived):
            self.strays += not isinstance(event, m.Noted)  # money and ratings may come when it is over
            return
        case = fold(known, event, at=at, on=self._day(at), actor=actor)
        self.by_id[case.id] = case
        if known is None:
            self._listed(case)
        if case.application and case.state in WAITS:
            self._came_in[case.id] = None
        else:
            self._came_in.pop(case.id, None)

    def _listed(self, case: Case) -> None:
        """What it is found by, none of which changes."""
        if case.ticket:
            self._by_ticket.setdefault(case.ticket, []).append(case.id)
        if case.applicant:
            self._by_applicant.setdefault(case.applicant, []).append(case.id)
        if case.application:
            self._by_application[case.application] = case.id

    def _forget(self, today: date) -> None:
        for id_ in [one.id for one in self.by_id.values() if one.ended_on is not None and one.ended_on < today]:
            del self.by_id[id_]
        self._by_ticket = self._still(self._by_ticket)
        self._by_applicant = self._still(self._by_applicant)
        self._by_application = {one: id_ for one, id_ in self._by_application.items() if id_ in self.by_id}

    def _still(self, index: dict[str, list[str]]) -> dict[str, list[str]]:
        left = {key: [one for one in ids if one in self.by_id] for key, ids in index.items()}
        return {key: ids for key, ids in left.items() if ids}

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def query_digest(number: str, code: str) -> str:
    """What is kept of the code a visitor asks for a case with: SHA-256 over both, so that neither alone finds it."""
    return hashlib.sha256(f"{number}\n{code.strip().upper()}".encode()).hexdigest()


def shared_digest(number: str, code: str) -> str:
    """The same for a code that many cases share: the number that it goes by (a package's) stands before a colon."""
    return f"{number}:{query_digest(number, code)}"


def code_goes_by(kept: str, number: str) -> str:
    """The number that the code of a case goes by: its own, or that of its package.

    Args:
        kept: its query digest. number: its own.
    """
    return kept.rpartition(":")[0] or number


def is_code(kept: str, number: str, code: str) -> bool:
    """Whether a code is the one of a case; takes as long for each.

    Args:
        kept: its query digest. number: its own. code: what was typed.
    """
    given = query_digest(code_goes_by(kept, number), code)
    return hmac.compare_digest(given, kept.rpartition(":")[2])
