"""Signed messages between two servers that share a secret: HMAC-SHA256 over method, path, time and body."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import StrEnum

SIGNATURE, TIME = "X-OneDoor-Signature", "X-OneDoor-Time"
KEY_BYTES = 32
"""A shared secret is at least so long."""
WITHIN_S = 300.0
"""A message whose time is further off is refused, early or late."""
MOST_SEEN = 50_000


class Fault(StrEnum):
    """Why a message is not believed."""

    MISSING = "signature.missing"
    TIME = "signature.time"  # more than five minutes off, or no time at all
    WRONG = "signature.wrong"
    REPLAY = "signature.replay"  # this very message was here already
    BUSY = "signature.busy"  # so many messages came that replays could no longer be told apart


class Distrusted(Exception):
    """A message is refused.

    Attributes:
        fault: why.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def sign(key: bytes, *, method: str, path: str, time_s: float, body: bytes) -> dict[str, str]:
    """The headers of a signed request; ``path`` with its query, as it stands in the request line."""
    stamp = f"{time_s:.6f}"
    return {TIME: stamp, SIGNATURE: _mac(key, method, path, stamp, body)}


def sign_reply(key: bytes, asked: str, body: bytes) -> dict[str, str]:
    """The header of a signed answer; ``asked`` is the signature of the request, so that no other answer fits."""
    return {SIGNATURE: _mac(key, "REPLY", asked, "", body)}


def check_reply(key: bytes, asked: str, headers: Mapping[str, str], body: bytes) -> None:
    """Refuse an answer that is not the neighbour's, or belongs to another request.

    Raises:
        Distrusted: ``MISSING`` or ``WRONG``.
    """
    given = headers.get(SIGNATURE, "")
    if not given:
        raise Distrusted(Fault.MISSING)
    if not _same(given, _mac(key, "REPLY", asked, "", body)):
        raise Distrusted(Fault.WRONG)


class Checker:
    """Believes each signed request once; what it has seen is forgotten when its time is up."""

    def __init__(self, key: bytes, clock_s: Callable[[], float]) -> None:
        """``clock_s``: seconds since 1970 by the place's clock."""
        self._key = key
        self._clock_s = clock_s
        self._seen: OrderedDict[str, float] = OrderedDict()

    def check(self, *, method: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
        """Take a request; gives its signature, which the answer is bound to.

        Raises:
            Distrusted: why it is refused; nothing is remembered of it.
        """
        given, stamp = headers.get(SIGNATURE, ""), headers.get(TIME, "")
        if not given or not stamp:
            raise Distrusted(Fault.MISSING)
        now_s, at_s = self._clock_s(), _seconds(stamp)
        if not abs(at_s - now_s) <= WITHIN_S:
            raise Distrusted(Fault.TIME)
        if not _same(given, _mac(self._key, method, path, stamp, body)):
            raise Distrusted(Fault.WRONG)
        self._forget(now_s)
        if given in self._seen:
            raise Distrusted(Fault.REPLAY)
        if len(self._seen) >= MOST_SEEN:
            raise Distrusted(Fault.BUSY)
        self._seen[given] = now_s + 2 * WITHIN_S
        return given

    def _forget(self, now_s: float) -> None:
        while self._seen and next(iter(self._seen.values())) < now_s:
            self._seen.popitem(last=False)


def _mac(key: bytes, method: str, path: str, stamp: str, body: bytes) -> str:
    head = f"{method.upper()}\n{path}\n{stamp}\n".encode()
    return hmac.new(key, head + body, hashlib.sha256).hexdigest()


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())


def _seconds(stamp: str) -> float:
    try:
        found = float(stamp) if stamp.isascii() else math.nan
    except ValueError:
        return math.nan
    return found
