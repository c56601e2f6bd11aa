"""Devices that wait to be let in: each shows a short code, and whoever knows it may accept it within ten minutes.

What waits is in memory alone: after a restart of the server a device shows a new code. The letting in is journalled.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from devices.model import DeviceKind
from hall_server.clock import Clock
from hall_server.errors import NotFound, Refused, TooMany, Unavailable
from hall_server.ids import Ids

LETTERS = "ACDEFHJKMNPRTUVWXY34679"
"""What a code is made of: nothing that looks like something else (0 O Q, 1 I L, 2 Z, 5 S, 8 B, G)."""
CODE_LENGTH = 6
HOLDS_S = 600.0
"""A code holds so long, from the moment it was shown."""
MOST_WAITING = 64
FREE_TRIES = 5
"""Wrong codes before the next try has to wait; each further one doubles the wait."""
FIRST_WAIT_S, LAST_WAIT_S = 2.0, 300.0
FORGIVEN_S = 900.0
"""Wrong codes are forgotten after so long without another."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A device that waits, as a manager sees it.

    Attributes:
        code: what it shows; compared with the device itself before it is accepted.
        until: when the code ends.
    """

    id: str
    code: str
    kind: DeviceKind
    model: str
    firmware: str
    since: datetime
    until: datetime


class _Asked(msgspec.Struct, kw_only=True):
    """One request to be let in; ``device`` once it was accepted."""

    shown: Waiting
    secret: bytes
    ends: float
    device: str | None = None


class _Misses(msgspec.Struct, kw_only=True):
    """Wrong codes of one person."""

    count: int = 0
    last: float = 0.0


def spelled(code: str) -> str:
    """A code as it was meant: small letters, spaces and hyphens do not count."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


class Pairings:
    """Who waits to be let in. Bounded in number and time."""

    def __init__(self, *, clock: Clock, ids: Ids, changed: Callable[[], None] = lambda: None) -> None:
        """Args: clock; ids; changed is told whenever the list of those who wait is another."""
        self.wrong_codes = 0
        self._clock = clock
        self._ids = ids
        self._changed = changed
        self._asked: dict[str, _Asked] = {}
        self._misses: dict[str, _Misses] = {}

    def ask(self, kind: DeviceKind, *, model: str, firmware: str) -> tuple[Waiting, str]:
        """Begin; gives what a manager will see, and the secret by which the device gets its answer.

        Raises:
            Unavailable: ``pairing.full``; the same request may work later.
        """
        self.sweep()
        if len(self._asked) >= MOST_WAITING:
            raise Unavailable("pairing.full", most=MOST_WAITING)
        now = self._clock.now()
        shown = Waiting(
            id=self._ids.new(),
            code=self._free_code(),
            kind=kind,
            model=model,
            firmware=firmware,
            since=now,
            until=now + timedelta(seconds=HOLDS_S),
        )
        secret = secrets.token_urlsafe(24)
        self._asked[shown.id] = _Asked(shown=shown, secret=_digest(secret), ends=self._clock.monotonic() + HOLDS_S)
        self._changed()
        return shown, secret

    def waiting(self) -> list[Waiting]:
        """Who waits now, longest first."""
        self.sweep()
        return [asked.shown for asked in self._asked.values() if asked.device is None]

    def find(self, code: str, *, who: str) -> Waiting:
        """Whose code this is.

        Args:
            code: as somebody typed it.
            who: whoever typed it; wrong codes are counted for each.

        Raises:
            TooMany: ``pairing.slow``, after several wrong ones; ``retry_s``.
            NotFound: ``pairing.wrong_code``.
        """
        self.sweep()
        self._check_pace(who)
        wanted = spelled(code)
        found = [one for one in self.waiting() if hmac.compare_digest(one.code.encode(), wanted.encode())]
        if not found:
            self._missed(who)
            raise NotFound("pairing.wrong_code")
        self._misses.pop(who, None)
        return found[0]

    def accepted(self, pairing: str, device: str) -> None:
        """Somebody let it in as this device; it is told when it asks next."""
        asked = self._asked.get(pairing)
        if asked is not None:
            asked.device = device
            self._changed()

    def collect(self, pairing: str, secret: str) -> str | None:
        """The id of the device that it has become, once; None while it waits.

        Raises:
            NotFound: ``pairing.unknown``: no such pairing, its time is over, it was turned away or collected before.
        """
        asked = self._known(pairing, secret)
        if asked.device is not None:
            del self._asked[pairing]
        return asked.device

    def turn_away(self, pairing: str) -> None:
        """A manager does not want it.

        Raises:
            NotFound: ``pairing.unknown``.
            Refused: ``pairing.accepted``: somebody let it in a moment before.
        """
        asked = self._asked.get(pairing)
        if asked is None:
            raise NotFound("pairing.unknown")
        if asked.device is not None:
            raise Refused("pairing.accepted", device=asked.device)
        del self._asked[pairing]
        self._changed()

    def sweep(self) -> None:
        """Forget whose time is over."""
        now = self._clock.monotonic()
        over = [id_ for id_, asked in self._asked.items() if asked.ends <= now]
        for id_ in over:
            del self._asked[id_]
        self._misses = {who: one for who, one in self._misses.items() if now - one.last < FORGIVEN_S}
        if over:
            self._changed()

    def _known(self, pairing: str, secret: str) -> _Asked:
        self.sweep()
        asked = self._asked.get(pairing)
        is_right = hmac.compare_digest(asked.secret if asked else _digest(""), _digest(secret))
        if asked is None or not is_right:
            raise NotFound("pairing.unknown")
        return asked

    def _check_pace(self, who: str) -> None:
        misses = self._misses.get(who)
        if misses is None or misses.count < FREE_TRIES:
            return
        wait_s = min(LAST_WAIT_S, FIRST_WAIT_S * 2 ** (misses.count - FREE_TRIES))
        left_s = misses.last + wait_s - self._clock.monotonic()
        if left_s > 0:
            raise TooMany("pairing.slow", retry_s=max(1, round(left_s)))

    def _missed(self, who: str) -> None:
        self.wrong_codes += 1
        misses = self._misses.setdefault(who, _Misses())
        misses.count = min(misses.count + 1, 40)
        misses.last = self._clock.monotonic()
        self._changed()

    def _free_code(self) -> str:
        taken = {asked.shown.code for asked in self._asked.values()}
        while (code := "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))) in taken:
            continue
        return code


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
