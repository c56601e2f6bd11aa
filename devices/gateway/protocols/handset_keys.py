"""What the keys of a handset mean, in the state its window is in; pure, without line or hall."""

from __future__ import annotations

from typing import Any

import msgspec

from devices.gateway.protocols.ft68 import Key

MOST_DIGITS = 4


class Press(msgspec.Struct, frozen=True):
    """What to ask the hall."""

    do: str
    args: dict[str, Any] = {}


class Desk:
    """What is known of the window: from its picture, and from the answers to its keys, whichever came last.

    Attributes:
        number: the ticket that is called or served, empty where there is none. waiting: people waiting for the window.
        rating_ticket: the secret of the visit that may be rated now. rating_matter: which matter of it is asked for.
    """

    def __init__(self) -> None:
        self.number = ""
        self.waiting = 0
        self.state = ""
        self.rating_ticket: str | None = None
        self.rating_matter: str | None = None
        self._tickets: dict[str, str] = {}

    def shown(self, picture: Any) -> None:
        """Take the window's picture; whatever it lacks stays as it was."""
        if not isinstance(picture, dict):
            return
        self._take(picture)
        rating = picture.get("rating")
        self.rating_ticket = rating.get("ticket") if isinstance(rating, dict) else None
        asked = _dicts(rating.get("matters")) if isinstance(rating, dict) else []
        self.rating_matter = next((one.get("matter") for one in asked), None)

    def answered(self, desk: Any) -> None:
        """Take the desk that a key was answered with."""
        if not isinstance(desk, dict):
            return
        self._take(desk)
        here = [*_dicts(desk.get("ahead")), *_dicts(desk.get("held"))]
        self._tickets = {str(one["number"]): str(one["id"]) for one in here if "number" in one and "id" in one}

    def ticket(self, digits: str) -> str | None:
        """The id of the waiting ticket whose number ends with what was typed; None where none or several do."""
        wanted = int(digits)
        found = [id_ for number, id_ in self._tickets.items() if _serial(number) == wanted]
        return found[0] if len(found) == 1 else None

    def _take(self, picture: dict[str, Any]) -> None:
        if "ticket" in picture:
            ticket = picture["ticket"]
            self.number = str(ticket.get("number", "")) if isinstance(ticket, dict) else ""
        if isinstance(picture.get("waiting"), int):
            self.waiting = picture["waiting"]
        window = picture.get("window")
        if isinstance(window, dict):
            self.state = str(window.get("state", ""))


class Keypad:
    """Collects digits and turns keys into wishes."""

    def __init__(self, windows: dict[str, str]) -> None:
        """``windows``: what is typed → window's id."""
        self._windows = windows
        self._digits = ""
        self._transfers = False

    def press(self, key: int, desk: Desk) -> Press | str | None:
        """What a key asks for; a code where it cannot be; None where more keys must come."""
        if Key.DIGIT_0 <= key <= Key.DIGIT_9:
            self._digits = (self._digits + chr(key))[-MOST_DIGITS:]
            return None
        if key == Key.TRANSFER:
            self._digits, self._transfers = "", True
            return None
        digits, transfers = self._digits, self._transfers
        self._digits, self._transfers = "", False
        if transfers:
            return self._transfer(digits) if key == Key.CONFIRM else None
        return _wish(key, digits, desk)

    def _transfer(self, digits: str) -> Press | str:
        window = self._windows.get(digits) or self._windows.get(digits.lstrip("0"))
        return Press("window.transfer", {"window": window}) if window else "unknown_window"


def _wish(key: int, digits: str, desk: Desk) -> Press | str | None:
    match key:
        case Key.CALL if digits:
            ticket = desk.ticket(digits)
            return Press("window.call", {"ticket": ticket, "reason": "handset"}) if ticket else "unknown_number"
        case Key.CALL:
            return Press("window.call", {"finish": True})
        case Key.PAUSE:
            return _pause(desk)
        case Key.RECALL | Key.START | Key.FINISH | Key.PASS | Key.HOLD:
            return Press(f"window.{Key(key).name.lower()}")
        case Key.CONFIRM | Key.CLEAR:
            return None
        case _:
            return "unknown_key"


def _pause(desk: Desk) -> Press:
    match desk.state:
        case "paused":
            return Press("window.resume")
        case "closed":
            return Press("window.open")
        case _:
            return Press("window.pause", {"reason": "break"})


def _serial(number: str) -> int | None:
    digits = number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) if digits.isascii() and digits.isdigit() else None


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
