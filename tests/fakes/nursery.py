"""A process that has the program read in and waiting: halls and cities of tests are forked from it, real as any other.

A start by `exec` spends most of its processor time on reading the program's files in, the same each time. What is
forked is a process of its own with its own memory, files and signals, and may be killed like one. Tests that show how
the program starts by itself begin it with `subprocess`.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 1 << 17
NUMBER = struct.Struct("i")


class Nursery:
    """Begins processes of the program; they end with it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._asking: socket.socket | None = None
        self._turn = threading.Lock()

    def begin(self, command: list[str], *, log: IO[str] | IO[bytes]) -> subprocess.Popen[str]:
        """Begin ``[python, "-W", "ignore", program, …]``; its standard output is read, its errors go to ``log``.

        A test's own program changes something before it reads the rest in: it begins from nothing.
        """
        words = command[3:] if command[1:3] == ["-W", "ignore"] else command[1:]
        if Path(words[0]) != ROOT / "run.py":
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        told, out = os.pipe()
        watched, end = os.pipe()
        wish = {"words": words, "folder": str(Path.cwd()), "environment": dict(os.environ)}
        with self._turn:
            asking = self._asking or self._opened()
            socket.send_fds(asking, [json.dumps(wish).encode()], [out, log.fileno(), end])
        os.close(out)
        os.close(end)
        return Child(command, watched, os.fdopen(told, encoding="utf-8"))

    def close(self) -> None:
        """End it, and whoever it has begun."""
        if self._process is not None and self._asking is not None:
            self._asking.close()
            self._process.wait()
            self._process = self._asking = None

    def _opened(self) -> socket.socket:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-W", "ignore", __file__, str(theirs.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=ROOT)
        theirs.close()
        return self._asking


class Child(subprocess.Popen[str]):
    """A process of the nursery, as `subprocess` would show it."""

    def __init__(self, command: list[str], watched: int, stdout: IO[str]) -> None:
        """``watched`` gives its number, and how it ended once it has."""
        self._child_created = False  # not of this process: there is nothing to wait for but what `watched` says
        self._watched = watched
        self.args = command
        self.stdin = self.stderr = None
        self.stdout = stdout
        self.returncode: int | None = None  # type: ignore[assignment]  # as the standard library has it
        self.pid = self._number()

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        if self.returncode is None and select.select([self._watched], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: it has not ended within ``timeout`` seconds.
        """
        if self.returncode is None:
            if not select.select([self._watched], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(self._number())
            os.close(self._watched)
        return self.returncode

    def communicate(self, input: str | None = None, timeout: float | None = None) -> tuple[str, str]:  # noqa: A002
        """All that it says until it ends; its errors went to the log. ``input`` has the standard library's name."""
        assert self.stdout is not None
        with self.stdout:
            said = self.stdout.read()
        self.wait(timeout)
        return said, ""

    def send_signal(self, sig: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def _number(self) -> int:
        told = os.read(self._watched, NUMBER.size)
        assert len(told) == NUMBER.size, "the nursery has ended"
        found: int = NUMBER.unpack(told)[0]
        return found


def main(asked: socket.socket) -> None:
    """Begin what is asked for, and tell of each end, until nobody can ask any more."""
    _read_in()
    ended, wakes = os.pipe()
    for end in (ended, wakes):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakes)
    watchers: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([asked, ended], [], [])
        if ended in ready:
            os.read(ended, MOST_BYTES)
            _tell_of_ends(watchers)
        if asked in ready:
            wish, files, _, _ = socket.recv_fds(asked, MOST_BYTES, 3)
            if not wish:
                break
            pid = os.fork()
            if pid == 0:
                _become(json.loads(wish), *files)
            out, log, end = files
            os.close(out)
            os.close(log)
            os.write(end, NUMBER.pack(pid))
            watchers[pid] = end
    for pid in watchers:
        os.kill(pid, signal.SIGKILL)


def _read_in() -> None:
    """Import what a hall and a city import, also what they do only once they are composed."""
    sys.path[:0] = [str(ROOT), str(ROOT / "queue")]
    import run
    from hall_server.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        run.compose(Settings(), Path(folder))
    gc.collect()
    gc.freeze()
    assert threading.active_count() == 1, "a fork would leave threads behind"


def _tell_of_ends(watchers: dict[int, int]) -> None:
    for pid in list(watchers):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            end = watchers.pop(pid)
            with contextlib.suppress(BrokenPipeError):  # nobody asks any more
                os.write(end, NUMBER.pack(status))
            os.close(end)


def _become(wish: dict[str, object], out: int, log: int, _: int) -> NoReturn:
    """Be the program that was wished for; never comes back."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for mine, its in ((nothing, 0), (out, 1), (log, 2)):
            os.dup2(mine, its)
        os.closerange(3, MOST_BYTES)
        os.environ.clear()
        os.environ.update(wish["environment"])  # type: ignore[call-overload]  # a table of words
        os.chdir(str(wish["folder"]))
        sys.argv = list(wish["words"])  # type: ignore[call-overload]  # a list of words
        sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
        runpy.run_path(sys.argv[0], run_name="__main__")
        status = 0
    except SystemExit as exc:
        status = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except BaseException:  # noqa: BLE001  # as the interpreter does at its end
        traceback.print_exc()
    finally:
        threading._shutdown()  # type: ignore[attr-defined]  # as the interpreter does: waits for threads
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
