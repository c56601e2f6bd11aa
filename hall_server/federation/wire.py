"""What hall and city say to each other over one WebSocket: text frames of tagged JSON, binary frames of attachments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from hall_server.errors import Invalid

PROTOCOL = 1
PATH = "/federation/v1"
BATCH_ROWS = 500
BATCH_BYTES = 1024 * 1024
"""Of the payloads; one event that is larger travels alone."""
BATCHES_AHEAD = 4
"""Sent and not yet acknowledged."""
DOWN_ITEMS = 100
CHUNK_BYTES = 256 * 1024
CHUNKS_AHEAD = 4
CHUNK_HEAD = 40
"""In front of a chunk: 32 bytes of SHA-256 that name the attachment, 8 bytes of the offset, big-endian."""
ATTACHMENT_BYTES = 256 * 1024 * 1024
FRAME_BYTES = 8 * 1024 * 1024
"""A batch of the longest payloads with what JSON adds; nothing larger is read."""
CLOCK_OFF_S = 300.0

Seq = Annotated[int, Meta(ge=0, le=2**53)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
HallId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Word = Annotated[str, Meta(max_length=200)]

RawRow = tuple[int, int, str, str, int, str, str, str | None, str, bytes]
"""A journal row as it lies in the hall's table (`journal.rows.Row`); its hash travels as base64."""


class Frame(msgspec.Struct, frozen=True, kw_only=True, tag_field="say", tag=str.lower):
    """A text frame."""


class Hello(Frame, frozen=True, kw_only=True):
    """The hall begins. ``epoch``: the one it last was in, 0 at first; ``head``: its last committed seq.

    ``down``: the last item of the city's that the hall has taken, as its own database says.
    """

    protocol: int
    hall: HallId
    epoch: Seq
    head: Seq
    down: Seq
    clock: datetime
    token: Word | None = None
    software: Word = ""


class Prove(Frame, frozen=True, kw_only=True):
    """The city asks for the hash of a row that it has; 0 stands for the beginning."""

    seq: Seq


class Proof(Frame, frozen=True, kw_only=True):
    """The hash of that row; None: the hall's journal is shorter."""

    seq: Seq
    hash: bytes | None


class Welcome(Frame, frozen=True, kw_only=True):
    """The hall may send what comes after ``cursor``, at most ``pace`` events a second; 0: as fast as it can.

    ``answers``: kinds of questions that the city answers.
    """

    epoch: Seq
    cursor: Seq
    clock: datetime
    pace: Seq = 0
    answers: tuple[Word, ...] = ()


class Refused(Frame, frozen=True, kw_only=True):
    """Not now: why, as the code of an error, and when to come again."""

    code: Word
    fields: dict[str, Any] = {}
    retry_s: float = 60.0


class Batch(Frame, frozen=True, kw_only=True):
    """Rows of the journal, one after the other from ``first``."""

    epoch: Seq
    first: Seq
    rows: Annotated[list[RawRow], Meta(max_length=BATCH_ROWS)]


class Ack(Frame, frozen=True, kw_only=True):
    """Everything up to this seq is safe at the city."""

    seq: Seq


class Again(Frame, frozen=True, kw_only=True):
    """Something is missing: send anew what comes after this seq."""

    after: Seq


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something the city sends down."""

    seq: Seq
    kind: Word
    payload: msgspec.Raw


class Down(Frame, frozen=True, kw_only=True):
    """Items for the hall, in order."""

    items: Annotated[list[Item], Meta(max_length=DOWN_ITEMS)]


class DownAck(Frame, frozen=True, kw_only=True):
    """Everything up to this item is taken."""

    seq: Seq


class DownRefused(Frame, frozen=True, kw_only=True):
    """An item that the hall cannot take: its own rules say no, or nobody there knows its kind."""

    seq: Seq
    code: Word
    fields: dict[str, Any] = {}


class Want(Frame, frozen=True, kw_only=True):
    """Send an attachment from this offset on."""

    hash: Hash
    offset: Seq = 0


class Have(Frame, frozen=True, kw_only=True):
    """An attachment can be had here."""

    hash: Hash
    size: Annotated[int, Meta(ge=0, le=ATTACHMENT_BYTES)]


class Got(Frame, frozen=True, kw_only=True):
    """An attachment is safe up to this offset; ``whole``: its hash is right too."""

    hash: Hash
    offset: Seq
    whole: bool = False


class Lacking(Frame, frozen=True, kw_only=True):
    """There is no such attachment here."""

    hash: Hash


class Totals(Frame, frozen=True, kw_only=True):
    """The hall's own count of a business day that is closed."""

    day: date
    count: Seq
    first: Seq
    last: Seq
    hash: bytes
    by_type: dict[str, int]


class AskTotals(Frame, frozen=True, kw_only=True):
    """The city asks for the count of a day."""

    day: date


class Now(Frame, frozen=True, kw_only=True):
    """How the hall is at this moment; kept nowhere."""

    at: datetime
    picture: msgspec.Raw


class Ask(Frame, frozen=True, kw_only=True):
    """The hall asks something that is answered now or not at all; kept nowhere. ``id``: of this link."""

    id: Seq
    kind: Word
    body: msgspec.Raw


class Answer(Frame, frozen=True, kw_only=True):
    """What the city says to it; with a ``code`` it refuses, and says why."""

    id: Seq
    body: msgspec.Raw = msgspec.Raw(b"null")
    code: Word = ""
    fields: dict[str, Any] = {}


Exchanged = Want | Have | Got | Lacking
FromHall = Hello | Proof | Batch | DownAck | DownRefused | Totals | Now | Want | Have | Got | Lacking | Ask
FromCity = Prove | Welcome | Refused | Ack | Again | Down | AskTotals | Want | Have | Got | Lacking | Answer

_encode = msgspec.json.Encoder().encode
_from_hall: msgspec.json.Decoder[FromHall] = msgspec.json.Decoder(FromHall)
_from_city: msgspec.json.Decoder[FromCity] = msgspec.json.Decoder(FromCity)


def encode(frame: Frame) -> bytes:
    """A frame as text."""
    return _encode(frame)


def from_hall(text: bytes | str) -> FromHall:
    """A frame that a hall sent.

    Raises:
        Invalid: ``federation.frame``.
    """
    try:
        return _from_hall.decode(text)
    except (msgspec.MsgspecError, ValueError) as exc:
        raise Invalid("federation.frame", reason=str(exc)[:200]) from exc


def from_city(text: bytes | str) -> FromCity:
    """A frame that the city sent.

    Raises:
        Invalid: ``federation.frame``.
    """
    try:
        return _from_city.decode(text)
    except (msgspec.MsgspecError, ValueError) as exc:
        raise Invalid("federation.frame", reason=str(exc)[:200]) from exc


def chunk(hash_: str, offset: int, data: bytes) -> bytes:
    """A binary frame."""
    return bytes.fromhex(hash_) + offset.to_bytes(8, "big") + data


def read_chunk(frame: bytes) -> tuple[str, int, bytes]:
    """Hash, offset and bytes of a binary frame.

    Raises:
        Invalid: ``federation.frame``.
    """
    if not CHUNK_HEAD < len(frame) <= CHUNK_HEAD + CHUNK_BYTES:
        raise Invalid("federation.frame", reason="length of a chunk")
    return frame[:32].hex(), int.from_bytes(frame[32:CHUNK_HEAD], "big"), frame[CHUNK_HEAD:]
