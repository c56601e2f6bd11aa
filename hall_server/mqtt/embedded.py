"""The broker inside the server process: amqtt's packets under our own rules of who may say and hear what.

amqtt 0.12.1's own `Broker` cannot be mended from outside where it matters here: it never enforces keepalive, drops a
known client's session before it looks at the newcomer's password, sends every newcomer the retained messages of all
other clients' subscriptions, leaves the old connection of a client open after a take-over, and loses a message when
somebody subscribes while it is handed out. Its codecs are sound, so they stay.
"""

import asyncio
import contextlib
import hmac
import logging
import secrets
import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

from amqtt.mqtt.connect import ConnectPacket
from amqtt.mqtt.disconnect import DisconnectPacket
from amqtt.mqtt.pingreq import PingReqPacket
from amqtt.mqtt.puback import PubackPacket
from amqtt.mqtt.publish import PublishPacket
from amqtt.mqtt.pubrel import PubrelPacket
from amqtt.mqtt.subscribe import SubscribePacket
from amqtt.mqtt.unsubscribe import UnsubscribePacket

from hall_server.mqtt import names, packets, tls
from hall_server.mqtt.credentials import SERVER_USER, Credentials, DeviceGate
from hall_server.mqtt.newcomers import Newcomers, address
from hall_server.mqtt.permissions import Denial, matches, may_publish, may_subscribe
from hall_server.mqtt.session import BrokerLimits, Session, Throttle, send_at_once
from hall_server.mqtt.topics import TABLE
from hall_server.origins import origin_of

_LOG = logging.getLogger(__name__)
_REFUSED = 0x80
_KNOWN_DENIALS = 10_000
_SAID_AGAIN_S = 60.0
"""A failed handshake is logged once a minute for each origin: whoever tries ports must not fill the log."""
_CLOSED_WITHIN_S = 1.0

DenialListener = Callable[[str, Denial, str], None]


class Insider(Protocol):
    """The hall itself, where it is in the broker's process."""

    def came_up(self) -> None:
        """The broker listens."""
        ...

    def went_down(self) -> None:
        """The broker has ended."""
        ...

    def hear(self, topic: str, payload: bytes) -> None:
        """A client has published."""
        ...


