"""Guidance over HTTP: themes, matters, packages, what they ask for, the filled-in form, and lists to take along."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import segno
from msgspec import Meta

from cases.catalogue.model import Law
from cases.catalogue.shelf import Shelf
from cases.guidance import paper
from cases.guidance.lists import Lists, ListShown, edition_of
from cases.guidance.needs import NeedsShown, PackageNeedsShown, needs_shown
from cases.guidance.packages import Packages
from cases.guidance.picture import Guide, MatterGuide, Standing
from cases.guidance.sample import SampleField, fields, sample_of
from cases.guidance.slip import slip_of
from cases.guidance.themes import Theme, ThemeShown, shown
from cases.guidance.tokens import Answers, Chosen, Language, chosen_of, token_of
from cases.guidance.words import Say, speaker
from cases.packages.kinds import Ask
from hall_queue.picture_types import Name
from hall_server.errors import NotFound, Refused
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import DEVICE, PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from devices.printing import Printing
    from hall_server.server import Server

BASE = "/api/v1/guidance"
PAGES = Path(__file__).parent / "pages"
ROOM = "cases_guidance"
TOKEN = "{token:[\\w-]{12,391}}"  # noqa: S105  # the shape of a path
READING = Limit(group="guidance", per_s=20, burst=400)
"""Of one address: a hall's phones come from one."""
MAKING = Limit(group="guidance papers", per_s=1, burst=30)
KEPT = 64
PDF = "application/pdf"


