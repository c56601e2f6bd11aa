"""Many light receivers in one process: live-feed boards (WebSocket) or MQTT screens on raw sockets.

Argument: a JSON object `Plan`. Says `ready` when all are connected and have their first picture; then answers each line
`{"expect": MARKER}` with `{"armed": true}` and, once every receiver has seen a message that holds the marker, with the
moments of the first and the last one (CLOCK_MONOTONIC, which processes of one machine share) and one message's bytes.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum

import msgspec

GIVEN_UP_S = 10.0
PING_S = 20.0
_PUBLISH, _SUBACK, _CONNACK = 3, 9, 2


class Speech(StrEnum):
    """What the receivers speak."""

    LIVE = "live"
    MQTT = "mqtt"


class Plan(msgspec.Struct, frozen=True):
    """Where to connect, and as whom.

    Attributes:
        greets: False: the other end only sends (the bare fan-out).
        topic: of the live feed. devices: id and credential of each MQTT screen.
    """

    speech: Speech
    port: int
    count: int
    greets: bool
    topic: str = ""
    devices: list[tuple[str, str]] = []


class Watch:
    """What all receivers of the process wait for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.ready = 0
        self.marker = b""
        self.seen: dict[Receiver, float] = {}
        self.sample = b""
        self.all_ready = asyncio.Event()
        self.all_seen = asyncio.Event()

    def expect(self, marker: bytes) -> None:
        """Wait for another message."""
        self.marker, self.sample = marker, b""
        self.seen.clear()
        self.all_seen.clear()

    def became_ready(self) -> None:
        """One more is connected."""
        self.ready += 1
        if self.ready == self.count:
            self.all_ready.set()

    def message(self, receiver: Receiver, content: bytes) -> None:
        """Note when a receiver has the message that is waited for."""
        if self.marker and self.marker in content and receiver not in self.seen:
            self.seen[receiver] = time.monotonic()
            self.sample = self.sample or content
            if len(self.seen) == self.count:
                self.all_seen.set()


class Receiver(asyncio.Protocol, ABC):
    """One client; a subclass knows where a message ends."""

    def __init__(self, watch: Watch, plan: Plan, number: int) -> None:
        self.watch, self.plan, self.number = watch, plan, number
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet the server."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self.plan.greets:
            transport.write(self.greeting())
        else:
            self.watch.became_ready()

    def data_received(self, data: bytes) -> None:
        """Take whole messages out."""
        self.buffer += data
        while (length := self.whole()) and len(self.buffer) >= length:
            message, self.buffer = self.buffer[:length], self.buffer[length:]
            self.take(message)

    @abstractmethod
    def greeting(self) -> bytes:
        """The first bytes to send."""

    @abstractmethod
    def whole(self) -> int:
        """How long the message at the buffer's head is; 0 while that is not known."""

    def take(self, message: bytes) -> None:
        """Take a whole message."""
        self.watch.message(self, message)


