"""Checking a document: whoever holds one sees whether it was made here, and whether it still holds; nobody's data."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import msgspec
from msgspec import Meta

from cases.desk.codes import verify_code
from cases.desk.scans import UPLOAD_MOST
from cases.documents.authority import Files
from cases.documents.checks import FileChecks
from cases.model import ENDED, Case, Outcome
from cases.progress.asking import CODE_MOST, plain_number
from cases.progress.web import PER_ADDRESS, PER_NUMBER, Number
from hall_server.errors import Invalid, NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import page_routes
from hall_server.web.routes import PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from cases.neighbours.casework import Casework
    from hall_server.host import Host
    from hall_server.identity import Keys

PAGES = Path(__file__).parent / "pages"
LICENCE = "licence"
FILES = Limit(group="verify file", per_s=0.2, burst=6)


class VerifyWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /api/v1/verify`: 办件编号 and 查验码, as they stand at the foot of the document."""

    number: Number
    code: Annotated[str, Meta(min_length=1, max_length=CODE_MOST)]


class DocumentSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A document that was made here, without a word of whom it is about.

    Attributes:
        kind: of the document; ``licence``: the licence or certificate itself. document_number: what stands on it.
        holds: of a decision or licence: it was not taken back. sha256: of the file; empty: not made as a file.
        valid_months: of a licence, from that day on; None: without an end.
    """

    kind: str
    document_number: str
    case_number: str
    matter_name: str
    matter_name_en: str
    made_at: datetime
    holds: bool
    valid_months: int | None
    sha256: str


class FileSeen(msgspec.Struct, frozen=True, kw_only=True):
    """`POST /api/v1/verify/file`: what a file says of itself.

    Attributes:
        is_whole: nothing was changed after it was signed. is_trusted: by the authority of this place.
    """

    sha256: str
    is_signed: bool
    is_whole: bool
    is_trusted: bool
    is_test: bool
    signer: str


class Verifying:
    """Finds the document a code belongs to."""

    def __init__(
        self,
        casework: Casework,
        key: Callable[[], bytes],
        now: Callable[[], datetime],
        authority: Path,
        checks: FileChecks,
    ) -> None:
        """``key``: of the place, once it is open. ``authority``: PEM file of the place's own authority."""
        self._casework = casework
        self._key = key
        self._now = now
        self._authority = authority
        self._checks = checks

    async def document(self, number: str, code: str) -> DocumentSeen:
        """The document of a case with this code; a wrong code and an unknown number are the same.

        Raises:
            NotFound: ``applying.no_document``.
        """
        case = await self._casework.numbered(plain_number(number))
        given = code.strip().upper()
        found = None
        for document, seen in self._documents(case) if case is not None else ():
            if hmac.compare_digest(verify_code(self._key(), document).encode(), given.encode()):
                found = seen
        if found is None:
            raise NotFound("applying.no_document")
        return found

    async def file(self, content: bytes) -> FileSeen:
        """What a file's signature says; one that is broken has none.

        Raises:
            Invalid: ``case_document.unreadable``: no PDF. ``case_document.uncheckable``: it takes too much.
            Unavailable: ``case_document.checks_busy``: too many files wait.
        """
        if not content.startswith(b"%PDF-"):
            raise Invalid("case_document.unreadable", file="file")
        roots = await asyncio.to_thread(self._roots)
        found = (await self._checks.check(content, roots, now=self._now())).found
        return FileSeen(
            sha256=await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest()),
            is_signed=found.is_signed,
            is_whole=found.is_whole,
            is_trusted=found.is_trusted,
            is_test=found.is_test,
            signer=found.signer,
        )

    def _roots(self) -> list[bytes]:
        return [self._authority.read_bytes()] if self._authority.exists() else []

    def _documents(self, case: Case) -> Iterator[tuple[str, DocumentSeen]]:
        for paper in case.papers:
            yield paper.document, self._seen(case, paper.kind, paper.number, paper.at, paper.sha256)
        if case.licence and case.made_at is not None:
            yield f"{LICENCE}:{case.id}", self._seen(case, LICENCE, case.licence, case.made_at, case.licence_file)

    def _seen(self, case: Case, kind: str, number: str, at: datetime, sha256: str) -> DocumentSeen:
        edition = self._casework.edition(case.edition)
        name = edition.name if edition else case.matter
        months = next((one.valid_months for one in edition.results if one.licence), None) if edition else None
        return DocumentSeen(
            kind=kind,
            document_number=number,
            case_number=case.number,
            matter_name=name,
            matter_name_en=(edition.name_en if edition else "") or name,
            made_at=at,
            holds=not (case.state in ENDED and case.outcome is not Outcome.GRANTED),
            valid_months=months if kind == LICENCE else None,
            sha256=sha256,
        )


class VerifyHandler(ApiHandler):
    """`POST /api/v1/verify`."""

    verifying: Verifying

    async def post(self) -> None:
        """The document a code belongs to; each try counts, also those for numbers that nobody has."""
        wanted = self.read(VerifyWanted)
        self.web.limiter.take(PER_NUMBER, plain_number(wanted.number))
        self.answer(await self.verifying.document(wanted.number, wanted.code))


class VerifyFileHandler(ApiHandler):
    """`POST /api/v1/verify/file`."""

    verifying: Verifying

    async def post(self) -> None:
        """What a file's signature says; the body is the file, and it is not kept."""
        self.answer(await self.verifying.file(self.raw_body))


class Place(Protocol):
    """A hall or a city."""

    data: Path
    keys: Keys

    def now(self) -> datetime:
        """The place's time."""
        ...


def install(host: Host, place: Place, casework: Casework) -> Verifying:
    """Install the check of documents in a hall or in the city; ``place`` is the same as the host."""
    verifying = Verifying(
        casework, lambda: place.keys.ticket, place.now, Files(place.data / "keys").authority, FileChecks()
    )
    options: dict[str, Any] = {"verifying": verifying}
    one = Verb(
        access=PUBLIC,
        summary="Whether a document was made here",
        request=VerifyWanted,
        reply=DocumentSeen,
        limit=PER_ADDRESS,
    )
    file = Verb(access=PUBLIC, summary="What a document's signature says", reply=FileSeen, limit=FILES)
    host.route(
        Route("/api/v1/verify", VerifyHandler, {"POST": one}, options=options),
        Route("/api/v1/verify/file", VerifyFileHandler, {"POST": file}, body_limit=UPLOAD_MOST, options=options),
        *page_routes("cases_applying", PAGES, {"/verify": "verify.html", "/verify/{number}": "verify.html"}),
    )
    return verifying
