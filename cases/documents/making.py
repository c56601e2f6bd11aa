"""Makes each document of a case once: drawn and signed in a child process, kept sealed, then put on record."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import msgspec

from cases import messages as m
from cases.documents import authority
from cases.documents.content import CHINESE, ENGLISH, Told, content
from cases.documents.means import Means, check
from cases.documents.model import Query
from cases.documents.site import Happened, Site, Wanted, progress_address, verify_address
from cases.documents.work import Made, Piece, Work
from cases.flow import PaperKind
from cases.folding import fold
from cases.forms import Form
from cases.model import Case, Paper
from cases.state import is_code
from hall_server import bare
from hall_server.child import Child
from hall_server.errors import DomainError, Forbidden, NotFound, Refused, Unavailable
from hall_server.identity import Actor
from hall_server.messages import Recorded

log = logging.getLogger(__name__)

BATCH = 16
"""Documents that one process makes; starting one takes longer than making a document."""
DEADLINE_S = 60.0
AGAIN_S = 60.0
"""What could not be made (a form on its way, a certificate that is over) is tried again after this."""
ROOMS = ("cases",)
_encoded = msgspec.msgpack.Encoder().encode
_FOR_VISITORS = frozenset(PaperKind) - {PaperKind.TRANSFER}


class Documents:
    """The documents of a hall or of the city; other rooms call `make` or `read`."""

    def __init__(
        self,
        site: Site,
        *,
        means: Means | None = None,
        spawn: Callable[[Awaitable[object], str], object],
        deadline_s: float = DEADLINE_S,
        again_s: float = AGAIN_S,
        module: str = "cases.documents.child",
    ) -> None:
        """``means``: a certificate that was bought; None: a test certificate of this place's own."""
        self._site, self._own, self._spawn = site, means, spawn
        self._deadline_s, self._again_s, self._module = deadline_s, again_s, module
        files = authority.Files(site.keys)
        self._files = files
        self._means = means or Means(certificate=str(files.certificate), key=str(files.key))
        self._waiting: dict[Wanted, asyncio.Future[str]] = {}
        self._later: set[Wanted] = set()
        self._news = asyncio.Event()
        self._is_test = means is None
        self._is_running = False  # what was committed before is found by `start`

    # -- what other rooms call

    async def make(self, case_id: str, document_id: str) -> str:
        """Make a document, keep it sealed and put it on record; gives its SHA-256. The same again makes nothing new.

        Raises:
            NotFound: ``case.unknown``, ``case.paper_unknown``, ``case_document.elsewhere``,
                ``case_document.form_missing``.
            Invalid: what the law wants on it is missing. Unavailable: it could not be made now.
        """
        return await asyncio.shield(self._want(Wanted(case_id, document_id)))

    async def read(self, case_id: str, document_id: str, actor: Actor) -> bytes:
        """A document for somebody who acts on the case; made now where it was not yet.

        Raises:
            Forbidden: ``case.not_yours``. Otherwise as `make`.
        """
        happened, case = await self._case(case_id)
        if not self._site.may_read(actor, case):
            raise Forbidden("case.not_yours", case=case_id)
        return await self._file(case, happened, document_id)

    async def courtesy(self, case_id: str, document_id: str, actor: Actor) -> bytes:
        """The English sheet of a document, neither sealed nor signed, not kept.

        Raises:
            Forbidden: ``case.not_yours``. Otherwise as `make`.
        """
        happened, case = await self._case(case_id)
        if not self._site.may_read(actor, case):
            raise Forbidden("case.not_yours", case=case_id)
        told = await self._told(happened, document_id, ENGLISH)
        [made] = await self._made([Piece(id="", content=content(told))])
        return made.pdf

    async def for_visitor(self, case_id: str, code: str, document_id: str) -> bytes:
        """A document for whoever knows the case's query code.

        Raises:
            NotFound: ``case_document.not_found``: no such case or document, or the code is wrong.
        """
        unknown = NotFound("case_document.not_found")
        try:
            happened, case = await self._case(case_id)
        except NotFound as exc:
            raise unknown from exc
        if not case.query_digest or not is_code(case.query_digest, case.number, code):
            raise unknown
        if all(one.document != document_id for one in papers_for_visitors(case)):
            raise unknown
        return await self._file(case, happened, document_id)

    # -- life

    def heard(self, recorded: Recorded) -> None:
        """Make what an event asks for (listener of the bus)."""
        event = recorded.event
        if self._is_running and isinstance(event, m.Documented) and event.document:
            self._want(Wanted(event.case, event.document))

    async def start(self) -> None:
        """Make what is missing and all that comes."""
        self._is_running = True
        for wanted in sorted(await self._site.missing()):
            self._want(wanted)
        self._spawn(self.run(), "documents of cases")

    async def run(self) -> None:
        """Make what is wanted, for ever."""
        while True:
            while batch := [one for one in self._waiting if one not in self._later][:BATCH]:
                await self._round(batch)
            self._news.clear()
            try:
                async with asyncio.timeout(self._again_s):
                    await self._news.wait()
            except TimeoutError:
                self._later.clear()

    # -- inside

    def _want(self, wanted: Wanted) -> asyncio.Future[str]:
        found = self._waiting.get(wanted)
        if found is None:
            found = self._waiting[wanted] = asyncio.get_running_loop().create_future()
            found.add_done_callback(_looked_at)
        self._later.discard(wanted)
        self._news.set()
        return found

    async def _round(self, batch: list[Wanted]) -> None:
        """Make some documents; what fails is told to whoever waits and, where it may pass, tried again later."""
        try:
            await asyncio.to_thread(self._check, self._site.place.name, self._site.now())
            pieces = [piece for one in batch if (piece := await self._piece(one)) is not None]
            asked = {one.id for one in pieces}
            left = {one.document: one for one in batch if one.document in asked}
            for made in await self._made(pieces) if pieces else ():
                await self._finish(left.pop(made.id), made)
            for one in left.values():  # the process died before it came to them
                self._fail(one, Unavailable("case_document.not_made"))
        except DomainError as exc:
            for one in batch:
                self._fail(one, exc)
        except Exception as exc:  # noqa: BLE001  # the top of a loop: the next documents shall still be made
            log.error("documents were not made: %s", type(exc).__name__, extra={"action": "case_document.failed"})
            for one in batch:
                self._fail(one, Unavailable("case_document.not_made"))

    def _check(self, name: str, now: datetime) -> None:
        """Make sure that there is a certificate that holds."""
        if self._own is None:
            authority.ensure(self._files, name, now=now)
        self._is_test = check(self._means, now=now)

    async def _piece(self, wanted: Wanted) -> Piece | None:
        """What to make of it; None: it is made already, or cannot be."""
        try:
            happened, case = await self._case(wanted.case)
            paper = _paper(case, wanted.document)
            if paper.sha256:
                self._done(wanted, paper.sha256)
                return None
            return Piece(id=wanted.document, content=content(await self._told(happened, wanted.document, CHINESE)))
        except DomainError as exc:
            self._fail(wanted, exc)
            return None

    async def _finish(self, wanted: Wanted, made: Made) -> None:
        if not made.pdf:
            self._fail(wanted, Unavailable("case_document.not_made", reason=made.fault))
            return
        sha256 = await self._site.keep(made.pdf)
        note = m.NotePaper(case=wanted.case, seen=0, document=wanted.document, sha256=sha256)
        try:
            await self._site.note(note, f"paper:{wanted.document}")
        except DomainError as exc:
            await self._site.drop(sha256)
            if isinstance(exc, Refused) and exc.code == "command.reused":  # another process of the city was faster
                _, case = await self._case(wanted.case)
                self._done(wanted, _paper(case, wanted.document).sha256)
            else:
                self._fail(wanted, exc)
            return
        self._done(wanted, sha256)
        await self._site.kept(sha256)

    def _done(self, wanted: Wanted, sha256: str) -> None:
        future = self._waiting.pop(wanted, None)
        self._later.discard(wanted)
        if future is not None and not future.done():
            future.set_result(sha256)

    def _fail(self, wanted: Wanted, error: DomainError) -> None:
        future = self._waiting.pop(wanted, None)
        if future is not None and not future.done():
            future.set_exception(error)
        if error.code == "case_document.elsewhere":
            return
        log.warning(
            "document %s of case %s: %s",
            wanted.document,
            wanted.case,
            error.code,
            extra={"action": "case_document.late"},
        )
        if isinstance(error, Unavailable):
            self._want(wanted)
            self._later.add(wanted)

    async def _made(self, pieces: Iterable[Piece]) -> list[Made]:
        """What a child process made of them.

        Raises:
            Unavailable: ``case_document.slow``, ``case_document.not_made``.
        """
        work = await asyncio.to_thread(_encoded, Work(means=self._means, at=self._site.now(), pieces=tuple(pieces)))
        lines: list[bytes] = []
        child = await Child.start(bare.MODULE, self._module, *ROOMS)
        try:
            async with asyncio.timeout(self._deadline_s):
                await child.talk(work, lines.append)
        except TimeoutError as exc:
            raise Unavailable("case_document.slow") from exc
        except ConnectionError as exc:
            raise Unavailable("case_document.not_made") from exc
        if not lines:
            raise Unavailable("case_document.not_made")
        return await asyncio.to_thread(lambda: [msgspec.json.decode(line, type=Made) for line in lines])

    async def _file(self, case: Case, happened: list[Happened], document: str) -> bytes:
        sha256 = _paper(case, document).sha256
        if not sha256:
            sha256 = await self.make(case.id, document)
        return await self._site.read(sha256)

    async def _case(self, case_id: str) -> tuple[list[Happened], Case]:
        """The events of a case and what they come to.

        Raises:
            NotFound: ``case.unknown``.
        """
        happened = await self._site.history(case_id)
        return happened, self._folded(happened, case_id)

    def _folded(self, happened: Iterable[Happened], case_id: str) -> Case:
        case: Case | None = None
        for one in happened:
            case = fold(case, one.event, at=one.at, on=self._site.terms.day(one.at), actor=one.actor)
        if case is None:
            raise NotFound("case.unknown", case=case_id)
        return case

    async def _told(self, happened: list[Happened], document: str, language: str) -> Told:
        """What a document is made of: the case as it stood right after the document's event."""
        at = next((at for at, one in enumerate(happened) if _is_of(one.event, document)), None)
        if at is None:
            raise NotFound("case.paper_unknown", document=document)
        cause = happened[at]
        if not cause.is_own and language == CHINESE:
            raise NotFound("case_document.elsewhere", document=document)
        case = self._folded(happened[: at + 1], cause.event.case)
        edition = self._site.edition(case.edition)
        if edition is None:
            raise Unavailable("case_document.no_edition", edition=case.edition)
        event = cause.event
        if not isinstance(event, m.Documented):
            raise TypeError(type(event))
        code = self._site.code_of(case)
        code = code if case.query_digest and is_code(case.query_digest, case.number, code) else ""
        return Told(
            case=case,
            edition=edition,
            event=event,
            at=cause.at,
            form=await self._form(case),
            terms=self._site.terms,
            place=self._site.place,
            department=self._site.department(case.department),
            goes_to=self._site.receiver(event) if isinstance(event, m.CaseHandedOver) else None,
            window=self._site.window(case.window),
            query=self._query(case, code, document),
            language=language,
            is_test=self._is_test,
            text=lambda key, /, **parameters: self._site.text(key, language, **parameters),
        )

    def _query(self, case: Case, code: str, document: str) -> Query:
        check = self._site.verify_code(document)
        return Query(
            url=progress_address(self._site.base, case.number, code),
            number=case.number,
            code=code,
            verify_url=verify_address(self._site.base, case.number, check),
            verify_code=check,
        )

    async def _form(self, case: Case) -> Form | None:
        """The sealed form.

        Raises:
            Unavailable: ``case_document.form_missing``: it is still on its way from the hall.
        """
        if not case.form:
            return None
        try:
            found = await self._site.read(case.form)
        except NotFound as exc:
            raise Unavailable("case_document.form_missing") from exc
        return msgspec.json.decode(found, type=Form)


def papers_for_visitors(case: Case) -> tuple[Paper, ...]:
    """The documents of a case that the applicant may take out with number and query code."""
    return tuple(one for one in case.papers if one.kind in _FOR_VISITORS)


def _is_of(event: m.CaseEvent, document: str) -> bool:
    return isinstance(event, m.Documented) and event.document == document


def _paper(case: Case, document: str) -> Paper:
    found = next((one for one in case.papers if one.document == document), None)
    if found is None:
        raise NotFound("case.paper_unknown", case=case.id, document=document)
    return found


def _looked_at(future: asyncio.Future[str]) -> None:
    """Nobody need wait for a document: its failure was logged."""
    if not future.cancelled():
        future.exception()
