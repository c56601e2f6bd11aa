"""The bodies of the HTTP routes about cases at a window."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cases.desk.messages import Then, Why
from cases.forms import Party
from cases.model import Delivery, Gap, Given, Mode

Id = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.~-]+$")]
Text = Annotated[str, Meta(max_length=2000)]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Answers = Annotated[dict[str, tuple[Id, ...]], Meta(max_length=60)]
Givens = Annotated[tuple[Given, ...], Meta(max_length=200)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body of a request."""


class Signing(StrEnum):
    """How a pledge was signed."""

    PAD = "pad"  # on the window's pad, for the ticket that is served
    PAPER = "paper"


class Decision(Body, frozen=True, kw_only=True):
    """What the window decides, and what goes with it.

    Attributes:
        owed_until: with ``mode: gap``. pledge: with ``mode: pledge``.
        hands_over: None: where the hall has a city.
    """

    then: Then = Then.ACCEPT
    mode: Mode = Mode.NORMAL
    owed_until: date | None = None
    pledge: Signing | None = None
    gaps: Annotated[tuple[Gap, ...], Meta(max_length=60)] = ()
    reason: Text = ""
    authority: Text = ""
    remedies: Text = ""
    hands_over: bool | None = None


class CaseWanted(Decision, frozen=True, kw_only=True):
    """`POST /api/v1/cases`: an application at a window, and what is decided on it at once.

    Attributes:
        edition: ``matter@number``. ticket: the one that is served there.
    """

    window: Id
    ticket: Id
    edition: Annotated[str, Meta(min_length=3, max_length=120)]
    applicant: Party
    agent: Party | None = None
    fields: dict[str, Any] = {}
    answers: Answers = {}
    given: Givens = ()
    delivery: Delivery = Delivery.WINDOW


class FormAnew(Body, frozen=True, kw_only=True):
    """A form that is filled in anew after a notice of corrections."""

    applicant: Party
    agent: Party | None = None
    fields: dict[str, Any] = {}


class StepWanted(Decision, frozen=True, kw_only=True):
    """`POST /api/v1/cases/{case}/{step}`: a step of a case that is there; ``seen``: the step of it that was seen."""

    seen: Annotated[int, Meta(ge=1)]
    given: Givens = ()
    form: FormAnew | None = None


class NeedsWanted(Body, frozen=True, kw_only=True):
    """`POST …/editions/{matter}/needs`: the answers so far."""

    answers: Answers = {}


class DraftWanted(Body, frozen=True, kw_only=True):
    """`PUT …/draft`: what is typed, and the revision it was typed upon."""

    ticket: Id
    revision: Annotated[int, Meta(ge=0)]
    content: dict[str, Any]


class TicketNamed(Body, frozen=True, kw_only=True):
    """A body that names the ticket alone."""

    ticket: Id


class FormWanted(TicketNamed, frozen=True, kw_only=True):
    """`POST /api/v1/cases/{case}/form`: the sealed form, to be corrected for whoever is served."""

    window: Id


class PersonWanted(TicketNamed, frozen=True, kw_only=True):
    """`POST …/person`: unmask, and why."""

    why: Why


class CardWanted(TicketNamed, frozen=True, kw_only=True):
    """`POST …/card`: the word for the card that was read."""

    card: Annotated[str, Meta(max_length=64)]


class KnownWanted(TicketNamed, frozen=True, kw_only=True):
    """`POST …/known`: what may be taken over of whoever has this number; without one, of the ticket's person."""

    id_number: Annotated[str, Meta(max_length=40)] = ""


class FormTaken(KnownWanted, frozen=True, kw_only=True):
    """`POST …/reuse`: take an earlier case's form over."""

    case: Id


class LicenceAgreed(KnownWanted, frozen=True, kw_only=True):
    """`POST …/licence`: the person agreed that this licence is used for this matter."""

    licence: Id
    edition: Annotated[str, Meta(max_length=120)]


class ScanTurned(TicketNamed, frozen=True, kw_only=True):
    """`POST …/scans/{sha256}/turn`: clockwise, in quarters."""

    quarters: Annotated[int, Meta(ge=1, le=3)] = 1


class SheetWanted(TicketNamed, frozen=True, kw_only=True):
    """`POST …/sheet`: put the draft before the visitor at the pad.

    Attributes:
        replaces: the open sheet. pledge: with what is pledged in this situation, to be signed (告知承诺书).
    """

    edition: Annotated[str, Meta(max_length=120)]
    applicant: Party
    fields: dict[str, Any] = {}
    materials: Annotated[tuple[Text, ...], Meta(max_length=60)] = ()
    replaces: Id | None = None
    language: Annotated[str, Meta(max_length=10)] = "zh-CN"
    answers: Answers = {}
    pledge: bool = False
