"""Cases in a hall: commands decided in memory, the hall as the place where they are handled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cases import messages as m
from cases import notes, numbers
from cases.catalogue.model import Edition
from cases.clocks.terms import closing_time
from cases.flow import PaperKind
from cases.model import Case, Post
from cases.service import CaseService
from cases.state import Cases
from hall_server.directory.calendar import WorkCalendar
from hall_server.errors import Forbidden, Refused
from hall_server.identity import Actor, Role
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from hall_server.server import Server

_POSTS = {
    Role.STAFF: frozenset({Post.ACCEPTOR, Post.ISSUER}),
    Role.LEADER: frozenset({Post.EXAMINER, Post.APPROVER, Post.HEAD, Post.MAKER}),
    Role.EXAMINER: frozenset({Post.EXAMINER, Post.MAKER}),
    Role.SUPERVISOR: frozenset({Post.SUPERVISOR}),
    Role.SYSTEM: frozenset({Post.SYSTEM}),
    Role.VISITOR: frozenset({Post.APPLICANT}),
}
"""Which posts a role may act in; one window takes the matters of all departments (一窗受理)."""
_OF_DEPARTMENTS = frozenset({Role.LEADER, Role.EXAMINER})


def posts_of(actor: Actor, department: str) -> frozenset[Post]:
    """As what somebody may act on cases of a department: who examines and decides does so for their own only."""
    found: set[Post] = set()
    for role in actor.roles:
        if role not in _OF_DEPARTMENTS or department in actor.departments:
            found |= _POSTS.get(role, frozenset())
    return frozenset(found)


class HallPlace:
    """A hall, as the rules of cases see it (the Place port of `cases.service`)."""

    def __init__(self, server: Server, cases: Cases, edition: Callable[[str], Edition | None]) -> None:
        self._server = server
        self._cases = cases
        self._edition = edition
        self.writer = f"hall:{server.settings.hall}"
        self.zone = ZoneInfo(server.settings.timezone)

    @property
    def calendar(self) -> WorkCalendar:
        """The working days that the hall has been told of."""
        return self._server.directory.calendar

    @property
    def closes(self) -> time:
        """When the working day ends there."""
        return closing_time(self._server.directory.hours)

    def edition(self, key: str) -> Edition | None:
        """An edition that the hall has."""
        return self._edition(key)

    def posts(self, actor: Actor, department: str) -> frozenset[Post]:
        """As what somebody may act."""
        return posts_of(actor, department)

    def case_number(self, now: datetime) -> str:
        """The next one of today."""
        return numbers.case_number(self._server.settings.hall, self._server.business_day, self._cases.serial("case"))

    def document_number(self, kind: PaperKind, now: datetime) -> str:
        """The next one of today."""
        serial = self._cases.serial(kind)
        return numbers.document_number(self._server.settings.hall, kind, self._server.business_day, serial)


class HallCases:
    """Handlers of the commands about cases in a hall (the Handler port of the server)."""

    def __init__(self, cases: Cases, service: CaseService) -> None:
        self._cases = cases
        self._service = service

    def receive(self, command: m.ReceiveCase, context: Context) -> Outcome:
        """Take an application in; replies with the case."""
        events = self._service.receive(command, context)
        return Outcome(events=events, reply=lambda: self._cases.get(events[0].case))

    def decide(self, command: m.CaseCommand, context: Context) -> Outcome:
        """Take a step; replies with the case."""
        if isinstance(command, notes.COMMANDS) and command.case not in self._cases.by_id:
            past = self._service.note_of_past(command, context)
            return Outcome(events=past, reply=lambda: None)
        events = self._service.decide(self._cases.get(command.case), command, context)
        return Outcome(events=events, reply=lambda: self._cases.get(command.case))

    def take_city_step(self, command: m.TakeCityStep, context: Context) -> Outcome:
        """Take over what the city did; a step that is here already changes nothing.

        Raises:
            Forbidden: ``case.city_only``.
            Refused: ``case.step_gap``: steps before it are missing, the city sends the whole case again.
        """
        if Role.SYSTEM not in context.actor.roles:
            raise Forbidden("case.city_only", case=command.case)
        known = self._cases.by_id.get(command.case)
        turns = known.turns if known is not None else 0
        is_beside = command.type in m.OUT_OF_TURN
        if _is_noted(known, command) if is_beside else command.step <= turns:
            return Outcome()
        if command.step > turns + (not is_beside):
            raise Refused("case.step_gap", case=command.case, step=command.step, known=turns)
        event = m.CityStepTaken(
            case=command.case,
            step=command.step,
            at=command.at,
            step_type=command.type,
            step_version=command.version,
            actor=command.actor,
            payload=command.payload,
        )
        return Outcome(events=(event,))


def _is_noted(case: Case | None, step: m.TakeCityStep) -> bool:
    """Whether a document that was made elsewhere, or what became of an order to pay, is on record here."""
    if case is None:
        return False
    if step.type == m.PaperMade.type:
        return any(one.document == step.payload.get("document") and one.sha256 for one in case.papers)
    return notes.is_noted_raw(case, step.type, step.payload)
