"""The hall's end of the link: dials the city, shows its journal, sends what is new, takes what comes down."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidURI

from hall_server.errors import DomainError, Invalid, Unavailable
from hall_server.federation import wire
from hall_server.federation.asking import Questions
from hall_server.federation.attachments import Attachments
from hall_server.federation.exchange import Came, Exchange
from hall_server.federation.progress import Progress
from hall_server.federation.raw_journal import RawJournal
from hall_server.federation.state import LinkState, LinkStatus

if TYPE_CHECKING:
    from hall_server.server import Server

log = logging.getLogger(__name__)

FIRST_S, MOST_S = 1.0, 60.0
"""Between two tries: a random time between the first and a limit that doubles up to the second."""
GATHER_S = 0.25
"""News are let gather so long: a busy hall sends one batch where it has committed twenty times."""
NOW_S = 5.0
OPEN_S, PING_S = 15.0, 20.0
OFFERS_AT_ONCE = 20

DownHandler = Callable[[bytes, str], Awaitable[object]]
"""Takes an item: its payload as JSON, and the id that the command it leads to must carry."""


class Refusal(Exception):
    """The city said no.

    Attributes:
        code: why. retry_s: when to come again.
    """

    def __init__(self, code: str, retry_s: float) -> None:
        super().__init__(code)
        self.code = code
        self.retry_s = retry_s


class Means(msgspec.Struct, frozen=True, kw_only=True):
    """How the city is reached.

    Attributes:
        url: ``wss://…``; the path is the protocol's. tls: None for a city on this machine.
        pace: events a second, at most; 0: as many as it can.
        certificate_until: when this hall's certificate ends; None: it has none.
    """

    hall: str
    url: str
    token: str | None
    tls: ssl.SSLContext | None
    pace: int
    software: str = ""
    certificate_until: datetime | None = None


class Link:
    """One connection after the other, for as long as the hall runs; the hall needs none of them.

    Attributes:
        state: how it is, for the board.
    """

    def __init__(
        self,
        server: Server,
        means: Means,
        *,
        journal: RawJournal,
        progress: Progress,
        attachments: Attachments,
        handlers: dict[str, DownHandler],
        now: Callable[[], object] | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.state = LinkState(status=LinkStatus.OFFLINE, since=server.now())
        self._server = server
        self._means = means
        self._journal = journal
        self._progress = progress
        self._attachments = attachments
        self._handlers = handlers
        self._now = now
        self._wait = wait
        self._news = asyncio.Event()
        self._offers = asyncio.Event()
        self._wants = asyncio.Event()
        self._wanted: dict[str, asyncio.Future[Came]] = {}
        self._failed = 0
        self._moved = asyncio.Event()
        self._questions: Questions | None = None

    async def ask(self, kind: str, body: bytes) -> bytes:
        """Ask the city something that it answers at once.

        Raises:
            Unavailable: ``federation.unlinked``. DomainError: the city refuses.
        """
        if self._questions is None:
            raise Unavailable("federation.unlinked")
        try:
            return await self._questions.ask(kind, body)
        except ConnectionClosed as exc:
            raise Unavailable("federation.unlinked") from exc

    async def reached(self, seq: int) -> None:
        """Wait until everything up to a seq is safe at the city."""
        while self.state.acknowledged < seq:
            self._moved.clear()
            await self._moved.wait()

    def acknowledged(self, seq: int) -> None:
        """The city has everything up to a seq."""
        self.state.acknowledged = max(seq, self.state.acknowledged)
        self._moved.set()

    def news(self) -> None:
        """Something was committed."""
        self._news.set()

    def offered(self) -> None:
        """There is an attachment for the city."""
        self._offers.set()

    async def fetch(self, hash_: str) -> Came:
        """Ask the city for an attachment, now or when there is a link; gives what became of it."""
        wanted = self._wanted.setdefault(hash_, asyncio.get_running_loop().create_future())
        self._wants.set()
        return await asyncio.shield(wanted)

    async def run(self) -> None:
        """Link up again and again, for ever."""
        while True:
            pause_s = await self._once()
            await self._wait(pause_s)

    async def _once(self) -> float:
        """One connection, to its end; gives how long to wait for the next."""
        try:
            async with connect(
                self._means.url.rstrip("/") + wire.PATH,
                ssl=self._means.tls,
                compression=None,
                max_size=wire.FRAME_BYTES,
                max_queue=8,
                open_timeout=OPEN_S,
                ping_interval=PING_S,
                ping_timeout=PING_S,
                close_timeout=1,
                user_agent_header=None,
                proxy=None,
            ) as socket:
                await _Talk(self, socket).run()
            reason = "unreached"
        except Refusal as exc:
            self._is(LinkStatus.QUARANTINED if exc.code == "federation.quarantined" else LinkStatus.OFFLINE, exc.code)
            return random.uniform(exc.retry_s / 2, exc.retry_s * 1.5) if exc.retry_s else self._pause()  # noqa: S311  # spreads load
        except (OSError, EOFError, ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidURI) as exc:
            reason = _reason(exc)
        except DomainError as exc:
            reason = exc.code
        except Exception:  # the top of a loop: the hall goes on without its city
            log.exception("the link to the city failed", extra={"action": "federation.failed"})
            reason = "failed"
        ends = self._means.certificate_until
        if ends is not None and self._server.clock.now() > ends:
            reason = "federation.certificate_expired"  # what the city says of it is often lost with the connection
        self._is(LinkStatus.OFFLINE, reason)
        return self._pause()

    def _pause(self) -> float:
        """Full jitter: halls that lost their city together do not come back together."""
        self._failed += 1
        return random.uniform(FIRST_S, min(MOST_S, FIRST_S * 2 ** min(self._failed, 10)))  # noqa: S311  # spreads load

    def _is(self, status: LinkStatus, reason: str | None) -> None:
        if status is not self.state.status:
            self.state.since = self._server.now()
        if (status, reason) != (self.state.status, self.state.reason):
            level = logging.INFO if status is LinkStatus.LINKED else logging.WARNING
            log.log(level, "city: %s (%s)", status, reason or "ok", extra={"action": f"federation.{status}"})
        self.state.status, self.state.reason = status, reason
        if status is LinkStatus.LINKED:
            self._failed = 0


class _Talk:
    """What goes over one connection."""

    def __init__(self, link: Link, socket: ClientConnection) -> None:
        self._link = link
        self._socket = socket
        self._ahead: deque[int] = deque()  # last seq of each batch on its way
        self._position = 0
        self._room = asyncio.Event()
        self._exchange = Exchange(link._attachments, self._socket.send, self._came, accepts=_accept, gives=_give)
        self._offered: set[str] = set()
        self._asked: set[str] = set()

    async def run(self) -> None:
        """From hello to the end.

        Raises:
            Refusal: the city does not want us, now.
        """
        welcome = await self._hello()
        link = self._link
        self._position = link.state.acknowledged = welcome.cursor
        link.acknowledged(welcome.cursor)
        link.state.clock_off_s = round((link._server.clock.now() - welcome.clock).total_seconds())
        await link._progress.in_epoch(welcome.epoch)
        link._is(LinkStatus.LINKED, None)
        paces = [pace for pace in (welcome.pace, link._means.pace) if pace]
        questions = link._questions = Questions(self._say, welcome.answers)
        try:
            async with asyncio.TaskGroup() as all_:
                all_.create_task(self._listen(), name="from the city")
                all_.create_task(self._ship(welcome.epoch, min(paces, default=0)), name="events to the city")
                all_.create_task(self._offer(), name="attachments to the city")
                all_.create_task(self._want(), name="attachments from the city")
                if link._now is not None:
                    all_.create_task(self._tell_now(link._now), name="pictures to the city")
        except BaseExceptionGroup as group:
            raise _first(group) from group
        finally:
            link._questions = None
            questions.end()

    async def _hello(self) -> wire.Welcome:
        link, server = self._link, self._link._server
        await self._say(
            wire.Hello(
                protocol=wire.PROTOCOL,
                hall=link._means.hall,
                epoch=link._progress.epoch,
                head=server.journal.committed,
                down=link._progress.down,
                clock=server.clock.now().astimezone(UTC),
                token=link._means.token,
                software=link._means.software,
            )
        )
        while True:
            frame = wire.from_city(await self._socket.recv())
            if isinstance(frame, wire.Prove):
                await self._say(wire.Proof(seq=frame.seq, hash=await link._journal.hash_at(frame.seq)))
            elif isinstance(frame, wire.Welcome):
                return frame
            else:
                self._unexpected(frame)

    # -- up

    async def _ship(self, epoch: int, pace: int) -> None:
        """Send the journal from the city's cursor, at most four batches ahead of what is acknowledged."""
        link = self._link
        while True:
            link._news.clear()
            while self._position < link._server.journal.committed:
                await self._wait_for_room()
                rows = await link._journal.after(self._position, rows=wire.BATCH_ROWS)
                if not rows or rows[0][0] != self._position + 1:
                    if self._position + 1 > link._server.journal.committed:
                        break
                    continue  # it was set back while this was read
                self._position = rows[-1][0]
                self._ahead.append(self._position)
                await self._say(wire.Batch(epoch=epoch, first=rows[0][0], rows=rows))
                if pace:
                    await asyncio.sleep(len(rows) / pace)
            await link._news.wait()
            await asyncio.sleep(GATHER_S)

    async def _wait_for_room(self) -> None:
        while len(self._ahead) >= wire.BATCHES_AHEAD:
            self._room.clear()
            await self._room.wait()

    def _acknowledged(self, seq: int) -> None:
        self._link.acknowledged(seq)
        while self._ahead and self._ahead[0] <= seq:
            self._ahead.popleft()
        self._room.set()

    def _set_back(self, after: int) -> None:
        """The city misses something: go on from there."""
        log.warning("the city asks again after %s", after, extra={"action": "federation.again"})
        self._position = after
        self._ahead.clear()
        self._room.set()
        self._link.news()

    async def _tell_now(self, picture: Callable[[], object]) -> None:
        while True:
            body = msgspec.Raw(msgspec.json.encode(picture()))
            await self._say(wire.Now(at=self._link._server.now(), picture=body))
            await asyncio.sleep(NOW_S)

    async def _offer(self) -> None:
        """Offer what the city has not yet; a new connection offers it anew."""
        while True:
            self._link._offers.clear()
            for hash_ in await self._link._progress.offers(limit=OFFERS_AT_ONCE):
                if hash_ not in self._offered:
                    self._offered.add(hash_)
                    await self._offer_one(hash_)
            await self._link._offers.wait()

    async def _want(self) -> None:
        """Ask for what somebody here waits for; a new connection asks anew."""
        while True:
            self._link._wants.clear()
            for hash_ in self._link._wanted.keys() - self._asked:
                self._asked.add(hash_)
                await self._exchange.want(hash_)
            await self._link._wants.wait()

    async def _offer_one(self, hash_: str) -> None:
        try:
            await self._exchange.offer(hash_)
        except DomainError as exc:
            log.error("attachment %s: %s", hash_[:12], exc, extra={"action": "federation.attachment_missing"})
            await self._link._progress.brought(hash_)

    # -- down

    async def _listen(self) -> None:
        async for message in self._socket:
            if isinstance(message, bytes):
                await self._exchange.chunk(message)
            else:
                await self._heard(wire.from_city(message))
        raise ConnectionResetError("the city ended the link")

    async def _heard(self, frame: wire.FromCity) -> None:
        if isinstance(frame, wire.Ack):
            self._acknowledged(frame.seq)
        elif isinstance(frame, wire.Again):
            self._set_back(frame.after)
        elif isinstance(frame, wire.Down):
            await self._take(frame.items)
        elif isinstance(frame, wire.AskTotals):
            await self._say(await self._link._journal.totals(frame.day))
        elif isinstance(frame, wire.Want | wire.Have | wire.Got | wire.Lacking):
            await self._exchange.heard(frame)
        elif isinstance(frame, wire.Answer):
            if self._link._questions is not None:
                self._link._questions.heard(frame)
        else:
            self._unexpected(frame)

    async def _take(self, items: list[wire.Item]) -> None:
        """Do what came down, in order; what was done before the last stop is passed over."""
        for item in items:
            if item.seq > self._link._progress.down:
                await self._do(item)
        last = max(items[-1].seq, self._link._progress.down)
        await self._link._progress.took(last)
        await self._say(wire.DownAck(seq=items[-1].seq))

    async def _do(self, item: wire.Item) -> None:
        """Hand an item to whoever knows its kind; a refusal goes back as a conflict, and the next ones go on.

        Raises:
            Unavailable: the hall cannot now; the item comes again.
        """
        handler = self._link._handlers.get(item.kind)
        try:
            if handler is None:
                raise Invalid("federation.kind_unknown", kind=item.kind)
            await handler(bytes(item.payload), f"down:{item.seq}")
        except Unavailable:
            raise
        except DomainError as exc:
            await self._refuse(item, exc)
        except Exception:  # the top of a loop: one item's fault must not hold up the others
            log.exception("item %s (%s) failed", item.seq, item.kind, extra={"action": "federation.down_failed"})
            await self._refuse(item, Invalid("federation.down_failed", kind=item.kind))

    async def _refuse(self, item: wire.Item, error: DomainError) -> None:
        log.error("item %s (%s): %s", item.seq, item.kind, error, extra={"action": "federation.down_refused"})
        self._link.state.refused += 1
        self._link.state.last_refused = item.kind
        fields = msgspec.json.decode(msgspec.json.encode(error.fields, enc_hook=str))
        await self._say(wire.DownRefused(seq=item.seq, code=error.code, fields=fields))

    async def _came(self, hash_: str, what: Came) -> None:
        self._asked.discard(hash_)
        if (wanted := self._link._wanted.pop(hash_, None)) is not None and not wanted.done():
            wanted.set_result(what)
        if what in (Came.GOT, Came.HERE, Came.TAKEN):
            await self._link._progress.brought(hash_)
            self._link.offered()

    def _unexpected(self, frame: wire.FromCity) -> None:
        if isinstance(frame, wire.Refused):
            raise Refusal(frame.code, frame.retry_s)
        raise Invalid("federation.unexpected", frame=type(frame).__name__)

    async def _say(self, frame: wire.Frame) -> None:
        await self._socket.send(wire.encode(frame), text=True)


async def _accept(_hash: str) -> bool:
    """The hall takes what its city offers: documents for handing over."""
    return True


async def _give(_hash: str) -> bool:
    """The city may have what lies here: it asks for what the hall's own events name."""
    return True


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What ended the tasks; a refusal says most."""
    found: list[BaseException] = []
    for exc in group.exceptions:
        found.append(_first(exc) if isinstance(exc, BaseExceptionGroup) else exc)
    return next((exc for exc in found if isinstance(exc, Refusal)), found[0])


def _reason(exc: BaseException) -> str:
    """A word for why nothing gets through."""
    text = str(exc).lower()
    if isinstance(exc, ssl.SSLCertVerificationError):
        return "federation.city_certificate"
    if isinstance(exc, ssl.SSLError):
        return "federation.certificate_expired" if "expired" in text else "federation.certificate"
    if isinstance(exc, TimeoutError):
        return "timeout"
    return "unreached"
