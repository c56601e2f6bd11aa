"""A real PostgreSQL of one's own, in a temporary folder on a Unix socket and a free port of loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")
_READY_S = 60


def program(name: str) -> str:
    """The newest installed program of PostgreSQL's; `scripts/system-packages` brings it."""
    versions = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which(name)
    assert found, f"PostgreSQL's {name} is missing: run scripts/system-packages"
    return found


class PostgresServer:
    """A server that tests start, kill and start again; its data stays in the folder."""

    def __init__(self, folder: Path, *, fsync: bool = False) -> None:
        """``fsync``: off where only processes die and the machine does not."""
        self.folder = folder
        self._fsync = fsync
        self.port = _free_port()
        self._user = pwd.getpwnam("postgres") if os.getuid() == 0 else None  # root may not run it
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def make(self) -> None:
        """Make the cluster."""
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        command = (program("initdb"), "-D", str(self.folder / "data"), "-U", "onedoor", "-A", "trust", "-E", "UTF8")
        subprocess.run(
            [*command, "--locale=C.UTF-8", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **self._as_user(),
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder / "server.log").open("ab")
        options = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder),
            "max_connections": 60, "shared_buffers": "64MB", "fsync": "on" if self._fsync else "off",
        }  # fmt: skip
        given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [program("postgres"), "-D", str(self.folder / "data"), *given],
            stdout=log, stderr=log, cwd=self.folder, **self._as_user(),
        )  # fmt: skip
        log.close()
        ready = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "5"]
        for _ in range(_READY_S * 10):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            assert self._process.poll() is None, (self.folder / "server.log").read_text()
            with socket.socket() as pause:  # waits without the event loop: the server is another process
                pause.settimeout(0.1)
                pause.connect_ex(("127.0.0.1", self.port))
        raise AssertionError("PostgreSQL does not answer")

    def kill(self) -> None:
        """Let it die as in a power cut; the processes of its connections end by themselves."""
        self._end(hard=True)

    def stop(self) -> None:
        """End it."""
        self._end(hard=False)

    def url(self, database: str = "postgres") -> str:
        """Its address."""
        return f"postgresql://onedoor@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """The address of a new, empty database."""
        self._made += 1
        name = f"test_{os.getpid()}_{self._made}"
        subprocess.run(
            [program("createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "onedoor", name], check=True
        )
        return self.url(name)

    def _end(self, *, hard: bool) -> None:
        if self._process is None:
            return
        if hard:
            self._process.kill()
        else:
            self._process.send_signal(signal.SIGQUIT)  # at once; the folder goes next
        self._process.wait(_READY_S)
        self._process = None

    def _as_user(self) -> dict[str, int | list[int]]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}


@contextmanager
def postgres_server(*, fsync: bool = False) -> Iterator[PostgresServer]:
    """A running server, ended and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="onedoor-pg-"))  # a short path: a socket's may have 107 bytes
    server = PostgresServer(folder, fsync=fsync)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
