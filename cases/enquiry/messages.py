"""What is wanted of the enquiry table, and what happens to it; words of people lie in the vault."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from cases.enquiry.model import About, Channel, PolicyPage
from hall_server.messages import Command, LastingEvent

ASKED_AFTER = timedelta(days=400)
"""So long a complaint can be asked after."""


class PutUpPolicy(Command, frozen=True, kw_only=True):
    """Show a policy to everybody; with the id of one that is there, instead of it."""

    policy: str = ""
    title: str
    title_en: str = ""
    source: str = ""
    department: str = ""
    text: str = ""
    text_en: str = ""
    pages: tuple[PolicyPage, ...] = ()
    until: date | None = None


class TakeDownPolicy(Command, frozen=True, kw_only=True):
    """Show a policy no longer."""

    policy: str
    reason: str


class SetPicture(Command, frozen=True, kw_only=True):
    """Show a picture of the media folder on the screen saver; empty: none."""

    picture: str = ""


class MakeComplaint(Command, frozen=True, kw_only=True):
    """Complain; ``words`` and ``phone`` are ids in the vault."""

    about: About
    channel: Channel
    window: str = ""
    department: str = ""
    words: str
    phone: str = ""


class TakeComplaint(Command, frozen=True, kw_only=True):
    """Say that somebody looks into it."""

    complaint: str
    seen: int


class AnswerComplaint(Command, frozen=True, kw_only=True):
    """Answer; ``answer`` is an id in the vault. A second answer takes the place of the first."""

    complaint: str
    seen: int
    answer: str


class PolicyEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to a policy."""

    policy: str

    @property
    def subject(self) -> str:
        """The policy."""
        return f"policy:{self.policy}"


class PolicyPutUp(PolicyEvent, frozen=True, kw_only=True):
    """A policy is shown from now on."""

    type: ClassVar[str] = "policy.put_up"
    title: str
    title_en: str
    source: str
    department: str
    text: str
    text_en: str
    pages: tuple[PolicyPage, ...]
    until: date | None

    def last_day(self, happened: date) -> date | None:
        """The last day on which it is shown."""
        return self.until


class PolicyTakenDown(PolicyEvent, frozen=True, kw_only=True):
    """A policy is no longer shown."""

    type: ClassVar[str] = "policy.taken_down"
    reason: str


class PictureSet(LastingEvent, frozen=True, kw_only=True):
    """The screen saver shows another picture."""

    type: ClassVar[str] = "enquiry.picture_set"
    picture: str

    @property
    def subject(self) -> str:
        """The screen saver; there is one."""
        return "enquiry:saver"


class ComplaintEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to a complaint."""

    complaint: str

    @property
    def subject(self) -> str:
        """The complaint."""
        return f"complaint:{self.complaint}"

    def last_day(self, happened: date) -> date | None:
        """The last day on which it can be asked after."""
        return happened + ASKED_AFTER


class ComplaintMade(ComplaintEvent, frozen=True, kw_only=True):
    """Somebody complained."""

    type: ClassVar[str] = "complaint.made"
    number: str
    about: About
    channel: Channel
    window: str
    department: str
    words: str
    phone: str


class ComplaintTaken(ComplaintEvent, frozen=True, kw_only=True):
    """Somebody looks into it."""

    type: ClassVar[str] = "complaint.taken"


class ComplaintAnswered(ComplaintEvent, frozen=True, kw_only=True):
    """It is answered."""

    type: ClassVar[str] = "complaint.answered"
    answer: str


EVENTS = (PolicyPutUp, PolicyTakenDown, PictureSet, ComplaintMade, ComplaintTaken, ComplaintAnswered)
