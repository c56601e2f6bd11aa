"""The bodies of the HTTP routes of the departments' desks; ``seen``: the step that the caller has seen."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from cases.model import ChargeState, Outcome
from cases.packages.model import Inspector

Text = Annotated[str, Meta(max_length=4_000)]
Days = Annotated[int, Meta(ge=1, le=400)]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body."""


class StepWanted(Wanted, frozen=True, kw_only=True):
    """A step that needs nothing more."""

    seen: Annotated[int, Meta(ge=1)]


class ExamineWanted(StepWanted, frozen=True, kw_only=True):
    """An opinion, and what it proposes."""

    opinion: Text
    proposes: Outcome


class SuspendWanted(StepWanted, frozen=True, kw_only=True):
    """A special procedure, its time and why."""

    procedure: Annotated[str, Meta(max_length=80)]
    workdays: Days
    reason: Text
    inspectors: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(max_length=20)] = ()


class ResultWanted(StepWanted, frozen=True, kw_only=True):
    """What came of a special procedure or of a joint visit."""

    result: Text


class ExtensionWanted(StepWanted, frozen=True, kw_only=True):
    """More time, and why."""

    workdays: Days
    reason: Text


class ForwardWanted(StepWanted, frozen=True, kw_only=True):
    """Where it goes, and with which opinion."""

    authority: Annotated[str, Meta(max_length=200)]
    opinion: Text


class DecideWanted(StepWanted, frozen=True, kw_only=True):
    """The decision; a refusal with reasons and remedies."""

    outcome: Outcome
    reasons: Text = ""
    remedies: Text = ""


class MakeWanted(StepWanted, frozen=True, kw_only=True):
    """The licence's number, and the SHA-256 of its file where there is one."""

    licence: Annotated[str, Meta(max_length=120)] = ""
    sha256: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$")] = ""


class PaidWanted(StepWanted, frozen=True, kw_only=True):
    """It was paid at a counter: of which order, and the number of the receipt."""

    order: Annotated[str, Meta(min_length=1, max_length=80)]
    receipt: Annotated[str, Meta(max_length=120)]
    became: ChargeState = ChargeState.PAID


class HallWanted(StepWanted, frozen=True, kw_only=True):
    """The hall that hands it out."""

    hall: Annotated[str, Meta(min_length=1, max_length=80)]


class ReasonWanted(StepWanted, frozen=True, kw_only=True):
    """Why."""

    reason: Text = ""


class PledgeWanted(StepWanted, frozen=True, kw_only=True):
    """What the check of a promise found."""

    is_kept: bool
    finding: Text


class ConflictWanted(StepWanted, frozen=True, kw_only=True):
    """What became of a conflict between hall and city."""

    conflict: Annotated[str, Meta(max_length=200)]
    solution: Text


class VisitWanted(StepWanted, frozen=True, kw_only=True):
    """A joint visit, its time and why, and who will go."""

    workdays: Days
    reason: Text
    inspectors: Annotated[tuple[Inspector, ...], Meta(max_length=60)] = ()


class FindingWanted(StepWanted, frozen=True, kw_only=True):
    """What a department found at a joint visit, and which of it were there."""

    department: Annotated[str, Meta(min_length=1, max_length=80)]
    came: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=40)], ...], Meta(max_length=20)]
    is_sound: bool
    finding: Text


class SignWanted(StepWanted, frozen=True, kw_only=True):
    """Whose finding is signed."""

    department: Annotated[str, Meta(min_length=1, max_length=80)]


class CallOffWanted(StepWanted, frozen=True, kw_only=True):
    """An order to pay that nobody is to pay, and why."""

    order: Annotated[str, Meta(min_length=1, max_length=80)]
    reason: Annotated[str, Meta(max_length=80)]
    became: ChargeState = ChargeState.CANCELLING


class OutcomeWanted(StepWanted, frozen=True, kw_only=True):
    """What the lead department decides of a package."""

    outcome: Outcome
    reasons: Text = ""


class WhyWanted(Wanted, frozen=True, kw_only=True):
    """Why somebody must see whose case it is."""

    reason: Annotated[str, Meta(max_length=400)]


class LookWanted(Wanted, frozen=True, kw_only=True):
    """A page shows a case, or shows it no more."""

    is_open: bool = True
