"""Speaks to the platform above over HTTP: records up, counts down; nothing here waits on the loop."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import date
from typing import Literal, Protocol, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from evaluation.upward.record import Record
from hall_server.errors import Invalid

_R = TypeVar("_R")

ANSWER_BYTES = 4 * 1024 * 1024
CONNECT_S, ANSWER_S = 10.0, 60.0
WAIT_MOST_S = 3_600.0
"""Longest wait that the platform may ask for."""
_BATCH_STATUS = frozenset({400, 413, 422})
"""The batch as a whole was refused; smaller ones may show which record is to blame."""


class PlatformFault(Exception):
    """There was no usable answer; the same may be sent again later.

    Attributes:
        reason: a word for what was wrong: unreached, timeout, tls, unauthorised, status_500, unreadable …
        after_s: the platform asks for so much time.
    """

    def __init__(self, reason: str, *, after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after_s = after_s


class BatchRefused(PlatformFault):
    """The platform does not take these records together."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform says is wrong with a field."""

    field: str = ""
    message: str = ""


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one record; ``duplicate``: it was there already."""

    key: str
    state: Literal["accepted", "duplicate", "refused", "later"]
    errors: tuple[Fault, ...] = ()


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a batch."""

    results: tuple[Result, ...]


class DayCount(msgspec.Struct, frozen=True, kw_only=True):
    """So many ratings the platform has of a day, revisions of one counted once."""

    day: date
    stored: int


class DayCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What the platform has of some days."""

    days: tuple[DayCount, ...]


class Platform(Protocol):
    """What takes ratings."""

    async def send(self, records: Sequence[Record]) -> tuple[Result, ...]:
        """Hand records in.

        Raises:
            PlatformFault: no usable answer. BatchRefused: not together.
        """
        ...

    async def counts(self, first: date, last: date) -> dict[date, int]:
        """How many ratings it has of each day.

        Raises:
            PlatformFault: no usable answer.
        """
        ...

    def close(self) -> None:
        """End the connections."""
        ...


class HttpPlatform:
    """``POST {url}/records`` and ``GET {url}/counts?from=&to=`` with a bearer token; redirects are not followed."""

    def __init__(
        self, url: str, *, token: str | None, authority: str | None = None, answer_s: float = ANSWER_S
    ) -> None:
        """Prepare to send.

        Args:
            url: https, or http to this machine.
            token: the platform's secret for this hall.
            authority: PEM file of the authority that signed its certificate; None: the system's.
            answer_s: an answer is waited for so long.

        Raises:
            Invalid: the address is neither.
        """
        check_address(url)
        self._url = url.rstrip("/")
        self._token = token
        self._authority = authority
        self._answer_s = answer_s
        self._client: AsyncHTTPClient | None = None

    async def send(self, records: Sequence[Record]) -> tuple[Result, ...]:
        """Hand records in."""
        body = msgspec.json.encode({"records": records})
        answer = await self._fetch(HTTPRequest(f"{self._url}/records", method="POST", body=body))
        return _read(answer, Results).results

    async def counts(self, first: date, last: date) -> dict[date, int]:
        """How many ratings it has of each day."""
        query = urlencode({"from": first.isoformat(), "to": last.isoformat()})
        answer = await self._fetch(HTTPRequest(f"{self._url}/counts?{query}"))
        return {one.day: one.stored for one in _read(answer, DayCounts).days}

    def close(self) -> None:
        """End the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _fetch(self, request: HTTPRequest) -> HTTPResponse:
        request.headers.update({"Content-Type": "application/json", "Accept": "application/json"})
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        request.connect_timeout, request.request_timeout = CONNECT_S, self._answer_s
        request.follow_redirects, request.validate_cert, request.ca_certs = False, True, self._authority
        if self._client is None:
            self._client = AsyncHTTPClient(force_instance=True, max_body_size=ANSWER_BYTES)
        try:
            return await self._client.fetch(request)
        except HTTPClientError as exc:
            raise _fault(exc) from exc
        except (OSError, ValueError) as exc:
            raise PlatformFault("tls" if "SSL" in type(exc).__name__.upper() else "unreached") from exc


def check_address(url: str) -> None:
    """Refuse an address that would send ratings in the clear.

    Raises:
        Invalid: ``settings.invalid``.
    """
    try:
        parts = urlsplit(url)
        is_fit = bool(parts.hostname) and not parts.query and not parts.username
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
    except ValueError:
        is_fit = is_safe = False
    if not is_fit or not is_safe:
        raise Invalid("settings.invalid", reason="upward_url must be https, or http to this machine", file="")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fault(exc: HTTPClientError) -> PlatformFault:
    if exc.code in _BATCH_STATUS:
        return BatchRefused(f"status_{exc.code}")
    if exc.code in {401, 403}:
        return PlatformFault("unauthorised")
    if exc.code == 599:  # Tornado's own: no answer came
        return PlatformFault("timeout" if "imeout" in str(exc) else "unreached")
    return PlatformFault(f"status_{exc.code}", after_s=_asked_s(exc))


def _asked_s(exc: HTTPClientError) -> float:
    """How long the platform asks to be left alone, where it says so in seconds."""
    asked = exc.response.headers.get("Retry-After", "") if exc.response else ""
    return min(float(asked), WAIT_MOST_S) if asked.isascii() and asked.isdigit() else 0.0


def _read(answer: HTTPResponse, kind: type[_R]) -> _R:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.MsgspecError, ValueError) as exc:
        raise PlatformFault("unreadable") from exc
