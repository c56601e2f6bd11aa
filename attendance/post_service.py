"""Decides on what is kept of a person: group, card, days of leave; and finds whose card was shown at a console."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from attendance import post_messages as p
from attendance.state import Roster
from hall_server.directory.directory import Directory
from hall_server.directory.wording import text_fault
from hall_server.errors import Forbidden, Invalid, NotFound, Refused, TooMany
from hall_server.identity import Role, keyed_text
from hall_server.outcome import Context, Outcome

WRONG_AT_MOST = 5
WRONG_WITHIN = timedelta(minutes=10)
"""So many cards nobody has may be shown in so long at one console: codes are not to be guessed."""


class Cards:
    """Whose card is whose; cards themselves are kept nowhere.

    Args:
        key: of the hall, once it is open.
    """

    def __init__(self, roster: Roster, key: Callable[[], bytes]) -> None:
        self._roster, self._key = roster, key
        self._wrong: dict[str, deque[datetime]] = {}

    def mark(self, card: str) -> str:
        """What is kept of a card."""
        return keyed_text(self._key(), f"attendance-card/{card.upper()}")

    def owner(self, card: str, context: Context) -> str:
        """Whose card it is.

        Raises:
            NotFound: ``attendance.no_such_card`` at ``card``. TooMany: too many were nobody's at this console.
        """
        wrong = self._wrong.setdefault(context.actor.id, deque(maxlen=WRONG_AT_MOST))
        if len(wrong) == WRONG_AT_MOST and context.now - wrong[0] < WRONG_WITHIN:
            raise TooMany("attendance.too_many_cards", card="too_many")
        staff = self._roster.cards.get(self.mark(card))
        if staff is None:
            wrong.append(context.now)
            raise NotFound("attendance.no_such_card", card="unknown")
        return staff


class PostService:
    """The handlers."""

    def __init__(self, roster: Roster, directory: Directory, cards: Cards) -> None:
        self._roster, self._directory, self._cards = roster, directory, cards

    def set_group(self, command: p.SetGroup, context: Context) -> Outcome:
        """Say to which window group somebody belongs.

        Raises:
            Forbidden, NotFound. Invalid: ``attendance.bad_text`` at ``group``.
        """
        self._check(command.staff, context)
        if command.group is not None and (fault := text_fault(command.group, limit=40)):
            raise Invalid("attendance.bad_text", group=fault)
        return Outcome(events=(p.GroupSet(staff=command.staff, group=command.group),))

    def set_card(self, command: p.SetCard, context: Context) -> Outcome:
        """Say with which card somebody punches.

        Raises:
            Forbidden, NotFound. Refused: ``attendance.card_taken``: another one has it.
        """
        self._check(command.staff, context)
        mark = self._cards.mark(command.card) if command.card is not None else None
        if mark is not None and self._roster.cards.get(mark, command.staff) != command.staff:
            raise Refused("attendance.card_taken", card="taken")
        return Outcome(events=(p.CardSet(staff=command.staff, mark=mark),))

    def set_allowance(self, command: p.SetAllowance, context: Context) -> Outcome:
        """Say how many days of leave somebody has in a year.

        Raises:
            Forbidden: not a manager, or ``attendance.own_request``: nobody gives themselves leave. NotFound.
        """
        self._check(command.staff, context)
        if context.actor.id == command.staff:
            raise Forbidden("attendance.own_request", staff=command.staff)
        event = p.AllowanceSet(staff=command.staff, year=command.year, leave=command.leave, days=command.days)
        return Outcome(events=(event,))

    def _check(self, staff: str, context: Context) -> None:
        if not context.actor.may(Role.MANAGER, Role.ADMIN):
            raise Forbidden("role.missing", roles=[Role.MANAGER.value, Role.ADMIN.value])
        if staff not in self._directory.staff:
            raise NotFound("attendance.no_such_person", field="staff", staff=staff)
