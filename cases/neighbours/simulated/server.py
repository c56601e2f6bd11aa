"""The process that is all the neighbours at once: ``/{name}/v1/…``, faults at ``/faults``, books at ``/ledger``."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from cases.neighbours import requests as r
from cases.neighbours import wire
from cases.neighbours.model import Kind
from cases.neighbours.simulated.acting import ACTS
from cases.neighbours.simulated.books import Books
from hall_server.outbox import signing
from hall_server.outbox.http import SignedClient

BODY_BYTES = 32 * 1024 * 1024
KEY_FILE = "neighbours.key"
_encode = msgspec.json.Encoder().encode


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """What a neighbour does wrong at present.

    Attributes:
        down: answers 503. slow_s: answers after so long. rejects: refuses everything, with this code.
        loses: takes so many requests (questions are not counted) and cuts the line before it answers.
        wrong_signature: its answers are signed with another key.
        never: answers, and never does anything about it. twice: tells every result twice, under two ids.
        ignore_ids: takes a transaction that it has already as a new one (the control of a test).
    """

    down: bool = False
    slow_s: float = 0.0
    rejects: str = ""
    loses: int = 0
    wrong_signature: bool = False
    never: bool = False
    twice: bool = False
    ignore_ids: bool = False


class Neighbours:
    """All of them, on a port of this machine.

    Attributes:
        faults: name → what it does wrong. now_s: its clock.
    """

    def __init__(self, books: Books, key: bytes, *, now_s: Callable[[], float] = time.time) -> None:
        self.books = books
        self.books.now = lambda: datetime.fromtimestamp(now_s(), UTC)
        self.key = key
        self.now_s = now_s
        self.faults: dict[str, Faults] = {}
        self._checkers: dict[str, signing.Checker] = {}
        self._http: HTTPServer | None = None
        self._client: SignedClient | None = None

    def listen(self, port: int = 0, host: str = "127.0.0.1") -> int:
        """Listen; gives the port."""
        routes: list[tuple[str, type[RequestHandler], dict[str, Any]]] = [
            (r"/faults/([a-z0-9-]+)", FaultsHandler, {"all_": self}),
            (r"/ledger", LedgerHandler, {"all_": self}),
            (r"/([a-z0-9-]+)/pay/([0-9a-f]+)", PayHandler, {"all_": self}),
            (r"/([a-z0-9-]+)/v1/requests", RequestsHandler, {"all_": self}),
            (r"/([a-z0-9-]+)/v1/files/([0-9a-f]{64})", FilesHandler, {"all_": self}),
        ]
        sockets = bind_sockets(port, host)
        self._http = HTTPServer(Application(routes, log_function=lambda handler: None), max_body_size=BODY_BYTES)
        self._http.add_sockets(sockets)
        return int(sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Listen no more and close the books."""
        if self._http is not None:
            self._http.stop()
            await self._http.close_all_connections()
        await self.books.close()

    def fault(self, name: str) -> Faults:
        """What a neighbour does wrong."""
        return self.faults.get(name, Faults())

    def spend(self, name: str) -> bool:
        """Whether an answer is lost once more."""
        fault = self.fault(name)
        if fault.loses:
            self.faults[name] = msgspec.structs.replace(fault, loses=fault.loses - 1)
        return bool(fault.loses)

    def checker(self, name: str) -> signing.Checker:
        """Believes each request of a sender once."""
        return self._checkers.setdefault(name, signing.Checker(self.key, self.now_s))

    async def answer(self, name: str, asked: wire.Asked) -> bytes:
        """What a neighbour says to a request; a transaction that it knows is not done again."""
        fault = self.fault(name)
        async with self.books.turn:
            await self.books.arrived(name, asked.transaction)
            known = None if fault.ignore_ids else await self.books.known(name, asked.transaction)
            if known is not None:
                return known
            return await self._done(name, asked, fault)

    async def _done(self, name: str, asked: wire.Asked, fault: Faults) -> bytes:
        kind = type(asked.request)
        said = fault.rejects or await ACTS[kind](self.books, name, asked.transaction, asked.request)
        if isinstance(said, str):
            refusal = wire.Answered(transaction=asked.transaction, state="rejected", code=said, message=said)
            return _encode(refusal)
        result = msgspec.Raw(_encode(said))
        reply = _encode(wire.Answered(transaction=asked.transaction, state="accepted", result=result))
        if kind not in r.QUESTIONS:
            id_ = f"{asked.transaction}#{secrets.token_hex(4)}" if fault.ignore_ids else asked.transaction
            await self.books.keep(
                name,
                id_,
                day=self.books.today(),
                do=str(kind.__struct_config__.tag),
                request=_encode(asked.request),
                reply=reply,
            )
        return reply

    async def does(self, name: str, result: r.DepartmentResult) -> None:
        """Let a department's system do something, which is read from it; twice, where that is its fault."""
        fault = self.fault(name)
        if fault.never:
            return
        await self.books.add_result(name, result)
        if fault.twice:
            await self.books.add_result(name, result)
            await self.books.add_result(name, msgspec.structs.replace(result, id=f"{result.id}-b"))

    async def pay(self, url: str, name: str, order: str) -> wire.Answered:
        """Pay an order and tell the place, as the platform does when somebody has paid; ``url``: the place's own.

        Raises:
            KeyError: there is no such order, or it was called off.
        """
        held = await self.books.get(f"{name}:orders", order)
        if held is None or held["is_cancelled"]:
            raise KeyError(order)
        await self.books.put(f"{name}:orders", order, {**held, "paid_cents": held["amount_cents"]})
        paid = r.PaymentNotice(transaction=held["transaction"], order=order, amount_cents=held["amount_cents"])
        return await self.tell(url, name, paid, id_=f"paid-{order}")

    async def tell(self, url: str, name: str, message: r.Told, *, id_: str = "") -> wire.Answered:
        """Tell the place something; ``url``: the place's own."""
        client = SignedClient(url, self.key, self.now_s)
        sent_at = datetime.fromtimestamp(self.now_s(), UTC)
        tells = wire.Tells(id=id_ or secrets.token_hex(8), sent_at=sent_at, message=message)
        try:
            content = await client.post(wire.MESSAGES.format(name=name), _encode(tells))
        finally:
            client.close()
        return msgspec.json.decode(content, type=wire.Answered)


