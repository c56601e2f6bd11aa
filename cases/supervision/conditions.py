"""The vocabulary of supervision rules: each condition is a type, and nothing in a rule is ever executed."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

from cases.clocks.model import ClockKind, Light
from cases.supervision.facts import Counted, Happening, Proof

Workdays: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=250)]
Many: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000)]


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="is"):
    """When a rule is broken."""


class Lit(Condition, frozen=True, kw_only=True, tag="lit"):
    """A clock shows a light, or a worse one; ``node``: that step's clock only, else any of its kind."""

    clock: ClockKind
    least: Light
    node: str = ""


class Skipped(Condition, frozen=True, kw_only=True, tag="skipped"):
    """``before`` was done, and ``step`` had not been."""

    step: Happening
    before: Happening


class SamePerson(Condition, frozen=True, kw_only=True, tag="same_person"):
    """Steps that are kept apart were done by one person (受理、审批、监管分离)."""

    steps: Annotated[tuple[Happening, ...], msgspec.Meta(min_length=2)]


class MoreThan(Condition, frozen=True, kw_only=True, tag="more_than"):
    """There is more of something than may be."""

    count: Counted
    most: Many


class FewerThan(Condition, frozen=True, kw_only=True, tag="fewer_than"):
    """After a step there is less of something than must be."""

    count: Counted
    least: Many
    after: Happening


class Without(Condition, frozen=True, kw_only=True, tag="without"):
    """After a step something does not stand on paper."""

    proof: Proof
    after: Happening


class Silent(Condition, frozen=True, kw_only=True, tag="silent"):
    """After a step nothing of ``until`` followed, and more working days have passed."""

    after: Happening
    until: Annotated[tuple[Happening, ...], msgspec.Meta(min_length=1)]
    workdays: Workdays


class Overcharged(Condition, frozen=True, kw_only=True, tag="overcharged"):
    """More was charged than the list says; anything, where it names no basis."""


class ClockOff(Condition, frozen=True, kw_only=True, tag="clock_off"):
    """The hall's clock was off by more when the case was received."""

    most_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)]


AnyCondition: TypeAlias = Lit | Skipped | SamePerson | MoreThan | FewerThan | Without | Silent | Overcharged | ClockOff
"""Every condition there is."""
