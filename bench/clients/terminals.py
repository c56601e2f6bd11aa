"""Attendance terminals that hand in what a night without the server left in their memory, all at once.

Reads a line of JSON: a `Plan`. Writes one, `Found`: the seconds from the first connection to the last yes, each wait
for an answer, the records sent (those sent twice counted twice), and how many answers were not what they should be.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator

import msgspec

AGAIN_EVERY = 7
"""Each seventh upload is sent twice: its first answer was lost, as far as the terminal knows."""


class Plan(msgspec.Struct, frozen=True):
    """Where, which terminals, and each one's lines in uploads of so many."""

    port: int
    serials: list[str]
    lines: list[list[str]]
    at_once: int


class Found(msgspec.Struct):
    """What was measured."""

    waits: list[float] = []
    sent: int = 0
    wrong: int = 0
    seconds: float = 0.0


class Line:
    """A terminal's connection, made anew where it was cut."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> bytes:
        """Send a request; gives status and body of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        return head[9:12] + b" " + await reader.readexactly(length)

    def cut(self) -> None:
        """Drop the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def uploads(plan: Plan, terminal: int) -> Iterator[list[str]]:
    """The lines of a terminal in parts, some of them twice."""
    lines = plan.lines[terminal]
    for number, start in enumerate(range(0, len(lines), plan.at_once)):
        part = lines[start : start + plan.at_once]
        yield part
        if (terminal + number) % AGAIN_EVERY == 0:
            yield part


def posted(serial: str, lines: list[str]) -> bytes:
    """An upload, as a terminal writes it."""
    body = ("\n".join(lines) + "\n").encode()
    return (
        f"POST /iclock/cdata?SN={serial}&table=ATTLOG&Stamp=9999 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"User-Agent: iClock Proxy/1.09\r\nContent-Type: application/push;charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def night(plan: Plan, terminal: int, found: Found) -> None:
    """One terminal: says hello, hands in, loses its line once on the way, asks for commands."""
    line, serial = Line(plan.port), plan.serials[terminal]
    hello = await line.ask(_get(f"/iclock/cdata?SN={serial}&options=all&pushver=2.4.1"))
    found.wrong += not hello.startswith(b"200 GET OPTION FROM: ")
    for number, part in enumerate(uploads(plan, terminal)):
        begun = time.perf_counter()
        answer = await line.ask(posted(serial, part))
        found.waits.append(time.perf_counter() - begun)
        found.sent += len(part)
        found.wrong += answer != f"200 OK: {len(part)}".encode()
        if number == terminal % 3:
            line.cut()
    found.wrong += not (await line.ask(_get(f"/iclock/getrequest?SN={serial}"))).startswith(b"200 ")
    line.cut()


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: iClock Proxy/1.09\r\n\r\n".encode()


async def main(plan: Plan) -> None:
    """Let all terminals come at once, and write what was measured."""
    found = Found()
    begun = time.perf_counter()
    await asyncio.gather(*(night(plan, terminal, found) for terminal in range(len(plan.serials))))
    found.seconds = time.perf_counter() - begun
    print(msgspec.json.encode(found).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(sys.stdin.readline(), type=Plan)))
