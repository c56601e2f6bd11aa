"""The bodies of the HTTP routes about packages at a window."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cases.forms import Party
from cases.model import Delivery, Gap, Given

Id = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.~-]+$")]
Text = Annotated[str, Meta(max_length=2000)]
Answers = Annotated[dict[str, tuple[str, ...]], Meta(max_length=120)]


class NeedsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers so far: to the package's questions, and to the merged ones of its parts."""

    answers: Answers = {}
    part_answers: Answers = {}


class PackageWanted(NeedsAsked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A package at a window; materials and fields go by the merged list's ids.

    Attributes:
        notice: something is missing: tell everything of it once, and open the package when it is there.
        intake: the case that carries the notice that was given before; None: it comes in for the first time.
    """

    kind: str
    window: str
    ticket: str | None = None
    applicant: Party
    agent: Party | None = None
    fields: dict[str, Any] = {}
    given: Annotated[tuple[Given, ...], Meta(max_length=300)] = ()
    delivery: Delivery = Delivery.WINDOW
    deliver_at: str = ""
    owed_until: date | None = None
    notice: bool = False
    intake: Id | None = None


class IntakeAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/intakes/{case}`: go on with a package that a notice was given about; the person stands at the window."""

    window: Id
    ticket: Id


class IntakeTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in and handed in so far, and what the notice named."""

    intake: str
    number: str
    kind: str
    content: PackageWanted
    gaps: tuple[Gap, ...]


class PackageSheet(NeedsAsked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/kinds/{kind}/sheet`: put the merged form before the visitor at the pad; ``replaces``: the open sheet."""

    window: Id
    ticket: Id
    applicant: Party
    fields: dict[str, Any] = {}
    materials: Annotated[tuple[Text, ...], Meta(max_length=60)] = ()
    replaces: Id | None = None
    language: Annotated[str, Meta(max_length=10)] = "zh-CN"
