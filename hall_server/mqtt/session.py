"""One client of the embedded broker: its deadline, its subscriptions, what is on its way to it."""

import asyncio
import socket
from collections.abc import Callable
from typing import NamedTuple

import msgspec
from amqtt.mqtt.connect import ConnectPacket

from hall_server.mqtt import packets
from hall_server.mqtt.permissions import matches


class BrokerLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one client may cost the hall."""

    packet_bytes: int = 66 * 1024  # 64 kB of payload and its topic
    connections: int = 1_000  # clients that are let in
    newcomers: int = 300  # connections that have not yet shown who they are
    connect_s: float = 5.0  # until the CONNECT has come whole
    keepalive_s: int = 60  # for clients that name a longer one or none
    unacknowledged: int = 1_000  # QoS 1 messages under way to one client
    backlog_bytes: int = 1 << 20  # bytes that wait for a client that does not read
    subscriptions: int = 50  # per device
    messages_per_s: float = 500.0  # per device; more is read later, not lost
    burst: int = 1_000
    quality_2: int = 100  # QoS 2 messages half way through


class Will(NamedTuple):
    """What to say in the client's name when it is gone without a word."""

    topic: str
    payload: bytes
    is_retained: bool


class Session:
    """A client that has shown its credential."""

    def __init__(self, connect: ConnectPacket, user: str, writer: asyncio.StreamWriter, limits: BrokerLimits) -> None:
        self.user = user
        self.client_id: str = connect.client_id
        self.will = _will(connect)
        self.deadline_s = 1.5 * min(connect.keep_alive or limits.keepalive_s, limits.keepalive_s)
        self.writer = writer
        self.half_done: set[int] = set()  # QoS 2 ids taken and not yet released
        self.ended = asyncio.Event()
        self._limits = limits
        self._filters: dict[str, tuple[list[str], int]] = {}
        self._unacknowledged: set[int] = set()
        self._last_id = 0

    def subscribe(self, topic_filter: str, qos: int) -> int | None:
        """Adds a filter; the QoS granted, or None where there are too many."""
        if topic_filter not in self._filters and len(self._filters) >= self._limits.subscriptions:
            return None
        granted = min(qos, 1)
        self._filters[topic_filter] = (topic_filter.split("/"), granted)
        return granted

    def unsubscribe(self, topic_filter: str) -> None:
        """Takes a filter away."""
        self._filters.pop(topic_filter, None)

    def wanted_qos(self, levels: list[str]) -> int | None:
        """The best QoS at which this client asked for a topic, or None."""
        return max(
            (qos for filter_levels, qos in self._filters.values() if matches(levels, filter_levels)), default=None
        )

    def deliver(self, topic: str, payload: bytes, qos: int, *, is_retained: bool = False) -> None:
        """Puts a message on its way; who does not read or acknowledge is cut off, and heals on coming back."""
        if qos and len(self._unacknowledged) >= self._limits.unacknowledged:
            self.cut()
            return
        packet_id = self._next_id() if qos else None
        self.send(packets.publish(topic, payload, packet_id=packet_id, is_retained=is_retained))

    def acknowledged(self, packet_id: int) -> None:
        """The client has a message."""
        self._unacknowledged.discard(packet_id)

    def send(self, data: bytes) -> None:
        """Writes without waiting."""
        transport = self.writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > self._limits.backlog_bytes:
            self.cut()
            return
        self.writer.write(data)

    def cut(self) -> None:
        """Ends the connection at once; the will is said."""
        self.writer.transport.abort()

    def _next_id(self) -> int:
        while True:
            self._last_id = self._last_id % 0xFFFF + 1
            if self._last_id not in self._unacknowledged:
                self._unacknowledged.add(self._last_id)
                return self._last_id


class Throttle:
    """Lets a client publish in bursts, and no more than so many a second over time."""

    def __init__(self, limits: BrokerLimits, monotonic: Callable[[], float]) -> None:
        self._rate = limits.messages_per_s
        self._burst_s = limits.burst / limits.messages_per_s
        self._monotonic = monotonic
        self._paid_until = monotonic() - self._burst_s

    def wait_s(self) -> float:
        """Seconds to wait before the next message is read."""
        now = self._monotonic()
        self._paid_until = max(self._paid_until, now - self._burst_s) + 1 / self._rate
        return max(0.0, self._paid_until - now)


def send_at_once(writer: asyncio.StreamWriter) -> None:
    """Without TCP_NODELAY a small message waits up to 40 ms for the acknowledgement of the one before."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _will(connect: ConnectPacket) -> Will | None:
    if not connect.will_flag:
        return None
    return Will(connect.will_topic, bytes(connect.will_message), bool(connect.will_retain_flag))
