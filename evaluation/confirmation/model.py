"""A sheet that a visitor confirms: what it shows, where it stands, and when a signature is one."""

from __future__ import annotations

import hashlib
import itertools
import math
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from hall_server.errors import Invalid

FIELDS_MOST, MATERIALS_MOST = 40, 60
LABEL_MOST, VALUE_MOST, TITLE_MOST, MATERIAL_MOST, SAID_MOST = 40, 500, 80, 200, 500
STROKES_MOST, POINTS_MOST = 200, 20_000
INK_LEAST, SPAN_LEAST = 0.10, 0.06
"""A signature's whole length, and the diagonal of its frame, are at least these shares of the board's width: one stroke
for 一 passes, a dot or a slip of the finger does not."""


class SheetState(StrEnum):
    """Where a sheet stands."""

    SENT = "sent"  # 已推送, no screen has it yet
    SHOWN = "shown"  # 正在核对
    CONFIRMED = "confirmed"  # 已签名确认
    DISPUTED = "disputed"  # 内容有误, back at the window with what is wrong
    REFUSED = "refused"  # 拒绝确认
    WITHDRAWN = "withdrawn"  # 撤回
    TIMED_OUT = "timed_out"  # 超时

    @property
    def is_open(self) -> bool:
        """Whether the visitor may still act on it."""
        return self in {SheetState.SENT, SheetState.SHOWN}


class Withdrawal(StrEnum):
    """Why a sheet was taken back."""

    STAFF = "staff"
    REPLACED = "replaced"  # by the next sheet of the window
    TICKET_LEFT = "ticket_left"  # finished, sent on, passed or put aside
    DAY_ENDED = "day_ended"


class Step(StrEnum):
    """What the visitor is doing with an open sheet, as the screen tells it, in order; nobody needs it tomorrow."""

    WAITING = "waiting"  # no screen has shown it yet
    READING = "reading"
    READ = "read"  # everything has been on the screen
    DOUBTING = "doubting"  # says what is wrong
    SIGNING = "signing"
    HANDING_IN = "handing_in"  # signed, on its way


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One line of data, such as 姓名: 张三."""

    label: str
    value: str


class PageMark(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a document as a picture: its SHA-256 and size in pixels."""

    sha256: str
    width: int
    height: int


class DocumentMark(msgspec.Struct, frozen=True, kw_only=True):
    """A document that is shown: the SHA-256 of the file as it came, and its pages as they are shown."""

    id: str
    name: str
    sha256: str
    pages: tuple[PageMark, ...]


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """All that a sheet shows; its canonical bytes are what the visitor signs.

    Attributes:
        number: of the ticket. staff: number (工号) of whoever sent it.
    """

    version: int = 1
    confirmation: str
    hall_name: str
    hall_name_en: str = ""
    window_number: int
    window_name: str
    window_name_en: str = ""
    staff: str
    number: str
    matter_code: str = ""
    matter_name: str = ""
    matter_name_en: str = ""
    title: str = ""
    fields: tuple[Field, ...] = ()
    materials: tuple[str, ...] = ()
    document: DocumentMark | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Ids of what can be wrong: ``f0`` … the fields, ``m0`` … the materials, ``d`` the document."""
        fields = (f"f{at}" for at in range(len(self.fields)))
        materials = (f"m{at}" for at in range(len(self.materials)))
        return (*fields, *materials, *(("d",) if self.document else ()))

    @property
    def to_see(self) -> int:
        """How many blocks must have been on the screen whole: the text is one, each page of the document one."""
        return 1 + (len(self.document.pages) if self.document else 0)


class Sheet(msgspec.Struct, kw_only=True):
    """An open or ended sheet of today, as events tell it; what it says lies sealed elsewhere.

    Attributes:
        to_see, parts: as of `Content`.
        device: the actor of the screen that showed it last.
        ended_at: when it was confirmed, or came to another end.
        wrong: parts the visitor says are wrong; said: id in the vault of their words.
        ink: SHA-256 of the signature's strokes.
    """

    id: str
    ticket: str
    number: str
    window: str
    staff: str
    matter: str | None
    hash: str
    to_see: int
    parts: tuple[str, ...]
    document: str | None
    sent_at: datetime
    day: date
    state: SheetState = SheetState.SENT
    shown_at: datetime | None = None
    device: str | None = None
    ended_at: datetime | None = None
    wrong: tuple[str, ...] = ()
    said: str | None = None
    why: Withdrawal | None = None
    ink: str | None = None


Ratio = Annotated[float, Meta(ge=0, le=1)]
Point = tuple[Ratio, Ratio, Annotated[int, Meta(ge=0, le=3_600_000)], Ratio]
"""x and y as shares of the board's width and height, milliseconds since the first touch, pressure."""


class Ink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signature as it was written.

    Attributes:
        aspect: width of the board divided by its height.
    """

    aspect: Annotated[float, Meta(ge=0.5, le=10)]
    strokes: Annotated[tuple[tuple[Point, ...], ...], Meta(max_length=STROKES_MOST)]


def canonical(content: Content) -> bytes:
    """The bytes that are hashed, shown and kept: JSON in UTF-8, fields in their order, no blanks."""
    return msgspec.json.encode(content)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal. Source: FIPS 180-4."""
    return hashlib.sha256(content).hexdigest()


def check_ink(ink: Ink) -> None:
    """Refuse what is no signature.

    Raises:
        Invalid: ``confirmation.ink_empty``, ``confirmation.ink_dot``, ``confirmation.ink_too_much``,
            ``confirmation.ink_times``.
    """
    points = [point for stroke in ink.strokes for point in stroke]
    if not points:
        raise Invalid("confirmation.ink_empty", field="strokes")
    if len(points) > POINTS_MOST:
        raise Invalid("confirmation.ink_too_much", field="strokes", most=POINTS_MOST)
    if any(later[2] < earlier[2] for earlier, later in itertools.pairwise(points)):
        raise Invalid("confirmation.ink_times", field="strokes")
    if _length(ink) < INK_LEAST or _span(points, ink.aspect) < SPAN_LEAST:
        raise Invalid("confirmation.ink_dot", field="strokes")


def clean(text: str, *, field: str, most: int, may_be_empty: bool = False, lines: bool = False) -> str:
    """A text as it is shown; what cannot be seen, or turns the order of what is seen, is refused.

    Raises:
        Invalid: ``confirmation.text_empty``, ``confirmation.text_too_long``, ``confirmation.text_control``.
    """
    cleaned = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if not cleaned and not may_be_empty:
        raise Invalid("confirmation.text_empty", field=field)
    if len(cleaned) > most:
        raise Invalid("confirmation.text_too_long", field=field, most=most)
    if any(
        unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and not (lines and one == "\n")
        for one in cleaned
    ):
        raise Invalid("confirmation.text_control", field=field)
    return cleaned


def _length(ink: Ink) -> float:
    """Of all strokes, in widths of the board."""
    return sum(
        math.hypot(b[0] - a[0], (b[1] - a[1]) / ink.aspect)
        for stroke in ink.strokes
        for a, b in itertools.pairwise(stroke)
    )


def _span(points: Sequence[tuple[float, float, int, float]], aspect: float) -> float:
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return math.hypot(_extent(xs), _extent(ys) / aspect)


def _extent(values: Iterable[float]) -> float:
    found = list(values)
    return max(found) - min(found)