class EmbeddedBroker:
    """An MQTT 3.1.1 broker for one hall; keeps retained messages in memory and nothing else.

    Messages to a client that is away are not kept: pictures are retained, and the server sends commands again until
    they are reported done (see `commands.py`).
    """

    def __init__(
        self,
        *,
        gate: DeviceGate,
        device_key: bytes,
        hall: str,
        host: str = "127.0.0.1",
        port: int | None = 0,
        limits: BrokerLimits | None = None,
        tls: ssl.SSLContext | None = None,
        tls_port: int = 0,
        on_denied: DenialListener | None = None,
    ) -> None:
        """Prepares a broker; nothing listens before `start`.

        Args:
            gate: who is known; asked at every connection.
            device_key: the key of the device credentials.
            hall: the hall's id, the second level of every topic.
            host: the address to listen on.
            port: the port for those without TLS, 0 for any free one, None for no such port.
            limits: what a client may cost.
            tls: a server context for MQTTS; None: only the plain port.
            tls_port: its port, or 0 for any free one.
            on_denied: told of everything turned away: device id ("" where unknown), why, topic or reason.
        """
        self.server_user = SERVER_USER
        self.server_password = secrets.token_urlsafe(32)
        self.denied: Counter[tuple[str, Denial]] = Counter()
        self._credentials = Credentials(device_key=device_key, gate=gate)
        self._gate = gate
        self._hall = hall
        self._host, self._port = host, port
        self.tls_port = tls_port
        self._limits = limits or BrokerLimits()
        self._tls = tls
        self._on_denied = on_denied
        self._listeners: list[asyncio.Server] = []
        self._sessions: dict[str, Session] = {}
        self._servers: set[Session] = set()
        self._retained: dict[str, bytes] = {}
        self._connections: set[asyncio.StreamWriter] = set()
        self._served: set[asyncio.Task[None]] = set()
        self._newcomers = Newcomers(limit=self._limits.newcomers)
        self._said: dict[str, float] = {}  # address → when its failed handshake was logged
        self._insider: Insider | None = None

    def attach(self, insider: Insider | None) -> None:
        """Let the hall itself hear everything, without a connection; None: no more."""
        self._insider = insider
        if insider is not None and self._listeners:
            insider.came_up()

    def say(self, topic: str, payload: bytes, qos: int, *, is_retained: bool) -> None:
        """Hands out what the hall itself says."""
        if is_retained:
            self._keep(topic, payload)
        self._hand_out(topic, payload, qos)

    def retained(self) -> list[tuple[str, bytes]]:
        """What is kept now, by topic."""
        return list(self._retained.items())

    async def start(self) -> int:
        """Listens; the port it listens on (the plain one, where there is one), the same over a stop and a start."""
        if self._port is not None:
            self._port = await self._listen_at(self._port, self._connected)
        if self._tls is not None:
            try:
                self.tls_port = await self._listen_at(self.tls_port, self._connected_secretly)
            except OSError:
                self._close()
                raise
        if self._insider is not None:
            self._insider.came_up()
        return self.tls_port if self._port is None else self._port

    async def stop(self) -> None:
        """Cuts everyone off and forgets every retained message."""
        if not self._listeners:
            return
        if self._insider is not None:
            self._insider.went_down()
        listeners = self._listeners
        self._close()
        ending = [session.ended.wait() for session in self._sessions.values()]
        self._newcomers.cut_all()
        for writer in list(self._connections):
            writer.transport.abort()
        await asyncio.gather(*ending)
        await asyncio.gather(*self._served, return_exceptions=True)  # each leaves only once its socket is closed
        for listener in listeners:
            await listener.wait_closed()
        self._retained.clear()

    def kick(self, device_id: str) -> bool:
        """Cuts a device off at once, as revoking and rotating its credential must; whether it was connected."""
        session = self._sessions.get(device_id)
        if session is not None:
            session.cut()
        return session is not None

    def connected(self) -> frozenset[str]:
        """The client ids connected now."""
        return frozenset(self._sessions)

    async def _listen_at(
        self, port: int, connected: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    ) -> int:
        listener = await asyncio.start_server(connected, self._host, port, limit=self._limits.packet_bytes, backlog=512)
        self._listeners.append(listener)
        return int(listener.sockets[0].getsockname()[1])

    def _close(self) -> None:
        for listener in self._listeners:
            listener.close()
        self._listeners = []

    async def _connected_secretly(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._serve(reader, writer, self._tls)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._serve(reader, writer, None)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext | None
    ) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - the streams have made one
        self._served.add(task)
        task.add_done_callback(self._served.discard)
        try:
            session = await self._newcomer(reader, writer, context)
            if session is not None:
                await self._converse(session, reader)
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # gone, or silent for too long; the will has been said
        except Exception:  # noqa: BLE001 - top of the connection's task: one client must not take the broker along
            _LOG.exception("a connection failed", extra={"action": "mqtt.connection"})
        finally:
            self._connections.discard(writer)
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(_CLOSED_WITHIN_S):  # after a broken handshake nobody says that it is closed
                    await writer.wait_closed()
            writer.transport.abort()

    async def _newcomer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext | None
    ) -> Session | None:
        """Who it is; None where nobody comes in. Nothing may be awaited before the handshake: it is read first."""
        async with asyncio.timeout(None) as turn:
            self._newcomers.come(turn, origin_of(address(writer)))
            try:
                if context is not None and not await self._shakes_hands(writer, context):
                    return None
                self._connections.add(writer)
                send_at_once(writer)
                return await self._admit(reader, writer)
            finally:
                self._newcomers.known(turn)

    async def _shakes_hands(self, writer: asyncio.StreamWriter, context: ssl.SSLContext) -> bool:
        try:
            await writer.start_tls(context, ssl_handshake_timeout=self._limits.connect_s)
        except OSError as exc:
            where, why, now = origin_of(address(writer)), tls.refusal(exc), time.monotonic()
            if now - self._said.get(where, -_SAID_AGAIN_S) >= _SAID_AGAIN_S:
                self._said = {other: at for other, at in self._said.items() if now - at < _SAID_AGAIN_S}
                self._said[where] = now
                _LOG.warning("no TLS with %s: %s", where, why, extra={"action": "mqtt.tls"})
            self._deny("", Denial.TLS, why)
            return False
        return True

    async def _converse(self, session: Session, reader: asyncio.StreamReader) -> None:
        says_goodbye = False
        try:
            session.writer.write(packets.connack(packets.ACCEPTED))
            says_goodbye = await self._listen(session, reader)
        except packets.BrokenPacket as exc:
            self._deny(session.user, Denial.PROTOCOL, str(exc))
        finally:
            self._sessions.pop(session.client_id, None)
            self._servers.discard(session)
            session.ended.set()  # whoever takes the name over runs only after the will below
            if session.will is not None and not says_goodbye and self._is_let_in(session.user):
                self._take(session, session.will.topic, session.will.payload, 1, is_retained=session.will.is_retained)

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Session | None:
        try:
            async with asyncio.timeout(self._limits.connect_s):
                connect = await packets.read_connect(reader, limit_bytes=self._limits.packet_bytes)
        except packets.WrongProtocol:
            writer.write(packets.connack(packets.BAD_PROTOCOL))
            return None
        except packets.BrokenPacket as exc:
            self._deny("", Denial.PROTOCOL, str(exc))
            return None
        user = str(connect.username or "")
        answer = self._answer(connect, user)
        if answer != packets.ACCEPTED:
            writer.write(packets.connack(answer))
            return None
        if len(self._sessions) >= self._limits.connections and connect.client_id not in self._sessions:
            return None
        return await self._replace(Session(connect, user, writer, self._limits))

    def _answer(self, connect: ConnectPacket, user: str) -> int:
        if not self._is_right(user, str(connect.password or "")):
            self._deny(user, Denial.CREDENTIAL, "")
            return packets.BAD_CREDENTIAL
        if user != SERVER_USER and connect.client_id != user:
            self._deny(user, Denial.IMPERSONATION, str(connect.client_id)[:200])
            return packets.BAD_CLIENT_ID
        return packets.ACCEPTED

    def _is_right(self, user: str, password: str) -> bool:
        if user == SERVER_USER:
            return hmac.compare_digest(self.server_password.encode(), password.encode("utf-8", "replace"))
        return names.is_id(user) and self._credentials.check(user, password)

    async def _replace(self, session: Session) -> Session:
        while (old := self._sessions.get(session.client_id)) is not None:
            old.cut()
            await old.ended.wait()  # its will comes before the newcomer's first word
        self._sessions[session.client_id] = session
        if session.user == SERVER_USER:
            self._servers.add(session)
        return session

    async def _listen(self, session: Session, reader: asyncio.StreamReader) -> bool:
        throttle = Throttle(self._limits, time.monotonic)
        is_device = session.user != SERVER_USER
        while True:
            async with asyncio.timeout(session.deadline_s):
                frame = await packets.read_frame(reader, limit_bytes=self._limits.packet_bytes)
            packet = await packets.parse(frame)
            if isinstance(packet, DisconnectPacket):
                return True
            self._handle(session, packet)
            if is_device:
                await self._let_others_on(throttle.wait_s())

    async def _let_others_on(self, wait_s: float) -> None:
        """Holds a device back while it is too fast or the server cannot keep up, instead of growing."""
        for server in list(self._servers):
            with contextlib.suppress(OSError):
                await server.writer.drain()
        await asyncio.sleep(wait_s)

    def _handle(self, session: Session, packet: object) -> None:
        match packet:
            case PublishPacket():
                self._published(session, packet)
            case PubackPacket():
                session.acknowledged(packet.packet_id)
            case PubrelPacket():
                session.half_done.discard(packet.packet_id)
                session.send(packets.pubcomp(packet.packet_id))
            case SubscribePacket():
                self._subscribed(session, packet)
            case UnsubscribePacket():
                for topic_filter in packet.payload.topics:
                    session.unsubscribe(topic_filter)
                session.send(packets.unsuback(packet.variable_header.packet_id))
            case PingReqPacket():
                session.send(packets.PINGRESP)
            case _:
                raise packets.BrokenPacket(f"{type(packet).__name__} does not come from a client here")

    def _published(self, session: Session, packet: PublishPacket) -> None:
        topic, payload, qos = str(packet.topic_name), bytes(packet.data or b""), int(packet.qos or 0)
        if qos > 2 or not topic:
            raise packets.BrokenPacket("PUBLISH without topic or quality")
        is_new = qos < 2 or packet.packet_id not in session.half_done
        if is_new:
            self._take(session, topic, payload, qos, is_retained=bool(packet.retain_flag))
        if qos == 1:
            session.send(packets.puback(packet.packet_id))
        elif qos == 2:
            if len(session.half_done) >= self._limits.quality_2:
                raise packets.BrokenPacket("too many QoS 2 messages half done")
            session.half_done.add(packet.packet_id)
            session.send(packets.pubrec(packet.packet_id))

    def _take(self, session: Session, topic: str, payload: bytes, qos: int, *, is_retained: bool) -> None:
        """Hands a message out. MQTT 3.1.1 cannot refuse one: what is not allowed is dropped and counted."""
        if not may_publish(self._hall, session.user, topic):
            self._deny(session.user, Denial.PUBLISH, topic)
            return
        if is_retained and self._may_keep(session, topic):
            self._keep(topic, payload)
        self._hand_out(topic, payload, qos)
        if self._insider is not None and session.user != SERVER_USER:
            self._insider.hear(topic, payload)

    def _keep(self, topic: str, payload: bytes) -> None:
        self._retained[topic] = payload
        if not payload:
            del self._retained[topic]

    def _hand_out(self, topic: str, payload: bytes, qos: int) -> None:
        levels = topic.split("/")
        for target in self._hearers(levels):
            wanted = target.wanted_qos(levels)
            if wanted is not None:
                target.deliver(topic, payload, min(qos, wanted))

    def _hearers(self, levels: list[str]) -> list[Session]:
        """Who can have asked for a topic at all: the server, and the one device it belongs to."""
        device = self._sessions.get(levels[3]) if len(levels) > 3 else None
        return [*self._servers, *([device] if device is not None and device not in self._servers else [])]

    def _may_keep(self, session: Session, topic: str) -> bool:
        """A device may have kept only what the table keeps, or it could fill the memory with topics of its own."""
        name = names.parse(topic)
        return session.user == SERVER_USER or (name is not None and TABLE[name.channel].is_retained)

    def _subscribed(self, session: Session, packet: SubscribePacket) -> None:
        granted: list[int] = []
        for topic_filter, qos in packet.payload.topics:
            answer = session.subscribe(topic_filter, qos) if self._may_hear(session, topic_filter) else None
            granted.append(_REFUSED if answer is None else answer)
        session.send(packets.suback(packet.variable_header.packet_id, granted))
        for (topic_filter, _), qos in zip(packet.payload.topics, granted, strict=True):
            if qos != _REFUSED:
                self._send_retained(session, topic_filter, qos)

    def _may_hear(self, session: Session, topic_filter: str) -> bool:
        allowed = may_subscribe(self._hall, session.user, topic_filter)
        if not allowed:
            self._deny(session.user, Denial.SUBSCRIBE, topic_filter)
        return allowed

    def _send_retained(self, session: Session, topic_filter: str, qos: int) -> None:
        levels = topic_filter.split("/")
        for topic, payload in self._retained.items():
            if matches(topic.split("/"), levels):
                session.deliver(topic, payload, qos, is_retained=True)

    def _is_let_in(self, user: str) -> bool:
        return user == SERVER_USER or (names.is_id(user) and self._gate.generation(user) is not None)

    def _deny(self, user: str, what: Denial, topic: str) -> None:
        device = user if self._is_let_in(user) else ""
        if (device, what) in self.denied or len(self.denied) < _KNOWN_DENIALS:
            self.denied[device, what] += 1
        if self._on_denied is not None:
            self._on_denied(device, what, topic[:200])
