"""An application as it is being filled in, and after it was sent; it lies sealed in the vault."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec

from cases.applying.messages import How, SubmitApplication
from cases.catalogue.model import Channel
from cases.desk.drafts import ScanMark
from cases.desk.people import Known
from cases.forms import Party
from cases.messages import CheckMaterials
from cases.model import Delivery


class Stage(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"  # being filled in
    SENDING = "sending"  # sent, and nobody has seen yet what became of it: it is sent again until that is known
    SENT = "sent"  # a case was made of it


class LicenceUsed(msgspec.Struct, frozen=True, kw_only=True):
    """A licence of the register that stands for a material; its holder agreed."""

    id: str
    kind: str
    name: str
    number_masked: str
    valid_until: date | None
    agreed_at: datetime


class OwnKnown(Known, frozen=True, kw_only=True):
    """What is there already of whoever asks.

    Attributes:
        licences_need: ``card``: licences need a card, or a phone that a window has confirmed; "": they are listed.
    """

    licences_need: Literal["", "card"] = ""


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is missing or wrong.

    Attributes:
        part: ``answers.Q``, ``applicant.name``, ``form.shop``, ``materials.id``, ``delivery``, ``matter``.
        code: stable.
    """

    part: str
    code: str
    text: str
    text_en: str


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody files by themselves.

    Attributes:
        edition: ``matter@number`` under which it was filled in last. how: who files said so by.
        phone: the code of whoever began it went to it; "" with a card, and in those of before.
        form: by the JSON Schema of the edition. pages: material → pages of it, by SHA-256, in order.
        shared: materials that the departments have already. left_out: what did not fit a new edition.
        notice: which of the case's notices of corrections is being answered, from 1; 0: none.
        submitting, supplying: what is sent, kept until its answer is known.
        case: what was made of it, with its ``number``.
    """

    matter: str
    edition: str
    channel: Channel
    how: How
    phone: str = ""
    begun_at: datetime
    changed_at: datetime
    answers: dict[str, tuple[str, ...]] = {}
    applicant: Party
    agent: Party | None = None
    form: dict[str, Any] = {}
    pages: dict[str, tuple[str, ...]] = {}
    licences: dict[str, LicenceUsed] = {}
    shared: tuple[str, ...] = ()
    delivery: Delivery = Delivery.WINDOW
    left_out: tuple[Lack, ...] = ()
    stage: Stage = Stage.DRAFT
    notice: int = 0
    submitting: SubmitApplication | None = None
    supplying: CheckMaterials | None = None
    case: str = ""
    number: str = ""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An application as it was found: its id, how often it was changed, its pages."""

    id: str
    revision: int
    application: Application
    scans: tuple[ScanMark, ...] = ()

    def scan(self, sha256: str) -> ScanMark | None:
        """One of its pages."""
        return next((one for one in self.scans if one.sha256 == sha256), None)
