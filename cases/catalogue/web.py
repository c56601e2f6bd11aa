"""The catalogue over HTTP: at the city list, edit, review, publish, compare, files; in a hall what the hall has."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from cases.catalogue import messages as m
from cases.catalogue.differences import Difference, differences
from cases.catalogue.faults import Fault, errors
from cases.catalogue.matters_file import MattersRead
from cases.catalogue.model import Edition, EditionState
from cases.catalogue.shelf import Shelf
from cases.catalogue.state import Deed
from cases.catalogue.xlsx_in import read_xlsx
from cases.catalogue.xlsx_out import written
from hall_server.directory.model import CalendarYear
from hall_server.errors import Invalid, NotFound
from hall_server.identity import Role
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import SIGNED_IN, Access, Route, Verb, api, roles

if TYPE_CHECKING:
    from cases.catalogue.city import CityRoom

PAGES = Path(__file__).parent / "pages"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EDITION_BYTES, FILE_BYTES = 512 * 1024, 8 * 1024 * 1024
EDITORS = roles(Role.EDITOR, Role.ADMIN)
Text = Annotated[str, Meta(max_length=500)]
Matter = Annotated[str, Meta(min_length=1, max_length=80)]


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A matter in the list: its newest edition, and what stands beside it.

    Attributes:
        holds: number of the edition that holds today; None: none does.
        errors, warnings: of the edition that is being written.
    """

    matter: str
    number: int
    code: str
    name: str
    name_en: str
    department: str
    state: EditionState
    holds: int | None
    valid_from: date | None
    valid_until: date | None
    case_type: int
    flow: str
    statute_workdays: int
    promise_workdays: int
    errors: int = 0
    warnings: int = 0


class EditionsFound(msgspec.Struct, frozen=True, kw_only=True):
    """The catalogue, as far as it was asked for; ``counts`` of all by state."""

    items: tuple[Listed, ...]
    total: int
    counts: dict[str, int]
    departments: dict[str, str]


class MatterShown(msgspec.Struct, frozen=True, kw_only=True):
    """A matter with all its editions, the newest last.

    Attributes:
        may_review: whether the one who asks has not written the draft.
    """

    matter: str
    revision: int
    may_review: bool
    today: date
    editions: tuple[Edition, ...]
    faults: tuple[Fault, ...]
    deeds: tuple[Deed, ...]


class CheckRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An edition that somebody is writing."""

    edition: Edition


class FaultsFound(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with it."""

    faults: tuple[Fault, ...]


class DraftRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An edition to keep; ``seen``: the matter's revision."""

    edition: Edition
    seen: int


class StepRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a step needs: ``day`` of publication, suspension or end; ``into`` for a split; ``successors`` of the end."""

    seen: int
    reason: Text = ""
    day: date | None = None
    into: Annotated[tuple[Matter, ...], Meta(max_length=20)] = ()


class MergeRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Matters that go into another one."""

    matters: Annotated[tuple[Matter, ...], Meta(min_length=2, max_length=20)]
    seen: Annotated[tuple[int, ...], Meta(max_length=20)]
    into: Matter
    day: date
    reason: Text


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """An edition that a step changed."""

    matter: str
    number: int
    revision: int


class StepDone(msgspec.Struct, frozen=True, kw_only=True):
    """What a step changed."""

    editions: tuple[Changed, ...]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """Two editions of a matter and what is different."""

    before: int
    after: int
    differences: tuple[Difference, ...]


class FileTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What a file held; ``drafted`` is 0 where it was only looked at, or where something is wrong."""

    matters: int
    new: int
    drafted: int
    faults: tuple[Fault, ...]


class YearsFound(msgspec.Struct, frozen=True, kw_only=True):
    """The calendar: a year without days off is not announced."""

    years: tuple[CalendarYear, ...]
    today: date


class EditionsHandler(ApiHandler):
    """Of the city's catalogue."""

    room: CityRoom
    today: Callable[[], date]

    def faults(self, edition: Edition) -> tuple[Fault, ...]:
        """What is wrong with one."""
        return self.room.service.faults(edition)


