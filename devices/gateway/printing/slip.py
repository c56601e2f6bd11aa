"""What stands on paper: a ticket, an appointment, or plain text; the hall sends it, the gateway prints it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

Short = Annotated[str, Meta(max_length=80)]
Long = Annotated[str, Meta(max_length=300)]
Address = Annotated[str, Meta(max_length=400, pattern=r"^(https?://|/)[\x21-\x7e]+$")]
"""Of a page, for a QR code; where the hall does not know its own address, the path alone."""
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
        due: of an appointment that was checked in for in time: ``10:00``.
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
    due: Short = ""
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


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word on the left and its value on the right."""

    label: Short
    value: Long


Lines = Annotated[tuple[Long | Row, ...], Meta(max_length=200)]
"""A line is text or a row. (A pair of texts would be shorter, but msgspec 0.22 reads wild memory where a union holds a
text with a limit and a tuple of fixed length.)"""


class Listing(Printed, frozen=True, kw_only=True):
    """Plain text: a title, and lines."""

    title: Short
    lines: Lines = ()
    address: Address | None = None


Sheet = Slip | AppointmentSlip | Listing
"""Anything that is printed."""


def with_base(sheet: Sheet, base: str | None) -> Sheet:
    """The sheet with a whole address, or with none where only its path is known.

    Args:
        sheet: as the hall sent it.
        base: address of the hall's pages as this machine knows it.
    """
    if sheet.address is None or not sheet.address.startswith("/"):
        return sheet
    return msgspec.structs.replace(sheet, address=f"{base}{sheet.address}" if base else None)
