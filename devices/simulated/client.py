"""The hall's HTTP interface as a browser at a window uses it: signed in, patient, with an id for every write."""

from __future__ import annotations

import asyncio
import random
from http.cookies import SimpleCookie
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from hall_server.ids import Ids

_PATIENT = {429, 503, 599}
_LONGEST_PAUSE_S = 5.0


class Refusal(Exception):
    """The hall said no; ``code`` says why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class HallClient:
    """One person's or nobody's connection to the hall."""

    def __init__(self, http: AsyncHTTPClient, base: str, *, ids: Ids, dice: random.Random) -> None:
        """``base``: address of the hall, such as ``http://127.0.0.1:8080``."""
        self._http = http
        self._base = base
        self._ids = ids
        self._dice = dice
        self._cookies: dict[str, str] = {}
        self._xsrf = ""

    async def sign_in(self, name: str, password: str) -> None:
        """Begin a session.

        Raises:
            Refusal: the hall does not know this person.
        """
        self._cookies, self._xsrf = {}, ""
        body = await self.post("session", {"name": name, "password": password})
        self._xsrf = body["xsrf"]

    async def get(self, path: str) -> Any:
        """Read something.

        Raises:
            Refusal: the hall said no.
        """
        return await self._patiently("GET", path, None)

    async def post(self, path: str, body: object | None = None) -> Any:
        """Have something done; sent again with the same id until the hall answers.

        Raises:
            Refusal: the hall said no.
        """
        return await self._patiently("POST", path, msgspec.json.encode(body if body is not None else {}))

    # -- inside

    async def _patiently(self, method: str, path: str, body: bytes | None) -> Any:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": self._ids.new()}
            headers |= {"X-XSRFToken": self._xsrf} if self._xsrf else {}
        pause_s = 0.2
        while True:
            request = HTTPRequest(
                f"{self._base}/api/v1/{path}", method=method, headers=headers, body=body, request_timeout=20
            )
            response = await self._once(request)
            if response is not None and response.code not in _PATIENT:
                return self._read(response)
            await asyncio.sleep(self._dice.uniform(pause_s / 2, pause_s))
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    async def _once(self, request: HTTPRequest) -> HTTPResponse | None:
        try:
            return await self._http.fetch(request, raise_error=False)
        except OSError:
            return None  # the hall is not there (yet, or for a moment)

    def _read(self, response: HTTPResponse) -> Any:
        for header in response.headers.get_list("Set-Cookie"):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items() if morsel.value}
        body = msgspec.json.decode(response.body) if response.body else None
        if response.code >= 400:
            raise Refusal(response.code, body["error"]["code"] if isinstance(body, dict) and "error" in body else "")
        return body
