"""A whole city as a process of its own, with halls that are linked to it; for browser tests and pictures."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any, Self

from scripts import hall_process

ROOT = Path(__file__).resolve().parents[1]
STARTS_WITHIN_S = 120.0
STOPS_WITHIN_S = 30.0


class CityServer:
    """`run.py city --demo` in a folder."""

    def __init__(self, data: Path, *, database: str | None = None, config: Path | None = None) -> None:
        """``database``: PostgreSQL's address; None: SQLite. ``config``: the demonstration's own where None.

        Attributes:
            said: the lines it has written to standard output.
        """
        self.data = data
        self.port = 0
        self.said: list[str] = []
        self._given = [*(["--database", database] if database else []), *(["--config", str(config)] if config else [])]
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._log = data.with_name(data.name + ".log")

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def password(self, name: str) -> str:
        """The password of an account of the demonstration."""
        found: dict[str, Any] = json.loads((self.data / "demo-accounts.json").read_text("utf-8"))
        every = [found["admin"], found["manager"], *found["staff"]]
        return str(next(one["password"] for one in every if one["name"] == name))

    def start(self) -> Self:
        """Start it and wait until it answers, on the same port each time.

        Raises:
            RuntimeError: it ended, or did not answer in time.
        """
        self._log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, str(ROOT / "run.py"), "city", "--demo", "--data", str(self.data), *self._given]
        with self._log.open("a", encoding="utf-8") as log:
            self._process = hall_process.begin([*command, "--port", str(self.port)], log=log)
        out = self._process.stdout
        assert out is not None  # noqa: S101  # asked for above
        too_late = threading.Timer(STARTS_WITHIN_S, self._process.kill)
        too_late.start()
        try:
            first = out.readline()
        finally:
            too_late.cancel()
        if not first.startswith("listening http="):
            raise RuntimeError(f"the city did not start:\n{self._log.read_text('utf-8')}")
        self.said = [first.rstrip("\n")]
        self.port = int(first.split()[1].partition("=")[2])
        self._reader = threading.Thread(target=_drain, args=(out, self.said), daemon=True)
        self._reader.start()
        return self

    def stop(self) -> int:
        """End it with SIGTERM, as an operator does; gives its exit status."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.terminate()
        try:
            return process.wait(STOPS_WITHIN_S)
        finally:
            process.kill()
            process.wait()
            if self._reader is not None:
                self._reader.join()

    def register(self, hall: str, name: str) -> str:
        """Register a hall while the city runs; its token."""
        return self.verb("add", hall, name)[0].rpartition(" ")[2]

    def verb(self, *words: str) -> list[str]:
        """Run ``run.py city-hall``; gives the lines it printed.

        Raises:
            RuntimeError: it failed, with what it said.
        """
        command = [sys.executable, str(ROOT / "run.py"), "city-hall", *words, "--data", str(self.data), *self._given]
        with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
            process = hall_process.begin(command, log=log)
            said, _ = process.communicate()
            if process.returncode:
                log.seek(0)
                raise RuntimeError(log.read())
        return said.splitlines()


def _drain(out: IO[str], into: list[str]) -> None:
    with out:
        for line in out:
            into.append(line.rstrip("\n"))
