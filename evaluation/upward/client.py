"""Speaks to the platform above over HTTP: records up, counts down; nothing here waits on the loop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, Protocol, TypeVar
from urllib.parse import urlencode

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from evaluation.upward.record import Record
from hall_server.outbox import http
from hall_server.outbox.http import ANSWER_BYTES, ANSWER_S, CONNECT_S, NoAnswer

_R = TypeVar("_R")

_BATCH_STATUS = frozenset({400, 413, 422})
"""The batch as a whole was refused; smaller ones may show which record is to blame."""


class PlatformFault(NoAnswer):
    """There was no usable answer; the same may be sent again later."""


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
            raise PlatformFault(http.reason_of(exc)) from exc


def check_address(url: str) -> None:
    """Refuse an address that would send ratings in the clear.

    Raises:
        Invalid: ``settings.invalid``.
    """
    http.check_address(url, setting="upward_url")


def _fault(exc: HTTPClientError) -> PlatformFault:
    if exc.code in _BATCH_STATUS:
        return BatchRefused(f"status_{exc.code}")
    reason = http.reason_of(exc)
    return PlatformFault(reason, after_s=http.asked_s(exc) if reason.startswith("status_") else 0.0)


def _read(answer: HTTPResponse, kind: type[_R]) -> _R:
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.MsgspecError, ValueError) as exc:
        raise PlatformFault("unreadable") from exc
