"""Reports over HTTP: asking for one, the list with how far each is, the file, the plans, the heads of departments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from dashboards.reports import messages as m
from dashboards.reports.gather import Gatherer
from dashboards.reports.jobs import Jobs
from dashboards.reports.keeping import ReportFiles
from dashboards.reports.model import Format, Plan, Report, ReportKind, ReportState, Scope, span_of
from dashboards.reports.service import ReportService, is_manager
from dashboards.reports.state import Shelf
from evaluation.figures.period import Period
from hall_server.errors import Invalid, Refused
from hall_server.web.handlers import ApiHandler
from hall_server.web.locales import LANGUAGES
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, SIGNED_IN, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
MEDIA = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}
Id = Annotated[str, Meta(min_length=1, max_length=80)]
_EARLIEST, _LATEST = date(2000, 1, 1), date(2199, 12, 31)


class ReportRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report.

    Attributes:
        first: any day of the week or month meant. last: only a period needs it.
        language: of the report; that of the request where none is named.
    """

    kind: ReportKind
    first: date
    last: date | None = None
    window: Id | None = None
    department: Id | None = None
    format: Format = Format.PDF
    language: str | None = None


class PlanRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report that is made by itself; without an id it is a new one."""

    id: Annotated[str, Meta(max_length=80)] = ""
    kind: ReportKind
    window: Id | None = None
    department: Id | None = None
    format: Format = Format.PDF
    language: str | None = None


class PlansRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All plans."""

    plans: Annotated[list[PlanRequest], Meta(max_length=200)]


class HeadsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ids of the staff who head a department."""

    staff: Annotated[list[Id], Meta(max_length=50)]


class ReportShown(msgspec.Struct, frozen=True, kw_only=True):
    """A report.

    Attributes:
        progress: 0 to 1.
        asked_by: the name of whoever asked for it; empty: a plan did.
        href: its file, once there is one.
    """

    id: str
    kind: ReportKind
    first: date
    last: date
    window: str | None
    department: str | None
    about: str
    about_en: str
    format: Format
    language: str
    state: ReportState
    progress: float
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    until: date
    size: int
    pages: int
    name: str
    href: str | None


class PlanShown(msgspec.Struct, frozen=True, kw_only=True):
    """A plan; ``since``: from which day on."""

    id: str
    kind: ReportKind
    window: str | None
    department: str | None
    format: Format
    language: str
    since: date


class ReportsFound(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody may see.

    Attributes:
        departments: the only ones of which they may have reports; None: of everything.
    """

    reports: list[ReportShown]
    departments: list[str] | None
    kept_days: int
    business_day: date


class PlansFound(msgspec.Struct, frozen=True, kw_only=True):
    """The plans, and department → who heads it."""

    plans: list[PlanShown]
    heads: dict[str, list[str]]


class ReportsHandler(ApiHandler):
    """A handler of reports."""

    hall: Server
    shelf: Shelf
    service: ReportService
    jobs: Jobs
    gatherer: Gatherer
    files: ReportFiles

    def shown(self, report: Report) -> ReportShown:
        """A report as it stands."""
        name, name_en = self._about(report.scope)
        is_done = report.state is ReportState.DONE
        return ReportShown(
            id=report.id,
            kind=report.kind,
            first=report.first,
            last=report.last,
            window=report.scope.window,
            department=report.scope.department,
            about=name,
            about_en=name_en,
            format=report.format,
            language=report.language,
            state=report.state,
            progress=round(self.jobs.done(report), 3),
            asked_by="" if report.plan is not None else self._person(report.asked_by),
            asked_at=report.asked_at,
            ended_at=report.ended_at,
            until=report.until,
            size=report.size,
            pages=report.pages,
            name=report.name,
            href=f"/api/v1/reports/{report.id}/file" if is_done else None,
        )

    def chosen(self, language: str | None) -> str:
        """The language of a report.

        Raises:
            Invalid: ``report.no_language``.
        """
        if language is None:
            return self.language
        if language not in LANGUAGES:
            raise Invalid("report.no_language", field="language", known=", ".join(LANGUAGES))
        return language

    def _about(self, scope: Scope) -> tuple[str, str]:
        directory = self.hall.directory
        if scope.window is not None:
            window = directory.windows.get(scope.window)
            return (f"{window.number} {window.name}", f"{window.number} {window.name_en}") if window else ("", "")
        if scope.department is not None:
            department = directory.departments.get(scope.department)
            return (department.name, department.name_en or department.name) if department else ("", "")
        return "", ""

    def _person(self, actor: str) -> str:
        return str(self.hall.rooms["hall_queue"].pictures.staff_name(actor.partition(":")[2]))


