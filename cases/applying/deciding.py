"""Handlers of the commands of those who file by themselves (the Handler port of the server)."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cases import messages as m
from cases.applying.messages import Identify, OwnDataUsed, OwnUse, PersonIdentified, SubmitApplication, UseOwnData
from cases.service import CaseService
from cases.state import Cases, query_digest
from hall_server.errors import Forbidden, Invalid
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome


class Deciding:
    """One method a command."""

    def __init__(self, cases: Cases, service: CaseService, code_of: Callable[[str], str]) -> None:
        """``code_of``: case number → the code a visitor asks with."""
        self._cases = cases
        self._service = service
        self._code_of = code_of

    def submit(self, command: SubmitApplication, context: Context) -> Outcome:
        """Make a case of an application; replies with it. The application that is a case already stays that case.

        Raises:
            Invalid: ``body.invalid``. DomainError: as `CaseService.receive`.
        """
        if not command.application:
            raise Invalid("body.invalid", application="missing")
        known = self._cases.of_application(command.application)
        if known is not None:
            return Outcome(reply=lambda: known)
        [received] = self._service.receive(command.receive, context)
        if not isinstance(received, m.CaseReceived):
            raise TypeError(type(received))
        digest = query_digest(received.number, self._code_of(received.number))
        event = msgspec.structs.replace(received, query_digest=digest, application=command.application)
        return Outcome(events=(event,), reply=lambda: self._cases.get(event.case))

    def identify(self, command: Identify, context: Context) -> Outcome:
        """Put on record that somebody said who they are."""
        return Outcome(events=(PersonIdentified(person=command.person, how=command.how, machine=command.machine),))

    def use(self, command: UseOwnData, context: Context) -> Outcome:
        """Put on record that somebody's data are used for their application.

        Raises:
            Forbidden: ``case.not_yours``: a window that has nothing to do with it, or somebody else.
        """
        is_window = context.actor.kind is Role.STAFF
        if is_window != (command.use is OwnUse.SHOWN):
            raise Forbidden("case.not_yours", step=command.use)
        return Outcome(events=(OwnDataUsed(**msgspec.structs.asdict(command)),))
