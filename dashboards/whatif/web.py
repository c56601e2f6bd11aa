"""What-ifs over HTTP, and their page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from dashboards.whatif.changes import MOST, Change
from dashboards.whatif.jobs import Asked, Job, Jobs, JobState
from dashboards.whatif.work import DayPicture, Found, Refusal
from hall_server.errors import Invalid
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
RUNS = 100
DAYS_SHOWN = 60


class WhatIfRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day and what shall be different.

    Attributes:
        runs: so many days with drawn times are played, before and after.
    """

    day: date
    changes: Annotated[list[Change], Meta(max_length=MOST)] = msgspec.field(default_factory=list)
    runs: Annotated[int, Meta(ge=1, le=500)] = RUNS


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Why it could not be played, in words, and at which change and field."""

    code: str
    message: str
    change: int | None
    field: str | None


class WhatIfPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A what-if: how far it is, and what came of it."""

    id: str
    state: JobState
    day: date
    done: int
    runs: int
    found: Found | None
    refused: Refused | None


class DaysFound(msgspec.Struct, frozen=True, kw_only=True):
    """The business days of the journal, the newest first."""

    days: list[date]


class WhatIfHandler(ApiHandler):
    """A handler of what-ifs."""

    hall: Server
    jobs: Jobs

    def picture(self, job: Job) -> WhatIfPicture:
        """A what-if as it stands."""
        refused = None if job.refused is None else self._refused(job.refused)
        asked = job.asked
        return WhatIfPicture(
            id=job.id,
            state=job.state,
            day=asked.day,
            done=job.done,
            runs=asked.runs,
            found=job.found,
            refused=refused,
        )

    def _refused(self, refused: Refusal) -> Refused:
        fields = refused.fields
        return Refused(
            code=refused.code,
            message=self.web.locales.text(f"error.{refused.code}", self.language, **fields),
            change=fields.get("change"),
            field=fields.get("field"),
        )


class WhatIfsHandler(WhatIfHandler):
    """Begins a what-if."""

    async def post(self) -> None:
        """Begin, and answer with its id."""
        asked = self.read(WhatIfRequest)
        job = self.jobs.start(Asked(day=asked.day, runs=asked.runs, changes=tuple(asked.changes)))
        self.answer(self.picture(job))


class OneWhatIfHandler(WhatIfHandler):
    """One what-if."""

    async def get(self, job: str) -> None:
        """Answer with how far it is, and what came of it."""
        self.answer(self.picture(self.jobs.job(job)))

    async def delete(self, job: str) -> None:
        """End it."""
        self.answer(self.picture(self.jobs.cancel(job)))


class DaysHandler(WhatIfHandler):
    """The days there are."""

    async def get(self) -> None:
        """Answer with them."""
        await self.hall.settled()
        found = [date.fromisoformat(day) for day, _ in await self.hall.journal.days()]
        self.answer(DaysFound(days=sorted(found, reverse=True)[:DAYS_SHOWN]))


class DayHandler(WhatIfHandler):
    """A recorded day."""

    async def get(self, day: str) -> None:
        """Answer with its curve and how well it can be played again."""
        try:
            wanted = date.fromisoformat(day)
        except ValueError as exc:
            raise Invalid("what_if.day_unknown", field="day", day=day) from exc
        self.answer(await self.jobs.look(wanted))


def routes(server: Server, jobs: Jobs) -> list[Route]:
    """The addresses and the page."""
    options = {"hall": server, "jobs": jobs}
    begin = Verb(
        access=MANAGER, summary="Play a day with other staffing", request=WhatIfRequest, reply=WhatIfPicture, status=202
    )
    read = Verb(access=MANAGER, summary="How far a what-if is, and what came of it", reply=WhatIfPicture)
    end = Verb(access=MANAGER, summary="End a what-if", reply=WhatIfPicture)
    days = Verb(access=MANAGER, summary="The recorded days", reply=DaysFound)
    day = Verb(access=MANAGER, summary="A recorded day and how well it can be played again", reply=DayPicture)
    return [
        Route("/api/v1/what-if", WhatIfsHandler, {"POST": begin}, options=options),
        Route("/api/v1/what-if/days", DaysHandler, {"GET": days}, options=options),
        Route(r"/api/v1/what-if/days/{day:[0-9-]{1,12}}", DayHandler, {"GET": day}, options=options),
        Route("/api/v1/what-if/{job}", OneWhatIfHandler, {"GET": read, "DELETE": end}, options=options),
        *page_routes("whatif", PAGES, {"/manager/what-if": "what-if.html"}, access=MANAGER),
        file_route("whatif", PAGES),
    ]
