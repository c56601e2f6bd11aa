"""What somebody who files by themselves wants, and what is put on record of it; people are opaque ids."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from cases.messages import ReceiveCase
from hall_server.messages import Command, Event


class How(StrEnum):
    """How somebody said who they are."""

    CARD = "card"  # a card on the reader beside the machine
    CODE = "code"  # ID number, and a code sent to their phone


class OwnUse(StrEnum):
    """What was done with the data of the person who applies."""

    FORM = "form"  # taken over from an earlier case
    LICENCE = "licence"  # taken from the register, as they agreed (智能填报)
    SHOWN = "shown"  # shown to the window that handles the case


class SubmitApplication(Command, frozen=True, kw_only=True):
    """File an application: it becomes a case, once.

    Attributes:
        application: id of the draft.
    """

    application: str
    receive: ReceiveCase


class Identify(Command, frozen=True, kw_only=True):
    """Put on record that somebody said who they are.

    Attributes:
        machine: id of the terminal; empty: their own phone or computer.
    """

    person: str
    how: How
    machine: str = ""


class UseOwnData(Command, frozen=True, kw_only=True):
    """Put on record that a person's data are used for their application.

    Attributes:
        about: the earlier case, or the licence's opaque id.
    """

    use: OwnUse
    person: str
    application: str = ""
    case: str = ""
    about: str = ""


class PersonIdentified(Event, frozen=True, kw_only=True):
    """Somebody who wants to file by themselves said who they are."""

    type: ClassVar[str] = "application.identified"
    person: str
    how: How
    machine: str = ""

    @property
    def subject(self) -> str:
        """The person, by the opaque id."""
        return f"person:{self.person}"


class OwnDataUsed(Event, frozen=True, kw_only=True):
    """A person's data were used for their application; of a licence it means that they agreed to it."""

    type: ClassVar[str] = "application.data_used"
    use: OwnUse
    person: str
    application: str = ""
    case: str = ""
    about: str = ""

    @property
    def subject(self) -> str:
        """The person, by the opaque id."""
        return f"person:{self.person}"


EVENTS: tuple[type[Event], ...] = (PersonIdentified, OwnDataUsed)
"""Events of this folder."""