class ListHandler(EditionsHandler):
    """``/api/v1/editions``."""

    async def get(self) -> None:
        """List matters by state and words."""
        state, words = self.words("state"), self.words("q").casefold().split()
        catalogue, today = self.room.catalogue, self.today()
        every = [one for matter in catalogue.matters() if (one := catalogue.newest(matter)) is not None]
        found = [one for one in every if (not state or one.state == state) and _is_meant(one, words)]
        limit, offset = self.number("limit", default=100, least=1, most=500), self.number("offset", default=0)
        shown = sorted(found, key=lambda one: (one.department, one.name))[offset : offset + limit]
        directory = self.server.directory.departments
        self.answer(
            EditionsFound(
                items=tuple(self._listed(one, today) for one in shown),
                total=len(found),
                counts=dict(Counter(one.state.value for one in every)),
                departments={id_: one.name for id_, one in directory.items()},
            )
        )

    async def post(self) -> None:
        """Keep a draft."""
        asked = self.read(DraftRequest)
        await self.run(m.DraftEdition(edition=asked.edition, seen=asked.seen))

    def _listed(self, edition: Edition, today: date) -> Listed:
        held = self.room.shelf.holding(edition.matter, today)
        writing = edition.state in (EditionState.DRAFT, EditionState.REVIEWED)
        faults = self.faults(edition) if writing else ()
        return _listed(edition, held, faults)


class CheckHandler(EditionsHandler):
    """``/api/v1/editions-check``."""

    async def post(self) -> None:
        """Say what is wrong with an edition that is not kept yet."""
        self.answer(FaultsFound(faults=self.faults(self.read(CheckRequest).edition)))


class MatterHandler(EditionsHandler):
    """``/api/v1/editions/{matter}``."""

    async def get(self, matter: str) -> None:
        """Answer with all editions of a matter."""
        catalogue = self.room.catalogue
        editions = catalogue.editions(matter)
        if not editions:
            raise NotFound("edition.unknown", edition=matter)
        self.answer(
            MatterShown(
                matter=matter,
                revision=catalogue.revision(matter),
                may_review=self.actor.may(Role.EDITOR, Role.ADMIN) and str(self.actor) not in catalogue.writers(matter),
                today=self.today(),
                editions=editions,
                faults=self.faults(editions[-1]),
                deeds=catalogue.deeds(matter),
            )
        )


class StepHandler(EditionsHandler):
    """``/api/v1/editions/{matter}/{step}``."""

    async def post(self, matter: str, step: str) -> None:
        """Take a step."""
        await self.run(_STEPS[step](matter, self.read(StepRequest)))


class CompareHandler(EditionsHandler):
    """``/api/v1/editions/{matter}/differences``."""

    async def get(self, matter: str) -> None:
        """Compare two editions."""
        before, after = (self.number(name, default=0, most=100_000) for name in ("before", "after"))
        pair = [self.room.catalogue.edition(matter, number) for number in (before, after)]
        if pair[0] is None or pair[1] is None:
            raise NotFound("edition.unknown", edition=f"{matter}@{before if pair[0] is None else after}")
        self.answer(Compared(before=before, after=after, differences=tuple(differences(pair[0], pair[1]))))


class MergeHandler(EditionsHandler):
    """``/api/v1/editions-merged``."""

    async def post(self) -> None:
        """Put one matter in the place of several."""
        asked = self.read(MergeRequest)
        await self.run(
            m.MergeMatters(
                matters=asked.matters, seen=asked.seen, into=asked.into, from_day=asked.day, reason=asked.reason
            )
        )


class FileHandler(EditionsHandler):
    """``/api/v1/editions-file``."""

    async def get(self) -> None:
        """Send the newest editions as a workbook."""
        wanted = {one for one in self.get_query_argument("matters", "")[:8000].split(",") if one}
        catalogue = self.room.catalogue
        found = [one for matter in catalogue.matters() if (one := catalogue.newest(matter)) is not None]
        content = await asyncio.to_thread(written, [one for one in found if not wanted or one.matter in wanted])
        self.set_header("Content-Type", XLSX)
        self.set_header("Content-Disposition", 'attachment; filename="matters.xlsx"')
        self.finish(content)

    async def post(self) -> None:
        """Look at a workbook; with ``take=yes`` make drafts of what is new, if nothing in it is wrong."""
        read: MattersRead = await asyncio.to_thread(read_xlsx, self.raw_body)
        wrong = errors(read.faults)
        new = sum(self.room.service.is_new(one) for one in read.editions)
        drafted = 0
        if self.words("take") == "yes" and not wrong and new:
            command = m.DraftEditions(editions=read.editions)
            await self.server.execute(command, actor=self.actor, command_id=self.command_id)
            drafted = new
        self.answer(FileTaken(matters=len(read.editions), new=new, drafted=drafted, faults=read.faults))


