"""Reports 报表: the hall's figures on paper and as spreadsheets, asked for or made by themselves, kept and fetched."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboards.reports import messages as m
from dashboards.reports import statistics_files, web
from dashboards.reports.gather import Gatherer
from dashboards.reports.jobs import Jobs
from dashboards.reports.keeping import FOLDER, ReportFiles
from dashboards.reports.schedule import Schedule
from dashboards.reports.service import ReportService
from dashboards.reports.state import Shelf
from hall_server.days import DayOpened

if TYPE_CHECKING:
    from hall_server.server import Server


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask of reports."""

    shelf: Shelf
    jobs: Jobs
    schedule: Schedule
    files: ReportFiles
    gatherer: Gatherer


def install(server: Server) -> None:
    """Install reports after statistics; others find them as ``server.rooms["reports"]``."""
    shelf, files, gatherer = Shelf(), ReportFiles(server.data / FOLDER), Gatherer(server)
    service = ReportService(shelf, server.directory, server.settings.report_days)
    jobs = Jobs(server, shelf, files, gatherer)
    schedule = Schedule(server, shelf, files, gatherer)
    server.rooms["reports"] = Room(shelf, jobs, schedule, files, gatherer)
    server.types.add(*m.EVENTS)
    server.fold(shelf)
    _handle(server, service)
    server.listen("reports", jobs.heard, Shelf.types)
    server.listen("planned reports", schedule.heard, {DayOpened.type, m.PlansSet.type})
    options: dict[str, Any] = {
        **{"hall": server, "shelf": shelf, "service": service},
        **{"jobs": jobs, "gatherer": gatherer, "files": files},
    }
    server.route(*web.routes(options), *statistics_files.routes(server))
    server.locales.add(Path(__file__).parent / "locales")

    async def start() -> None:
        await jobs.interrupted()
        shelf.expire(server.business_day)
        await files.sweep({files.path(one).name for one in shelf.listed()})
        server.spawn(jobs.run(), "reports")
        server.spawn(schedule.run(), "planned reports")

    server.on_start("reports", start)


def _handle(server: Server, service: ReportService) -> None:
    server.handle(m.AskReport, service.ask)
    server.handle(m.NoteMade, service.note_made)
    server.handle(m.NoteFailed, service.note_failed)
    server.handle(m.CancelReport, service.cancel)
    server.handle(m.RemoveReport, service.remove)
    server.handle(m.SetPlans, service.set_plans)
    server.handle(m.SetHeads, service.set_heads)
