"""Codes by short message: whoever says the right one has the phone it was sent to; few tries, a short time."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from hall_server.clock import Clock
from hall_server.errors import Refused
from hall_server.identity import keyed_text

VALID_S = 300.0
AGAIN_S = 60.0
"""So long nobody is sent another one."""
TRIES_MOST = 5
OPEN_MOST = 10_000
DIGITS = 6


@dataclass(slots=True)
class _Sent:
    digest: str
    phone: str
    at: float
    tries: int = 0


class Codes:
    """The codes of the last minutes, in memory; a restart forgets them, and one asks again.

    Each phone has its own: whoever asks for a code with somebody else's number does not take theirs away.
    """

    def __init__(self, clock: Clock, key: bytes) -> None:
        self._clock = clock
        self._key = key
        self._sent: dict[tuple[str, str], _Sent] = {}

    def wait_s(self, person: str, phone: str) -> float:
        """How long until another one may go to a phone for a person; 0: now."""
        sent = self._sent.get((person, phone))
        return max(0.0, sent.at + AGAIN_S - self._clock.monotonic()) if sent else 0.0

    def make(self, person: str, phone: str) -> str:
        """A new code; the one before it for this phone is worth nothing any more."""
        now = self._clock.monotonic()
        self._sent = {one: sent for one, sent in self._sent.items() if sent.at + VALID_S > now}
        self._sent.pop((person, phone), None)
        if len(self._sent) >= OPEN_MOST:
            self._sent.pop(next(iter(self._sent)))
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        self._sent[person, phone] = _Sent(self._digest(person, code), phone, now)
        return code

    def use(self, person: str, code: str, phone: str = "") -> str:
        """Use a code up; gives the phone it was sent to.

        Args:
            phone: the one it was sent to; "": the one that was sent last for this person.

        Raises:
            Refused: ``applying.code_over``: none was sent, it is too old, or it was tried too often;
                ``applying.code_wrong`` with how many tries are ``left``.
        """
        place = (person, phone) if phone else self._last_of(person)
        sent = self._sent.get(place)
        if sent is None or sent.at + VALID_S <= self._clock.monotonic():
            self._sent.pop(place, None)
            raise Refused("applying.code_over", field="code")
        sent.tries += 1
        if not hmac.compare_digest(sent.digest, self._digest(person, code.strip())):
            if sent.tries >= TRIES_MOST:
                del self._sent[place]
                raise Refused("applying.code_over", field="code")
            raise Refused("applying.code_wrong", field="code", left=TRIES_MOST - sent.tries)
        del self._sent[place]
        return sent.phone

    def _last_of(self, person: str) -> tuple[str, str]:
        return next((place for place in reversed(self._sent) if place[0] == person), (person, ""))

    def _digest(self, person: str, code: str) -> str:
        return keyed_text(self._key, f"applicant code/{person}/{code}")
