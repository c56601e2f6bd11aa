"""Reaches another server over HTTP: where messages may go, what went wrong, and a client whose messages are signed."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from hall_server.errors import Invalid
from hall_server.outbox import signing

ANSWER_BYTES = 4 * 1024 * 1024
CONNECT_S, ANSWER_S = 10.0, 60.0
WAIT_MOST_S = 3_600.0
"""Longest wait that the other side may ask for."""


class NoAnswer(Exception):
    """There was no usable answer; the same may be sent again later.

    Attributes:
        reason: a word for what was wrong: unreached, timeout, tls, unauthorised, status_500, unreadable …
        after_s: the other side asks for so much time.
    """

    def __init__(self, reason: str, *, after_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after_s = after_s


def check_address(url: str, *, setting: str) -> None:
    """Refuse an address that would send what people said in the clear.

    Raises:
        Invalid: ``settings.invalid``.
    """
    try:
        parts = urlsplit(url)
        is_fit = bool(parts.hostname) and not parts.query and not parts.username
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    except ValueError:
        is_fit = is_safe = False
    if not is_fit or not is_safe:
        raise Invalid("settings.invalid", reason=f"{setting} must be https, or http to this machine", file="")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reason_of(exc: Exception) -> str:
    """A word for why there is no answer."""
    if not isinstance(exc, HTTPClientError):
        return "tls" if "SSL" in type(exc).__name__.upper() else "unreached"
    if exc.code in {401, 403}:
        return "unauthorised"
    if exc.code == 599:  # Tornado's own: no answer came
        return "timeout" if "imeout" in str(exc) else "unreached"
    return f"status_{exc.code}"


def asked_s(exc: Exception) -> float:
    """How long the other side asks to be left alone, where it says so in seconds."""
    response = exc.response if isinstance(exc, HTTPClientError) else None
    asked = response.headers.get("Retry-After", "") if response else ""
    return min(float(asked), WAIT_MOST_S) if asked.isascii() and asked.isdigit() else 0.0


class SignedClient:
    """Sends signed requests to one neighbour and believes signed answers only; redirects are not followed."""

    def __init__(
        self,
        url: str,
        key: bytes,
        clock_s: Callable[[], float],
        *,
        authority: str | None = None,
        answer_s: float = ANSWER_S,
    ) -> None:
        """Prepare to send.

        Args:
            url: https, or http to this machine; checked by the caller.
            key: the secret shared with the neighbour.
            clock_s: seconds since 1970.
            authority: PEM file of the authority that signed its certificate; None: the system's.
            answer_s: an answer is waited for so long.
        """
        self._url = url.rstrip("/")
        self._key = key
        self._clock_s = clock_s
        self._authority = authority
        self._answer_s = answer_s
        self._client: AsyncHTTPClient | None = None

    async def post(self, path: str, body: bytes, *, media: str = "application/json") -> bytes:
        """Send a body; gives the answer's.

        Raises:
            NoAnswer: none that can be believed.
        """
        url = self._url + path
        parts = urlsplit(url)
        signed = signing.sign(self._key, method="POST", path=parts.path, time_s=self._clock_s(), body=body)
        request = HTTPRequest(url, method="POST", body=body, headers={"Content-Type": media, **signed})
        answer = await self._fetch(request)
        content = answer.body or b""
        try:
            signing.check_reply(self._key, signed[signing.SIGNATURE], answer.headers, content)
        except signing.Distrusted as exc:
            raise NoAnswer("unsigned") from exc
        return content

    def close(self) -> None:
        """End the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _fetch(self, request: HTTPRequest) -> HTTPResponse:
        request.connect_timeout, request.request_timeout = min(CONNECT_S, self._answer_s), self._answer_s
        request.follow_redirects, request.validate_cert, request.ca_certs = False, True, self._authority
        if self._client is None:
            self._client = AsyncHTTPClient(force_instance=True, max_body_size=ANSWER_BYTES)
        try:
            return await self._client.fetch(request)
        except (HTTPClientError, OSError, ValueError) as exc:
            raise NoAnswer(reason_of(exc), after_s=asked_s(exc)) from exc
