"""The connection to a broker, as a port and as aiomqtt fills it."""

import asyncio
import contextlib
import logging
import random
import socket
import ssl
from collections.abc import Callable
from typing import NamedTuple, Protocol

import aiomqtt
import msgspec
from aiomqtt.exceptions import MqttConnectError

from hall_server.mqtt.outbox import Outbox, Outgoing
from hall_server.mqtt.tls import refusal

_LOG = logging.getLogger(__name__)
_NODELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
_FIRST_DELAY_S = 0.1
_LAST_DELAY_S = 3.0
"""After a broker that forgot everything is there again, all retained state is back in 5 s: the last device may wait
this long, and the rest is for two hundred of them to connect and say how they are."""
_ANSWER_S = 5.0
_UNDER_WAY = 100
_STOP_S = 1.0


class Message(NamedTuple):
    """A message that came in."""

    topic: str
    payload: bytes
    is_retained: bool  # the broker had kept it: it tells the past


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Where a broker is and as whom to speak to it."""

    host: str
    port: int
    user: str
    password: str
    client_id: str | None = None  # None: the user name
    keepalive_s: int = 15
    will: Outgoing | None = None
    tls: ssl.SSLContext | None = None


class BrokerLink(Protocol):
    """What the server needs of a connection to a broker."""

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Puts a message on its way; never waits and never fails (see `Outbox`)."""
        ...

    def subscribe(self, topic_filter: str) -> None:
        """Asks for a filter at every connection from now on; before `start`."""
        ...

    def on_message(self, handler: Callable[[Message], None]) -> None:
        """Who takes the messages; before `start`."""
        ...

    def on_connect(self, listener: Callable[[], None]) -> None:
        """Who is told of every connection, once its filters stand; there everything retained is said again."""
        ...

    @property
    def is_connected(self) -> bool:
        """Whether the broker is there now."""
        ...


