"""Devices that wait to be let in: each shows a short code, and whoever knows it may accept it within ten minutes.

What waits is in memory alone: after a restart of the server a device shows a new code. The letting in is journalled.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
MOST_WAITING = 256
MOST_EACH = 64
"""Of one address: all devices of a gateway. Whoever asks for more keeps nobody else out."""
QUIET_S = 30.0
"""A device asks every two seconds what became of it; one that has not for so long gives way when all room is taken."""
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


class LetIn(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one that waited.

    Attributes:
        generation: of the credential that it was let in with; no later one is told to it.
        asked_as: who let it in, and with which id of the command: the same again gets the first answer again.
    """

    device: str
    generation: int
    asked_as: tuple[str, str | None]


class _Asked(msgspec.Struct, kw_only=True):
    """One request to be let in.

    Attributes:
        who: the address it came from. seen: when it last asked what became of it.
        is_deciding: somebody lets it in at this moment. is_told: it has its credential.
    """

    shown: Waiting
    secret: bytes
    ends: float
    who: str
    seen: float
    let_in: LetIn | None = None
    is_deciding: bool = False
    is_told: bool = False


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

    def ask(self, kind: DeviceKind, *, model: str, firmware: str, who: str = "") -> tuple[Waiting, str]:
        """Begin; gives what a manager will see, and the secret by which the device gets its answer.

        Args:
            kind: what it is.
            model: as it says.
            firmware: as it says.
            who: the address that asks.

        Raises:
            Unavailable: ``pairing.full``; the same request may work later.
        """
        self.sweep()
        self._make_room(who)
        now, seen = self._clock.now(), self._clock.monotonic()
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
        self._asked[shown.id] = _Asked(shown=shown, secret=_digest(secret), ends=seen + HOLDS_S, who=who, seen=seen)
        self._changed()
        return shown, secret

    def waiting(self) -> list[Waiting]:
        """Who waits now, longest first."""
        self.sweep()
        return [asked.shown for asked in self._open()]

    def find(self, code: str, *, who: str) -> Waiting:
        """Whose code this is, also of one that was let in a moment ago.

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
        known = [asked.shown for asked in self._asked.values()]
        found = [one for one in known if hmac.compare_digest(one.code.encode(), wanted.encode())]
        if not found:
            self._missed(who)
            raise NotFound("pairing.wrong_code")
        self._misses.pop(who, None)
        return found[0]

    @contextmanager
    def deciding(self, pairing: str, asked_as: tuple[str, str | None]) -> Iterator[None]:
        """While somebody lets one in nobody else does; who did so before may say the same again.

        Args:
            pairing: which.
            asked_as: who, and with which id of the command.

        Raises:
            Refused: ``pairing.accepted``.
        """
        asked = self._asked[pairing]
        if asked.let_in is not None and (asked_as[1] is None or asked.let_in.asked_as != asked_as):
            raise Refused("pairing.accepted", device=asked.let_in.device)
        if asked.is_deciding:
            raise Refused("pairing.accepted", device=asked.shown.kind.value)
        asked.is_deciding = True
        try:
            yield
        finally:
            asked.is_deciding = False

    def accepted(self, pairing: str, let_in: LetIn) -> None:
        """Somebody let it in; it is told when it asks next. The first time counts."""
        asked = self._asked.get(pairing)
        if asked is not None and asked.let_in is None:
            asked.let_in = let_in
            self._changed()

    def collect(self, pairing: str, secret: str) -> LetIn | None:
        """The device that it has become, once; None while it waits.

        Raises:
            NotFound: ``pairing.unknown``: no such pairing, its time is over, it was turned away or collected before.
        """
        asked = self._known(pairing, secret)
        asked.seen = self._clock.monotonic()
        asked.is_told = asked.let_in is not None
        return asked.let_in

    def turn_away(self, pairing: str) -> None:
        """A manager does not want it.

        Raises:
            NotFound: ``pairing.unknown``.
            Refused: ``pairing.accepted``: somebody let it in a moment before.
        """
        asked = self._asked.get(pairing)
        if asked is None:
            raise NotFound("pairing.unknown")
        if asked.let_in is not None:
            raise Refused("pairing.accepted", device=asked.let_in.device)
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

    def _open(self) -> list[_Asked]:
        return [asked for asked in self._asked.values() if asked.let_in is None]

    def _make_room(self, who: str) -> None:
        open_ = self._open()
        if sum(asked.who == who for asked in open_) >= MOST_EACH:
            raise Unavailable("pairing.full", most=MOST_EACH)
        if len(open_) < MOST_WAITING:
            return
        quiet = min(open_, key=lambda asked: asked.seen)
        if self._clock.monotonic() - quiet.seen < QUIET_S:
            raise Unavailable("pairing.full", most=MOST_WAITING)
        del self._asked[quiet.shown.id]

    def _known(self, pairing: str, secret: str) -> _Asked:
        self.sweep()
        asked = self._asked.get(pairing)
        is_right = hmac.compare_digest(asked.secret if asked else _digest(""), _digest(secret))
        if asked is None or asked.is_told or not is_right:
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
