"""One end of the exchange of attachments: asks, sends within a window, checks; the same code at hall and city."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from hall_server.errors import DomainError
from hall_server.federation import wire
from hall_server.federation.attachments import Attachments

log = logging.getLogger(__name__)

TRIES = 3
"""So often an attachment with wrong bytes is asked for, then it is an alarm."""
RECEIVING = 4
"""Attachments on their way at once; further ones wait for their turn."""


class Came(StrEnum):
    """What became of an attachment."""

    GOT = "got"  # its bytes came over this link
    TAKEN = "taken"  # the other end says that it has it
    HERE = "here"  # it was here already: nothing came
    LACKING = "lacking"
    WRONG = "wrong"


@dataclass(slots=True)
class _Outgoing:
    size: int
    sent: int
    acknowledged: int


@dataclass(slots=True)
class _Incoming:
    size: int
    tries: int = 0


class Exchange:
    """Sends and receives attachments over one connection; a new connection begins with what is on disk."""

    def __init__(
        self,
        attachments: Attachments,
        send: Callable[[bytes | str], Awaitable[None]],
        came: Callable[[str, Came], Awaitable[None]],
        *,
        accepts: Callable[[str], Awaitable[bool]],
        gives: Callable[[str], Awaitable[bool]],
    ) -> None:
        """Prepare.

        Args:
            attachments: where they lie.
            send: sends a frame: text or binary.
            came: told what became of one that was asked for, or that the other end has taken.
            accepts: whether an attachment that the other end offers is to be taken.
            gives: whether the other end may have an attachment; one it may not have is as if it were not here.
        """
        self._files = attachments
        self._send = send
        self._came = came
        self._accepts = accepts
        self._gives = gives
        self._out: dict[str, _Outgoing] = {}
        self._in: dict[str, _Incoming] = {}
        self._later: list[str] = []

    async def offer(self, hash_: str) -> None:
        """Say that an attachment is here; the other end takes what it lacks."""
        size = await asyncio.to_thread(self._files.size, hash_)
        await self._say(wire.Have(hash=hash_, size=size))

    async def want(self, hash_: str) -> None:
        """Ask for an attachment, from where the last try stopped."""
        if await asyncio.to_thread(self._files.has, hash_):
            await self._came(hash_, Came.HERE)
        elif len(self._in) >= RECEIVING and hash_ not in self._in:
            self._later.append(hash_)
        else:
            self._in.setdefault(hash_, _Incoming(size=-1))
            await self._say(wire.Want(hash=hash_, offset=await asyncio.to_thread(self._files.received, hash_)))

    async def heard(self, frame: wire.Exchanged) -> None:
        """Take a text frame in."""
        if isinstance(frame, wire.Want):
            await self._begin(frame.hash, frame.offset)
        elif isinstance(frame, wire.Have):
            await self._offered(frame.hash, frame.size)
        elif isinstance(frame, wire.Got):
            await self._acknowledged(frame)
        else:
            await self._over(frame.hash, Came.LACKING)

    async def chunk(self, frame: bytes) -> None:
        """Take a piece in; one that nobody asked for is passed over."""
        hash_, offset, data = wire.read_chunk(frame)
        coming = self._in.get(hash_)
        if coming is None or coming.size < 0:
            return
        is_last = offset + len(data) >= coming.size
        if len(data) != wire.CHUNK_BYTES and not is_last:
            return
        so_far = await asyncio.to_thread(self._files.add, hash_, offset, data)
        if so_far >= coming.size:
            await self._check(hash_, coming)
        else:
            await self._say(wire.Got(hash=hash_, offset=so_far))

    async def _offered(self, hash_: str, size: int) -> None:
        """The other end has it: an answer to what was wanted, or an offer."""
        if hash_ in self._in:
            self._in[hash_].size = size
            if size == 0 or await asyncio.to_thread(self._files.received, hash_) >= size:
                await self._check(hash_, self._in[hash_])
        elif await asyncio.to_thread(self._files.has, hash_):
            await self._say(wire.Got(hash=hash_, offset=size, whole=True))
        elif await self._accepts(hash_):
            await self.want(hash_)

    async def _check(self, hash_: str, coming: _Incoming) -> None:
        """All bytes are here: keep them, or ask anew."""
        if coming.size == 0:
            await asyncio.to_thread(self._files.add, hash_, 0, b"")
        if await asyncio.to_thread(self._files.finish, hash_):
            await self._say(wire.Got(hash=hash_, offset=coming.size, whole=True))
            await self._over(hash_, Came.GOT)
            return
        coming.tries += 1
        log.warning("attachment %s has wrong bytes", hash_[:12], extra={"action": "federation.attachment_wrong"})
        if coming.tries >= TRIES:
            await self._over(hash_, Came.WRONG)
        else:
            coming.size = -1
            await self._say(wire.Want(hash=hash_))

    async def _over(self, hash_: str, what: Came) -> None:
        self._in.pop(hash_, None)
        await self._came(hash_, what)
        if self._later:
            await self.want(self._later.pop(0))

    async def _begin(self, hash_: str, offset: int) -> None:
        """The other end wants it from here on."""
        size = await self._size(hash_) if await self._gives(hash_) else None
        if size is None:
            await self._say(wire.Lacking(hash=hash_))
            return
        offset = min(offset, size) // wire.CHUNK_BYTES * wire.CHUNK_BYTES
        self._out[hash_] = _Outgoing(size=size, sent=offset, acknowledged=offset)
        await self._say(wire.Have(hash=hash_, size=size))
        await self._pump(hash_)

    async def _size(self, hash_: str) -> int | None:
        try:
            return await asyncio.to_thread(self._files.size, hash_)
        except DomainError:
            return None

    async def _acknowledged(self, frame: wire.Got) -> None:
        if frame.whole:
            self._out.pop(frame.hash, None)
            await self._came(frame.hash, Came.TAKEN)
        elif frame.hash in self._out:
            self._out[frame.hash].acknowledged = max(self._out[frame.hash].acknowledged, frame.offset)
            await self._pump(frame.hash)

    async def _pump(self, hash_: str) -> None:
        """Send what the window has room for."""
        going = self._out[hash_]
        while going.sent < min(going.size, going.acknowledged + wire.CHUNKS_AHEAD * wire.CHUNK_BYTES):
            try:
                data = await asyncio.to_thread(self._files.read, hash_, going.sent, most=wire.CHUNK_BYTES)
            except DomainError as exc:
                log.error("attachment %s: %s", hash_[:12], exc, extra={"action": "federation.attachment_spoilt"})
                del self._out[hash_]
                await self._say(wire.Lacking(hash=hash_))
                return
            await self._send(wire.chunk(hash_, going.sent, data))
            going.sent += len(data)

    async def _say(self, frame: wire.Frame) -> None:
        await self._send(wire.encode(frame).decode())
