"""200 devices come back after their broker was killed, with either broker; what 300 devices cost the hall in memory."""

from __future__ import annotations

import contextlib
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench import demo
from bench.measure import Better, Comparison, Result, by_name
from bench.memory import of_tree
from bench.processes import ROOT, Program, free_port, module, running

HERD, CROWD = 200, 300
HERD_QUICK, CROWD_QUICK = 40, 60
BACK_S, SHOWN_S, MEMORY_MB = 10.0, 5.0, 60.0
SETTLE_S = 3.0

Devices = list[tuple[str, str]]


def measure(*, runs: int, is_quick: bool) -> Result:
    """Register the devices once; kill and start again ``runs`` times with each broker."""
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder:
        filled = Path(folder) / "filled"
        devices = _registered(filled, CROWD_QUICK if is_quick else CROWD)
        herd = devices[: HERD_QUICK if is_quick else HERD]
        found = [_once(Path(folder) / f"run{run}", filled, herd, devices) for run in range(runs)]
    pairs = [
        ("embedded broker killed with the hall: all connected again", BACK_S),
        ("embedded broker forgot all: it listens → all retained state back", SHOWN_S),
        ("embedded broker forgot all: connected → picture there, the slowest device", SHOWN_S),
        ("Mosquitto killed: all connected again", BACK_S),
        ("Mosquitto forgot all: it listens → all retained state back", SHOWN_S),
        ("Mosquitto forgot all: connected → picture there, the slowest device", SHOWN_S),
    ]
    back = [
        Comparison(ours=by_name(found, name, "s"), limit=None, better=Better.LOWER, asked=asked)
        for name, asked in pairs
    ]
    memory = by_name(found, "growth of the hall's RSS with all devices connected", "MB")
    return Result(
        name="devices",
        runs=runs,
        comparisons=[*back, Comparison(ours=memory, limit=None, better=Better.LOWER, asked=MEMORY_MB)],
        notes=[by_name(found, "memory of the hall before the devices (RSS)", "MB")],
    )


def _once(folder: Path, filled: Path, herd: Devices, crowd: Devices) -> dict[str, float]:
    shutil.copytree(filled, folder)
    return {**_memory(folder, crowd), **_embedded(folder, herd), **_mosquitto(folder, herd)}


def _registered(data: Path, count: int) -> Devices:
    """A demonstration hall that has so many window screens; their ids and credentials."""
    with _hall(data, free_port()) as hall:
        manager = demo.Session(hall)
        windows = [one["id"] for one in hall.get("/api/v1/hall")["windows"]]
        made = [
            manager.post("/api/v1/devices", {"kind": "window-screen", "window": windows[number % len(windows)]})
            for number in range(count)
        ]
    return [(one["id"], one["credential"]) for one in made]


@contextlib.contextmanager
def _hall(data: Path, mqtt_port: int, *more: str) -> Iterator[demo.DemoHall]:
    options: tuple[str | Path, ...] = ("--demo", "--data", data, "--port", "0", "--mqtt-port", str(mqtt_port), *more)
    with running(sys.executable, demo.RUN, "hall", *options) as program:
        yield demo.DemoHall(program, data)


def _herd(port: int, devices: Devices) -> contextlib.AbstractContextManager[Program]:
    plan = {"hall": "demo", "port": port, "devices": devices}
    return module("bench.clients.device_herd", msgspec.json.encode(plan).decode())


def _memory(data: Path, devices: Devices) -> dict[str, float]:
    with _hall(data, 0) as hall:
        pid = hall.program.process.pid
        hall.get("/api/v1/hall")
        time.sleep(SETTLE_S)
        before = of_tree(pid).rss_mb
        with _herd(hall.mqtt_port, devices) as herd:
            herd.line("ready")
            time.sleep(SETTLE_S)
            after = of_tree(pid).rss_mb
    return {
        "memory of the hall before the devices (RSS)": before,
        "growth of the hall's RSS with all devices connected": after - before,
    }


def _embedded(data: Path, devices: Devices) -> dict[str, float]:
    """The embedded broker dies with its hall; the clock runs from the moment at which it listens again."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        with _hall(data, port) as hall:
            herd = stack.enter_context(_herd(port, devices))
            herd.line("ready")
            herd.ask({"mark": True})
            hall.program.process.kill()
            hall.program.process.wait()
        stack.enter_context(_hall(data, port))
        begun = time.monotonic()
        back = herd.ask({"back": True})
    return {
        "embedded broker forgot all: it listens → all retained state back": max(0.0, back["shown"] - begun),
        "embedded broker killed with the hall: all connected again": max(0.0, back["connected"] - begun),
        "embedded broker forgot all: connected → picture there, the slowest device": back["waited"],
    }


def _listening(port: int) -> float:
    """The moment at which somebody listens at a port."""
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return time.monotonic()
        time.sleep(0.01)


def _mosquitto(data: Path, devices: Devices) -> dict[str, float]:
    port, files = free_port(), data.parent / f"{data.name}-mosquitto"
    options = (
        "--config",
        ROOT / "config" / "demo_hall.toml",
        "--data",
        data,
        "--out",
        files,
        "--mqtt-port",
        str(port),
        "--user",
        "root",
    )
    with running(sys.executable, demo.RUN, "broker-config", *options) as writing:
        writing.process.wait()
    command = ("mosquitto", "-c", files / "mosquitto.conf")
    with contextlib.ExitStack() as stack:
        with running(*command) as broker:
            stack.enter_context(_hall(data, port, "--broker", f"127.0.0.1:{port}"))
            herd = stack.enter_context(_herd(port, devices))
            herd.line("ready")
            herd.ask({"mark": True})
            broker.process.kill()
            broker.process.wait()
        stack.enter_context(running(*command))
        begun = _listening(port)
        back = herd.ask({"back": True})
    return {
        "Mosquitto forgot all: it listens → all retained state back": max(0.0, back["shown"] - begun),
        "Mosquitto killed: all connected again": max(0.0, back["connected"] - begun),
        "Mosquitto forgot all: connected → picture there, the slowest device": back["waited"],
    }
