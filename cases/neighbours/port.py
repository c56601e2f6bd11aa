"""One interface to every neighbour, and the adapter that speaks signed HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

import msgspec

from cases.neighbours import requests as r
from cases.neighbours import wire
from cases.neighbours.model import Accepted, Kind, Rejected, Reply
from hall_server.outbox.http import NoAnswer, SignedClient

_R = TypeVar("_R", bound=r.Result)
_encode = msgspec.json.Encoder().encode


class Neighbour(Protocol):
    """Somebody else's server.

    Attributes:
        kind: what it is.
    """

    @property
    def kind(self) -> Kind: ...

    async def send(self, request: r.AnyRequest, *, transaction: str) -> Reply:
        """Ask for something; the same transaction asked twice happens there once.

        Raises:
            NoAnswer: it may have arrived or not; the same may be sent again.
        """
        ...

    async def bring(self, sha256: str, content: bytes, media: str) -> None:
        """Bring a file that requests will name; the same again changes nothing.

        Raises:
            NoAnswer: as `send`.
        """
        ...

    def close(self) -> None:
        """End the connections."""
        ...


class HttpNeighbour:
    """``POST {url}/v1/requests`` and ``POST {url}/v1/files/{sha256}``, signed both ways."""

    def __init__(self, kind: Kind, client: SignedClient, now: Callable[[], datetime]) -> None:
        self.kind = kind
        self._client = client
        self._now = now

    async def send(self, request: r.AnyRequest, *, transaction: str) -> Reply:
        """Ask for something."""
        asked = wire.Asked(transaction=transaction, sent_at=self._now(), request=request)
        content = await self._client.post(wire.REQUESTS, _encode(asked))
        answered = _read(content)
        if answered.transaction != transaction:
            raise NoAnswer("other_transaction")
        if answered.state == "rejected":
            return Rejected(transaction=transaction, code=answered.code[:80], message=answered.message[:500])
        result_of(request, answered.result)
        return Accepted(transaction=transaction, result=answered.result)

    async def bring(self, sha256: str, content: bytes, media: str) -> None:
        """Bring a file."""
        await self._client.post(wire.FILES + sha256, content, media=media)

    def close(self) -> None:
        """End the connections."""
        self._client.close()


def result_of(request: msgspec.Struct, result: msgspec.Raw) -> r.Result:
    """What an acceptance holds.

    Raises:
        NoAnswer: ``unreadable``: not what the request's kind answers.
    """
    try:
        return msgspec.json.decode(result, type=r.RESULTS[type(request)])
    except (msgspec.MsgspecError, ValueError) as exc:
        raise NoAnswer("unreadable") from exc


def _read(content: bytes) -> wire.Answered:
    try:
        return msgspec.json.decode(content, type=wire.Answered)
    except (msgspec.MsgspecError, ValueError) as exc:
        raise NoAnswer("unreadable") from exc