class Themes(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/guidance/themes`."""

    themes: tuple[ThemeShown, ...]


class NeedsWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers so far; ``edition``: key of the edition that was read, so that a change meanwhile is told."""

    answers: Answers = {}
    edition: Annotated[str, Meta(max_length=120)] = ""


class PackageWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers so far: to the package's questions, and to those of its parts."""

    answers: Answers = {}
    part_answers: Answers = {}


class PackageGuide(msgspec.Struct, frozen=True, kw_only=True):
    """`GET …/packages/{id}`; ``matter``: a number for the package is one for it."""

    id: str
    name: str
    name_en: str
    department: Name | None
    asks: tuple[Ask, ...]
    statute_workdays: int
    promise_workdays: int
    laws: tuple[Law, ...]
    matter: str | None


class ListWanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST …/lists`: a matter or a package, and what was answered."""

    matter: Annotated[str, Meta(max_length=80)] = ""
    package: Annotated[str, Meta(max_length=80)] = ""
    answers: Answers = {}
    part_answers: Answers = {}
    language: Language = Language.CHINESE


class ListMade(msgspec.Struct, frozen=True, kw_only=True):
    """A list. ``path``: of its page; qr: of a picture of the code that leads there."""

    token: str
    path: str
    qr: str


class SampleShown(msgspec.Struct, frozen=True, kw_only=True):
    """`GET …/sample`: the form, filled in with values of nobody."""

    name: str
    name_en: str
    fields: tuple[SampleField, ...]


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """How a slip goes: ``state`` sent, taken, printed, failed."""

    job: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What the handlers share."""

    server: Server
    guide: Guide
    lists: Lists
    packages: Packages
    shelf: Shelf
    themes: tuple[Theme, ...]
    today: Callable[[], date]
    printing: Callable[[], Printing | None]
    papers: dict[tuple[str, ...], bytes] = field(default_factory=dict)
    making: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    @property
    def key(self) -> bytes:
        """What lists are signed with."""
        return self.server.keys.ticket

    def say(self, language: Language) -> Say:
        """Says the fixed words."""
        return speaker(self.server.locales, language)

    def hall(self, language: Language) -> str:
        """The hall's name."""
        hall = self.server.directory.hall
        return ((hall.name_en or hall.name) if language is Language.ENGLISH else hall.name) if hall else ""

    def now(self) -> str:
        """The hall's time, as it is to be read."""
        return self.guide.queue.hall.local_now().strftime("%Y-%m-%d %H:%M")


class GuidanceHandler(ApiHandler):
    """A handler of this room."""

    desk: Desk

    def base(self) -> str:
        """Where phones find this hall's pages."""
        settings = self.desk.server.settings
        return (settings.public_url or f"{self.request.protocol}://{self.request.host}").rstrip("/")

    def list_of(self, token: str) -> ListShown:
        """The list of a token."""
        return self.desk.lists.shown(chosen_of(token, self.desk.key), token)

    async def pdf(self, name: str, about: tuple[str, ...], make: Callable[[], bytes]) -> None:
        """Answer with a PDF, made off the loop; the same one again is not made again."""
        found = self.desk.papers.get(about)
        if found is None:
            async with self.desk.making:
                found = await asyncio.to_thread(make)
            while len(self.desk.papers) >= KEPT:
                self.desk.papers.pop(next(iter(self.desk.papers)))
            self.desk.papers[about] = found
        self.set_header("Content-Type", PDF)
        self.set_header("Content-Disposition", f'inline; filename="{name}.pdf"')
        self.finish(found)


class ThemesHandler(GuidanceHandler):
    """``/api/v1/guidance/themes``."""

    async def get(self) -> None:
        """Answer with what people come for."""
        matters = self.desk.server.directory.matters.values()
        self.answer(Themes(themes=shown(self.desk.themes, matters, self.desk.packages.names())))


class MatterHandler(GuidanceHandler):
    """``/api/v1/guidance/matters/{matter}``."""

    async def get(self, matter: str) -> None:
        """Answer with what is told of it."""
        guide = self.desk.guide.of(matter)
        await self.server.settled()
        self.answer(guide)


class NeedsHandler(GuidanceHandler):
    """``…/matters/{matter}/needs``."""

    async def post(self, matter: str) -> None:
        """Answer with what the answers come to.

        Raises:
            Refused: ``guidance.suspended``, ``guidance.cancelled``, ``guidance.changed``: since it was read.
        """
        wanted, found = self.read(NeedsWanted), self.desk.shelf.holding(matter, self.desk.today())
        if found is None:
            raise self._why(matter)
        if wanted.edition and wanted.edition != found.key:
            raise Refused("guidance.changed", matter=matter, edition=found.key)
        self.answer(needs_shown(found, wanted.answers))

    def _why(self, matter: str) -> NotFound | Refused:
        guide = self.desk.guide.of(matter)
        if guide.standing is Standing.SUSPENDED:
            return Refused("guidance.suspended", matter=matter)
        if guide.standing is Standing.CANCELLED:
            return Refused("guidance.cancelled", matter=matter)
        return NotFound("guidance.not_written", matter=matter)


class FormHandler(GuidanceHandler):
    """``…/matters/{matter}/form.pdf``."""

    async def get(self, matter: str) -> None:
        """Answer with the form, filled in as a sample where ``sample`` is 1.

        Raises:
            NotFound: ``guidance.not_written``, ``guidance.no_form``.
        """
        today = self.desk.today()
        edition = edition_of(self.desk.shelf, matter, today)
        if not edition.form.get("properties"):
            raise NotFound("guidance.no_form", matter=matter)
        is_sample = self.words("sample") == "1"
        language = Language(self.language)
        say, hall = self.desk.say(language), self.desk.hall(language)

        def make() -> bytes:
            values = sample_of(edition.form, today) if is_sample else None
            return paper.form_pdf(edition, values, hall=hall, say=say, language=language)

        about = ("form", edition.key, str(is_sample), language, hall, today.isoformat())
        await self.pdf("sample" if is_sample else "form", about, make)


class SampleHandler(GuidanceHandler):
    """``…/matters/{matter}/sample``."""

    async def get(self, matter: str) -> None:
        """Answer with the form as a page shows it, filled in with values of nobody.

        Raises:
            NotFound: ``guidance.not_written``, ``guidance.no_form``.
        """
        today = self.desk.today()
        edition = edition_of(self.desk.shelf, matter, today)
        if not edition.form.get("properties"):
            raise NotFound("guidance.no_form", matter=matter)
        values = await asyncio.to_thread(sample_of, edition.form, today)
        self.answer(SampleShown(name=edition.name, name_en=edition.name_en, fields=tuple(fields(edition.form, values))))


class PackageHandler(GuidanceHandler):
    """``…/packages/{package}``."""

    async def get(self, package: str) -> None:
        """Answer with what is told of it."""
        kind = self.desk.packages.kind(package)
        self.answer(
            PackageGuide(
                id=kind.id,
                name=kind.name,
                name_en=kind.name_en or kind.name,
                department=self.desk.packages.department(kind),
                asks=kind.asks,
                statute_workdays=kind.statute_workdays,
                promise_workdays=kind.promise_workdays,
                laws=kind.laws,
                matter=self.desk.packages.lead(kind),
            )
        )


class PackageNeedsHandler(GuidanceHandler):
    """``…/packages/{package}/needs``."""

    async def post(self, package: str) -> None:
        """Answer with one list for all parts."""
        wanted, kind = self.read(PackageWanted), self.desk.packages.kind(package)
        self.answer(self.desk.packages.needs(kind, wanted.answers, wanted.part_answers))


class ListsHandler(GuidanceHandler):
    """``…/lists``."""

    async def post(self) -> None:
        """Make a list's address; nothing is kept."""
        wanted = self.read(ListWanted)
        edition = self.desk.shelf.holding(wanted.matter, self.desk.today()) if not wanted.package else None
        chosen = Chosen(
            matter="" if wanted.package else self.desk.guide.matter(wanted.matter).id,
            package=wanted.package,
            number=edition.number if edition else 0,
            answers=wanted.answers,
            part_answers=wanted.part_answers,
            language=wanted.language,
        )
        token = token_of(chosen, self.desk.key)
        self.desk.lists.shown(chosen, token)  # refuses answers that there are not
        self.answer(ListMade(token=token, path=f"/l/{token}", qr=f"{BASE}/lists/{token}/qr.svg"))


class ListHandler(GuidanceHandler):
    """``…/lists/{token}``."""

    async def get(self, token: str) -> None:
        """Answer with the list."""
        self.answer(self.list_of(token))


class ListPdfHandler(GuidanceHandler):
    """``…/lists/{token}/list.pdf``."""

    async def get(self, token: str) -> None:
        """Answer with the list on paper."""
        found, address, printed = self.list_of(token), f"{self.base()}/l/{token}", self.desk.now()
        say, hall = self.desk.say(found.language), self.desk.hall(found.language)
        about = ("list", token, found.standing, str(found.is_current), address, hall, printed[:10])
        await self.pdf(
            "list", about, lambda: paper.list_pdf(found, hall=hall, address=address, printed=printed, say=say)
        )


class ListCodeHandler(GuidanceHandler):
    """``…/lists/{token}/qr.svg``."""

    async def get(self, token: str) -> None:
        """Answer with the code that leads a phone to the list."""
        chosen_of(token, self.desk.key)
        picture = io.BytesIO()
        code = segno.make_qr(f"{self.base()}/l/{token}", error="l")
        code.save(picture, kind="svg", scale=8, border=2, xmldecl=False)
        self.set_header("Content-Type", "image/svg+xml")
        self.finish(picture.getvalue())


class ListPrintHandler(GuidanceHandler):
    """``…/lists/{token}/print``."""

    async def post(self, token: str) -> None:
        """Print it on the printer beside the machine that asks.

        Raises:
            Refused: ``print.no_printer``.
        """
        printing = self.desk.printing()
        printer = printing.printer_beside(self.actor.id) if printing is not None else None
        if printing is None or printer is None:
            raise Refused("print.no_printer", kiosk=self.actor.id)
        found = self.list_of(token)
        say, hall = self.desk.say(found.language), self.desk.hall(found.language)
        address = f"{self.base()}/l/{token}"
        sheet = slip_of(found, hall=hall, address=address, printed=self.desk.now(), say=say)
        job = printing.send(printer, "print.text", sheet)
        self.answer(Printed(job=job.id, state=job.state, reason=job.reason))


class PrintHandler(GuidanceHandler):
    """``…/prints/{job}``."""

    async def get(self, job: str) -> None:
        """Answer how it goes.

        Raises:
            NotFound: ``guidance.no_print``.
        """
        printing = self.desk.printing()
        found = printing.jobs.of(job) if printing is not None else None
        if found is None or found.ticket:
            raise NotFound("guidance.no_print")
        self.answer(Printed(job=found.id, state=found.state, reason=found.reason))


def routes(desk: Desk) -> list[Route]:
    """All of them."""
    options: dict[str, Any] = {"desk": desk}

    def api(path: str, handler: type[GuidanceHandler], **verbs: Verb) -> Route:
        return Route(f"{BASE}{path}", handler, {k.upper(): v for k, v in verbs.items()}, options=options)

    def read(summary: str, reply: Any, request: Any = None) -> Verb:
        return Verb(access=PUBLIC, summary=summary, reply=reply, request=request, limit=READING)

    sheet = Verb(access=PUBLIC, summary="A list as PDF", media=PDF, limit=MAKING)
    form = Verb(
        access=PUBLIC,
        summary="The form of a matter as PDF",
        media=PDF,
        limit=MAKING,
        query={"sample": "1: filled in with values of nobody"},
    )
    code = Verb(access=PUBLIC, summary="QR code of a list", media="image/svg+xml", limit=READING)
    out = Verb(access=DEVICE, summary="Print a list beside the machine that asks", reply=Printed)
    went = Verb(access=DEVICE, summary="How a printed list goes", reply=Printed)
    return [
        api("/themes", ThemesHandler, get=read("What people come for", Themes)),
        api("/matters/{matter}", MatterHandler, get=read("A matter before one comes", MatterGuide)),
        api("/matters/{matter}/needs", NeedsHandler, post=read("What is needed", NeedsShown, NeedsWanted)),
        api("/matters/{matter}/form.pdf", FormHandler, get=form),
        api("/matters/{matter}/sample", SampleHandler, get=read("The form, filled in as a sample", SampleShown)),
        api("/packages/{package}", PackageHandler, get=read("A package before one comes", PackageGuide)),
        api(
            "/packages/{package}/needs",
            PackageNeedsHandler,
            post=read("What a package needs", PackageNeedsShown, PackageWanted),
        ),
        api("/lists", ListsHandler, post=read("Make a list to take along", ListMade, ListWanted)),
        api(f"/lists/{TOKEN}", ListHandler, get=read("A list", ListShown)),
        api(f"/lists/{TOKEN}/list.pdf", ListPdfHandler, get=sheet),
        api(f"/lists/{TOKEN}/qr.svg", ListCodeHandler, get=code),
        api(f"/lists/{TOKEN}/print", ListPrintHandler, post=out),
        api("/prints/{job}", PrintHandler, get=went),
        *page_routes(ROOM, PAGES, {"/guide": "guide.html", f"/l/{TOKEN}": "list.html"}),
        file_route(ROOM, PAGES),
    ]
