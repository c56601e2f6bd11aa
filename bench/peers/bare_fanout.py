"""The bare fan-out: on a line from its control connection it writes given bytes to all connections, and nothing else.

Three ports: control, and one per kind of receiver. A control line holds the bytes for each, base64, a space between;
a line of one digit says which kind is written to first.
"""

from __future__ import annotations

import asyncio
import base64


class Taker(asyncio.Protocol):
    """A connection that is written to."""

    def __init__(self, takers: list[asyncio.Transport]) -> None:
        self._takers = takers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember it."""
        assert isinstance(transport, asyncio.Transport)
        self._takers.append(transport)


class Control(asyncio.Protocol):
    """Prepares the bytes with a line of both, and writes them at a line of one digit."""

    def __init__(self, groups: list[list[asyncio.Transport]]) -> None:
        self._groups = groups
        self._buffer = b""
        self._messages: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Prepare or write."""
        self._buffer += data
        while b"\n" in self._buffer:
            line, _, self._buffer = self._buffer.partition(b"\n")
            if len(line) > 1:
                self._messages = [base64.b64decode(part) for part in line.split()]
                self._transport.write(b"prepared\n")
            else:
                self._write(int(line))

    def _write(self, first: int) -> None:
        for group in (first, 1 - first):
            for taker in self._groups[group]:
                taker.write(self._messages[group])


async def main() -> None:
    """Listen on free ports until told to stop."""
    loop = asyncio.get_running_loop()
    groups: list[list[asyncio.Transport]] = [[], []]
    control = await loop.create_server(lambda: Control(groups), "127.0.0.1", 0)
    servers = [await loop.create_server(lambda group=group: Taker(group), "127.0.0.1", 0) for group in groups]  # type: ignore[misc]  # bound now
    ports = [server.sockets[0].getsockname()[1] for server in (control, *servers)]
    print(f"listening control={ports[0]} live={ports[1]} mqtt={ports[2]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
