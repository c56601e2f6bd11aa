"""Where a neighbour is reached, as the settings say it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from hall_server.errors import Invalid
from hall_server.outbox.signing import KEY_BYTES

log = logging.getLogger(__name__)


class NeighbourPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table ``[neighbours.NAME]``.

    Attributes:
        url: https, or http to this machine.
        kind: what it is, such as ``sms``; empty: as its name says.
        key_file: the shared secret, hexadecimal, at least 32 bytes; None: ``keys/neighbour-NAME.key`` in the data.
        authority: PEM file of the authority that signed its certificate; None: the system's.
        departments: whose cases it handles (a department's own system).
        answer_s: an answer is waited for so long.
        silent_days: nothing is heard for so many days: an alarm.
        most_tries: given up after so many tries.
    """

    url: str
    kind: str = ""
    key_file: str | None = None
    authority: str | None = None
    departments: tuple[str, ...] = ()
    answer_s: Annotated[float, Meta(gt=0, le=300)] = 20.0
    silent_days: Annotated[int, Meta(ge=1, le=60)] = 2
    most_tries: Annotated[int, Meta(ge=1, le=10_000)] = 200


def read_key(name: str, place: NeighbourPlace, data: Path) -> bytes:
    """The secret shared with a neighbour.

    Raises:
        Invalid: ``settings.invalid``: there is none, or it is too short.
    """
    path = Path(place.key_file) if place.key_file else data / "keys" / f"neighbour-{name}.key"
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
        is_open = bool(path.stat().st_mode & 0o077)
    except (OSError, ValueError) as exc:
        raise Invalid("settings.invalid", reason=f"neighbours.{name}: no hexadecimal key", file=path.name) from exc
    if len(key) < KEY_BYTES:
        raise Invalid("settings.invalid", reason=f"neighbours.{name}: key shorter than 32 bytes", file=path.name)
    if is_open:
        log.warning("%s can be read by others: chmod 600", path.name, extra={"action": "neighbour.open_key"})
    return key
