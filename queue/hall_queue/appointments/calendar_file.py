"""An appointment as a calendar file for the visitor's phone. Source: RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

_LINE_BYTES = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What the calendar shows; ``stamp``: when the appointment was made."""

    id: str
    begins: datetime
    ends: datetime
    stamp: datetime
    title: str
    place: str
    text: str
    address: str


def calendar_file(entry: Entry) -> bytes:
    """The file: one event with a reminder an hour before, lines folded after 75 bytes."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//OneDoor//Appointments//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{entry.id}@onedoor",
        f"DTSTAMP:{_moment(entry.stamp)}",
        f"DTSTART:{_moment(entry.begins)}",
        f"DTEND:{_moment(entry.ends)}",
        f"SUMMARY:{entry.title.translate(_ESCAPES)}",
        f"LOCATION:{entry.place.translate(_ESCAPES)}",
        f"DESCRIPTION:{entry.text.translate(_ESCAPES)}",
        f"URL:{entry.address}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{entry.title.translate(_ESCAPES)}",
        "TRIGGER:-PT1H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 bytes, never within a letter. Source: RFC 5545 3.1."""
    pieces: list[bytes] = []
    piece = b""
    for letter in line:
        encoded = letter.encode()
        if len(piece) + len(encoded) > _LINE_BYTES - bool(pieces):
            pieces.append(piece)
            piece = b""
        piece += encoded
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"
