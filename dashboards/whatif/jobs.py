"""Runs what-ifs one at a time in a process of their own that can be ended; tells how far they are."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from dashboards.whatif.changes import Change
from dashboards.whatif.figures import Run
from dashboards.whatif.work import DayPicture, Found, Refusal, Said, Work
from hall_server import bare
from hall_server.child import Child
from hall_server.errors import Invalid, NotFound, Refused, Unavailable

log = logging.getLogger(__name__)

DEADLINE_S = 120.0
KEPT = 8
"""So many finished what-ifs are kept, the newest ones."""
PROCESSES_MOST = 4
ROOMS = (
    "dashboards",
    "evaluation",
    "attendance",
    "displays",
    "devices",
    "cases",
    "=hall_queue",
    "=hall_queue.appointments",
)
"""Rooms of which the child needs single files only."""


class JobState(StrEnum):
    """Where a what-if stands."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"  # what was asked for does not fit the day
    FAILED = "failed"  # the process died or took too long
    CANCELLED = "cancelled"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    day: date
    runs: int
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Job:
    """A what-if.

    Attributes:
        moved: set when the first played day is done.
    """

    id: str
    asked: Asked
    state: JobState = JobState.RUNNING
    done: int = 0
    found: Found | None = None
    refused: Refusal | None = None
    child: Child | None = None
    task: asyncio.Task[object] | None = None
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class Jobs:
    """The what-ifs of a hall."""

    def __init__(
        self,
        work: Callable[[date], Work],
        ready: Callable[[], Awaitable[None]],
        spawn: Callable[[Any, str], asyncio.Task[object]],
        new_id: Callable[[], str],
        today: Callable[[], date],
        *,
        deadline_s: float = DEADLINE_S,
        module: str = "dashboards.whatif.child",
    ) -> None:
        """Begin with none.

        Args:
            work: a day's work with nothing changed.
            ready: returns when everything decided so far is in the journal.
            today: the hall's business day, of which nothing is used again as it still grows.
        """
        self._work, self._ready, self._spawn, self._new_id = work, ready, spawn, new_id
        self._today, self._deadline_s, self._module = today, deadline_s, module
        self._jobs: dict[str, Job] = {}
        self._looking = asyncio.Semaphore(1)
        self._before: tuple[Work, tuple[Run, ...]] | None = None

    def start(self, asked: Asked) -> Job:
        """Begin a what-if.

        Raises:
            Refused: ``what_if.busy``: one is running.
        """
        if any(job.state is JobState.RUNNING for job in self._jobs.values()):
            raise Refused("what_if.busy")
        job = Job(self._new_id(), asked)
        self._jobs[job.id] = job
        for old in list(self._jobs)[:-KEPT]:
            del self._jobs[old]
        job.task = self._spawn(self._run(job), "what-if")
        return job

    def job(self, id_: str) -> Job:
        """One of the last few.

        Raises:
            NotFound: ``what_if.unknown``.
        """
        found = self._jobs.get(id_)
        if found is None:
            raise NotFound("what_if.unknown", id=id_[:60])
        return found

    def cancel(self, id_: str) -> Job:
        """End a what-if, if it still runs.

        Raises:
            NotFound: as :meth:`job`.
        """
        job = self.job(id_)
        if job.state is JobState.RUNNING:
            job.state = JobState.CANCELLED
            if job.child is not None:
                job.child.kill()
        return job

    async def look(self, day: date) -> DayPicture:
        """A recorded day.

        Raises:
            NotFound: ``what_if.nothing_that_day``.
            Unavailable: ``what_if.failed``.
        """
        await self._ready()
        last = Said()
        async with self._looking:
            try:
                async with asyncio.timeout(self._deadline_s):
                    last = await self._talk(self._work(day), lambda _: None, lambda _: None)
            except TimeoutError as exc:
                raise Unavailable("what_if.failed") from exc
        if last.refused is not None:
            raise _error(last.refused)
        if last.picture is None:
            raise Unavailable("what_if.failed")
        return last.picture

    async def _run(self, job: Job) -> None:
        try:
            async with asyncio.timeout(self._deadline_s):
                await self._ready()
                last = await self._talk(self._whole(job.asked), lambda n: _set(job, n), lambda one: _child(job, one))
        except TimeoutError:
            log.warning("a what-if took too long and was given up", extra={"action": "what_if.late"})
            last = Said()
        except asyncio.CancelledError:
            job.state = JobState.CANCELLED
            raise
        if job.state is not JobState.RUNNING:
            return
        job.found, job.refused = last.found, last.refused
        job.state = JobState.DONE if last.found else JobState.REFUSED if last.refused else JobState.FAILED
        if last.found is not None and job.asked.day < self._today():
            self._before = (self._key(job.asked), last.before)

    def _whole(self, asked: Asked) -> Work:
        key = self._key(asked)
        known = self._before[1] if self._before is not None and self._before[0] == key else ()
        return msgspec.structs.replace(key, changes=asked.changes, before=known)

    def _key(self, asked: Asked) -> Work:
        """What the unchanged runs depend on."""
        processes = max(1, min(PROCESSES_MOST, os.cpu_count() or 1))
        return msgspec.structs.replace(self._work(asked.day), runs=asked.runs, processes=processes)

    async def _talk(self, work: Work, told: Callable[[int], None], began: Callable[[Child], None]) -> Said:
        """The child's last word; nothing where it died before."""
        child = await Child.start(bare.MODULE, self._module, *ROOMS)
        began(child)
        last = Said()

        def heard(line: bytes) -> None:
            nonlocal last
            last = msgspec.json.decode(line, type=Said)
            if last.done is not None:
                told(last.done)

        try:
            await child.talk(msgspec.json.encode(work), heard)
        except (ConnectionError, msgspec.DecodeError):
            last = Said()
        return last


def _set(job: Job, done: int) -> None:
    job.done = done
    job.moved.set()


def _child(job: Job, child: Child) -> None:
    job.child = child
    if job.state is not JobState.RUNNING:
        child.kill()


def _error(refused: Refusal) -> Invalid | NotFound:
    kind = NotFound if refused.code == "what_if.nothing_that_day" else Invalid
    return kind(refused.code, **refused.fields)