class _Handler(RequestHandler):
    all_: Neighbours

    def initialize(self, all_: Neighbours) -> None:
        """Take the neighbours."""
        self.all_ = all_

    async def checked(self, name: str) -> str | None:
        """The signature of the request; None where it was answered already."""
        fault = self.all_.fault(name)
        if fault.slow_s:
            await asyncio.sleep(fault.slow_s)
        if fault.down:
            self.set_status(503)
            self.finish()
            return None
        try:
            return self.all_.checker(name).check(
                method="POST", path=self.request.path, headers=self.request.headers, body=self.request.body
            )
        except signing.Distrusted as exc:
            self.set_status(401)
            self.finish(_encode({"code": exc.fault}))
            return None

    def signed(self, name: str, asked: str, body: bytes, *, may_lose: bool = False) -> None:
        """Answer, or cut the line."""
        if may_lose and self.all_.spend(name):
            self.request.connection.stream.close()  # type: ignore[union-attr]  # HTTP/1 connections have one
            return
        key = bytes(32) if self.all_.fault(name).wrong_signature else self.all_.key
        for header, value in signing.sign_reply(key, asked, body).items():
            self.set_header(header, value)
        self.set_header("Content-Type", "application/json")
        self.finish(body)


class RequestsHandler(_Handler):
    """``/{name}/v1/requests``."""

    async def post(self, name: str) -> None:
        """Answer a request."""
        asked = await self.checked(name)
        if asked is None:
            return
        try:
            request = msgspec.json.decode(self.request.body, type=wire.Asked)
        except msgspec.MsgspecError:
            self.set_status(400)
            self.finish()
            return
        answer = await self.all_.answer(name, request)
        self.signed(name, asked, answer, may_lose=type(request.request) not in r.QUESTIONS)


class FilesHandler(_Handler):
    """``/{name}/v1/files/{sha256}``."""

    async def post(self, name: str, sha256: str) -> None:
        """Take a file."""
        asked = await self.checked(name)
        if asked is None:
            return
        if hashlib.sha256(self.request.body).hexdigest() != sha256:
            self.set_status(422)
            self.finish()
            return
        await self.all_.books.keep_file(sha256, len(self.request.body))
        self.signed(name, asked, b"{}")


class FaultsHandler(_Handler):
    """``/faults/{name}``: what a neighbour shall do wrong from now on."""

    def put(self, name: str) -> None:
        """Do this wrong."""
        self.all_.faults[name] = msgspec.json.decode(self.request.body, type=Faults)
        self.set_status(204)

    def get(self, name: str) -> None:
        """What it does wrong."""
        self.finish(_encode(self.all_.fault(name)))


class PayHandler(_Handler):
    """``/{name}/pay/{order}?tell=ADDRESS``: somebody pays an order; the place at the address is told."""

    async def post(self, name: str, order: str) -> None:
        """Pay it."""
        try:
            told = await self.all_.pay(self.get_query_argument("tell"), name, order)
        except KeyError:
            self.set_status(404)
            return
        self.finish(_encode(told))


class LedgerHandler(_Handler):
    """``/ledger``: everything there is."""

    async def get(self) -> None:
        """The books."""
        self.set_header("Content-Type", "application/json")
        self.finish(_encode(await self.all_.books.ledger()))


async def serve(data: Path, *, port: int, told: asyncio.Event, say: Callable[[str], None]) -> None:
    """Be the neighbours until told to stop; the key and the tables for the settings are written to ``data``."""
    key = await asyncio.to_thread(make_key, data)
    all_ = Neighbours(await Books.open(data / "neighbours.db"), key)
    at = all_.listen(port)
    await asyncio.to_thread((data / "neighbours.toml").write_text, settings(at, data), "utf-8")
    say(f"neighbours http={at} key={data / KEY_FILE} settings={data / 'neighbours.toml'}")
    try:
        await told.wait()
    finally:
        await all_.stop()


def make_key(data: Path) -> bytes:
    """The secret that the simulated neighbours share with everybody; made where there is none (mode 600)."""
    path = data / KEY_FILE
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(signing.KEY_BYTES) + "\n")
    return bytes.fromhex(path.read_text("ascii").strip())


def settings(port: int, data: Path) -> str:
    """Tables for hall.toml or city.toml that lead to the simulated neighbours."""
    lines = []
    for kind in Kind:
        if kind is Kind.RATING:  # goes its own way: simulate-platform
            continue
        lines += [f"[neighbours.{kind}]", f'url = "http://127.0.0.1:{port}/{kind}"', f'key_file = "{data / KEY_FILE}"']
        if kind is Kind.DEPARTMENT:
            lines.append("departments = []  # ids of the departments whose own system this is")
        lines.append("")
    return "\n".join(lines)
