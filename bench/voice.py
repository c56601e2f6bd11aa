"""An announcement over HTTP: a phrase that is ready → its first byte, and a new one → first byte, beside bare limits.

The bare limit of a ready phrase is a file of the same size from a bare Tornado; that of a new one is the espeak-ng
program alone, started once for each language. New phrases are asked through the page's listen call, which renders what
a call would say, and then fetches it; the child that speaks has been started before, as in a hall that has called once.
"""

from __future__ import annotations

import http.client
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from bench import demo
from bench.measure import Better, Comparison, Result, by_name, percentile
from bench.processes import listening, module
from displays.voice.pronunciation import for_espeak

READY, READY_QUICK = 200, 30
NEW, NEW_QUICK = 30, 5
READY_MS, NEW_MS = 50.0, 1_000.0
PROGRAMS = {"zh": "cmn-latn-pinyin", "en": "en"}


def measure(*, runs: int, is_quick: bool) -> Result:
    """A fresh hall each run; ready and bare are asked in turn, new and the program too."""
    found = [_once(READY_QUICK if is_quick else READY, NEW_QUICK if is_quick else NEW) for _ in range(runs)]
    ready, new = "ready announcement → first byte", "new announcement, two languages → first byte"
    return Result(
        name="voice",
        runs=runs,
        comparisons=[
            Comparison(ours=by_name(found, f"{ready}, p99", "ms"), limit=None, better=Better.LOWER, asked=READY_MS),
            Comparison(ours=by_name(found, f"{new}, slowest", "ms"), limit=None, better=Better.LOWER, asked=NEW_MS),
        ],
        notes=[
            by_name(found, ready, "ms"),
            by_name(found, "bare file of the same size → first byte", "ms"),
            by_name(found, "ready announcement ÷ bare file", "×"),
            by_name(found, new, "ms"),
            by_name(found, "espeak-ng program alone, two languages", "ms"),
            by_name(found, "new announcement ÷ espeak-ng program", "×"),
            by_name(found, "announcement", "bytes"),
        ],
    )


def _once(ready: int, new: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder, demo.hall(Path(folder) / "hall") as hall:
        manager = demo.Session(hall)
        line = hall.get("/api/v1/hall")["lines"][0]["id"]
        heard = _listen(manager, line, 1)  # starts the child that speaks
        content = _fetched(hall.http_port, heard["audio"])[1]
        file = Path(folder) / "announcement.wav"
        file.write_bytes(content)
        with module("bench.peers.bare_file", str(file)) as peer:
            bare_port = listening(peer.line("listening"))["http"]
            pairs = [
                (_fetched(hall.http_port, heard["audio"])[0], _fetched(bare_port, "/announcement.wav")[0])
                for _ in range(ready)
            ]
        times = [_new(hall, manager, line, 100 + number) for number in range(new)]
        program = [_program(heard["texts"], Path(folder)) for _ in range(new)]
    ours, bare = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return _figures(ours, bare, times, program, len(content))


def _figures(
    ours: list[float], bare: list[float], times: list[float], program: list[float], size: int
) -> dict[str, float]:
    ready, new = "ready announcement → first byte", "new announcement, two languages → first byte"
    return {
        ready: median(ours),
        f"{ready}, p99": percentile(ours, 0.99),
        "bare file of the same size → first byte": median(bare),
        "ready announcement ÷ bare file": median(ours) / median(bare),
        new: median(times),
        f"{new}, slowest": max(times),
        "espeak-ng program alone, two languages": median(program),
        "new announcement ÷ espeak-ng program": median(times) / median(program),
        "announcement": float(size),
    }


def _listen(manager: demo.Session, line: str, number: int) -> Any:
    return manager.post("/api/v1/voice/listen", {"line": line, "number": f"A{number:03}"})


def _new(hall: demo.DemoHall, manager: demo.Session, line: str, number: int) -> float:
    """Milliseconds from asking for a phrase that nobody has heard to the first byte of its sound."""
    begun = time.perf_counter()
    heard = _listen(manager, line, number)
    asked = (time.perf_counter() - begun) * 1e3
    return asked + _fetched(hall.http_port, heard["audio"])[0]


def _fetched(port: int, path: str) -> tuple[float, bytes]:
    """Milliseconds to the first byte, on a connection that is open already, and the whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.connect()
    try:
        begun = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        first = answer.read(1)
        took_ms = (time.perf_counter() - begun) * 1e3
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return took_ms, first + answer.read()
    finally:
        connection.close()


def _program(texts: dict[str, str], folder: Path) -> float:
    begun = time.perf_counter()
    for lang, text in texts.items():
        command = ["espeak-ng", "-v", PROGRAMS[lang], "-s", "150", "-w", str(folder / "bare.wav")]
        subprocess.run([*command, for_espeak(text, lang)], check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1e3
