"""The bodies of the HTTP routes about packages at a window."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cases.forms import Party
from cases.model import Delivery, Given

Id = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.~-]+$")]
Text = Annotated[str, Meta(max_length=2000)]
Answers = Annotated[dict[str, tuple[str, ...]], Meta(max_length=120)]


class NeedsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers so far: to the package's questions, and to the merged ones of its parts."""

    answers: Answers = {}
    part_answers: Answers = {}


class PackageWanted(NeedsAsked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A package at a window; materials and fields go by the merged list's ids."""

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


class PackageSheet(NeedsAsked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/kinds/{kind}/sheet`: put the merged form before the visitor at the pad; ``replaces``: the open sheet."""

    window: Id
    ticket: Id
    applicant: Party
    fields: dict[str, Any] = {}
    materials: Annotated[tuple[Text, ...], Meta(max_length=60)] = ()
    replaces: Id | None = None
    language: Annotated[str, Meta(max_length=10)] = "zh-CN"
