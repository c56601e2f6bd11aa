"""What neighbours tell by themselves: believed when it is signed, taken once, and answered the same when told twice."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from cases.neighbours import requests as r
from cases.neighbours import wire
from hall_server.errors import DomainError
from hall_server.outbox import signing
from hall_server.outbox.signing import Distrusted

if TYPE_CHECKING:
    from cases.neighbours.room import Room

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode
ID_MOST = 80


class Hearing:
    """Takes messages in; gives status, headers and body of the answer."""

    def __init__(self, room: Room) -> None:
        self._room = room
        room.hearers.setdefault(r.ParcelMoved, self._parcel)
        room.hearers.setdefault(r.HotlineCase, self._hotline)
        room.hearers.setdefault(r.DataDelivered, self._data)

    async def take(
        self, name: str, *, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Take a message of a neighbour."""
        way = self._room.ways.get(name)
        if way is None or not way.key:
            return 401, {}, _encode({"code": signing.Fault.WRONG})
        try:
            asked = way.checker.check(method="POST", path=path, headers=headers, body=body)
        except Distrusted as exc:
            log.warning("%s is not believed (%s)", name, exc.fault, extra={"action": "neighbour.distrusted"})
            return 401, {}, _encode({"code": exc.fault})
        try:
            tells = msgspec.json.decode(body, type=wire.Tells)
        except msgspec.MsgspecError:
            return self._signed(way.key, asked, 400, _encode({"code": "body.invalid"}))
        return self._signed(way.key, asked, 200, await self.heard(name, tells))

    async def heard(self, name: str, tells: wire.Tells) -> bytes:
        """Take what is told; the same id again changes nothing and gets the first answer."""
        id_ = tells.id[:ID_MOST]
        known = await self._room.outbox.heard(name, id_)
        if known is not None:
            return known.encode()
        code = await self._hear(name, tells.message)
        state = "rejected" if code else "accepted"
        reply = _encode(wire.Answered(transaction=id_, state=state, code=code))  # type: ignore[arg-type]  # one of the two
        await self._room.outbox.note_heard(name, id_, reply=reply.decode(), at=self._room.centre.now())
        if code:
            log.warning("%s told something wrong (%s)", name, code, extra={"action": "neighbour.told_wrong"})
        return reply

    async def _hear(self, name: str, message: r.Told) -> str:
        hear = self._room.hearers.get(type(message))
        if hear is None:
            return "neighbour.not_taken"
        try:
            return await hear(name, message)
        except DomainError as exc:
            if exc.status >= 500:
                raise  # it may be told again
            return exc.code

    def _signed(self, key: bytes, asked: str, status: int, body: bytes) -> tuple[int, dict[str, str], bytes]:
        return status, signing.sign_reply(key, asked, body), body

    # -- what needs nothing but the outbox

    async def _parcel(self, name: str, message: r.Told) -> str:
        assert isinstance(message, r.ParcelMoved)  # noqa: S101  # as above
        return await self._known(name, message.transaction, message.state)

    async def _data(self, name: str, message: r.Told) -> str:
        assert isinstance(message, r.DataDelivered)  # noqa: S101  # as above
        return await self._known(name, message.transaction, "delivered" if message.is_given else "refused")

    async def _hotline(self, name: str, message: r.Told) -> str:
        assert isinstance(message, r.HotlineCase)  # noqa: S101  # as above
        if message.transaction:
            return await self._known(name, message.transaction, "answered")
        return "neighbour.not_taken"

    async def _known(self, name: str, transaction: str, word: str) -> str:
        letter = await self._room.outbox.one(transaction)
        if letter is None or letter.neighbour != name:
            return "neighbour.unknown_transaction"
        await self._note(transaction, word)
        return ""

    async def _note(self, transaction: str, word: str) -> None:
        await self._room.outbox.result(transaction, word, at=self._room.centre.now())
