"""Journal rows: their bytes and the hash that chains each to the one before."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

import msgspec

from hall_server.messages import EventTypes, Recorded

GENESIS = bytes(32)  # the hash before the first row
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encoder = msgspec.json.Encoder()


class Row(NamedTuple):
    """A row as it lies in the table."""

    seq: int
    at: int
    business_day: str
    type: str
    version: int
    subject: str
    actor: str
    command_id: str | None
    payload: str
    hash: bytes


def microseconds(at: datetime) -> int:
    """UTC microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at_us: int) -> datetime:
    """The aware UTC time of a row."""
    return _EPOCH + timedelta(microseconds=at_us)


def chained(recorded: Recorded, before: bytes) -> Row:
    """The row of a recorded event, chained to the hash of the row before it."""
    event = recorded.event
    payload = _encoder.encode(event).decode()
    body = (
        recorded.seq,
        microseconds(recorded.at),
        recorded.business_day.isoformat(),
        event.type,
        event.version,
        event.subject,
        recorded.actor,
        recorded.command_id,
        payload,
    )
    return tuple.__new__(Row, (*body, row_hash(body, before)))  # Row(…) would call Python once more for each row


def row_hash(body: tuple[object, ...], before: bytes) -> bytes:
    """SHA-256 over the hash before and the row's other columns as a JSON array (unambiguous, unlike joined text)."""
    return hashlib.sha256(before + _encoder.encode(body)).digest()


def read(row: tuple[object, ...], types: EventTypes) -> Recorded:
    """The recorded event of a row.

    Raises:
        UnknownEvent: a newer program wrote it.
    """
    fields = Row(*row)  # type: ignore[arg-type]  # columns come untyped from SQLite
    return Recorded(
        seq=fields.seq,
        at=moment(fields.at),
        business_day=date.fromisoformat(fields.business_day),
        event=types.read(fields.type, fields.version, fields.payload),
        actor=fields.actor,
        command_id=fields.command_id,
    )