class AiomqttLink:
    """A connection that comes back by itself: full jitter, at most 3 s between two tries."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        waiting: int = 10_000,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Prepares a link; nothing happens before `start`.

        Args:
            endpoint: the broker and the credential.
            waiting: how many messages may wait to be published.
            jitter: draws from [low, high], in seconds.
        """
        self._endpoint = endpoint
        self._outbox = Outbox(limit=waiting)
        self._waiting = waiting
        self._jitter = jitter
        self._filters: list[str] = []
        self._handler: Callable[[Message], None] = lambda message: None
        self._listeners: list[Callable[[], None]] = []
        self._refused: Callable[[], None] = lambda: None
        self._news = asyncio.Event()
        self._taken = asyncio.Event()
        self._up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._socket: socket.socket | None = None

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """See `BrokerLink`."""
        self._outbox.put(Outgoing(topic, payload, qos, retain))
        self._news.set()

    def subscribe(self, topic_filter: str) -> None:
        """See `BrokerLink`."""
        self._filters.append(topic_filter)

    def on_message(self, handler: Callable[[Message], None]) -> None:
        """See `BrokerLink`."""
        self._handler = handler

    def on_connect(self, listener: Callable[[], None]) -> None:
        """See `BrokerLink`."""
        self._listeners.append(listener)

    def on_refused(self, listener: Callable[[], None]) -> None:
        """Who is told when the broker is there and does not let us in."""
        self._refused = listener

    def sign_in_with(self, password: str) -> None:
        """Uses another password from the next connection on."""
        self._endpoint = msgspec.structs.replace(self._endpoint, password=password)

    @property
    def is_connected(self) -> bool:
        """See `BrokerLink`."""
        return self._up.is_set()

    @property
    def dropped(self) -> int:
        """Messages given up because too many waited."""
        return self._outbox.dropped

    async def connected(self) -> None:
        """Returns as soon as the broker is there."""
        await self._up.wait()

    def sends_at_once(self) -> bool:
        """Whether TCP_NODELAY is set on the open socket."""
        return self._socket is not None and bool(self._socket.getsockopt(*_NODELAY[:2]))

    def cut(self) -> None:
        """Breaks the open connection, as a network does that fails; the link comes back by itself."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def start(self) -> None:
        """Begins to connect, in the background."""
        self._task = asyncio.create_task(self._run(), name=f"mqtt link {self._endpoint.user}")

    async def stop(self) -> None:
        """Sends what waits, for a second at most, says goodbye and ends."""
        if self._task is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                while self.is_connected and len(self._outbox):
                    self._taken.clear()
                    await self._taken.wait()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    async def _run(self) -> None:
        tries = 0
        while True:
            try:
                async with self._client() as client:
                    tries = 0
                    await self._converse(client)
            except MqttConnectError as exc:
                _LOG.info("not let in: %s", exc, extra={"action": "mqtt.refused"})
                self._refused()
            except aiomqtt.MqttError as exc:
                if isinstance(exc.__cause__ or exc.__context__, ssl.SSLError):
                    why = refusal(exc.__cause__ or exc.__context__ or exc)
                    _LOG.warning("no TLS with the broker: %s", why, extra={"action": "mqtt.tls"})
                _LOG.info("broker is away: %s", exc, extra={"action": "mqtt.away"})
            except Exception:  # noqa: BLE001 - top of the link's loop: a broken handler must not end it
                _LOG.exception("the link failed", extra={"action": "mqtt.link"})
            await asyncio.sleep(self._jitter(0.0, min(_LAST_DELAY_S, _FIRST_DELAY_S * 2**tries)))
            tries = min(tries + 1, 10)

    async def _converse(self, client: aiomqtt.Client) -> None:
        sending = None
        try:
            for topic_filter in self._filters:
                await client.subscribe(topic_filter, qos=1)
            self._up.set()
            for listener in self._listeners:
                listener()
            sending = asyncio.create_task(self._send(client), name=f"mqtt out {self._endpoint.user}")
            async for message in client.messages:
                self._handler(Message(str(message.topic), _bytes(message.payload), bool(message.retain)))
        finally:
            self._up.clear()
            self._socket = None
            if sending is not None:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, client: aiomqtt.Client) -> None:
        """Publishes in order, a window at a time; what a lost connection takes along its owner says again."""
        room = asyncio.Semaphore(_UNDER_WAY)
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                while not len(self._outbox):
                    self._news.clear()
                    await self._news.wait()
                await room.acquire()
                task = asyncio.create_task(_publish(client, self._outbox.take()))
                self._taken.set()
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                task.add_done_callback(lambda _: room.release())
        finally:
            for task in under_way:
                task.cancel()

    def _client(self) -> aiomqtt.Client:
        to = self._endpoint
        will = (
            None if to.will is None else aiomqtt.Will(to.will.topic, to.will.payload, to.will.qos, to.will.is_retained)
        )
        client = aiomqtt.Client(
            to.host,
            to.port,
            username=to.user,
            password=to.password,
            identifier=to.client_id or to.user,
            keepalive=to.keepalive_s,
            will=will,
            tls_context=to.tls,
            clean_session=True,
            max_queued_incoming_messages=self._waiting,
            max_inflight_messages=_UNDER_WAY,
            max_queued_outgoing_messages=self._waiting,
            timeout=_ANSWER_S,
            logger=_LOG.getChild("paho"),
        )
        client.pending_calls_threshold = 2 * _UNDER_WAY
        self._send_at_once(client)
        return client

    def _send_at_once(self, client: aiomqtt.Client) -> None:
        """Sets TCP_NODELAY as soon as paho opens its socket: the CONNECT must not wait either."""
        inner = client._client  # aiomqtt's own socket_options come only after CONNECT was written
        opened = inner.on_socket_open

        def at_once(paho: object, data: object, opened_socket: socket.socket) -> None:
            opened_socket.setsockopt(*_NODELAY)
            self._socket = opened_socket
            if opened is not None:
                opened(paho, data, opened_socket)  # type: ignore[arg-type]  # paho's own socket type is private

        inner.on_socket_open = at_once  # type: ignore[assignment]  # the same


async def _publish(client: aiomqtt.Client, message: Outgoing) -> None:
    with contextlib.suppress(aiomqtt.MqttError):
        await client.publish(message.topic, message.payload, message.qos, message.is_retained)


def _bytes(payload: object) -> bytes:
    return payload if isinstance(payload, bytes) else b""
