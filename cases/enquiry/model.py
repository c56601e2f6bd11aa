"""What the enquiry table knows by itself: policies on show, complaints, the picture of the screen saver."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec


class About(StrEnum):
    """What a complaint is about."""

    STAFF = "staff"  # how somebody was treated
    MATTER = "matter"  # how a matter is handled
    WAIT = "wait"  # the wait
    PLACE = "place"  # the hall itself, its machines
    FEE = "fee"  # money that was asked for
    OTHER = "other"


class Channel(StrEnum):
    """Who shall answer."""

    HALL = "hall"
    HOTLINE = "hotline"  # 12345


class ComplaintState(StrEnum):
    """How far a complaint is."""

    MADE = "made"
    TAKEN = "taken"
    ANSWERED = "answered"


class PolicyPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a policy that came as a file: a picture, kept by its SHA-256; sizes in pixels."""

    sha256: str
    width: int
    height: int


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A document for everybody.

    Attributes:
        source: who issued it and its number (文号). department: id, empty: of the whole hall.
        text: paragraphs; pages: instead of or beside it.
        until: last day on which it is shown; None: until it is taken down.
    """

    id: str
    title: str
    title_en: str = ""
    source: str = ""
    department: str = ""
    text: str = ""
    text_en: str = ""
    pages: tuple[PolicyPage, ...] = ()
    at: datetime
    until: date | None = None

    def is_shown(self, today: date) -> bool:
        """Whether it is still shown."""
        return self.until is None or today <= self.until


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint without its words, which lie in the vault.

    Attributes:
        number: what the visitor asks after. window, department: ids, empty where none was named.
        words, answer: ids of texts in the vault. phone: id of the phone there, empty: none was given.
        step: counts what was done, so that nobody acts on an old picture.
    """

    id: str
    number: str
    about: About
    channel: Channel
    window: str = ""
    department: str = ""
    words: str
    phone: str = ""
    state: ComplaintState = ComplaintState.MADE
    step: int = 0
    at: datetime
    taken_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    by: str = ""
