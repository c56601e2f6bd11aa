"""Callers of `POST /api/v1/tickets` over kept-alive connections; answers one line of JSON and ends.

Arguments: port, how many connections, a JSON object `{"seconds", "rate", "authorization", "bodies"}`. With a rate the
requests leave at fixed moments, whether or not the earlier ones were answered (an open loop); without one each
connection asks again as soon as it is answered.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
import uuid

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """What to do."""

    seconds: float
    rate: float | None
    authorization: str
    bodies: list[str]


class Caller(asyncio.Protocol):
    """One connection: writes a request, finds the end of its answer, and nothing more."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to the server."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """Send a request; gives the status of its answer."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answered

    def data_received(self, data: bytes) -> None:
        """Look whether the answer is whole."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or self._answered is None:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) >= length:
            self._buffer = body[length:]
            self._answered.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits."""
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(ConnectionError("the server closed the connection"))


def requests(plan: Plan) -> itertools.cycle[tuple[bytes, bytes]]:
    """Head and body of each request, without the id that differs."""
    made = [
        (
            f"POST /api/v1/tickets HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {plan.authorization}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: ".encode(),
            body.encode(),
        )
        for body in plan.bodies
    ]
    return itertools.cycle(made)


async def closed_loop(callers: list[Caller], plan: Plan) -> tuple[list[float], int, float]:
    """Waits in seconds, refusals, and how long it took."""
    waits: list[float] = []
    refused = 0
    some = requests(plan)
    keys = itertools.count(uuid.uuid4().int >> 64)
    end = time.perf_counter() + plan.seconds

    async def ask(caller: Caller) -> None:
        nonlocal refused
        while (begun := time.perf_counter()) < end:
            head, body = next(some)
            status = await caller.ask(head + b"%032x\r\n\r\n" % next(keys) + body)
            waits.append(time.perf_counter() - begun)
            refused += status != 201

    begun = time.perf_counter()
    await asyncio.gather(*map(ask, callers))
    return waits, refused, time.perf_counter() - begun


async def open_loop(callers: list[Caller], plan: Plan) -> tuple[list[float], int, float]:
    """The same at a fixed rate; each wait counts from the moment at which its request was due."""
    waits: list[float] = []
    refused = 0
    some, free = requests(plan), list(callers)
    keys = itertools.count(uuid.uuid4().int >> 64)
    begun = time.perf_counter()

    async def ask(due: float, head: bytes, body: bytes) -> None:
        nonlocal refused
        caller = free.pop()
        status = await caller.ask(head + b"%032x\r\n\r\n" % next(keys) + body)
        waits.append(time.perf_counter() - due)
        refused += status != 201
        free.append(caller)

    tasks = []
    for number in range(int(plan.seconds * (plan.rate or 1))):
        due = begun + number / (plan.rate or 1)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(ask(due, *next(some))))
    await asyncio.gather(*tasks)
    return waits, refused, time.perf_counter() - begun


async def main(port: int, connections: int, plan: Plan) -> None:
    """Connect, ask, and write what was measured."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(Caller, "127.0.0.1", port) for _ in range(connections)]
    callers = [caller for _, caller in made]
    waits, refused, seconds = await (open_loop if plan.rate else closed_loop)(callers, plan)
    print(msgspec.json.encode({"waits": waits, "refused": refused, "seconds": seconds}).decode(), flush=True)
    for transport, _ in made:
        transport.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), msgspec.json.decode(sys.argv[3], type=Plan)))
