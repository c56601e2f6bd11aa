"""The server's side of every device's topics."""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from hall_server.clock import Clock
from hall_server.errors import DomainError, TooMany
from hall_server.ids import Ids
from hall_server.mqtt.commands import Commands, EndListener
from hall_server.mqtt.credentials import DeviceGate
from hall_server.mqtt.link import BrokerLink, Message
from hall_server.mqtt.names import Channel, parse, topic, up_filter
from hall_server.mqtt.presence import Presence, PresenceListener, PresenceTable, Standing
from hall_server.mqtt.requests import Describe, RequestHandler, Requests
from hall_server.mqtt.topics import (
    TABLE,
    BadPayload,
    Command,
    Payload,
    Reply,
    Report,
    Request,
    Show,
    State,
    decode,
    encode,
)

_LOG = logging.getLogger(__name__)
_SWEEP_S = 1.0
_MESSAGES_PER_S = 20.0
_BURST = 60

ReportListener = Callable[[str, Report], None]
BadInputListener = Callable[[str, str, dict[str, object]], None]


class Picture(NamedTuple):
    """What a device shows: the number it was sent with, and its bytes, for comparing."""

    seq: int
    encoded: bytes


class DeviceRouter:
    """Hands requests to their handlers, pictures and commands to devices, and keeps who is here."""

    def __init__(
        self,
        *,
        hall: str,
        link: BrokerLink,
        gate: DeviceGate,
        clock: Clock,
        ids: Ids,
        describe: Describe,
        language: str = "zh-CN",
        messages_per_s: float = _MESSAGES_PER_S,
    ) -> None:
        """Takes the link over: subscribes, and listens to connections and messages.

        Args:
            hall: the hall's id.
            link: the connection; started by its owner after this.
            gate: which devices exist.
            clock: now, and monotonic seconds.
            ids: for commands.
            describe: words an error in a language.
            language: of the errors sent to devices.
            messages_per_s: what one device may say over time; bursts of 60 are taken.
        """
        self._hall = hall
        self._link = link
        self._gate = gate
        self._clock = clock
        self._rate = messages_per_s
        self._language = language
        self._presence = PresenceTable(clock=clock)
        self._commands = Commands(clock=clock, ids=ids, send=self._send_command)
        self._requests = Requests(describe=describe, reply=self._send_reply, language=language)
        self._pictures: dict[str, Picture] = {}
        self._bad: dict[str, Counter[str]] = {}
        self._paid_until: dict[str, float] = {}
        self._forgotten: set[str] = set()
        self._report_listeners: list[ReportListener] = []
        self._bad_listeners: list[BadInputListener] = []
        self._last_seq = 0
        self._task: asyncio.Task[None] | None = None
        self._due = asyncio.Event()
        self._presence.listen(self._back)
        link.subscribe(up_filter(hall))
        link.on_message(self._message)
        link.on_connect(self._show_all_again)

    def start(self) -> None:
        """Begins to send again what is not reported and to look for hung devices."""
        self._task = asyncio.create_task(self._run(), name="mqtt router")

    async def stop(self) -> None:
        """Ends both, and every request under way."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._requests.stop()

    def on_request(self, do: str, handler: RequestHandler) -> None:
        """Gives a verb of `up/request` its handler."""
        self._requests.handle(do, handler)

    def on_report(self, listener: ReportListener) -> None:
        """Tells of every report that is not about a command: listener(device id, report)."""
        self._report_listeners.append(listener)

    def on_command_end(self, listener: EndListener) -> None:
        """Tells how each command ended."""
        self._commands.listen(listener)

    def on_command_begin(self, listener: Callable[[str], None]) -> None:
        """Tells of every new command: listener(device id)."""
        self._commands.on_begin(listener)

    def open_commands(self, device_id: str) -> list[Command]:
        """What a device has not reported yet, as it would be sent now."""
        return self._commands.open(device_id)

    def took(self, device_id: str, payload: State | Report) -> None:
        """A device has said how it is, or what it did, in another way than over the broker.

        Raises:
            TooMany: ``device.too_many_messages``.
        """
        self._meter(device_id)
        self._dispatch(device_id, payload)

    def on_presence(self, listener: PresenceListener) -> None:
        """Tells of every change of a device's presence."""
        self._presence.listen(listener)

    def on_bad_input(self, listener: BadInputListener) -> None:
        """Tells of everything refused: listener(device id, code, fields)."""
        self._bad_listeners.append(listener)

    def show(self, device_id: str, picture: object) -> bool:
        """Publishes the whole picture a device shows now, kept by the broker; False where it shows just that.

        Args:
            device_id: the device.
            picture: anything msgspec can write.
        """
        encoded = msgspec.json.encode(picture)
        old = self._pictures.get(device_id)
        if old is not None and old.encoded == encoded:
            return False
        self._last_seq = max(self._last_seq + 1, int(self._clock.now().timestamp() * 1000))
        self._pictures[device_id] = Picture(self._last_seq, encoded)
        self._publish_picture(device_id)
        return True

    def command(self, device_id: str, do: str, args: dict[str, Any] | None = None, *, ttl_s: float) -> str:
        """Has a device do something once within `ttl_s` seconds; the command's id."""
        command_id = self._commands.command(device_id, do, args or {}, ttl_s=ttl_s)
        self._due.set()
        return command_id

    def waiting(self, device_id: str) -> list[str]:
        """The ids of the commands a device has not reported yet."""
        return self._commands.waiting(device_id)

    def presence(self, device_id: str) -> Presence | None:
        """How a device is, or None where it was never heard."""
        return self._presence.of(device_id)

    def expect(self, device_id: str, *, within_s: float) -> None:
        """A device was here before the start: unless it is heard of in this time, it is offline."""
        self._presence.expect(device_id, within_s=within_s)

    def all_presence(self) -> list[Presence]:
        """How every device is that was ever heard."""
        return self._presence.all()

    def bad_input(self, device_id: str) -> dict[str, int]:
        """How often what was refused from a device, by code."""
        return dict(self._bad.get(device_id, {}))

    def forget(self, device_id: str) -> None:
        """Takes a device out of everything, as removing it must; the broker forgets its retained topics too."""
        for channel in (Channel.SHOW, Channel.STATE):
            self._link.publish(topic(self._hall, device_id, channel), b"", qos=1, retain=True)
        self._pictures.pop(device_id, None)
        self._presence.forget(device_id)
        self._commands.forget(device_id)
        self._bad.pop(device_id, None)
        self._paid_until.pop(device_id, None)
        self._forgotten.add(device_id)

    def sweep(self) -> None:
        """Takes silent devices for gone; the router does it every second."""
        self._presence.sweep()

    async def _run(self) -> None:
        while True:
            self._due.clear()
            self._presence.sweep()
            next_s = self._commands.tick()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), min(_SWEEP_S, _SWEEP_S if next_s is None else next_s))

    def _message(self, message: Message) -> None:
        name = parse(message.topic)
        levels = message.topic.split("/")
        device = name.device if name is not None else levels[3] if len(levels) > 3 else ""
        if self._gate.generation(device) is None:
            self._clear(device, message)
            return  # revoked or foreign: nothing is kept for it, so it cannot make us grow
        if message.is_retained and not message.payload:
            return
        try:
            self._checked(device, message)
        except DomainError as error:
            self._refuse(device, message.payload, error)
        except Exception:  # noqa: BLE001 - top of one message: a failing listener must not end the link
            _LOG.exception("a message of %s failed", device, extra={"action": "mqtt.message"})

    def _clear(self, device: str, message: Message) -> None:
        """The last will of who was shut out comes after everything of it was cleared."""
        if device in self._forgotten and message.payload and message.topic.endswith(Channel.STATE):
            self._forgotten.discard(device)
            self._link.publish(message.topic, b"", qos=1, retain=True)

    def _checked(self, device: str, message: Message) -> None:
        if not message.is_retained:
            self._meter(device)
        if not message.payload and message.topic.endswith(Channel.STATE):
            return  # somebody cleared what was retained
        payload = decode(message.topic, message.payload)
        if message.is_retained:
            if isinstance(payload, State):
                self._presence.remembered(device, payload)
            return
        self._dispatch(device, payload)

    def _dispatch(self, device: str, payload: Payload) -> None:
        if isinstance(payload, State):
            self._presence.state(device, payload)
            return
        self._presence.heard(device)
        match payload:
            case Request():
                self._requests.request(device, payload)
            case Report():
                if not self._commands.reported(device, payload):
                    for listener in self._report_listeners:
                        listener(device, payload)
            case _:
                raise BadPayload("topic.unknown")

    def _meter(self, device: str) -> None:
        now = self._clock.monotonic()
        paid_until = max(self._paid_until.get(device, 0.0), now - _BURST / self._rate) + 1 / self._rate
        if paid_until > now:
            raise TooMany("device.too_many_messages", limit_per_s=self._rate)
        self._paid_until[device] = paid_until

    def _refuse(self, device: str, payload: bytes, error: DomainError) -> None:
        self._bad.setdefault(device, Counter())[error.code] += 1
        for listener in self._bad_listeners:
            listener(device, error.code, error.fields)
        if not isinstance(error, TooMany):  # who talks too much is not given more to read
            self._requests.refuse(device, _id_in(payload), error)

    def _back(self, presence: Presence) -> None:
        if presence.status in (Standing.ONLINE, Standing.FAULT):
            self._commands.back(presence.device)

    def _show_all_again(self) -> None:
        for device in self._pictures:
            self._publish_picture(device)
        self._commands.all_back()

    def _publish_picture(self, device: str) -> None:
        picture = self._pictures[device]
        self._publish(device, Channel.SHOW, Show(seq=picture.seq, picture=msgspec.Raw(picture.encoded)))

    def _send_command(self, device: str, command: Command) -> None:
        """Not while the broker is away: what waited there would say that it had more time left than it has."""
        if self._link.is_connected:
            self._publish(device, Channel.COMMAND, command)

    def _send_reply(self, device: str, reply: Reply) -> None:
        self._publish(device, Channel.REPLY, reply)

    def _publish(self, device: str, channel: Channel, payload: Payload) -> None:
        row = TABLE[channel]
        self._link.publish(topic(self._hall, device, channel), encode(payload), qos=row.qos, retain=row.is_retained)


class _OnlyId(msgspec.Struct):
    id: str


def _id_in(payload: bytes) -> str | None:
    """The id of a request that is otherwise wrong, so that the device knows which one was refused."""
    with contextlib.suppress(ValueError, RecursionError):
        found = msgspec.json.decode(payload[:65536], type=_OnlyId).id
        if len(found) <= 64 and found.isprintable() and found.isascii():
            return found
    return None
