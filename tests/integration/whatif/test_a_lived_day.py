"""A day that a real hall lived through, read from its journal and played again in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import select
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboards.whatif.changes import CloseOne, MoreVisitors, OpenMore, planned, unchanged
from dashboards.whatif.figures import HALL, baseline
from dashboards.whatif.jobs import Asked, Job, Jobs, JobState
from dashboards.whatif.journal_day import read_day
from dashboards.whatif.runs import Player
from dashboards.whatif.work import Work
from hall_server.errors import NotFound, Refused, Unavailable
from hall_server.settings import load

WITHIN_S = 20.0
DAY = date(2026, 11, 23)
NOBODY = date(2026, 11, 20)


@pytest.fixture
def jobs(work: Callable[..., Work]) -> Callable[..., Jobs]:
    """Makes the what-ifs of a hall on that day."""

    async def ready() -> None:
        return None

    def make(**given: Any) -> Jobs:
        ids = iter(f"j{number}" for number in range(100))
        today = given.pop("today", date(2026, 11, 24))
        return Jobs(
            lambda day: work(day=day), ready, lambda some, _: asyncio.ensure_future(some), lambda: next(ids),
            lambda: today, **given,
        )  # fmt: skip

    return make


async def ended(job: Job) -> Job:
    assert job.task is not None
    await job.task
    return job


def test_the_record_has_every_number_every_call_and_every_window(lived: Path) -> None:
    day = read_day(lived / "hall.db", DAY, timezone="Asia/Shanghai", rules={})
    assert len(day.visitors) == 260
    assert {shift.window.id for shift in day.shifts} == set(day.windows)
    assert all(shift.begin < shift.end for shift in day.shifts)
    assert all(leg.walk_s >= 0 for visitor in day.visitors for leg in visitor.legs)
    assert all(visitor.ticket.person is None for visitor in day.visitors)


def test_the_rules_name_the_ticket_of_every_call(lived: Path) -> None:
    day = read_day(lived / "hall.db", DAY, timezone="Asia/Shanghai", rules={})
    assert day.calls > 200
    assert day.in_order == day.calls


def test_a_day_played_unchanged_gives_the_waits_that_were_recorded(lived: Path) -> None:
    day = read_day(lived / "hall.db", DAY, timezone="Asia/Shanghai", rules={})
    found = baseline(day, Player(day, unchanged(day), load(None), 1).recorded(), HALL)
    assert found.recorded_mean_s is not None
    assert found.played_mean_s is not None
    assert abs(found.played_mean_s - found.recorded_mean_s) < 0.12 * found.recorded_mean_s
    assert found.unseen == 0


def test_fewer_windows_make_waits_longer_and_fewer_visitors_shorter(lived: Path) -> None:
    day = read_day(lived / "hall.db", DAY, timezone="Asia/Shanghai", rules={})
    closed = tuple(CloseOne(window=id_) for id_ in sorted(day.windows)[::2])
    longer = planned(day, closed, load(None))
    shorter = planned(day, (MoreVisitors(percent=-50),), load(None))
    for plan, sign in ((longer, 1), (shorter, -1)):
        before, after = Player(day, plan, load(None), 1).pair(0)
        assert sign * ((after.lines[HALL].mean_s or 0) - (before.lines[HALL].mean_s or 0)) > 0


@pytest.mark.gen_test(timeout=120)
async def test_a_what_if_tells_how_far_it_is_and_what_came_of_it(jobs: Callable[..., Jobs]) -> None:
    change = OpenMore(line="business", windows=1, begin="17:00", end="18:00")
    job = await ended(jobs().start(Asked(day=DAY, runs=3, changes=(CloseOne(window="w01"),))))
    assert (job.state, job.done) == (JobState.DONE, 3)
    assert job.found is not None
    assert job.found.day.visitors == 260
    assert {HALL, "business"} <= set(job.found.lines)
    refused = await ended(jobs().start(Asked(day=DAY, runs=1, changes=(CloseOne(window="w01"), change, change))))
    assert refused.state in {JobState.DONE, JobState.REFUSED}


@pytest.mark.gen_test(timeout=120)
async def test_the_unchanged_day_is_played_once_for_several_questions(jobs: Callable[..., Jobs]) -> None:
    one = jobs()
    first = await ended(one.start(Asked(day=DAY, runs=2, changes=(CloseOne(window="w01"),))))
    second = await ended(one.start(Asked(day=DAY, runs=2, changes=(CloseOne(window="w02"),))))
    assert first.found is not None
    assert second.found is not None
    assert first.found.lines[HALL]["mean_s"].before == second.found.lines[HALL]["mean_s"].before
    assert first.found.lines[HALL]["mean_s"].after != second.found.lines[HALL]["mean_s"].after


@pytest.mark.gen_test(timeout=120)
async def test_what_does_not_fit_the_day_is_named_at_its_change(jobs: Callable[..., Jobs]) -> None:
    job = await ended(jobs().start(Asked(day=DAY, runs=1, changes=(CloseOne(window="w01"), CloseOne(window="x")))))
    assert job.state is JobState.REFUSED
    assert job.refused is not None
    assert (job.refused.code, job.refused.fields["change"]) == ("what_if.window_unknown", 1)


@pytest.mark.gen_test(timeout=120)
async def test_a_second_one_is_told_and_a_cancelled_one_ends_with_its_processes(jobs: Callable[..., Jobs]) -> None:
    one = jobs()
    job = one.start(Asked(day=DAY, runs=500))
    with pytest.raises(Refused) as refused:
        one.start(Asked(day=DAY, runs=1))
    assert refused.value.code == "what_if.busy"
    await job.moved.wait()  # the processes it starts are at work
    assert job.child is not None
    members = _members(job.child.pid)
    assert len(members) >= 2
    assert one.cancel(job.id).state is JobState.CANCELLED
    await ended(job)
    assert job.found is None
    assert job.child.returncode is not None
    assert [await asyncio.to_thread(_ends, each) for each in members] == [True] * len(members)
    assert (await ended(one.start(Asked(day=DAY, runs=1)))).state is JobState.DONE


def _members(group: int) -> list[int]:
    """Processes of a group, each as something that can be waited for."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                found.append(os.pidfd_open(int(entry.name)))
    return found


def _ends(process: int) -> bool:
    """Whether a process ends."""
    ended, _, _ = select.select([process], [], [], WITHIN_S)
    os.close(process)
    return bool(ended)


@pytest.mark.gen_test(timeout=120)
async def test_one_that_takes_too_long_is_given_up(jobs: Callable[..., Jobs]) -> None:
    job = await ended(jobs(deadline_s=0.05).start(Asked(day=DAY, runs=500)))
    assert job.state is JobState.FAILED
    with pytest.raises(Unavailable):
        await jobs(module="dashboards.whatif.model").look(DAY)


@pytest.mark.gen_test(timeout=120)
async def test_a_day_without_a_record_and_an_unknown_question_are_not_found(jobs: Callable[..., Jobs]) -> None:
    with pytest.raises(NotFound):
        await jobs().look(NOBODY)
    with pytest.raises(NotFound):
        jobs().job("x")


@pytest.mark.gen_test(timeout=120)
async def test_nothing_of_it_touches_the_journal(lived: Path, jobs: Callable[..., Jobs]) -> None:
    def digests() -> dict[str, str]:
        return {
            one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in lived.glob("hall.db") if one.is_file()
        }

    before = digests()
    await jobs().look(DAY)
    await ended(jobs().start(Asked(day=DAY, runs=2, changes=(CloseOne(window="w01"),))))
    assert digests() == before
