"""One hall's link at the city: hello, proof, batches, items, attachments, totals."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from hall_server.errors import DomainError, Invalid, Refused, Unauthenticated, Unavailable
from hall_server.federation import wire
from hall_server.federation.asking import Answering
from hall_server.federation.exchange import Came, Exchange
from hall_server.federation.ports import Broken, Gap, Quarantined, Standing

_F = TypeVar("_F")

if TYPE_CHECKING:
    from hall_server.federation.acceptor import Acceptor

log = logging.getLogger(__name__)

Heard = bytes | wire.FromHall | Invalid
HELLO_S = 15.0
TOGETHER = 2
"""Batches in one commit at most: with all that may be on their way, hall and disk would wait for each other."""
INBOX = wire.BATCHES_AHEAD + 4
"""Frames read and not yet dealt with; beyond it the hall's next frame stays in the network."""
FAR_BEHIND = 5_000
"""Events; a hall that is further behind drains, which only some may do at once."""
LOOK_S = 30.0
TOTALS_AT_ONCE = 10
WANTED_AT_ONCE = 50
DAY_OPENED = "day.opened"
RETRY_S = {"federation.busy": 0.0, "federation.quarantined": 30.0, "federation.closed": 3_600.0}


class Session:
    """Deals with a hall's frames one after the other; what cannot be dealt with waits in the network.

    Attributes:
        hall: its id, once it has said so.
    """

    def __init__(
        self,
        acceptor: Acceptor,
        send: Callable[[bytes | str], Awaitable[None]],
        close: Callable[[], None],
        *,
        certified: str | None,
    ) -> None:
        self.hall = ""
        self._acceptor = acceptor
        self._store = acceptor.store
        self._send = send
        self._close = close
        self._certified = certified
        self._inbox: asyncio.Queue[Heard] = asyncio.Queue(INBOX)
        self._ended = asyncio.Event()
        self._look = asyncio.Event()
        self._down_taken = asyncio.Event()
        self._head = self._down = self._down_sent = self._clock_off_s = 0
        self._again = -1
        self._exchange = Exchange(acceptor.attachments, send, self._came, accepts=self._accepts, gives=self._gives)
        self._answering = Answering(acceptor.answerers, self._say)

    async def offer(self, message: bytes | str) -> None:
        """Take a frame from the network, when there is room; it is read while the one before it is being stored."""
        if not self._ended.is_set():
            await self._inbox.put(_read(message))

    def look(self) -> None:
        """There may be something to send."""
        self._look.set()

    def end(self) -> None:
        """The link is over."""
        self._ended.set()
        while not self._inbox.empty():  # let go whoever waits to put something in
            self._inbox.get_nowait()

    async def run(self) -> None:
        """Serve the hall until the link ends."""
        work = asyncio.create_task(self._serve(), name="link")
        over = asyncio.create_task(self._ended.wait(), name="link ended")
        try:
            await asyncio.wait((work, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            work.cancel()
            over.cancel()
            await asyncio.gather(work, over, return_exceptions=True)
            await self._answering.end()
            self.end()
            self._close()
            if self.hall and self._acceptor.left(self):
                await self._note_left()

    async def _note_left(self) -> None:
        try:
            await self._store.linked(self.hall, is_linked=False)
        except DomainError as exc:
            log.warning("%s left: %s", self.hall, exc, extra={"action": "federation.left"})

    async def _serve(self) -> None:
        try:
            standing = await self._welcome()
            async with asyncio.TaskGroup() as both:
                both.create_task(self._push(), name=f"items for {self.hall}")
                both.create_task(self._take_frames(standing), name=f"events of {self.hall}")
        except* DomainError as group:
            await self._refuse(_first(group))
        except* OSError:
            log.info("%s: the link broke", self.hall or "a hall", extra={"action": "federation.broke"})
        except* Exception:  # the top of a loop: one hall's link must not reach the others
            log.exception("the link of %s failed", self.hall or "a hall", extra={"action": "federation.failed"})

    async def _refuse(self, error: DomainError) -> None:
        """Tell the hall why, and when to come again."""
        log.warning("%s is refused: %s", self.hall or "a hall", error, extra={"action": "federation.refused"})
        retry_s = error.fields.get("retry_s", RETRY_S.get(error.code, 30.0))
        fields = {name: value for name, value in error.fields.items() if name != "retry_s"}
        try:
            await self._say(wire.Refused(code=error.code, fields=fields, retry_s=float(str(retry_s))))
        except (OSError, TypeError):
            log.debug("it had gone already", extra={"action": "federation.refused"})

    # -- the beginning

    async def _welcome(self) -> Standing:
        """Find out who it is, and that its journal is the one it was.

        Raises:
            DomainError: it is not let in.
        """
        hello = await asyncio.wait_for(self._expect(wire.Hello), HELLO_S)
        if hello.protocol != wire.PROTOCOL:
            raise Refused("federation.protocol", known=wire.PROTOCOL)
        is_certified = self._certified == hello.hall
        standing = await self._store.admit(hello.hall, token=hello.token, certified=is_certified)
        self._clock_off_s = round((hello.clock - self._acceptor.clock.now()).total_seconds())
        await self._store.heard(hello.hall, head=hello.head, clock_off_s=self._clock_off_s)
        await self._prove(hello.hall, standing)
        if hello.head - standing.cursor > FAR_BEHIND and (retry_s := self._acceptor.may_drain(self)):
            raise Unavailable("federation.busy", retry_s=retry_s)
        self.hall, self._head = hello.hall, hello.head
        self._acceptor.joined(self)
        self._down = self._down_sent = await self._store.resume(self.hall, down=hello.down)
        await self._store.linked(self.hall, is_linked=True)
        await self._say(
            wire.Welcome(
                epoch=standing.epoch,
                cursor=standing.cursor,
                clock=self._acceptor.clock.now(),
                pace=self._acceptor.pace,
                answers=tuple(self._acceptor.answerers),
            )
        )
        return standing

    async def _prove(self, hall: str, standing: Standing) -> None:
        """Have the hall show the row that the cursor stands on; one restored from an old copy cannot.

        Raises:
            Quarantined: it cannot; ``fork`` is the last row that both share.
        """
        if await self._hash_there(standing.cursor) == standing.cursor_hash:
            return
        fork = await self._fork(hall, standing.cursor)
        fields = {"fork": fork, "cursor": standing.cursor, "epoch": standing.epoch}
        await self._store.quarantine(hall, "federation.restored", fields)
        raise Quarantined("federation.quarantined", **fields)

    async def _fork(self, hall: str, cursor: int) -> int:
        """The last row that both have with the same hash: chained hashes are equal up to it and nowhere after."""
        low, high = 0, cursor
        while high - low > 1:
            middle = (low + high) // 2
            there = await self._hash_there(middle)
            if there is not None and there == await self._store.hash_at(hall, middle):
                low = middle
            else:
                high = middle
        return low

    async def _hash_there(self, seq: int) -> bytes | None:
        await self._say(wire.Prove(seq=seq))
        proof = await asyncio.wait_for(self._expect(wire.Proof), HELLO_S)
        return proof.hash if proof.seq == seq else None

    async def _expect(self, kind: type[_F]) -> _F:
        frame = await self._inbox.get()
        if isinstance(frame, Invalid):
            raise frame
        if not isinstance(frame, kind):
            raise Invalid("federation.unexpected", frame=type(frame).__name__)
        return frame

    # -- what comes up

    async def _take_frames(self, standing: Standing) -> None:
        self._caught_up(standing.cursor)
        kept: Heard | None = None
        while True:
            frame = kept if kept is not None else await self._inbox.get()
            kept = None
            if isinstance(frame, Invalid):
                raise frame
            if isinstance(frame, bytes):
                await self._exchange.chunk(frame)
            elif isinstance(frame, wire.Batch):
                kept = await self._take(frame)
            else:
                await self._other(frame)

    async def _take(self, batch: wire.Batch) -> Heard | None:
        """Commit a batch with those that have come behind it, and acknowledge them together.

        Returns:
            A frame that was read and is no batch.
        """
        rows, kept = list(batch.rows), None
        while not self._inbox.empty() and len(rows) < wire.BATCH_ROWS * TOGETHER:
            frame = self._inbox.get_nowait()
            if not isinstance(frame, wire.Batch) or frame.epoch != batch.epoch or frame.first != rows[-1][0] + 1:
                kept = frame
                break
            rows += frame.rows
        if not rows or rows[0][0] != batch.first:
            raise Invalid("federation.frame", reason="first")
        try:
            cursor = await self._store.take(self.hall, batch.epoch, rows)
        except Gap as exc:
            await self._ask_again(int(str(exc.fields["after"])))
            return kept
        except Broken as exc:
            fields = {**exc.fields, "fork": int(str(exc.fields["seq"])) - 1}
            await self._store.quarantine(self.hall, exc.code, fields)
            raise Quarantined("federation.quarantined", **fields) from exc
        self._again = -1
        self._head = max(self._head, cursor)
        await self._say(wire.Ack(seq=cursor))
        self._acceptor.on_taken(self.hall, cursor)
        self._caught_up(cursor)
        if any(row[3] == DAY_OPENED for row in rows):
            await self._ask_totals()
        return kept

    async def _ask_again(self, after: int) -> None:
        """Say once that something is missing; what was on its way behind the gap is passed over."""
        if after != self._again:
            self._again = after
            await self._say(wire.Again(after=after))

    def _caught_up(self, cursor: int) -> None:
        if cursor >= self._head - FAR_BEHIND // 2:
            self._acceptor.drained(self)

    async def _other(self, frame: wire.FromHall) -> None:
        if isinstance(frame, wire.DownAck):
            await self._taken(frame.seq)
        elif isinstance(frame, wire.DownRefused):
            await self._store.down_refused(self.hall, frame.seq, frame.code, frame.fields)
        elif isinstance(frame, wire.Totals):
            if not await self._store.compare(self.hall, frame):
                log.error("%s counts %s otherwise", self.hall, frame.day, extra={"action": "federation.totals_differ"})
        elif isinstance(frame, wire.Now):
            self._acceptor.keep_now(self.hall, frame)
        elif isinstance(frame, wire.Want | wire.Have | wire.Got | wire.Lacking):
            await self._exchange.heard(frame)
        elif isinstance(frame, wire.Ask):
            await self._answering.heard(self.hall, frame)
        else:
            raise Invalid("federation.unexpected", frame=type(frame).__name__)

    # -- what goes down

    async def _push(self) -> None:
        await self._ask_totals()
        while True:
            self._look.clear()
            await self._check_standing()
            for hash_ in await self._store.wanted(self.hall, limit=WANTED_AT_ONCE):
                await self._exchange.want(hash_)
            while items := await self._store.down_after(self.hall, self._down, limit=wire.DOWN_ITEMS):
                self._down_taken.clear()
                self._down_sent = items[-1].seq
                await self._say(wire.Down(items=items))
                await self._down_taken.wait()
            try:
                await asyncio.wait_for(self._look.wait(), LOOK_S)
            except TimeoutError:  # a city that is killed cannot say that its halls are gone: who is linked is heard of
                await self._store.heard(self.hall, head=self._head, clock_off_s=self._clock_off_s)

    async def _check_standing(self) -> None:
        """End the link of a hall that was quarantined or closed meanwhile, perhaps by another process.

        Raises:
            Quarantined.
        """
        await self._store.standing(self.hall)

    async def _taken(self, seq: int) -> None:
        if not self._down <= seq <= self._down_sent:
            raise Invalid("federation.unexpected", frame="DownAck")
        await self._store.down_taken(self.hall, seq)
        self._down = seq
        if seq == self._down_sent:
            self._down_taken.set()

    async def _ask_totals(self) -> None:
        for day in await self._store.uncompared(self.hall, limit=TOTALS_AT_ONCE):
            await self._say(wire.AskTotals(day=day))

    # -- attachments

    async def _came(self, hash_: str, what: Came) -> None:
        await self._store.attachment(self.hall, hash_, what)

    async def _accepts(self, hash_: str) -> bool:
        accepts = self._acceptor.accepts
        return accepts is None or await accepts(self.hall, hash_)

    async def _gives(self, hash_: str) -> bool:
        """Only what has to do with this hall; whoever merely knows a hash is told that there is no such thing."""
        if await self._store.may_have(self.hall, hash_):
            return True
        log.warning(
            "%s asked for attachment %s, which is none of its",
            self.hall,
            hash_[:12],
            extra={"action": "federation.attachment_refused"},
        )
        return False

    async def _say(self, frame: wire.Frame) -> None:
        await self._send(wire.encode(frame).decode())


def _read(message: bytes | str) -> Heard:
    """A frame, or why it is none: the end of the link comes in its turn."""
    if isinstance(message, bytes):
        return message
    try:
        return wire.from_hall(message)
    except Invalid as exc:
        return exc


def _first(group: BaseExceptionGroup[DomainError]) -> DomainError:
    """The weightiest of what went wrong at once: who is refused is told that before a database that is away."""
    found: list[DomainError] = []
    for exc in group.exceptions:
        found += [_first(exc)] if isinstance(exc, BaseExceptionGroup) else [exc]
    return next((exc for exc in found if isinstance(exc, Quarantined | Unauthenticated)), found[0])
