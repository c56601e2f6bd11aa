"""Where documents are made: what their making asks of a hall or of the city."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import msgspec

from cases import messages as m
from cases.catalogue.model import Edition
from cases.clocks.terms import Terms
from cases.documents.model import Institution
from cases.model import Case
from hall_server.identity import Actor


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a case.

    Attributes:
        is_own: it was journalled here, and its document is made here.
    """

    event: m.CaseEvent
    at: datetime
    actor: str
    is_own: bool


class Wanted(msgspec.Struct, frozen=True, order=True):
    """A document that is to be made."""

    case: str
    document: str


class Site(Protocol):
    """A hall, or the city."""

    @property
    def keys(self) -> Path:
        """The folder of the place's keys."""
        ...

    @property
    def terms(self) -> Terms:
        """How days and hours count here."""
        ...

    @property
    def place(self) -> Institution:
        """The hall or the city."""
        ...

    @property
    def base(self) -> str:
        """The address people's phones reach, without a slash at its end; empty: none is known."""
        ...

    def now(self) -> datetime:
        """The place's time, aware."""
        ...

    def department(self, id_: str) -> Institution:
        """A department; the place itself where it is not in the directory."""
        ...

    def receiver(self, event: m.CaseHandedOver) -> Institution:
        """Who takes a case over."""
        ...

    def window(self, id_: str | None) -> str:
        """A window's number; empty where it is not in the directory."""
        ...

    def edition(self, key: str) -> Edition | None:
        """An edition of the catalogue."""
        ...

    def code_of(self, case: Case) -> str:
        """The query code of a case; empty: this place does not know it."""
        ...

    def verify_code(self, document: str) -> str:
        """What a document is checked with by whoever holds it."""
        ...

    def text(self, key: str, language: str, /, **parameters: object) -> str:
        """A text of the locales."""
        ...

    def may_read(self, actor: Actor, case: Case) -> bool:
        """Whether somebody acts on the case, and so may see who it is about."""
        ...

    async def history(self, case: str) -> list[Happened]:
        """The events of a case in order, wherever they happened; empty: it is not known here."""
        ...

    async def missing(self) -> Iterable[Wanted]:
        """The documents of this place that are not on record yet."""
        ...

    async def read(self, sha256: str) -> bytes:
        """A kept file.

        Raises:
            NotFound: it is not here, or not yet.
        """
        ...

    async def keep(self, content: bytes) -> str:
        """Keep a file sealed; gives its SHA-256."""
        ...

    async def drop(self, sha256: str) -> None:
        """Throw a file away that nobody was told of."""
        ...

    async def note(self, command: m.NotePaper, command_id: str) -> None:
        """Put a document on record.

        Raises:
            DomainError: it was refused.
        """
        ...

    async def kept(self, sha256: str) -> None:
        """Called when a document is on record: whoever else needs the file gets it."""
        ...


def verify_address(base: str, number: str, code: str) -> str:
    """The page on which anybody checks a document of a case; empty where no address is known."""
    return f"{base}/verify/{number}#code={code}" if base else ""


def progress_address(base: str, number: str, code: str) -> str:
    """Where the applicant sees how far it is; empty where no address is known.

    Number and code stand behind ``#``: browsers send that to nobody, so no log of a server has them.
    """
    if not base:
        return ""
    return f"{base}/progress#" + urlencode({"number": number} | ({"code": code} if code else {}))
