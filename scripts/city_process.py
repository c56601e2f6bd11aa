"""The city's end of the link as a process of its own, for tests that kill it and for the benchmark."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "queue")]

from tornado.httpserver import HTTPServer  # noqa: E402  # after the path is set
from tornado.netutil import bind_sockets  # noqa: E402
from tornado.web import Application  # noqa: E402

from city.keys import CityKeys  # noqa: E402
from city.sql import SCHEMA  # noqa: E402
from city.store.store import CityStore  # noqa: E402
from hall_server.clock import SystemClock  # noqa: E402
from hall_server.database.tables import open_tables  # noqa: E402
from hall_server.errors import NotFound, Refused, Unavailable  # noqa: E402
from hall_server.federation import wire  # noqa: E402
from hall_server.federation.acceptor import Acceptor, LinkHandler  # noqa: E402
from hall_server.federation.attachments import Attachments  # noqa: E402


class CityProcess:
    """Starts the city's end on the same port each time, and ends it as tests want."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.port = 0
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.database, str(self.folder), str(self.port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None  # noqa: S101  # it was asked for
        line = self.process.stdout.readline()
        self.port = int(line.removeprefix("listening "))

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it."""
        self._end(signal.SIGTERM)

    @property
    def url(self) -> str:
        """Where halls dial."""
        return f"ws://127.0.0.1:{self.port}"

    def _end(self, with_: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(with_)
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None


async def pair(database: str, folder: Path, hall: str) -> str:
    """Register a hall in a city's database; its token. A hall that is known gets a new one."""
    tables = await open_tables(database, SCHEMA)
    try:
        store = CityStore(tables, CityKeys.load(folder / "keys"), SystemClock())
        try:
            token = await store.halls.register(hall, hall)
        except Refused:
            token = await store.halls.renew_token(hall)
        if token is None:
            raise NotFound("federation.unknown", hall=hall)
        return token
    finally:
        await tables.close()


async def _serve(database: str, folder: Path, port: int) -> None:
    keys = CityKeys.load(folder / "keys")
    while True:
        try:
            tables = await open_tables(database, SCHEMA)
            break
        except Unavailable:  # the database is started again at the same time
            await asyncio.sleep(0.2)
    acceptor = Acceptor(
        CityStore(tables, keys, SystemClock()), Attachments(folder / "blobs", keys.blobs), SystemClock()
    )
    await acceptor.start()
    sockets = bind_sockets(port, "127.0.0.1")
    http = HTTPServer(Application([(wire.PATH, LinkHandler, {"acceptor": acceptor})]))
    http.add_sockets(sockets)
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    print(f"listening {sockets[0].getsockname()[1]}", flush=True)
    await told.wait()
    http.stop()
    await acceptor.stop()
    await http.close_all_connections()
    await tables.close()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
