"""Asks a service outside whether a person may have a number; where it is down, the number is given and flagged."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from prometheus_client import CollectorRegistry, Counter
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from hall_queue.model import Flag
from hall_server.clock import Clock
from hall_server.database.vault import Person
from hall_server.errors import Invalid, Refused

log = logging.getLogger(__name__)

FAILURES = 3
"""So many failures in a row, and the service is taken for dead."""
SKIP_S = 30.0
"""So long a dead service is not asked."""
KNOWN_S = 60.0
"""So long an answer of "allowed" holds, so that a request sent again is decided as the first time."""
KNOWN_MOST = 2_000
ANSWER_BYTES = 16 * 1024
AT_ONCE = 100

UNCHECKED = (Flag.UNCHECKED,)


class Answer(msgspec.Struct, frozen=True):
    """What the service says; ``reason`` is for the guide desk and goes no further than the refusal."""

    allowed: bool
    reason: Annotated[str, Meta(max_length=200)] = ""


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """What the manager should look at; shaped as the dashboards' alarms."""

    code: str
    since: datetime | None
    fields: dict[str, int]


@dataclass(slots=True)
class _Standing:
    """How the service does: failures in a row, since when, and how many numbers were given unchecked meanwhile."""

    failures: int = 0
    since: datetime | None = None
    unchecked: int = 0
    skip_until: float = 0.0


class OutsideCheck:
    """Asks ``POST url`` (domain rule 1) with ``{"id_number"?, "phone"?}`` for ``{"allowed": bool, "reason"?: str}``.

    A service that fails never holds the queue up: after `FAILURES` in a row it is left alone for `SKIP_S`. What a
    person said of themselves is sent, and neither logged nor kept.
    """

    def __init__(self, url: str, timeout_s: float, *, clock: Clock, registry: CollectorRegistry | None = None) -> None:
        """Prepare to ask.

        Raises:
            Invalid: the address is not https, or http to this machine.
        """
        _check_address(url)
        self._url = url
        self._timeout_s = timeout_s
        self._clock = clock
        self._client: AsyncHTTPClient | None = None
        self._decode = msgspec.json.Decoder(Answer).decode
        self._standing = _Standing()
        self._allowed: OrderedDict[bytes, float] = OrderedDict()
        self._salt = secrets.token_bytes(16)
        self._counter = Counter(
            "onedoor_person_checks", "Answers of the outside check by result", ["result"], registry=registry
        )

    async def flags(self, person: Person) -> tuple[Flag, ...]:
        """No flag for a person who may have a number, ``unchecked`` where the service did not say.

        Raises:
            Refused: ``person.refused_outside``.
        """
        mark = self._mark(person)
        if self._allowed.get(mark, -KNOWN_S) > self._clock.monotonic() - KNOWN_S:
            return ()
        answer = await self._asked(person)
        if answer is None:
            self._standing.unchecked += 1
            return UNCHECKED
        if not answer.allowed:
            self._counter.labels("refused").inc()
            raise Refused("person.refused_outside", reason=answer.reason, instead="guide")
        self._counter.labels("allowed").inc()
        self._remember(mark)
        return ()

    def alarms(self) -> list[Alarm]:
        """What is wrong: the service is down, and so many numbers were given unchecked since."""
        standing = self._standing
        if standing.failures < FAILURES:
            return []
        return [Alarm(code="person_check.down", since=standing.since, fields={"unchecked": standing.unchecked})]

    def close(self) -> None:
        """End the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    # -- inside

    async def _asked(self, person: Person) -> Answer | None:
        """The answer; None where there is none, or none that can be read."""
        if self._clock.monotonic() < self._standing.skip_until:
            self._counter.labels("skipped").inc()
            return None
        try:
            reply = await self._connected().fetch(self._request(person))
            answer = self._decode(reply.body)
        except (OSError, HTTPClientError, msgspec.MsgspecError, ValueError) as exc:
            self._failed(exc)
            return None
        self._standing = _Standing()
        return answer

    def _connected(self) -> AsyncHTTPClient:
        """The client; made with the first question, because it needs a running loop."""
        if self._client is None:
            self._client = AsyncHTTPClient(force_instance=True, max_clients=AT_ONCE, max_body_size=ANSWER_BYTES)
        return self._client

    def _request(self, person: Person) -> HTTPRequest:
        return HTTPRequest(
            self._url,
            method="POST",
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=msgspec.json.encode(person),
            connect_timeout=self._timeout_s,
            request_timeout=self._timeout_s,
            follow_redirects=False,
        )

    def _failed(self, exc: Exception) -> None:
        standing = self._standing
        standing.failures += 1
        standing.since = standing.since or self._clock.now()
        self._counter.labels("failed").inc()
        if standing.failures >= FAILURES:
            standing.skip_until = self._clock.monotonic() + SKIP_S
        log.warning("the outside check gave no answer: %s", type(exc).__name__, extra={"action": "queue.person_check"})

    def _mark(self, person: Person) -> bytes:
        return hashlib.blake2b(msgspec.json.encode(person), key=self._salt, digest_size=16).digest()

    def _remember(self, mark: bytes) -> None:
        self._allowed[mark] = self._clock.monotonic()
        self._allowed.move_to_end(mark)
        while len(self._allowed) > KNOWN_MOST:
            self._allowed.popitem(last=False)


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http" or not _is_loopback(parts.hostname or ""):
        raise Invalid("settings.invalid", reason="person_check_url must be https, or http to this machine", file="")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
