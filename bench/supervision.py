"""Supervision gone through 100,000 open cases of a city: time, memory, and the longest the loop was held."""

from __future__ import annotations

import asyncio
import gc
import resource
import tempfile
import time
from asyncio import events
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bench.measure import Better, Comparison, Figure, Result
from cases import messages as m
from cases.catalogue.model import CaseType, FlowKind
from cases.model import Channel, Delivery, Given, Mode
from cases.watch import Room
from cases.watch.watching import Watch
from city import compose
from city.case_relay import Place
from city.case_streams import streams
from city.casework import folded
from city.server import City
from city.settings import CitySettings
from city.web import founding
from hall_server.directory.hall_file import load_demo
from hall_server.identity import Actor, Role
from hall_server.journal.rows import microseconds
from run import look_seldom

ROOT = Path(__file__).resolve().parents[1]
CASES, CASES_QUICK = 100_000, 2_000
BATCH, ALARMS = 2_000, 1_000
STEP_MS, ASKED_MS = "the longest step of the loop", 20.0
HALL = "bench"
SUPERVISOR = Actor(kind=Role.SUPERVISOR, id="bench", roles=frozenset({Role.SUPERVISOR}))
DEPARTMENTS = ("rsj", "gafj", "xzspj", "mzj")


def measure(*, runs: int, is_quick: bool) -> Result:
    """Go through all open cases of one city ``runs`` times."""
    found = asyncio.run(_measured(CASES_QUICK if is_quick else CASES, runs))
    return Result(
        name="supervision",
        runs=runs,
        comparisons=[Comparison(ours=found[0], limit=None, better=Better.LOWER, asked=ASKED_MS)],
        notes=found[1:],
    )


class Held:
    """How long the loop was held by its steps, in ms."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.over = 0


@contextmanager
def held() -> Iterator[Held]:
    """Time each step of the loop, with its own processor's time: what another thread takes meanwhile is no step."""
    found, run = Held(), events.Handle._run

    def timed(handle: events.Handle) -> None:
        begun = time.thread_time()
        run(handle)
        took = (time.thread_time() - begun) * 1_000
        found.longest = max(found.longest, took)
        found.over += took > ASKED_MS

    events.Handle._run = timed  # type: ignore[method-assign]  # for as long as it is measured
    try:
        yield found
    finally:
        events.Handle._run = run  # type: ignore[method-assign]  # as before


