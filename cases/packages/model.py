"""A package (一件事, 并联审批) as its events tell it: its parts, what each department said, and its outcome; pure."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from cases.model import Channel, Delivery, Given, Mode, Outcome
from cases.packages.kinds import Rule


class PartState(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"  # for other parts to be granted
    RUNNING = "running"  # is a case of its department
    GRANTED = "granted"
    DENIED = "denied"
    DROPPED = "dropped"  # withdrawn, terminated, or what it waited for was not granted


SETTLED = frozenset({PartState.GRANTED, PartState.DENIED, PartState.DROPPED})


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part as it was handed in; it becomes a case when its turn comes.

    Attributes:
        form: SHA-256 of the sealed form of this part, made of the merged one.
        case: the case it became at once; None: it waits.
    """

    id: str
    name: str
    name_en: str = ""
    edition: str
    department: str
    after: tuple[str, ...] = ()
    answers: dict[str, tuple[str, ...]] = {}
    given: tuple[Given, ...] = ()
    form: str = ""
    case: str | None = None


class PartNow(msgspec.Struct, kw_only=True):
    """A part as it stands.

    Attributes:
        opinion: the one its department gave back.
        held: code of why it could not begin though its turn has come; empty: it could, or its turn has not come.
    """

    part: Part
    state: PartState
    case: str | None = None
    opinion: str = ""
    why: str = ""
    held: str = ""
    settled_at: datetime | None = None


class Inspector(msgspec.Struct, frozen=True, kw_only=True):
    """Who goes to the site: of which department, and the number on their pass (执法证号)."""

    department: str
    number: str


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands for a finding, as the journal writes them, and when they signed."""

    by: str
    at: datetime


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a department found on the site (勘验意见).

    Attributes:
        came: numbers of those of it who were there. is_sound: whether the place is as it must be.
        signed: by whoever wrote it, and by those who signed it after them; what is written anew is signed anew.
    """

    department: str
    came: tuple[str, ...]
    is_sound: bool
    words: str
    signed: tuple[Signature, ...]


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A joint visit (联合勘验): one special procedure for many cases; ``until`` None: it goes on.

    Attributes:
        inspectors: who was named to go. findings: one of each department, in the order in which they were signed.
    """

    id: str
    cases: tuple[str, ...]
    begun_at: datetime
    until: datetime | None = None
    workdays: int
    result: str = ""
    inspectors: tuple[Inspector, ...] = ()
    findings: tuple[Finding, ...] = ()

    def finding(self, department: str) -> Finding | None:
        """What a department found; None: it has not said."""
        return next((one for one in self.findings if one.department == department), None)


class Package(msgspec.Struct, kw_only=True):
    """A package as it stands.

    Attributes:
        step: how many events it has behind it; who acts says which they have seen.
        hall: where it was opened; deliver_at: where everything is handed out at once.
        opened_by: as the journal writes it; kept apart from who decides.
        is_taken: the city has it on its list.
        query_digest: what is kept of the one query code for all its cases.
    """

    id: str
    number: str
    kind: str
    name: str
    name_en: str
    lead: str
    rule: Rule
    hall: str
    deliver_at: str
    delivery: Delivery
    channel: Channel
    ticket: str | None
    window: str | None
    applicant: str | None
    agent: str | None
    form: str
    mode: Mode
    owed_until: date | None
    statute_workdays: int
    extension_workdays: int
    promise_workdays: int
    opened_at: datetime
    opened_on: date
    opened_by: str
    parts: dict[str, PartNow]
    step: int = 1
    is_taken: bool = False
    query_digest: str = ""
    visits: tuple[Visit, ...] = ()
    extended: int = 0
    outcome: Outcome | None = None
    reasons: str = ""
    decided_at: datetime | None = None
    ended_at: datetime | None = None
    is_withdrawn: bool = False

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.ended_at is not None

    @property
    def is_answered(self) -> bool:
        """Whether every department has given its opinion back, or never will."""
        return all(one.state in SETTLED for one in self.parts.values())

    @property
    def visit(self) -> Visit | None:
        """The joint visit that goes on."""
        return next((one for one in self.visits if one.until is None), None)

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases its parts have become."""
        return tuple(one.case for one in self.parts.values() if one.case is not None)

    @property
    def after(self) -> dict[str, tuple[str, ...]]:
        """Which parts wait for which."""
        return {id_: one.part.after for id_, one in self.parts.items()}

    def those(self, *states: PartState) -> frozenset[str]:
        """The parts in one of these states."""
        return frozenset(id_ for id_, one in self.parts.items() if one.state in states)
