"""The bodies of the HTTP routes about sheets."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from evaluation.confirmation.model import FIELDS_MOST, MATERIALS_MOST, Field, Ink, Step

Id = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.~-]+$")]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of what was shown")]
Text = Annotated[str, Meta(max_length=2000)]


class SheetWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/windows/{w}/confirmations`: what the visitor shall confirm.

    Attributes:
        ticket: the one that is served at the window. matter: one of its matters; without it the present one.
        replaces: the open sheet that is taken back for this one.
    """

    ticket: Id
    matter: Id | None = None
    title: Text = ""
    fields: Annotated[tuple[Field, ...], Meta(max_length=FIELDS_MOST)] = ()
    materials: Annotated[tuple[Text, ...], Meta(max_length=MATERIALS_MOST)] = ()
    document: Id | None = None
    replaces: Id | None = None


class SheetSeen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/{id}/shown` and `POST …/{id}/refuse`: about the bytes with this hash."""

    hash: Hash


class SheetSigned(Ink, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/{id}/sign`: confirmed, with the strokes of the signature.

    Attributes:
        seen: how many blocks have been on the screen whole.
    """

    hash: Hash
    seen: Annotated[int, Meta(ge=0, le=100)]
    language: Annotated[str, Meta(max_length=10)] = ""


class SheetDisputed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/{id}/dispute`: what is wrong, by the ids of the parts, and in words."""

    hash: Hash
    wrong: Annotated[tuple[Annotated[str, Meta(pattern=r"^([fm][0-9]{1,2}|d)$")], ...], Meta(max_length=101)] = ()
    text: Text = ""


class ScreenWord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/windows/{w}/confirmation/screen`: what a screen says of itself, and asks what to show.

    Attributes:
        page: names this opening of the page. kind: ``pad`` or ``second``.
        sheet: the one it shows. touched: counts what the visitor has done; more of it keeps the sheet open.
    """

    page: Annotated[str, Meta(min_length=8, max_length=80)]
    kind: Annotated[str, Meta(pattern="^(pad|second)$")] = "second"
    sheet: Id | None = None
    step: Step = Step.WAITING
    seen: Annotated[int, Meta(ge=0, le=100)] = 0
    touched: Annotated[int, Meta(ge=0)] = 0


class ReadWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/confirmations/{id}/pdf`: why a manager takes it out; the window's own staff need not say."""

    reason: Text = ""