async def _measured(cases: int, runs: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        async with _city(Path(folder)) as city:
            await _fill(city, cases)
            watch = _room(city).watch
            gc.freeze()  # as a server does at its start
            look_seldom()
            before = _memory_mb()
            steps, passes, pages, answers, late = [], [], [], [], []
            nights, many = [], []
            for _ in range(runs):
                gc.collect()
                with held() as step:
                    lag = asyncio.create_task(_lag())
                    begun = time.perf_counter()
                    await watch.look_at_all()
                    passes.append(time.perf_counter() - begun)
                    night_s, looked = await _night(watch)
                    nights.append(night_s)
                    many.append(float(looked))
                    begun = time.perf_counter()
                    await _room(city).pictures.page(SUPERVISOR)
                    pages.append(time.perf_counter() - begun)
                    begun = time.perf_counter()
                    for _ in range(ALARMS):
                        _room(city).pictures.alarms()
                        await asyncio.sleep(0)
                    answers.append((time.perf_counter() - begun) / ALARMS * 1e6)
                    lag.cancel()
                    await asyncio.sleep(0)
                await asyncio.sleep(0)
                steps.append(step.longest)
                late.append(float(step.over))
            after = _memory_mb()
    return [
        Figure(name=STEP_MS, unit="ms", values=steps),
        Figure(name="steps over 20 ms", unit="steps", values=late),
        Figure(name="all open cases judged", unit="s", values=passes),
        Figure(name="those judged that a night can have changed", unit="s", values=nights),
        Figure(name="cases that a night can have changed", unit="cases", values=many),
        Figure(name="the page of a supervisor", unit="s", values=pages),
        Figure(name="alarms of a picture", unit="µs", values=answers),
        Figure(name="memory that lights and warnings take", unit="MB", values=[after - before] * runs),
        Figure(name="open cases", unit="cases", values=[float(len(watch.lights))] * runs),
    ]


async def _night(watch: Watch) -> tuple[float, int]:
    """A turn a day later: how long it takes, and how many cases it looks at."""
    looked, look, now = 0, watch._look_now, watch._now
    later = now() + timedelta(days=1)

    async def counted(cases: Sequence[str]) -> None:
        nonlocal looked
        looked += len(cases)
        await look(cases)

    watch._look_now, watch._now = counted, lambda: later  # type: ignore[method-assign]  # for this turn
    begun = time.perf_counter()
    await watch._look_at_due()
    took_s = time.perf_counter() - begun
    watch._look_now, watch._now = look, now  # type: ignore[method-assign]  # as before
    return took_s, looked


async def _lag() -> None:
    """Others want the loop meanwhile."""
    while True:  # noqa: ASYNC110  # it is the load itself, not a wait for something
        await asyncio.sleep(0.001)


def _memory_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _room(city: City) -> Room:
    found: Room = city.rooms["supervision"]
    return found


@asynccontextmanager
async def _city(folder: Path) -> AsyncIterator[City]:
    """A city that is open and runs nothing by itself."""
    described = load_demo(ROOT / "config" / "city.toml")
    city = compose(CitySettings(demo=True), folder, grouping=described.grouping)
    await city.open()
    try:
        await founding.found(city, described)
        await _room(city).watch._past.start()
        yield city
    finally:
        await city.database.close()


async def _fill(city: City, cases: int) -> None:
    """Cases as a hall would have sent them, and their rows in the index."""
    index = city.rooms["case_index"]
    now = city.now()
    for begin in range(0, cases, BATCH):
        rows, ids = [], []
        for number in range(begin, min(begin + BATCH, cases)):
            age = 45 if number % 50 == 0 else number % 15  # one of fifty is over its limits
            at = now - timedelta(days=age, minutes=number % 480)
            ids.append(f"c{number:07d}")
            for place, event in enumerate(_events(ids[-1], number, at)):
                rows.append(_row(2 * number + place + 1, at + timedelta(minutes=place), event))
        await city.database.transact([(_INSERT, rows)])
        found = await streams(city, ids[:500]) | await streams(city, ids[500:1000])
        found |= await streams(city, ids[1000:1500]) | await streams(city, ids[1500:])
        put = []
        for stream in found.values():
            case = folded(stream, city.log.zone)
            put.append(index._row([(Place(HALL, 1), one) for one in stream], case))
        await city.database.transact([(index._sql["put"], put)])


_INSERT = (
    "INSERT INTO hall_events (hall, epoch, seq, at, business_day, type, version, subject, actor, command_id, payload,"
    " hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
)


def _row(seq: int, at: datetime, event: m.CaseEvent) -> tuple[Any, ...]:
    payload = msgspec.json.encode(event).decode()
    day = at.date().isoformat()
    return (
        *(HALL, 1, seq, microseconds(at), day, event.type, event.version, event.subject, f"staff:s{seq % 40}", None),
        *(payload, seq.to_bytes(32, "big")),
    )


def _events(id_: str, number: int, at: datetime) -> tuple[m.CaseEvent, m.CaseEvent]:
    """Received and accepted; by their age some are near their end, some over."""
    given = tuple(Given(material=one, supply="paper") for one in ("form", "id", "plan", "lease"))
    received = m.CaseReceived(
        case=id_, number=f"BENCH-{number:08d}", document="", document_number="", edition="food@1", matter="food",
        department=DEPARTMENTS[number % len(DEPARTMENTS)], hall=HALL, flow=FlowKind.STANDARD,
        case_type=CaseType.PROMISED, statute_workdays=20, promise_workdays=15, extension_workdays=10, joint=False,
        channel=Channel.WINDOW, ticket=None, window="w01", applicant=f"p{number}", agent=None, form="f" * 64,
        answers={"who": ("self",)}, given=given, package=None, waits_for=(), delivery=Delivery.WINDOW, deliver_at=HALL,
        query_digest="d" * 64, received_at=at.astimezone(UTC), received_on=at.date(),
    )  # fmt: skip
    accepted = m.CaseAccepted(case=id_, mode=Mode.NORMAL, as_of=at.date(), is_late_notice=False, document="a")
    return received, accepted
