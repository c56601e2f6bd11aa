"""What the issuing window wants, and what happens to results that wait in a box; nothing says who the applicant is."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from cases.model import Delivery
from hall_server.messages import Command, Event, LastingEvent


class Collector(StrEnum):
    """Who came for it."""

    SELF = "self"
    AGENT = "agent"


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case, the step of it that was seen, and the courier's label where it goes by courier."""

    case: str
    seen: int
    label: str = ""


class IssueCases(Command, frozen=True, kw_only=True):
    """Hand results out, all of them or none; over the counter they are closed at once.

    Attributes:
        receipt: SHA-256 of the signed receipt; by courier each item has its label instead.
    """

    window: str
    items: tuple[Item, ...]
    how: Delivery = Delivery.WINDOW
    collector: Collector = Collector.SELF
    receipt: str = ""
    ticket: str | None = None


class GiveUpResults(Command, frozen=True, kw_only=True):
    """Whoever came does not want what was made, and says why: all of it is closed, or nothing."""

    window: str
    items: tuple[Item, ...]
    reason: str


class FillBoxes(Command, frozen=True, kw_only=True):
    """Put results into boxes; they count as handed out when they are taken from there."""

    window: str
    items: tuple[Item, ...]


class EmptyBox(Command, frozen=True, kw_only=True):
    """Take a result back out of its box, uncollected."""

    window: str
    case: str


class ReadResult(Command, frozen=True, kw_only=True):
    """Put on record that a file of a result is read, to be printed.

    Attributes:
        file: SHA-256 of the licence or the decision.
    """

    window: str
    case: str
    file: str


class BoxFilled(LastingEvent, frozen=True, kw_only=True):
    """A result lies in a box."""

    type: ClassVar[str] = "issuing.box_filled"
    until_ended: ClassVar[bool] = True
    case: str
    box: str

    @property
    def subject(self) -> str:
        """The result of the case."""
        return f"result:{self.case}"


class BoxEmptied(LastingEvent, frozen=True, kw_only=True):
    """The box is free again; ``is_collected``: by whoever had the code."""

    type: ClassVar[str] = "issuing.box_emptied"
    until_ended: ClassVar[bool] = True
    case: str
    box: str
    is_collected: bool

    @property
    def subject(self) -> str:
        """The result of the case."""
        return f"result:{self.case}"

    @property
    def ends_subject(self) -> bool:
        """A later start needs nothing of it."""
        return True


class ResultRead(Event, frozen=True, kw_only=True):
    """A window read a file of a result, the licence or the decision."""

    type: ClassVar[str] = "issuing.result_read"
    window: str
    case: str
    file: str

    @property
    def subject(self) -> str:
        """The result of the case."""
        return f"result:{self.case}"
