"""What the server and the processes that make and check documents say to each other."""

from __future__ import annotations

from datetime import datetime

import msgspec

from cases.documents.means import Means
from cases.documents.model import DocumentContent, Verified


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A document to be made; ``id`` is the asker's own word for it."""

    id: str
    content: DocumentContent


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Documents to be made; those with a seal are signed, ``at`` the place's time."""

    means: Means
    at: datetime
    pieces: tuple[Piece, ...]


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was made, or why not; ``fault`` names a kind of error, nothing of what it was about."""

    id: str
    pdf: bytes = b""
    fault: str = ""


class CheckWork(msgspec.Struct, frozen=True, kw_only=True):
    """A stranger's file to be checked against authorities (PEM), with a bound on what the check may take."""

    pdf: bytes
    roots: tuple[bytes, ...]
    now: datetime
    cpu_s: int
    memory_bytes: int


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the check found; not readable: it is no PDF."""

    found: Verified = Verified()
    is_readable: bool = True
