"""The envelopes of the signed HTTP that is spoken with every neighbour without a public protocol of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from cases.neighbours.requests import AnyRequest, Told

REQUESTS, FILES, MESSAGES = "/v1/requests", "/v1/files/", "/api/v1/neighbours/{name}/messages"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request on its way; ``transaction`` is the same at each try, ``sent_at`` is not."""

    transaction: str
    sent_at: datetime
    request: AnyRequest


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What the neighbour says to it."""

    transaction: str
    state: Literal["accepted", "rejected"]
    code: str = ""
    message: str = ""
    result: msgspec.Raw = msgspec.field(default_factory=lambda: msgspec.Raw(b"{}"))


class Tells(msgspec.Struct, frozen=True, kw_only=True):
    """Something a neighbour tells by itself; ``id`` is its own, the same at each try."""

    id: str
    sent_at: datetime
    message: Told