class ReportListHandler(ReportsHandler):
    """``/api/v1/reports``."""

    async def get(self) -> None:
        """List what one may see, the newest first."""
        self.service.check_reader(self.actor)
        await self.hall.settled()
        found = [self.shown(one) for one in self.shelf.listed() if self.service.may_see(self.actor, one.scope)]
        yours = None if is_manager(self.actor) else sorted(self.shelf.headed_by(self.actor.id))
        self.answer(
            ReportsFound(
                reports=found,
                departments=yours,
                kept_days=self.hall.settings.report_days,
                business_day=self.hall.business_day,
            )
        )

    async def post(self) -> None:
        """Begin a report, and answer with where it stands.

        Raises:
            Refused: ``report.nothing``: nothing happened in that time.
            DomainError: as `span_of` and `ReportService.ask`.
        """
        asked = self.read(ReportRequest)
        scope = Scope(window=asked.window, department=asked.department)
        self.service.check_asked(self.actor, scope)
        for field, day in (("first", asked.first), ("last", asked.last)):
            if day is not None and not _EARLIEST <= day <= _LATEST:
                raise Invalid("rating.day_unknown", field=field)
        span = span_of(asked.kind, asked.first, asked.last)
        if await self.gatherer.is_empty(Period(first=span.first, last=span.last), scope):
            raise Refused("report.nothing", field="first", begin=str(span.first), end=str(span.last))
        command = m.AskReport(
            kind=asked.kind,
            first=span.first,
            last=span.last,
            scope=scope,
            format=asked.format,
            language=self.chosen(asked.language),
        )
        reply = await self.hall.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer(self.shown(self.shelf.report(msgspec.json.decode(reply, type=m.ReportId).id)))


class ReportHandler(ReportsHandler):
    """``/api/v1/reports/{report}``."""

    async def get(self, report: str) -> None:
        """Answer with where it stands."""
        found = self.service.seen(self.actor, report)
        await self.hall.settled()
        self.answer(self.shown(found))

    async def delete(self, report: str) -> None:
        """Give it up if it is not made yet; else remove it with its file."""
        found = self.service.seen(self.actor, report)
        kind = m.CancelReport if found.state.is_open else m.RemoveReport
        await self.hall.execute(kind(report=report), actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


class FileHandler(ReportsHandler):
    """``/api/v1/reports/{report}/file``."""

    async def get(self, report: str) -> None:
        """Send it.

        Raises:
            Refused: ``report.not_made``: there is none yet, or none any more. DomainError: as `ReportService.seen`.
        """
        found = self.service.seen(self.actor, report)
        await self.hall.settled()
        if found.state is not ReportState.DONE:
            raise Refused("report.not_made", state=found.state.value)
        self.send(await self.files.read(found), MEDIA[found.format], found.name)

    def send(self, content: bytes, media: str, name: str) -> None:
        """Send it to be saved."""
        self.set_header("Content-Type", media)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(content)


class PlansHandler(ReportsHandler):
    """``/api/v1/report-plans``."""

    async def get(self) -> None:
        """List them, with the heads of departments."""
        await self.hall.settled()
        self.answer(self._found())

    async def put(self) -> None:
        """Set the whole list."""
        asked = self.read(PlansRequest)
        today = self.hall.business_day
        plans = tuple(
            Plan(
                id=one.id,
                kind=one.kind,
                format=one.format,
                language=self.chosen(one.language),
                scope=Scope(window=one.window, department=one.department),
                since=today,
            )
            for one in asked.plans
        )
        await self.hall.execute(m.SetPlans(plans=plans), actor=self.actor, command_id=self.command_id)
        self.answer(self._found())

    def _found(self) -> PlansFound:
        shown = [
            PlanShown(
                id=one.id,
                kind=one.kind,
                window=one.scope.window,
                department=one.scope.department,
                format=one.format,
                language=one.language,
                since=one.since,
            )
            for one in self.shelf.plans
        ]
        return PlansFound(plans=shown, heads={key: list(staff) for key, staff in self.shelf.heads.items() if staff})


class HeadsHandler(ReportsHandler):
    """``/api/v1/report-heads/{department}``."""

    async def put(self, department: str) -> None:
        """Say who heads a department."""
        command = m.SetHeads(department=department, staff=tuple(self.read(HeadsRequest).staff))
        await self.hall.execute(command, actor=self.actor, command_id=self.command_id)
        self.answer_nothing()


def routes(options: dict[str, Any]) -> list[Route]:
    """The addresses and the page."""
    made: Callable[[str, type[ReportsHandler], dict[str, Verb]], Route] = lambda path, handler, verbs: Route(  # noqa: E731  # one word for five
        f"/api/v1/{path}", handler, verbs, options=options
    )
    ask = Verb(access=SIGNED_IN, summary="Have a report made", request=ReportRequest, reply=ReportShown, status=202)
    found = Verb(access=SIGNED_IN, summary="Reports one may see, with how far each is", reply=ReportsFound)
    one = Verb(access=SIGNED_IN, summary="Where a report stands", reply=ReportShown)
    end = Verb(access=SIGNED_IN, summary="Give a report up, or remove it", status=204)
    file = Verb(access=SIGNED_IN, summary="A report's file", media="application/octet-stream")
    plans = Verb(access=MANAGER, summary="Reports that are made by themselves; heads of departments", reply=PlansFound)
    plan = Verb(
        access=MANAGER, summary="Set which reports are made by themselves", request=PlansRequest, reply=PlansFound
    )
    heads = Verb(access=MANAGER, summary="Say who heads a department", request=HeadsRequest, status=204)
    return [
        made("reports", ReportListHandler, {"GET": found, "POST": ask}),
        made("reports/{report}", ReportHandler, {"GET": one, "DELETE": end}),
        made("reports/{report}/file", FileHandler, {"GET": file}),
        made("report-plans", PlansHandler, {"GET": plans, "PUT": plan}),
        made("report-heads/{department}", HeadsHandler, {"PUT": heads}),
        *page_routes("reports", PAGES, {"/manager/reports": "reports.html"}, access=SIGNED_IN),
        file_route("reports", PAGES),
    ]
