"""A level tapped on a pad (HTTP) → the picture that counts it on the manager's page (live feed) of a hall at work."""

from __future__ import annotations

import contextlib
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Origin

from bench import demo
from bench.measure import Better, Comparison, Result, by_name, percentile
from bench.processes import Failed

TAPS, TAPS_QUICK = 200, 20
PAUSE_S = 0.05
"""Between two visits of the other windows: some ten keys and numbers a second, a busy hall of sixty windows."""
GIVEN_UP_S = 10.0
ASKED_MS = 1_000.0
TAPPED = "tap → the manager's picture counts it"


def measure(*, runs: int, is_quick: bool) -> Result:
    """Rate visits one after the other, ``runs`` times; each run's figures are the median and p99 of its taps."""
    found = [_once(TAPS_QUICK if is_quick else TAPS) for _ in range(runs)]
    ours = by_name(found, f"{TAPPED}, p99", "ms")
    return Result(
        name="ratings",
        runs=runs,
        comparisons=[Comparison(ours=ours, limit=None, better=Better.LOWER, asked=ASKED_MS)],
        notes=[
            by_name(found, f"{TAPPED}, median", "ms"),
            by_name(found, "tap → answered", "ms"),
            by_name(found, "keys and numbers beside it", "per s"),
        ],
    )


class ManagerPage:
    """The manager's live feed: how many ratings its newest picture counts, and since when."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._news = threading.Condition()
        self._since: dict[int, float] = {}
        self._reader = threading.Thread(target=self._read, name="manager's page", daemon=True)
        self._reader.start()

    def counted(self, many: int) -> float:
        """The moment at which the page first had so many ratings (CLOCK_MONOTONIC, s).

        Raises:
            Failed: it never had.
        """
        with self._news:
            if not self._news.wait_for(lambda: many in self._since, GIVEN_UP_S):
                raise Failed(f"the manager's page never counted {many} ratings")
            return self._since[many]

    def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            for frame in self._connection:
                at = time.monotonic()
                told = msgspec.json.decode(frame)
                view: Any = told["snapshot"] if "snapshot" in told else told["event"]["view"]
                with self._news:
                    self._since.setdefault(sum(view["satisfaction"]["counts"]), at)
                    self._news.notify_all()


class Traffic:
    """Visits at the other windows, without a pause that a hall would have."""

    def __init__(self, hall: demo.DemoHall, windows: list[str]) -> None:
        self.done = 0
        self._hall, self._windows = hall, windows
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, name="other windows", daemon=True)

    def __enter__(self) -> Traffic:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, once the visit under way has ended."""
        self._end.set()
        self._thread.join()

    def _work(self) -> None:
        desk = demo.Session(self._hall)
        while not self._end.is_set():
            for window in self._windows:
                _serve(self._hall, desk, window)
                self.done += 4
                if self._end.wait(PAUSE_S):
                    return


def _serve(hall: demo.DemoHall, desk: demo.Session, window: str) -> str:
    """A visit from the number to its end; the ticket's secret."""
    line = hall.get(f"/api/v1/windows/{window}")["lines"][0]
    ticket = desk.post("/api/v1/tickets", {"line": line, "channel": "console"})
    for key, body in (("call", {"ticket": ticket["id"], "reason": "bench"}), ("start", {}), ("finish", {})):
        desk.post(f"/api/v1/windows/{window}/{key}", body)
    return str(ticket["token"])


@contextlib.contextmanager
def _page(hall: demo.DemoHall, manager: demo.Session) -> Iterator[ManagerPage]:
    address = f"ws://127.0.0.1:{hall.http_port}/api/v1/live?topics=hall"
    origin = Origin(f"http://127.0.0.1:{hall.http_port}")
    with connect(address, origin=origin, additional_headers={"Cookie": manager.cookie}, max_size=None) as connection:
        page = ManagerPage(connection)
        page.counted(0)
        yield page


def _once(taps: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder, contextlib.ExitStack() as stack:
        hall = stack.enter_context(demo.hall(Path(folder) / "hall"))
        hall.open_windows()
        manager = demo.Session(hall)
        page = stack.enter_context(_page(hall, manager))
        window, *others = (one["id"] for one in hall.get("/api/v1/hall")["windows"])
        pad = {"Authorization": hall.basic("pad"), "Content-Type": "application/json"}
        traffic = stack.enter_context(Traffic(hall, others[:20]))
        shown, answered, begun = [], [], time.monotonic()
        for number in range(1, taps + 1):
            body = {"ticket": _serve(hall, manager, window), "level": 1 + number % 5, "channel": "pad"}
            tapped = time.monotonic()
            demo.ask(hall.http_port, "POST", "/api/v1/ratings", body, pad)
            answered.append(time.monotonic() - tapped)
            shown.append(page.counted(number) - tapped)
        beside = traffic.done / (time.monotonic() - begun)
    return {
        f"{TAPPED}, median": median(shown) * 1e3,
        f"{TAPPED}, p99": percentile(shown, 0.99) * 1e3,
        "tap → answered": median(answered) * 1e3,
        "keys and numbers beside it": beside,
    }
