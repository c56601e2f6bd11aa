"""The numbers a kiosk keeps for a lost link, in a file of its own: written down as used before anybody sees them."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from hall_server.clock import Clock

AT_ONCE = 100
"""Tickets in one hand-in."""


class Spare(msgspec.Struct, kw_only=True):
    """Numbers of a line: those from ``next`` to ``last`` are free."""

    line: str
    prefix: str
    first: int
    last: int
    next: int


class Given(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number given without the server, as it is handed in."""

    key: str
    day: date
    line: str
    serial: int
    taken_at: datetime
    matter: str | None = None


class Kept(msgspec.Struct, kw_only=True):
    """The file: secret, numbers and tickets stand together, so that they are lost together or not at all."""

    session: str
    day: date = date(1970, 1, 1)
    until: datetime | None = None
    spare: list[Spare] = []
    pending: list[Given] = []


class SpareNumbers:
    """Gives numbers without the server, each once, whenever its process ends.

    Attributes:
        given: how many it has given since its start.
    """

    def __init__(self, file: Path, clock: Clock) -> None:
        """Reads ``file``; begins anew, with another secret, where there is none or it is broken."""
        self._file = file
        self._clock = clock
        self._kept = _read(file) or Kept(session=new_secret())
        self.given = 0

    @property
    def session(self) -> str:
        """The kiosk's secret."""
        return self._kept.session

    @property
    def pending(self) -> Sequence[Given]:
        """What has not been handed in yet, oldest first."""
        return self._kept.pending

    def reserved(self, reply: dict[str, Any]) -> None:
        """Take in what the server has reserved; a number used here stays used, whatever the server knows."""
        day = date.fromisoformat(reply["day"])
        known = {(one.line, one.first): one.next for one in self._kept.spare} if day == self._kept.day else {}
        self._kept.day, self._kept.until = day, datetime.fromisoformat(reply["until"])
        self._kept.spare = [
            Spare(
                line=one["line"],
                prefix=one["prefix"],
                first=one["first"],
                last=one["last"],
                next=max(one["first"], known.get((one["line"], one["first"]), 0), *(used + 1 for used in one["used"])),
            )
            for one in reply["blocks"]
        ]
        self._write()

    def give(self, line: str, matter: str | None = None) -> str | None:
        """The next number of a line; None where none is left or the day is over."""
        now = self._clock.now()
        if self._kept.until is None or now >= self._kept.until:
            return None
        spare = next((one for one in self._kept.spare if one.line == line and one.next <= one.last), None)
        if spare is None:
            return None
        serial = spare.next
        spare.next += 1
        given = Given(key=new_secret(), day=self._kept.day, line=line, serial=serial, taken_at=now, matter=matter)
        self._kept.pending.append(given)
        self._write()
        self.given += 1
        return f"{spare.prefix}{serial:03d}"

    def to_hand_in(self) -> dict[str, Any]:
        """The arguments of ``tickets.hand_in`` for what is pending."""
        some: list[dict[str, Any]] = msgspec.to_builtins(self._kept.pending[:AT_ONCE])
        return {"session": self.session, "now": self._clock.now().isoformat(), "tickets": some}

    def answered(self, reply: dict[str, Any]) -> None:
        """Forget what the server has answered for."""
        keys = {one["key"] for one in reply["tickets"]}
        self._kept.pending = [one for one in self._kept.pending if one.key not in keys]
        self._write()

    def _write(self) -> None:
        """On the disk, whole, before anything goes on."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        beside = self._file.with_suffix(".new")
        with beside.open("wb") as file:
            file.write(msgspec.json.encode(self._kept))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)


def new_secret() -> str:
    """22 characters that nobody guesses."""
    return secrets.token_urlsafe(17)[:22]


def _read(file: Path) -> Kept | None:
    with contextlib.suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode(file.read_bytes(), type=Kept)
    return None