class YearHandler(EditionsHandler):
    """``/api/v1/calendar-years``."""

    async def get(self) -> None:
        """Answer with every year, the announced ones and those that are not."""
        calendar = self.server.directory.calendar
        years = tuple(sorted(calendar.years.values(), key=lambda one: one.year))
        self.answer(YearsFound(years=years, today=self.today()))

    async def post(self) -> None:
        """Publish the holidays of a year for the city and its halls."""
        await self.run(m.PublishYear(item=self.read(CalendarYear)))


class HallEditionsHandler(ApiHandler):
    """``/api/v1/editions`` in a hall."""

    shelf: Shelf
    today: Callable[[], date]

    async def get(self) -> None:
        """List the matters that the hall has, with the edition that holds today."""
        words, today = self.words("q").casefold().split(), self.today()
        every = [one for matter in self.shelf.matters() if (one := self.shelf.newest(matter)) is not None]
        pairs = [(one, self.shelf.holding(one.matter, today)) for one in every if _is_meant(one, words)]
        directory = self.server.directory.departments
        self.answer(
            EditionsFound(
                items=tuple(
                    _listed(held or one, held, ()) for one, held in sorted(pairs, key=lambda pair: pair[0].name)
                ),
                total=len(pairs),
                counts=dict(Counter(one.state.value for one in every)),
                departments={id_: one.name for id_, one in directory.items()},
            )
        )


class HallMatterHandler(ApiHandler):
    """``/api/v1/editions/{matter}`` in a hall."""

    shelf: Shelf
    today: Callable[[], date]

    async def get(self, matter: str) -> None:
        """Answer with the editions of a matter that the hall has."""
        editions = self.shelf.of_matter(matter)
        if not editions:
            raise NotFound("edition.unknown", edition=matter)
        today = self.today()
        self.answer(
            MatterShown(
                matter=matter, revision=0, may_review=False, today=today, editions=editions, faults=(), deeds=()
            )
        )


def _listed(edition: Edition, held: Edition | None, faults: tuple[Fault, ...]) -> Listed:
    wrong = len(errors(faults))
    return Listed(
        matter=edition.matter,
        number=edition.number,
        code=edition.code,
        name=edition.name,
        name_en=edition.name_en,
        department=edition.department,
        state=edition.state,
        holds=held.number if held is not None else None,
        valid_from=edition.valid_from,
        valid_until=edition.valid_until,
        case_type=edition.case_type,
        flow=edition.flow,
        statute_workdays=edition.statute_workdays,
        promise_workdays=edition.promise_workdays,
        errors=wrong,
        warnings=len(faults) - wrong,
    )


def _is_meant(edition: Edition, words: Iterable[str]) -> bool:
    text = "\n".join((edition.name, edition.name_en, edition.code, *edition.words)).casefold()
    return all(word in text for word in words)


def _day(asked: StepRequest) -> date:
    if asked.day is None:
        raise Invalid("body.invalid", day="missing")
    return asked.day


_STEPS: dict[str, Callable[[str, StepRequest], m.EditionCommand]] = {
    "discard": lambda matter, asked: m.DiscardDraft(matter=matter, seen=asked.seen),
    "review": lambda matter, asked: m.ReviewEdition(matter=matter, seen=asked.seen),
    "return": lambda matter, asked: m.ReturnEdition(matter=matter, seen=asked.seen, reason=asked.reason),
    "publish": lambda matter, asked: m.PublishEdition(matter=matter, seen=asked.seen, valid_from=_day(asked)),
    "suspend": lambda matter, asked: m.SuspendMatter(
        matter=matter, seen=asked.seen, from_day=_day(asked), reason=asked.reason
    ),
    "resume": lambda matter, asked: m.ResumeMatter(matter=matter, seen=asked.seen, reason=asked.reason),
    "cancel": lambda matter, asked: m.CancelMatter(
        matter=matter, seen=asked.seen, from_day=_day(asked), reason=asked.reason, successors=asked.into
    ),
    "split": lambda matter, asked: m.SplitMatter(
        matter=matter, seen=asked.seen, from_day=_day(asked), reason=asked.reason, into=asked.into
    ),
}


