"""Persons who may neither book nor take a number for a while: the live list and its commands (domain rules 1, 16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from hall_queue.appointments import messages as m
from hall_queue.appointments.model import Restriction
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.messages import Event, Recorded
from hall_server.outcome import Context, Outcome


class Restrictions:
    """Who is restricted; folded from events, and asked by everything that gives places and numbers."""

    def __init__(self, today: Callable[[], date]) -> None:
        """``today``: the date on the hall's calendar."""
        self._today = today
        self._apply: dict[type[Event], Callable[[Any, Recorded], None]] = {
            m.PersonRestricted: self._restricted,
            m.RestrictionLifted: self._lifted,
        }
        self.types = frozenset(event.type for event in self._apply)
        self._of: dict[str, Restriction] = {}

    def of(self, person: str | None) -> Restriction | None:
        """The restriction a person is under today, None for everybody else."""
        found = self._of.get(person) if person else None
        return found if found is not None and self._today() <= found.until else None

    def refuse(self, *persons: str | None) -> None:
        """Refuse a restricted person; why is for managers alone, as anybody may type somebody's number.

        Raises:
            Refused: ``person.restricted`` with ``until``.
        """
        for person in persons:
            if (found := self.of(person)) is not None:
                raise Refused("person.restricted", until=found.until.isoformat())

    def all(self) -> list[Restriction]:
        """The restrictions in force, the one that ends first first."""
        today = self._today()
        return sorted((one for one in self._of.values() if today <= one.until), key=lambda one: (one.until, one.since))

    # -- commands

    def restrict(self, command: m.RestrictPerson, context: Context) -> Outcome:
        """Restrict a person, or change until when.

        Raises:
            Forbidden: not a manager. Invalid: ``restriction.over``, the day lies before today.
        """
        require_manager(context)
        if command.until < self._today():
            raise Invalid("restriction.over", field="until")
        event = m.PersonRestricted(person=command.person, until=command.until, reason=command.reason)
        return Outcome(events=(event,), reply=lambda: {"id": command.person})

    def lift(self, command: m.LiftRestriction, context: Context) -> Outcome:
        """End a restriction.

        Raises:
            Forbidden: not a manager. NotFound: the person is under none.
        """
        require_manager(context)
        if self.of(command.person) is None:
            raise NotFound("restriction.unknown", person=command.person)
        return Outcome(events=(m.RestrictionLifted(person=command.person, reason=command.reason),))

    # -- the fold

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        self._apply[type(recorded.event)](recorded.event, recorded)

    def _restricted(self, event: m.PersonRestricted, recorded: Recorded) -> None:
        self._of = {who: one for who, one in self._of.items() if one.until >= recorded.business_day}
        self._of[event.person] = Restriction(
            person=event.person, until=event.until, reason=event.reason, since=recorded.at, by=recorded.actor
        )

    def _lifted(self, event: m.RestrictionLifted, _: Recorded) -> None:
        self._of.pop(event.person, None)


def require_manager(context: Context) -> None:
    """Refuse whoever does not run the hall.

    Raises:
        Forbidden: ``role.missing``.
    """
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("role.missing", roles=[Role.MANAGER.value])
