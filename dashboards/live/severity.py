"""How bad each alarm is, and the page on which something is done about it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import quote


class Severity(StrEnum):
    """How soon somebody must go, worst first."""

    URGENT = "urgent"  # visitors suffer now
    SOON = "soon"  # something does not work; visitors are still served
    LATER = "later"  # may wait until the evening


ORDER = {severity: place for place, severity in enumerate(Severity)}
_URGENT = frozenset(
    {
        *("line.unserved", "line.long_wait", "window.idle", "kiosk.paper_out", "kiosk.refused"),
        *("rating.bad", "review.contact_overdue", "review.fix_overdue", "voice.unavailable", "print.failed"),
    }
)
_LATER = frozenset(
    {
        *("kiosk.handed_in", "voice.bad_wave", "voice.too_slow", "voice.card", "upward.silent", "upward.refused"),
        *("device.clock", "device.credential_old", "device.firmware_old", "device.renewal_waits"),
        "device.paper_near_end",
    }
)
_HREFS = {
    "line.unserved": "/manager#live/line/{id}",
    "line.long_wait": "/manager#live/line/{id}",
    "window.idle": "/manager#live/window/{id}",
    "ticket.unchecked": "/manager#hand",
    "kiosk.handed_in": "/manager#hand",
    "kiosk.refused": "/manager#hand",
    "person_check.down": "/manager#hand",
    "kiosk.paper_out": "/manager/devices#{id}",
    "print.failed": "/manager/devices",
    "staff.missing": "/manager/attendance",
    "rating.bad": "/manager/reviews",
    "review": "/manager/reviews",
    "device": "/manager/devices#{id}",
    "voice": "/manager/voice",
    "upward": "/manager/ratings#upward",
}
"""By code, or by its first word where a whole family is dealt with in one place."""


def severity_of(code: str) -> Severity:
    """How bad an alarm of a code is; a code that nobody knows is not overlooked."""
    return Severity.URGENT if code in _URGENT else Severity.LATER if code in _LATER else Severity.SOON


def href_of(code: str, fields: Mapping[str, object]) -> str | None:
    """Where something is done about an alarm; None where this program has no place for it."""
    found = _HREFS.get(code) or _HREFS.get(code.partition(".")[0])
    return found and found.format(id=quote(str(fields.get("id") or ""), safe="")).rstrip("#")
