"""What stands on paper: a ticket, an appointment, or plain text; the hall sends it, the gateway prints it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Short = Annotated[str, Meta(max_length=80)]
Long = Annotated[str, Meta(max_length=300)]
Address = Annotated[str, Meta(max_length=400, pattern=r"^https?://[\x21-\x7e]+$")]
Minutes = Annotated[int, Meta(ge=0, le=1440)]


class Language(StrEnum):
    """Of the fixed words on a slip."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


class Printed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What everything on paper has in common.

    Attributes:
        hall: the hall's name, on top.
        printed_at: the hall's time, as it is to be read: ``2026-11-23 09:05``.
        is_copy: printed once more for the same number.
    """

    language: Language = Language.CHINESE
    hall: Short = ""
    printed_at: Short = ""
    is_copy: bool = False


class Slip(Printed, frozen=True, kw_only=True):
    """A ticket (排队号单).

    Attributes:
        matters: of the visit, the first one first; empty where the number is for the whole line.
        ahead: people before; None: not said.
        wait_minutes: from and to; None: not known.
        windows: their numbers.
        issued_at: the hall's time, as it is to be read.
        notice: what the hall has to say now.
        address: of the phone page, for the QR code.
    """

    number: Annotated[str, Meta(min_length=1, max_length=12)]
    line: Short = ""
    matters: Annotated[tuple[Short, ...], Meta(max_length=20)] = ()
    ahead: Annotated[int, Meta(ge=0)] | None = None
    wait_minutes: tuple[Minutes, Minutes] | None = None
    zone: Short = ""
    windows: Annotated[tuple[int, ...], Meta(max_length=200)] = ()
    issued_at: Short = ""
    notice: Long = ""
    address: Address | None = None
    is_demo: bool = False


class AppointmentSlip(Printed, frozen=True, kw_only=True):
    """An appointment (预约单).

    Attributes:
        code: what is said at the kiosk. day, begin, until: as they are to be read.
        address: of the appointment's page, for the QR code.
    """

    code: Annotated[str, Meta(min_length=1, max_length=12)]
    day: Short
    begin: Short
    until: Short = ""
    line: Short = ""
    matter: Short = ""
    zone: Short = ""
    notice: Long = ""
    address: Address | None = None


class Listing(Printed, frozen=True, kw_only=True):
    """Plain text: a title, and lines; a pair is a word on the left and its value."""

    title: Short
    lines: Annotated[tuple[Long | tuple[Short, Long], ...], Meta(max_length=200)] = ()
    address: Address | None = None


Sheet = Slip | AppointmentSlip | Listing
"""Anything that is printed."""
