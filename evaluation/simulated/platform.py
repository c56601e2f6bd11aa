"""The simulated platform: takes records, stores each key once in SQLite, and fails as it is told to."""

from __future__ import annotations

import asyncio
import hmac
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from evaluation.simulated.trouble import Trouble, faults
from hall_server.database.connections import Database

BODY_BYTES = 16 * 1024 * 1024
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS records (
        number INTEGER PRIMARY KEY, key TEXT NOT NULL, unique_id TEXT NOT NULL, revision INTEGER NOT NULL,
        day TEXT NOT NULL, record TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS records_key ON records (key);
    CREATE INDEX IF NOT EXISTS records_day ON records (day);
    CREATE TABLE IF NOT EXISTS arrivals (number INTEGER PRIMARY KEY, key TEXT NOT NULL, state TEXT NOT NULL);
"""
_STORE = "INSERT INTO records (key, unique_id, revision, day, record) VALUES (?,?,?,?,?)"
_ARRIVED = "INSERT INTO arrivals (key, state) VALUES (?,?)"
_KNOWN = "SELECT key FROM records WHERE key IN (SELECT value FROM json_each(?))"
_COUNTS = "SELECT day, count(DISTINCT unique_id) FROM records WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day"

RawRecord = dict[str, str]


class Books:
    """What the platform has: every stored record, and every arrival."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Books:
        """Open or make the file."""
        database = await Database.open(path, synchronous="FULL")
        await database.script(_SCHEMA)
        return cls(database)

    async def take(self, records: list[RawRecord], trouble: Trouble) -> list[dict[str, Any]]:
        """Judge records and store those that are sound and new, in one transaction; gives what became of each."""
        async with self._turn:
            known = set() if trouble.ignore_keys else await self._known(records)
            results, stored, arrived = [], [], []
            for record in records:
                wrong = faults(record, trouble)
                state = "refused" if wrong else "duplicate" if record["key"] in known else "accepted"
                results.append({"key": record.get("key", ""), "state": state, "errors": wrong})
                arrived.append((record.get("key", ""), state))
                if state == "accepted":
                    stored.append(_row(record))
                    known |= set() if trouble.ignore_keys else {record["key"]}
            await self._database.transact([(_STORE, stored), (_ARRIVED, arrived)])
            return results

    async def counts(self, first: str, last: str) -> list[dict[str, Any]]:
        """How many ratings of each day."""
        return [{"day": day, "stored": many} for day, many in await self._database.fetch(_COUNTS, (first, last))]

    async def ledger(self) -> dict[str, Any]:
        """Everything there is, for whoever checks the sender."""
        records = await self._database.fetch("SELECT record FROM records ORDER BY number")
        arrivals = await self._database.fetch("SELECT key, state FROM arrivals ORDER BY number")
        return {"records": [msgspec.Raw(record.encode()) for (record,) in records], "arrivals": arrivals}

    async def forget(self, day: str) -> None:
        """Lose a day, as a platform may that was restored from an old copy."""
        await self._database.transact([("DELETE FROM records WHERE day = ?", [(day,)])])

    async def close(self) -> None:
        """Close the file."""
        await self._database.close()

    async def _known(self, records: list[RawRecord]) -> set[str]:
        keys = msgspec.json.encode([record.get("key", "") for record in records]).decode()
        return {key for (key,) in await self._database.fetch(_KNOWN, (keys,))}


class SimulatedPlatform:
    """A platform on a port of this machine.

    Attributes:
        trouble: what it does wrong at present.
        busy: set while a batch is being dealt with.
    """

    def __init__(self, books: Books, *, token: str | None = None) -> None:
        self.books = books
        self.token = token
        self.trouble = Trouble()
        self.busy = asyncio.Event()
        self._http: HTTPServer | None = None

    def listen(self, port: int = 0, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> int:
        """Listen; gives the port."""
        routes: list[tuple[str, type[PlatformHandler], dict[str, Any]]] = [
            ("/records", RecordsHandler, {"platform": self}),
            ("/counts", CountsHandler, {"platform": self}),
            ("/ledger", LedgerHandler, {"platform": self}),
            ("/trouble", TroubleHandler, {"platform": self}),
        ]
        sockets = bind_sockets(port, host)
        self._http = HTTPServer(
            Application(routes, log_function=lambda handler: None), max_body_size=BODY_BYTES, ssl_options=tls
        )
        self._http.add_sockets(sockets)
        return int(sockets[0].getsockname()[1])

    async def set_trouble(self, trouble: Trouble) -> None:
        """Do this wrong from now on."""
        self.trouble = trouble
        if trouble.forget is not None:
            await self.books.forget(trouble.forget)

    def spend(self, name: str) -> bool:
        """Whether a trouble that is counted happens once more."""
        left: int = getattr(self.trouble, name)
        if left > 0:
            self.trouble = msgspec.structs.replace(self.trouble, **{name: left - 1})
        return left != 0

    async def stop(self) -> None:
        """Listen no more and close the books."""
        if self._http is not None:
            self._http.stop()
            await self._http.close_all_connections()
        await self.books.close()


class PlatformHandler(RequestHandler):
    """A handler of the platform; whoever has no secret is turned away."""

    platform: SimulatedPlatform

    def initialize(self, platform: SimulatedPlatform) -> None:
        """Take the platform."""
        self.platform = platform

    def prepare(self) -> None:
        """Turn away who lacks the secret."""
        given = self.request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.platform.token and not hmac.compare_digest(given.encode(), self.platform.token.encode()):
            self.send_error(401)

    def reply(self, value: object) -> None:
        """Answer with JSON."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(msgspec.json.encode(value))


class RecordsHandler(PlatformHandler):
    """Takes batches."""

    async def post(self) -> None:
        """Take a batch, or fail as told."""
        self.platform.busy.set()
        try:
            await self._take()
        finally:
            self.platform.busy.clear()

    async def _take(self) -> None:
        trouble = self.platform.trouble
        await asyncio.sleep(trouble.slow_s)
        if self.platform.spend("fail"):
            self.set_status(trouble.status)
            if trouble.after_s is not None:
                self.set_header("Retry-After", str(trouble.after_s))
            self.finish()
            return
        try:
            records = msgspec.json.decode(self.request.body, type=dict[str, list[RawRecord]])["records"]
        except (msgspec.MsgspecError, KeyError):
            self.send_error(400)
            return
        if trouble.most is not None and len(records) > trouble.most:
            self.send_error(413)
            return
        results = await self.platform.books.take(records, trouble)
        await asyncio.sleep(trouble.late_s)
        if self.platform.spend("lose"):
            self._cut()
        elif trouble.garbage:
            self.finish("<html>系统维护中</html>")
        else:
            answered = [one for n, one in enumerate(results, start=1) if not trouble.omit or n % trouble.omit]
            self.reply({"results": answered})

    def _cut(self) -> None:
        """End the connection without an answer, as a broken line does."""
        stream = self.detach()
        stream.close()


class CountsHandler(PlatformHandler):
    """Says what there is of each day."""

    async def get(self) -> None:
        """Answer with the counts."""
        first, last = self.get_query_argument("from"), self.get_query_argument("to")
        self.reply({"days": await self.platform.books.counts(first, last)})


class LedgerHandler(PlatformHandler):
    """Shows the books; for tests and demonstrations."""

    async def get(self) -> None:
        """Answer with everything."""
        self.reply(await self.platform.books.ledger())


class TroubleHandler(PlatformHandler):
    """Is told what to do wrong; for tests and demonstrations."""

    async def post(self) -> None:
        """Do this wrong from now on."""
        try:
            trouble = msgspec.json.decode(self.request.body or b"{}", type=Trouble)
        except msgspec.MsgspecError:
            self.send_error(400)
            return
        await self.platform.set_trouble(trouble)
        self.reply(self.platform.trouble)


async def serve(data: Path, *, port: int, token: str | None, told: asyncio.Event, say: Callable[[str], object]) -> None:
    """Run a platform until it is told to stop; the first line said is ``listening http=PORT``."""
    platform = SimulatedPlatform(await Books.open(data / "platform.db"), token=token)
    say(f"listening http={platform.listen(port)}")
    try:
        await told.wait()
    finally:
        await platform.stop()


def _row(record: RawRecord) -> tuple[object, ...]:
    revision = record.get("revision", "1")
    return (
        record["key"],
        record["uniqueId"],
        int(revision) if revision.isdigit() else 1,
        record["assessTime"][:10],
        msgspec.json.encode(record).decode(),
    )
