"""Bodies of the enquiry table's addresses."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from cases.enquiry.model import About, Channel, PolicyPage

Id = Annotated[str, Meta(max_length=60)]
Phone = Annotated[str, Meta(max_length=20)]
Words = Annotated[str, Meta(max_length=1_000)]
Card = Annotated[str, Meta(min_length=1, max_length=64)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body; fields nobody knows are refused."""


class ComplaintWanted(Body, frozen=True, kw_only=True):
    """A complaint; a window, a department and a phone may be named."""

    about: About
    words: Words
    channel: Channel = Channel.HALL
    window: Id = ""
    department: Id = ""
    phone: Phone = ""


class ComplaintAsked(Body, frozen=True, kw_only=True):
    """Number and code of a complaint."""

    number: Annotated[str, Meta(min_length=1, max_length=40)]
    code: Annotated[str, Meta(min_length=1, max_length=12)]


class CardGiven(Body, frozen=True, kw_only=True):
    """A machine's word for the card on the reader beside it."""

    card: Card


class AppointmentAsked(Body, frozen=True, kw_only=True):
    """The code of the visitor's page, or a phone with the six digits, or a card."""

    qr: Annotated[str, Meta(max_length=500)] | None = None
    phone: Phone | None = None
    code: Annotated[str, Meta(pattern=r"^\d{6}$")] | None = None
    card: Card | None = None


class Seen(Body, frozen=True, kw_only=True):
    """The step of a complaint that was seen."""

    seen: int


class Answered(Seen, frozen=True, kw_only=True):
    """An answer for whoever complained."""

    answer: Words


class PolicyGiven(Body, frozen=True, kw_only=True):
    """A policy as a manager writes it."""

    title: Annotated[str, Meta(max_length=200)]
    title_en: Annotated[str, Meta(max_length=200)] = ""
    source: Annotated[str, Meta(max_length=200)] = ""
    department: Id = ""
    text: Annotated[str, Meta(max_length=30_000)] = ""
    text_en: Annotated[str, Meta(max_length=30_000)] = ""
    pages: Annotated[tuple[PolicyPage, ...], Meta(max_length=200)] = ()
    until: date | None = None


class Because(Body, frozen=True, kw_only=True):
    """Why."""

    reason: Annotated[str, Meta(max_length=400)]


class PictureWanted(Body, frozen=True, kw_only=True):
    """A file of the media folder; empty: none."""

    picture: Annotated[str, Meta(pattern=r"^$|^[0-9a-f]{32}\.[a-z0-9]{2,4}$")] = ""
