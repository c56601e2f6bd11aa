"""What a window wants of a case in one go, and what it did with a person's data; people are opaque ids."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from cases.messages import ReceiveCase
from cases.model import Gap, Given, Mode
from hall_server.messages import Command, Event


class Then(StrEnum):
    """What a window decides."""

    RECEIVE = "receive"  # 收件: only taken in, decided later
    CHECK = "check"  # what was found in the materials, or came in meanwhile
    ACCEPT = "accept"  # 受理
    NOTICE = "notice"  # 一次性告知
    REFUSE = "refuse"  # 不予受理
    HAND_OVER = "hand_over"  # 流转


class SettleCase(Command, frozen=True, kw_only=True):
    """Take an application in and decide on it, or decide on one that is there: all of it happens, or nothing.

    Attributes:
        receive: of a new case; else ``case`` and the step of it that was ``seen``.
        given: materials of a case that is there, looked through anew; empty: as they are.
        form: with corrections: SHA-256 of the form filled in anew; empty: it stays.
        pledge: as of `AcceptCase`.
        hands_over: an accepted case goes to the department at once.
    """

    then: Then
    receive: ReceiveCase | None = None
    case: str | None = None
    seen: int = 0
    given: tuple[Given, ...] = ()
    form: str = ""
    gaps: tuple[Gap, ...] = ()
    mode: Mode = Mode.NORMAL
    owed_until: date | None = None
    pledge: str = ""
    reason: str = ""
    authority: str = ""
    remedies: str = ""
    hands_over: bool = False


class Use(StrEnum):
    """What was done with a person's data at a window."""

    CARD = "card"  # read by the window's reader and put into the form
    SHOWN = "shown"  # unmasked
    FORM = "form"  # taken over from an earlier case
    LICENCE = "licence"  # taken from the register, as the person agreed (智能填报)


class Why(StrEnum):
    """Why it was done; chosen from a list, so that no name comes into the journal."""

    FILL_IN = "fill_in"  # to fill the form in
    COMPARE = "compare"  # to compare with the card
    CALL = "call"  # to telephone


class UsePersonData(Command, frozen=True, kw_only=True):
    """Put on record that a window uses a person's data.

    Attributes:
        about: the earlier case, or the licence's opaque id.
        edition: for which matter.
    """

    use: Use
    window: str
    ticket: str
    person: str
    why: Why = Why.FILL_IN
    about: str = ""
    edition: str = ""


class PersonDataUsed(Event, frozen=True, kw_only=True):
    """A window used a person's data; of a licence it means that the person agreed to it."""

    type: ClassVar[str] = "case.person_data_used"
    use: Use
    window: str
    ticket: str
    person: str
    why: Why
    about: str
    edition: str

    @property
    def subject(self) -> str:
        """The person, by the opaque id."""
        return f"person:{self.person}"