class Board(Receiver):
    """A live-feed client."""

    is_open = False

    def greeting(self) -> bytes:
        """Ask for the WebSocket."""
        key = base64.b64encode(os.urandom(16)).decode()
        return (
            f"GET /api/v1/live?topics={self.plan.topic} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()

    def whole(self) -> int:
        """Source: RFC 6455 5.2; first of all comes the answer to the upgrade."""
        if self.plan.greets and not self.is_open:
            return self.buffer.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in self.buffer else 0
        if len(self.buffer) < 4:
            return 0
        size = self.buffer[1]
        if size < 126:
            return 2 + size
        if size == 126:
            return 4 + int.from_bytes(self.buffer[2:4], "big")
        return 10 + int.from_bytes(self.buffer[2:10], "big")

    def take(self, message: bytes) -> None:
        """The upgrade, the snapshot, then events; pings are answered."""
        if self.plan.greets and not self.is_open:
            assert message.startswith(b"HTTP/1.1 101"), message
            self.is_open = True
        elif message[0] & 0x0F == 9:
            self.transport.write(bytes((0x8A, 0x80 | len(message) - 2)) + bytes(4) + message[2:])
        elif b'"snapshot"' in message[:200]:
            self.watch.became_ready()
        else:
            super().take(message)


class Screen(Receiver):
    """An MQTT 3.1.1 client with one subscription of QoS 1."""

    def greeting(self) -> bytes:
        """CONNECT, clean session, keepalive 60 s."""
        name, password = self.plan.devices[self.number]
        body = b"\0\4MQTT\4\xc2\0\x3c" + _text(name) + _text(name) + _text(password)
        return b"\x10" + _length(len(body)) + body

    def whole(self) -> int:
        """Source: MQTT 3.1.1, 2.2.3."""
        size, shift = 0, 0
        for place, byte in enumerate(self.buffer[1:5]):
            size |= (byte & 127) << shift
            if not byte & 128:
                return 2 + place + size
            shift += 7
        return 0

    def take(self, message: bytes) -> None:
        """Subscribe after CONNACK; acknowledge what is published."""
        kind = message[0] >> 4
        if kind == _CONNACK:
            assert message[3] == 0, message
            self._subscribe()
        elif kind == _SUBACK:
            self.watch.became_ready()
        elif kind == _PUBLISH:
            super().take(message)
            self._acknowledge(message)

    def ping(self) -> None:
        """Say that it is still there."""
        self.transport.write(b"\xc0\0")

    def _subscribe(self) -> None:
        body = b"\0\1" + _text(self.plan.topic.format(self.plan.devices[self.number][0])) + b"\1"
        self.transport.write(b"\x82" + _length(len(body)) + body)

    def _acknowledge(self, message: bytes) -> None:
        if message[0] & 0x06:
            begin = next(place for place in range(1, 5) if not message[place] & 128) + 1
            begin += 2 + int.from_bytes(message[begin : begin + 2], "big")
            self.transport.write(b"\x40\2" + message[begin : begin + 2])


def _text(value: str) -> bytes:
    return struct.pack("!H", len(value.encode())) + value.encode()


def _length(size: int) -> bytes:
    found = b""
    while True:
        size, rest = divmod(size, 128)
        found += bytes((rest | (128 if size else 0),))
        if not size:
            return found


async def main(plan: Plan) -> None:
    """Connect all, then answer questions until the input ends."""
    loop = asyncio.get_running_loop()
    watch = Watch(plan.count)
    kind = Board if plan.speech is Speech.LIVE else Screen
    receivers = [kind(watch, plan, number) for number in range(plan.count)]
    for receiver in receivers:
        await loop.create_connection(lambda made=receiver: made, "127.0.0.1", plan.port)  # type: ignore[misc]  # bound now
    await watch.all_ready.wait()
    print("ready", flush=True)
    pinging = asyncio.create_task(_ping(receivers)) if plan.greets and plan.speech is Speech.MQTT else None
    questions = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin)
    while question := await questions.readline():
        watch.expect(msgspec.json.decode(question)["expect"].encode())
        _say({"armed": True})
        try:
            await asyncio.wait_for(watch.all_seen.wait(), GIVEN_UP_S)
        except TimeoutError:
            _say({"seen": len(watch.seen)})
            continue
        times = watch.seen.values()
        sample = base64.b64encode(watch.sample).decode()
        _say({"seen": len(times), "first": min(times), "last": max(times), "sample": sample})
    if pinging is not None:
        pinging.cancel()


async def _ping(receivers: Sequence[Receiver]) -> None:
    while True:
        await asyncio.sleep(PING_S)
        for receiver in receivers:
            if isinstance(receiver, Screen):
                receiver.ping()


def _say(answer: object) -> None:
    print(msgspec.json.encode(answer).decode(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(sys.argv[1], type=Plan)))
