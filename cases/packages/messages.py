"""What is wanted of packages, and what happens to them; people are opaque ids, forms digests of sealed bytes."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import msgspec

from cases.model import Channel, Delivery, Gap, Given, Mode, Outcome
from cases.packages.kinds import Rule
from cases.packages.model import Inspector, Part
from hall_server.messages import Command, Event, LastingEvent


class OpenPackage(Command, frozen=True, kw_only=True):
    """Take a package in at a window: parts that wait for nothing become cases, accepted and handed over at once.

    Attributes:
        answers: to the package's own questions. part_answers: by part, to those of its matter.
        given: by part, made of the merged list. forms: by part, SHA-256 of the sealed form.
        form: SHA-256 of the merged form. editions: by part, ``matter@number``.
        owed_until: until when what may follow later follows, by written promise; None: nothing is missing.
        intake: the case that carried a notice about it; None: it comes in for the first time.
    """

    kind: str
    editions: dict[str, str]
    answers: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    part_answers: dict[str, dict[str, tuple[str, ...]]] = msgspec.field(default_factory=dict)
    given: dict[str, tuple[Given, ...]] = msgspec.field(default_factory=dict)
    forms: dict[str, str] = msgspec.field(default_factory=dict)
    form: str = ""
    ticket: str | None = None
    window: str | None = None
    channel: Channel = Channel.WINDOW
    applicant: str | None = None
    agent: str | None = None
    delivery: Delivery = Delivery.WINDOW
    deliver_at: str = ""
    owed_until: date | None = None
    intake: str | None = None


class NoticePackage(OpenPackage, frozen=True, kw_only=True):
    """Tell the applicant once everything that is missing, over all parts; the package is opened when it is there.

    Attributes:
        gaps: of things that the carrying part does not use itself. touched: names of what came in since a notice.
        draft: SHA-256 of what was filled in and handed in so far, sealed, for going on with it.
    """

    gaps: tuple[Gap, ...] = ()
    touched: tuple[str, ...] = ()
    draft: str = ""


class PackageCommand(Command, frozen=True, kw_only=True):
    """Something to be done with a package at the city.

    Attributes:
        cases: the cases of the package that the caller has seen; their streams belong to the decision.
    """

    package: str
    cases: tuple[str, ...] = ()


class AdvancePackage(PackageCommand, frozen=True, kw_only=True):
    """Take in what became of its cases, and begin the parts whose turn has come."""


class PackageStep(PackageCommand, frozen=True, kw_only=True):
    """A step that a person takes; ``seen``: the step of the package they have seen."""

    seen: int


class BeginVisit(PackageStep, frozen=True, kw_only=True):
    """Begin a joint visit: the clocks of all its running cases stand, each once; ``inspectors``: who will go."""

    workdays: int
    reason: str
    inspectors: tuple[Inspector, ...] = ()


class NoteFinding(PackageStep, frozen=True, kw_only=True):
    """Put on record what a department found at the joint visit; whoever does signs it.

    Attributes:
        came: numbers of those of it who were there, two at least.
    """

    department: str
    came: tuple[str, ...]
    is_sound: bool
    finding: str


class SignFinding(PackageStep, frozen=True, kw_only=True):
    """Sign what somebody else of one's department put on record."""

    department: str


class EndVisit(PackageStep, frozen=True, kw_only=True):
    """End the joint visit for all of them."""

    result: str


class ExtendPackage(PackageStep, frozen=True, kw_only=True):
    """Give the joint clock more time, once."""

    workdays: int
    reason: str


class DecidePackage(PackageStep, frozen=True, kw_only=True):
    """The lead department decides, every opinion before it."""

    outcome: Outcome
    reasons: str = ""


class WithdrawPackage(PackageStep, frozen=True, kw_only=True):
    """The applicant takes all of it back."""

    reason: str = ""


# -- what happens


class PackageEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a package."""

    package: str

    @property
    def subject(self) -> str:
        """The package."""
        return f"package:{self.package}"


class PackageOpened(PackageEvent, frozen=True, kw_only=True):
    """A package came in; from here on the city writes it; ``query_digest``: of the one code for all of its cases."""

    type: ClassVar[str] = "package.opened"
    number: str
    kind: str
    name: str
    name_en: str
    lead: str
    rule: Rule
    hall: str
    ticket: str | None
    window: str | None
    channel: Channel
    applicant: str | None
    agent: str | None
    form: str
    mode: Mode
    owed_until: date | None
    delivery: Delivery
    deliver_at: str
    statute_workdays: int
    extension_workdays: int
    promise_workdays: int
    opened_on: date
    parts: tuple[Part, ...]
    writer: str = "city"
    query_digest: str = ""


class PackageNoticed(LastingEvent, frozen=True, kw_only=True):
    """A hall told what a package lacks; ``case`` carries the notice, ``draft``: SHA-256 of what was filled in, sealed.

    The package itself is not open yet: the city hears of it when it is.
    """

    type: ClassVar[str] = "package.noticed"
    until_ended: ClassVar[bool] = True
    package: str
    number: str
    kind: str
    case: str
    draft: str

    @property
    def subject(self) -> str:
        """The package."""
        return f"package:{self.package}"


class PackageCompleted(LastingEvent, frozen=True, kw_only=True):
    """Everything that a notice named is there; the package is opened with it."""

    type: ClassVar[str] = "package.completed"
    package: str
    case: str

    @property
    def ends_subject(self) -> bool:
        """The hall has nothing to remember of it any more."""
        return True

    @property
    def subject(self) -> str:
        """The package."""
        return f"package:{self.package}"

    def last_day(self, happened: date) -> date | None:
        """Its own day."""
        return happened


class PackageTaken(PackageEvent, frozen=True, kw_only=True):
    """The city has it on its list."""

    type: ClassVar[str] = "package.taken"
    number: str
    kind: str
    lead: str


class PartStarted(PackageEvent, frozen=True, kw_only=True):
    """A part became a case."""

    type: ClassVar[str] = "package.part_started"
    part: str
    case: str


class PartHeld(PackageEvent, frozen=True, kw_only=True):
    """A part's turn has come, and it could not begin; ``why``: the error's code."""

    type: ClassVar[str] = "package.part_held"
    part: str
    why: str


class PartAnswered(PackageEvent, frozen=True, kw_only=True):
    """A department gave its one opinion back."""

    type: ClassVar[str] = "package.part_answered"
    part: str
    case: str
    department: str
    outcome: Outcome
    opinion: str


class PartDropped(PackageEvent, frozen=True, kw_only=True):
    """A part will get no opinion; ``why``: the state its case ended in, or ``waits_for``."""

    type: ClassVar[str] = "package.part_dropped"
    part: str
    why: str


class VisitBegun(PackageEvent, frozen=True, kw_only=True):
    """A joint visit began; each of the cases has its own letter about it."""

    type: ClassVar[str] = "package.visit_begun"
    visit: str
    visited: tuple[str, ...]
    workdays: int
    reason: str
    inspectors: tuple[Inspector, ...] = ()


class FindingNoted(PackageEvent, frozen=True, kw_only=True):
    """A department said what it found at the joint visit; the actor signed it."""

    type: ClassVar[str] = "package.finding_noted"
    visit: str
    department: str
    came: tuple[str, ...]
    is_sound: bool
    finding: str


class FindingSigned(PackageEvent, frozen=True, kw_only=True):
    """Another of the department signed what it found."""

    type: ClassVar[str] = "package.finding_signed"
    visit: str
    department: str


class VisitEnded(PackageEvent, frozen=True, kw_only=True):
    """The joint visit is over."""

    type: ClassVar[str] = "package.visit_ended"
    visit: str
    result: str


class PackageExtended(PackageEvent, frozen=True, kw_only=True):
    """The joint clock got more time."""

    type: ClassVar[str] = "package.extended"
    workdays: int
    reason: str


class PackageDecided(PackageEvent, frozen=True, kw_only=True):
    """All opinions came to one outcome."""

    type: ClassVar[str] = "package.decided"
    outcome: Outcome
    reasons: str


class PackageWithdrawn(PackageEvent, frozen=True, kw_only=True):
    """The applicant took it back."""

    type: ClassVar[str] = "package.withdrawn"
    reason: str


class PackageClosed(PackageEvent, frozen=True, kw_only=True):
    """Everything of it is handed out."""

    type: ClassVar[str] = "package.closed"


EVENTS: tuple[type[Event], ...] = (
    PackageNoticed,
    PackageCompleted,
    PackageOpened,
    PackageTaken,
    PartStarted,
    PartHeld,
    PartAnswered,
    PartDropped,
    VisitBegun,
    FindingNoted,
    FindingSigned,
    VisitEnded,
    PackageExtended,
    PackageDecided,
    PackageWithdrawn,
    PackageClosed,
)
