"""Decides what a window does with a case in one go (receive, accept, hand over) and who may use a person's data."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from cases import messages as m
from cases.desk.messages import PersonDataUsed, SettleCase, Then, UsePersonData
from cases.folding import fold
from cases.model import Case
from cases.service import CaseService, Events
from cases.state import Cases, query_digest
from hall_queue.state import HallQueue
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import Actor, Role
from hall_server.outcome import Context, Outcome

FORM_PART = "form"
"""What the form is called among the gaps of a notice."""


def check_staff(actor: Actor, window: str) -> None:
    """Refuse whoever does not serve at the window; a manager is no exception: who accepted is on record.

    Raises:
        Forbidden: ``case_desk.not_here``.
    """
    if actor.kind is not Role.STAFF or window not in actor.windows:
        raise Forbidden("case_desk.not_here", window=window)


class Settling:
    """Handlers of the desk's commands."""

    def __init__(
        self,
        queue: HallQueue,
        cases: Cases,
        service: CaseService,
        *,
        code_of: Callable[[str], str],
        zone: ZoneInfo,
    ) -> None:
        """``code_of``: case number → the code a visitor asks with."""
        self._queue = queue
        self._cases = cases
        self._service = service
        self._code_of = code_of
        self._zone = zone

    def settle(self, command: SettleCase, context: Context) -> Outcome:
        """Do it, with the very rules of the single steps; replies with the case.

        Raises:
            DomainError: as the steps themselves; nothing has happened then.
        """
        if command.receive is None and command.case is None:
            raise Invalid("body.invalid", case="missing")
        case, events = self._begin(command, context)
        for step in self._steps(command):
            made = self._service.decide(case, step(case), context)
            case, events = self._folded(case, made, context), (*events, *made)
        id_ = case.id
        return Outcome(events=events, reply=lambda: self._cases.get(id_))

    def use(self, command: UsePersonData, context: Context) -> Outcome:
        """Put on record that a person's data are used for whoever is served.

        Raises:
            Forbidden: ``case_desk.not_here``. Refused: ``case_desk.not_served``.
        """
        check_staff(context.actor, command.window)
        self.check_served(command.window, command.ticket)
        return Outcome(events=(PersonDataUsed(**msgspec.structs.asdict(command)),))

    def check_served(self, window: str, ticket: str) -> None:
        """Refuse what concerns a ticket that is not at the window now.

        Raises:
            Refused: ``case_desk.not_served``.
        """
        if self._queue.desk(window).ticket != ticket:
            raise Refused("case_desk.not_served", window=window)

    def _begin(self, command: SettleCase, context: Context) -> tuple[Case, Events]:
        if command.receive is None:
            known = self._cases.get(command.case or "")
            if command.seen != known.step:
                raise Refused("case.changed", case=known.id, step=known.step)
            return copy.deepcopy(known), ()
        wanted = command.receive
        check_staff(context.actor, wanted.window or "")
        self.check_served(wanted.window or "", wanted.ticket or "")
        [received] = self._service.receive(wanted, context)
        if not isinstance(received, m.CaseReceived):
            raise TypeError(type(received))
        digest = query_digest(received.number, self._code_of(received.number))
        events: Events = (msgspec.structs.replace(received, query_digest=digest),)
        return self._folded(None, events, context), events

    def _steps(self, command: SettleCase) -> list[Callable[[Case], m.CaseCommand]]:
        def check(case: Case) -> m.CaseCommand:
            parts = (FORM_PART,) if command.form else ()
            return m.CheckMaterials(case=case.id, seen=case.step, given=command.given, form=command.form, parts=parts)

        found: list[Callable[[Case], m.CaseCommand]] = []
        if command.receive is None and (command.given or command.form or command.then is Then.CHECK):
            found.append(check)
        decided = _decision(command)
        if decided is not None:
            found.append(decided)
        if command.then is Then.HAND_OVER or (command.then is Then.ACCEPT and command.hands_over):
            found.append(lambda case: m.HandOver(case=case.id, seen=case.step))
        return found

    def _folded(self, case: Case | None, events: Events, context: Context) -> Case:
        for event in events:
            case = fold(case, event, at=context.now, on=self._day(context.now), actor=str(context.actor))
        if case is None:
            raise TypeError("no events")
        return case

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def _decision(command: SettleCase) -> Callable[[Case], m.CaseCommand] | None:
    """The step that decides, of whatever the case is by then."""
    match command.then:
        case Then.ACCEPT:
            return lambda case: m.AcceptCase(
                case=case.id,
                seen=case.step,
                mode=command.mode,
                owed_until=command.owed_until,
                pledge=command.pledge,
            )
        case Then.NOTICE:
            return lambda case: m.AskCorrection(case=case.id, seen=case.step, gaps=command.gaps)
        case Then.REFUSE:
            return lambda case: m.RefuseCase(
                case=case.id,
                seen=case.step,
                reason=command.reason,
                authority=command.authority,
                remedies=command.remedies,
            )
        case _:
            return None
