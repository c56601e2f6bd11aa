"""Call pressed → shown on 200 live-feed boards and 200 MQTT screens, beside a bare fan-out of the same bytes."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from bench import demo
from bench.clients.receivers import Plan, Speech
from bench.measure import Better, Comparison, Result, by_name
from bench.processes import Failed, Program, listening, module

RECEIVERS = 200
CALLS, CALLS_QUICK = 20, 5
REST_S = 0.25
"""Between two presses, so that each is measured alone."""
ASKED = 3.0

Press = Callable[[], float]
"""Does something at once and gives the moment at which it began (CLOCK_MONOTONIC, s)."""


def measure(*, runs: int, is_quick: bool) -> Result:
    """Press and write in turn, ``runs`` times; each run's figure is the median of its calls."""
    found = [_once(CALLS_QUICK if is_quick else CALLS) for _ in range(runs)]
    pairs = (
        ("call pressed → last of 200 live-feed boards", "bare write → last of 200 boards"),
        ("call pressed → last of 200 MQTT screens", "bare write → last of 200 screens"),
    )
    return Result(
        name="fanout",
        runs=runs,
        comparisons=[
            Comparison(
                ours=by_name(found, ours, "ms"), limit=by_name(found, bare, "ms"), better=Better.LOWER, asked=ASKED
            )
            for ours, bare in pairs
        ],
        notes=[
            by_name(found, "call pressed → first live-feed board", "ms"),
            by_name(found, "call pressed → first MQTT screen", "ms"),
            by_name(found, "board frame", "bytes"),
            by_name(found, "screen packet", "bytes"),
        ],
    )


class Side:
    """200 boards and 200 screens on one server."""

    def __init__(self, boards: Program, screens: Program) -> None:
        self.programs = (boards, screens)
        self.samples: tuple[str, ...] = ()

    def timed(self, marker: str, press: Press) -> list[dict[str, float]]:
        """Press; gives for boards and screens when the first and the last one had the message, ms after the press."""
        for program in self.programs:
            program.ask({"expect": marker})
        begun = press()
        answers = [msgspec.json.decode(program.line("{")) for program in self.programs]
        if any(answer["seen"] < RECEIVERS for answer in answers):
            raise Failed(f"not all have seen {marker}: {[answer['seen'] for answer in answers]}")
        self.samples = tuple(answer["sample"] for answer in answers)
        return [{name: (answer[name] - begun) * 1e3 for name in ("first", "last")} for answer in answers]


def _once(calls: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder, contextlib.ExitStack() as stack:
        hall = stack.enter_context(demo.hall(Path(folder) / "hall"))
        desk = Desk(hall)
        ours = Side(*stack.enter_context(_receivers(hall.http_port, hall.mqtt_port, desk)))
        peer = stack.enter_context(module("bench.peers.bare_fanout"))
        ports = listening(peer.line("listening"))
        bare = Side(*stack.enter_context(_receivers(ports["live"], ports["mqtt"], None)))
        control = stack.enter_context(socket.create_connection(("127.0.0.1", ports["control"])))
        control.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pressed, written = [], []
        for number in range(calls + 1):
            ticket = desk.next_ticket()
            time.sleep(REST_S)
            pressed.append(ours.timed(ticket, desk.press))
            time.sleep(REST_S)
            desk.serve()
            control.sendall(" ".join(ours.samples).encode() + b"\n")
            assert control.recv(100) == b"prepared\n", number
            time.sleep(REST_S)
            boards_first = bare.timed(ticket, _writing(control, 0))
            time.sleep(REST_S)
            written.append([boards_first[0], bare.timed(ticket, _writing(control, 1))[1]])
    return _figures(pressed[1:], written[1:], ours.samples)  # the first one warms up


def _figures(pressed: list[Any], written: list[Any], samples: tuple[str, ...]) -> dict[str, float]:
    return {
        "call pressed → last of 200 live-feed boards": median(call[0]["last"] for call in pressed),
        "call pressed → last of 200 MQTT screens": median(call[1]["last"] for call in pressed),
        "bare write → last of 200 boards": median(call[0]["last"] for call in written),
        "bare write → last of 200 screens": median(call[1]["last"] for call in written),
        "call pressed → first live-feed board": median(call[0]["first"] for call in pressed),
        "call pressed → first MQTT screen": median(call[1]["first"] for call in pressed),
        "board frame": len(samples[0]) * 3 // 4,
        "screen packet": len(samples[1]) * 3 // 4,
    }


class Desk:
    """A manager at one window of the hall, with 200 screens above it."""

    def __init__(self, hall: demo.DemoHall) -> None:
        self._hall = hall
        self._manager = demo.Session(hall)
        shown = hall.get("/api/v1/hall")
        self.window = shown["windows"][0]["id"]
        self.zone = shown["windows"][0]["zone"]
        self.line = hall.get(f"/api/v1/windows/{self.window}")["lines"][0]
        self.topic = f"hall/{shown['id']}/dev/{{}}/down/show"
        hall.open_windows()

    def screens(self) -> list[tuple[str, str]]:
        """Pair 200 screens; their ids and credentials."""
        wanted = [
            {"kind": "window-screen", "id": f"bench-{number}", "window": self.window} for number in range(RECEIVERS)
        ]
        made = [self._manager.post("/api/v1/devices", one) for one in wanted]
        return [(one["id"], one["credential"]) for one in made]

    def next_ticket(self) -> str:
        """Let a visitor take a number; its id."""
        return str(self._manager.post("/api/v1/tickets", {"line": self.line, "channel": "console"})["id"])

    def press(self) -> float:
        """Press the call key on a connection that is open already; the moment of the press."""
        return self._manager.press(f"/api/v1/windows/{self.window}/call")

    def serve(self) -> None:
        """Serve the visitor, so that the window is free."""
        for key in ("start", "finish"):
            self._manager.post(f"/api/v1/windows/{self.window}/{key}")


def _writing(control: socket.socket, first: int) -> Press:
    """All 400 are written to; each kind's limit is from the write in which it comes first, as early as it can be."""

    def write() -> float:
        begun = time.monotonic()
        control.sendall(b"%d\n" % first)
        return begun

    return write


@contextlib.contextmanager
def _receivers(live_port: int, mqtt_port: int, desk: Desk | None) -> Iterator[tuple[Program, Program]]:
    greets = desk is not None
    boards = Plan(
        speech=Speech.LIVE, port=live_port, count=RECEIVERS, greets=greets, topic=f"board/{desk.zone}" if desk else ""
    )
    screens = Plan(
        speech=Speech.MQTT,
        port=mqtt_port,
        count=RECEIVERS,
        greets=greets,
        topic=desk.topic if desk else "",
        devices=desk.screens() if desk else [],
    )
    plans = [msgspec.json.encode(plan).decode() for plan in (boards, screens)]
    with module("bench.clients.receivers", plans[0]) as first, module("bench.clients.receivers", plans[1]) as second:
        for program in (first, second):
            program.line("ready")
        yield first, second
