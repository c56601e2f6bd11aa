"""Programs of the benchmark in processes of their own: started, waited for by their first line, ended."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[1]
START_S = 60.0
END_S = 10.0


class Failed(Exception):
    """A program of the benchmark ended, or did not say in time what was waited for."""


class Program:
    """A started program whose standard output is read line by line."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        paths = os.pathsep.join((str(ROOT), str(ROOT / "queue")))
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def line(self, begin: str) -> str:
        """The next line that begins so.

        Raises:
            Failed: the program ended before it.
        """
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(begin):
                return line.strip()
        raise Failed(f"{self.process.args!r}: ended without {begin!r}")

    def ask(self, question: object) -> Any:
        """Write a line of JSON and read one back."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(msgspec.json.encode(question).decode() + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise Failed(f"{self.process.args!r}: ended without an answer")
        return msgspec.json.decode(answer)

    def end(self) -> None:
        """End it, by force if it takes too long."""
        self.process.terminate()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


@contextlib.contextmanager
def running(*command: str | Path) -> Iterator[Program]:
    """Run a program for as long as the block lasts."""
    program = Program(command)
    try:
        yield program
    finally:
        program.end()


@contextlib.contextmanager
def module(name: str, *arguments: object) -> Iterator[Program]:
    """Run a module of ours with this interpreter."""
    with running(sys.executable, "-m", name, *map(str, arguments)) as program:
        yield program


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(line: str) -> dict[str, int]:
    """The ports of a ``listening http=… mqtt=…`` line."""
    return {name: int(port) for name, port in (part.split("=") for part in line.split()[1:])}