def city_routes(room: CityRoom, today: Callable[[], date]) -> list[Route]:
    """What a city serves."""
    given = {"room": room, "today": today}
    query = {"state": "draft, reviewed, published …", "q": "words of name or code", "limit": "", "offset": ""}
    pair = {"before": "number of an edition", "after": "number of another"}
    routes = [
        api(
            "/api/v1/editions",
            ListHandler,
            body_limit=EDITION_BYTES,
            get=Verb(access=SIGNED_IN, summary="Matters of the catalogue", reply=EditionsFound, query=query),
            post=Verb(access=EDITORS, summary="Keep a draft", request=DraftRequest, reply=StepDone),
        ),
        api(
            "/api/v1/editions-check",
            CheckHandler,
            body_limit=EDITION_BYTES,
            post=Verb(access=EDITORS, summary="Check an edition", request=CheckRequest, reply=FaultsFound),
        ),
        api(
            "/api/v1/editions/{matter}",
            MatterHandler,
            get=Verb(access=SIGNED_IN, summary="A matter with its editions", reply=MatterShown),
        ),
        api(
            "/api/v1/editions/{matter}/differences",
            CompareHandler,
            get=Verb(access=SIGNED_IN, summary="Two editions compared", reply=Compared, query=pair),
        ),
        api(
            f"/api/v1/editions/{{matter}}/{{step:{'|'.join(_STEPS)}}}",
            StepHandler,
            post=Verb(access=EDITORS, summary="Review, publish, suspend …", request=StepRequest, reply=StepDone),
        ),
        api(
            "/api/v1/editions-merged",
            MergeHandler,
            post=Verb(access=EDITORS, summary="Merge matters", request=MergeRequest, reply=StepDone),
        ),
        api(
            "/api/v1/editions-file",
            FileHandler,
            body_limit=FILE_BYTES,
            get=Verb(access=SIGNED_IN, summary="The catalogue as a workbook", media=XLSX, query={"matters": "by id"}),
            post=Verb(
                access=EDITORS,
                summary="Look at a workbook, or take it over as drafts",
                reply=FileTaken,
                query={"take": "yes: make drafts of it"},
            ),
        ),
        api(
            "/api/v1/calendar-years",
            YearHandler,
            get=Verb(access=SIGNED_IN, summary="The holidays of all years", reply=YearsFound),
            post=Verb(access=EDITORS, summary="Publish a year's holidays", request=CalendarYear, reply=CalendarYear),
        ),
    ]
    return [*_with(routes, given), *_pages({"/catalogue": "catalogue.html"}, SIGNED_IN)]


def hall_routes(shelf: Shelf, today: Callable[[], date]) -> list[Route]:
    """What a hall serves."""
    routes = [
        api(
            "/api/v1/editions",
            HallEditionsHandler,
            get=Verb(access=SIGNED_IN, summary="Matters in full", reply=EditionsFound, query={"q": "words"}),
        ),
        api(
            "/api/v1/editions/{matter}",
            HallMatterHandler,
            get=Verb(access=SIGNED_IN, summary="A matter with its editions", reply=MatterShown),
        ),
    ]
    return [*_with(routes, {"shelf": shelf, "today": today}), *_pages({"/manager/matters": "matters.html"}, SIGNED_IN)]


def _with(routes: list[Route], options: dict[str, Any]) -> list[Route]:
    return [
        Route(one.path, one.handler, one.verbs, body_limit=one.body_limit, kind=one.kind, options=options)
        for one in routes
    ]


def _pages(pages: dict[str, str], access: Access) -> list[Route]:
    return [*page_routes("catalogue", PAGES, pages, access=access), file_route("catalogue", PAGES)]
