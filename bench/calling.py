"""What it takes to decide who is next, to take a call in and to give a number, with few and with many who wait.

Times are of the processor, not of the wall clock: deciding waits for nothing, so a busy machine does not lengthen them.
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from datetime import UTC, date, datetime, timedelta
from math import log2
from statistics import median
from typing import TYPE_CHECKING

from bench.halls import MANAGER
from bench.measure import Better, Comparison, Figure, Result, by_name, percentile

if TYPE_CHECKING:
    from hall_server.messages import Event

SIZES = (200, 2_000, 20_000)
LINES, WINDOWS, MATTERS = 12, 60, 20  # matters of each line
CALLS, CALLS_QUICK = 1_200, 240
ASKED_US = 1_000.0
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HALF = "w{:02d}"


class BenchHall:
    """A hall in memory, without a disk: its handlers and its fold, and a clock of its own.

    Half of the windows serve a few matters only, every fifth takes express ones first; of those who wait one in eight
    has priority, one in ten an appointment, one in twenty waits for a certain window; one in three has no matter.
    """

    def __init__(self, waiting: int) -> None:
        from hall_queue import messages as m
        from hall_queue.calling import Calling
        from hall_queue.hours import TakingHours
        from hall_queue.issuing import Issuing
        from hall_queue.pictures import Pictures
        from hall_queue.rulebook import Rulebook
        from hall_queue.rules import Hall
        from hall_queue.state import HallQueue
        from hall_queue.visits import Visits
        from hall_server.directory.directory import Directory
        from hall_server.ids import RandomIds
        from hall_server.settings import load

        settings = load(None)
        self.m, self.now, self.seq, self.ids = m, MONDAY, 0, RandomIds()
        self.directory = Directory()
        rulebook = Rulebook(settings)
        self.queue = HallQueue(lambda ticket: ticket, rulebook)
        hours = TakingHours(self.directory, settings.timezone)
        self.hall = Hall(self.queue, self.directory, settings, lambda: self.now, hours, rulebook)
        pictures = Pictures(self.hall)
        self.calling = Calling(self.hall, pictures, Visits(self.hall, pictures))
        self.issuing = Issuing(self.hall)
        self._furnish()
        for number in range(waiting):
            self.put(self._ticket(number))
        for number in range(7, waiting, 20):
            self._direct(number)

    def put(self, *events: Event) -> None:
        """Let events happen now."""
        from hall_server.messages import Recorded

        for event in events:
            self.seq += 1
            one = Recorded(
                seq=self.seq, at=self.now, business_day=date(2026, 11, 23), event=event, actor="bench", command_id=None
            )
            self.queue.apply(one)

    def call(self, window: str) -> tuple[float, float]:
        """Call at a window and finish; seconds of the decision and of taking the call in."""
        from hall_server.outcome import Context

        self.now += timedelta(milliseconds=500)
        context = Context(now=self.now, business_day=date(2026, 11, 23), actor=MANAGER, ids=self.ids)
        command = self.m.CallNext(window=window)
        begun = time.thread_time()
        outcome = self.calling.call_next(command, context)
        decided = time.thread_time()
        self.put(*outcome.events)
        folded = time.thread_time()
        ticket = self.queue.desk(window).ticket or ""
        self.put(
            self.m.TicketStarted(ticket=ticket, window=window),
            self.m.TicketFinished(ticket=ticket, window=window, staff=None, outcome="accepted", outcomes={}),
        )
        return decided - begun, folded - decided

    def issue(self, number: int) -> float:
        """Give a number, so that as many wait as before; seconds of the decision."""
        from hall_server.outcome import Context

        context = Context(now=self.now, business_day=date(2026, 11, 23), actor=MANAGER, ids=self.ids)
        command = self.m.IssueTicket(line=f"l{number % LINES}", priority=None, person=f"p{number}")
        begun = time.thread_time()
        outcome = self.issuing.issue(command, context)
        decided = time.thread_time() - begun
        self.put(*outcome.events)
        return decided

    def _furnish(self) -> None:
        from hall_server.directory import model

        self.directory.apply(model.Zone(id="z", name="z"))
        for line in range(LINES):
            self.directory.apply(model.Line(id=f"l{line}", name=str(line), prefix=chr(65 + line), zone="z"))
            self.directory.apply(model.Department(id=f"d{line}", name=str(line), line=f"l{line}"))
        for line in range(LINES):
            for number in range(MATTERS):
                self.directory.apply(self._matter(line, number))
        for number in range(WINDOWS):
            self.directory.apply(self._window(number))
            self.put(self.m.WindowOpened(window=HALF.format(number), staff=f"s{number}"))

    def _matter(self, line: int, number: int) -> object:
        from hall_server.directory.model import Matter, TaskType

        id_ = f"l{line}-m{number}"
        kind = next(iter(TaskType))
        return Matter(
            id=id_, code=id_, name=id_, department=f"d{line}", line=f"l{line}", task_type=kind, express=number == 0
        )

    def _window(self, number: int) -> object:
        from hall_server.directory.model import Express, Window

        lines = tuple(f"l{(number + step) % LINES}" for step in range(3))
        some = tuple(f"{line}-m{matter}" for line in lines for matter in range(number % 3, MATTERS, 2))
        express = Express.FIRST if number % 5 == 0 else Express.ANY
        return Window(
            id=HALF.format(number),
            number=number + 1,
            name=str(number),
            zone="z",
            lines=lines,
            matters=some if number % 2 else (),
            express=express,
        )

    def _ticket(self, number: int) -> Event:
        self.now += timedelta(milliseconds=90)
        line, has_matter = number % LINES, number % 3 != 0
        matter = f"l{line}-m{number % MATTERS}" if has_matter else None
        return self.m.TicketIssued(
            ticket=f"t{number}",
            number=f"{chr(65 + line)}{number}",
            serial=number,
            line=f"l{line}",
            matter=matter,
            channel="kiosk",
            person=None,
            priority="elderly" if number % 8 == 0 else None,
            express=matter is not None and matter.endswith("-m0"),
            due=self.now + timedelta(minutes=number % 90 - 45) if number % 10 == 0 else None,
        )

    def _direct(self, number: int) -> None:
        ticket = self.queue.tickets[f"t{number}"]
        able = [window for window in self.directory.windows.values() if ticket.line in window.lines]
        to = able[number // 20 % len(able)]
        sent = self.m.TicketTransferred(
            ticket=ticket.id,
            window=None,
            line=ticket.line,
            matter=ticket.matter,
            to_window=to.id,
            to_staff=None,
            reason="bench",
        )
        self.put(sent)


def measure(*, runs: int, is_quick: bool) -> Result:
    """Measure halls of each size, and bare sorted lists of the same sizes, ``runs`` times."""
    calls = CALLS_QUICK if is_quick else CALLS
    found = [_once(calls) for _ in range(runs)]
    figures = {name: by_name(found, name, "µs") for name in found[0]}
    decided = [figures[_name("decide a call", size)] for size in SIZES]
    return Result(
        name="calling",
        runs=runs,
        comparisons=[
            Comparison(
                ours=figures[_name("decide a call, p99", 2_000)], limit=None, better=Better.LOWER, asked=ASKED_US
            ),
            _growth("200 to 2,000", decided[0], decided[1], log2(2_000) / log2(200)),
            _growth("2,000 to 20,000", decided[1], decided[2], log2(20_000) / log2(2_000)),
        ],
        notes=list(figures.values()),
    )


def _growth(name: str, small: Figure, large: Figure, by_log: float) -> Comparison:
    grown = [after / before for before, after in zip(small.values, large.values, strict=True)]
    ours = Figure(name=f"growth of the decision, {name} waiting", unit="×", values=grown)
    limit = Figure(name="growth of log n", unit="×", values=[by_log] * len(grown))
    return Comparison(ours=ours, limit=limit, better=Better.LOWER, asked=1.0)


def _once(calls: int) -> dict[str, float]:
    found: dict[str, float] = {}
    for size in SIZES:
        hall = BenchHall(size)
        decided, folded, issued, bare = [], [], [], []
        places = sorted((hall.now, number, str(number)) for number in range(size))
        for number in range(calls):
            decide, fold = hall.call(HALF.format(number % WINDOWS))
            decided.append(decide)
            folded.append(fold)
            issued.append(hall.issue(number))
            bare.append(_bare(places, number))
        found[_name("decide a call", size)] = median(decided) * 1e6
        found[_name("decide a call, p99", size)] = percentile(decided, 0.99) * 1e6
        found[_name("take a call in (fold)", size)] = median(folded) * 1e6
        found[_name("decide a number", size)] = median(issued) * 1e6
        found[_name("bare sorted list: take the first out, put one in", size)] = median(bare) * 1e6
    return found


def _bare(places: list[tuple[datetime, int, str]], number: int) -> float:
    """Seconds for one search, one removal and one insertion in a sorted list: the least that an order can cost."""
    begun = time.thread_time()
    first = places[0]
    del places[bisect_left(places, first)]
    insort(places, (first[0], first[1] + number, first[2]))
    return time.thread_time() - begun


def _name(what: str, size: int) -> str:
    return f"{what}, {size:,} waiting"
