"""A device that speaks as docs/devices-mqtt.md tells vendors to; simulators and tests build on it."""

import asyncio
import contextlib
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from hall_server.clock import Clock
from hall_server.ids import Ids
from hall_server.mqtt.link import AiomqttLink, Endpoint, Message
from hall_server.mqtt.names import Channel, down_filter, parse, topic
from hall_server.mqtt.outbox import Outgoing
from hall_server.mqtt.topics import Command, Payload, Reply, Report, Request, Show, State, Status

HEARTBEAT_S = 10.0
_ASK_AGAIN_S = 2.0
_REMEMBERED_COMMANDS = 1_000

CommandHandler = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any] | None]]
"""handler(do, args): does it; what it returns goes into the report. An exception reports `failed`."""


class NotDone(Exception):
    """Raised by what does commands: the report says `failed` with this reason, a word in the manner of a code."""

    def __init__(self, reason: str, **detail: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


class RequestRefused(Exception):
    """The server said no."""

    def __init__(self, code: str, message: str, fields: dict[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields = fields


class SimulatedDevice:
    """One device: shows pictures, does each command once, asks until it is answered, says how it is every 10 s."""

    def __init__(
        self,
        *,
        hall: str,
        device_id: str,
        kind: str,
        host: str,
        port: int,
        password: str,
        clock: Clock,
        ids: Ids,
        on_command: CommandHandler | None = None,
        on_show: Callable[[Any], None] | None = None,
        keepalive_s: int = 15,
        heartbeat_s: float = HEARTBEAT_S,
        model: str = "simulated",
        firmware: str = "1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepares a device; `start` connects it. `on_command` does commands, `on_show` is told of each new picture."""
        self.device_id = device_id
        self.picture: Any = None
        self.seq = 0
        self.commands_done = 0
        self._hall = hall
        self._kind = kind
        self._clock = clock
        self._ids = ids
        self._on_command = on_command
        self._on_show = on_show
        self._heartbeat_s = heartbeat_s
        self._is_hung = False
        self._state = State(status=Status.ONLINE, kind=kind, model=model, firmware=firmware)
        self._asked: dict[str, tuple[Request, asyncio.Future[Reply]]] = {}
        self._seen: OrderedDict[str, Report | None] = OrderedDict()  # command id → its report, None while under way
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        gone = msgspec.json.encode(State(status=Status.OFFLINE, kind=kind, model=model, firmware=firmware))
        self.link = AiomqttLink(
            Endpoint(
                host=host,
                port=port,
                user=device_id,
                password=password,
                keepalive_s=keepalive_s,
                will=Outgoing(self._topic(Channel.STATE), gone, 1, True),
                tls=tls,
            ),
            waiting=1_000,
        )
        self.link.subscribe(down_filter(hall, device_id))
        self.link.on_message(self._message)
        self.link.on_connect(self._connected)

    def start(self) -> None:
        """Connects, in the background, and goes on to."""
        self._spawn(self._beat())
        self.link.start()

    async def stop(self, *, says_goodbye: bool = True) -> None:
        """Disconnects; with a goodbye the state is `offline` first, as an orderly switching off must be."""
        if says_goodbye and self.link.is_connected:
            self._say(Channel.STATE, msgspec.structs.replace(self._state, status=Status.OFFLINE))
        await self.link.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hang(self, *, is_hung: bool = True) -> None:
        """Be connected and neither speak nor listen, as a device whose program has stopped; or go on."""
        self._is_hung = is_hung
        if not is_hung and self.link.is_connected:
            self._connected()

    def say_state(self, status: Status, detail: dict[str, Any] | None = None) -> None:
        """Changes what the device says of itself, such as a fault with its reason."""
        self._state = msgspec.structs.replace(self._state, status=status, detail=detail or {})
        self._say_state()

    def report(self, what: str, detail: dict[str, Any] | None = None) -> None:
        """Tells that something happened."""
        self._say(Channel.REPORT, Report(id=self._ids.new(), what=what, detail=detail or {}))

    async def request(
        self, do: str, args: dict[str, Any] | None = None, *, request_id: str | None = None, timeout_s: float = 30.0
    ) -> Any:
        """Asks the server, again with the same id until it answers.

        Raises:
            RequestRefused: it said no.
            TimeoutError: it did not answer in time.
        """
        request = Request(id=request_id or self._ids.new(), do=do, args=args or {})
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._asked[request.id] = (request, answer)
        try:
            async with asyncio.timeout(timeout_s):
                reply = await self._ask(request, answer)
        finally:
            self._asked.pop(request.id, None)
        if isinstance(reply.error, msgspec.UnsetType):
            return reply.result
        raise RequestRefused(reply.error.code, reply.error.message, reply.error.fields)

    async def shown(self, is_it: Callable[[Any], bool]) -> Any:
        """Waits until the picture is one for which `is_it` holds."""
        while not is_it(self.picture):
            self._changed.clear()
            await self._changed.wait()
        return self.picture

    async def _ask(self, request: Request, answer: asyncio.Future[Reply]) -> Reply:
        while True:
            if self.link.is_connected:
                self._say(Channel.REQUEST, request)
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.shield(answer), _ASK_AGAIN_S)

    def _connected(self) -> None:
        self._say_state()
        for request, _ in self._asked.values():
            self._say(Channel.REQUEST, request)

    def _message(self, message: Message) -> None:
        if self._is_hung or not message.payload:  # empty: the hall has cleared what was kept for it
            return
        name = parse(message.topic)
        match name.channel if name is not None else None:
            case Channel.SHOW:
                self._show(msgspec.json.decode(message.payload, type=Show))
            case Channel.COMMAND:
                self._command(msgspec.json.decode(message.payload, type=Command))
            case Channel.REPLY:
                reply = msgspec.json.decode(message.payload, type=Reply)
                _, answer = self._asked.get(reply.id or "", (None, None))
                if answer is not None and not answer.done():
                    answer.set_result(reply)

    def _show(self, show: Show) -> None:
        self.picture, self.seq = show.picture, show.seq
        self._changed.set()
        if self._on_show is not None:
            self._on_show(show.picture)

    def _command(self, command: Command) -> None:
        if command.id in self._seen:
            report = self._seen[command.id]
            if report is not None:  # done before; only the report was lost
                self._say(Channel.REPORT, report)
            return
        self._seen[command.id] = None
        if len(self._seen) > _REMEMBERED_COMMANDS:
            self._seen.popitem(last=False)
        self._spawn(self._do(command, self._clock.monotonic() + (command.until - command.at).total_seconds()))

    async def _do(self, command: Command, deadline: float) -> None:
        if self._clock.monotonic() >= deadline:
            self._end(Report(id=command.id, what="expired"))
            return
        try:
            detail = await self._on_command(command.do, command.args) if self._on_command is not None else None
            self.commands_done += 1
            self._end(Report(id=command.id, what="done", detail=detail or {}))
        except NotDone as exc:
            self._end(Report(id=command.id, what="failed", detail={**exc.detail, "reason": exc.reason}))
        except Exception as exc:  # noqa: BLE001 - whatever the device's own code trips over, the server hears of it
            self._end(Report(id=command.id, what="failed", detail={"reason": type(exc).__name__}))

    def _end(self, report: Report) -> None:
        self._seen[report.id] = report
        self._say(Channel.REPORT, report)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_s)
            if self.link.is_connected:
                self._say_state()

    def _say_state(self) -> None:
        self._say(Channel.STATE, msgspec.structs.replace(self._state, at=self._clock.now()))

    def _say(self, channel: Channel, payload: Payload) -> None:
        if self._is_hung:
            return
        is_state = channel is Channel.STATE
        self.link.publish(self._topic(channel), msgspec.json.encode(payload), qos=1, retain=is_state)

    def _topic(self, channel: Channel) -> str:
        return topic(self._hall, self.device_id, channel)

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name=f"device {self.device_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
