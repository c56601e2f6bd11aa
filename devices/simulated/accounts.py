"""The sign-ins of a demonstration hall, as its server writes them to ``demo-accounts.json``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hall_server.errors import Invalid


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who signs in; staff have a window."""

    name: str
    password: str
    window: str | None = None


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A device with its credential and its place."""

    id: str
    kind: str
    password: str
    window: str | None = None
    zone: str | None = None


class Accounts(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody of a demonstration hall."""

    manager: Person | None = None
    staff: tuple[Person, ...] = ()
    devices: tuple[Thing, ...] = ()


def read(path: Path) -> Accounts:
    """Read the file.

    Raises:
        Invalid: ``accounts.unreadable``.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Accounts)
    except (OSError, msgspec.DecodeError) as exc:
        raise Invalid("accounts.unreadable", file=str(path), reason=str(exc)) from exc
