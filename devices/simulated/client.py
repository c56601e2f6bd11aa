"""The hall's HTTP interface as a browser at a window uses it: signed in, patient, with an id for every write."""

from __future__ import annotations

import asyncio
import random
from http.cookies import SimpleCookie
from typing import Any

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

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
        self._person: tuple[str, str] | None = None

    async def sign_in(self, name: str, password: str) -> None:
        """Begin a session; one that has ended meanwhile is begun again by itself.

        Raises:
            Refusal: the hall does not know this person.
        """
        self._cookies, self._xsrf, self._person = {}, "", None
        body = await self.post("session", {"name": name, "password": password})
        self._xsrf, self._person = body["xsrf"], (name, password)

    @property
    def cookie(self) -> dict[str, str]:
        """The header by which a live feed knows the session."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

    async def get(self, path: str) -> Any:
        """Read something.

        Raises:
            Refusal: the hall said no.
        """
        return await self._patiently("GET", path, None)

    async def post(self, path: str, body: object | None = None, *, tries: int | None = None) -> Any:
        """Have something done; sent again with the same id until the hall answers, or so often.

        Raises:
            Refusal: the hall said no, or did not answer in time.
        """
        return await self._patiently("POST", path, msgspec.json.encode(body if body is not None else {}), tries)

    async def patch(self, path: str, body: object) -> Any:
        """Change something.

        Raises:
            Refusal: the hall said no.
        """
        return await self._patiently("PATCH", path, msgspec.json.encode(body))

    async def put(self, path: str, body: object) -> Any:
        """Set something.

        Raises:
            Refusal: the hall said no.
        """
        return await self._patiently("PUT", path, msgspec.json.encode(body))

    async def delete(self, path: str) -> None:
        """Take something back.

        Raises:
            Refusal: the hall said no.
        """
        await self._patiently("DELETE", path, None)

    # -- inside

    async def _patiently(self, method: str, path: str, body: bytes | None, tries: int | None = None) -> Any:
        key = self._ids.new()
        try:
            return await self._until_answered(method, path, body, key, tries)
        except Refusal as exc:
            if exc.status != 401 or self._person is None:
                raise
        await self.sign_in(*self._person)
        return await self._until_answered(method, path, body, key, tries)

    async def _until_answered(self, method: str, path: str, body: bytes | None, key: str, tries: int | None) -> Any:
        headers = self.cookie
        if method != "GET":
            headers |= {"Idempotency-Key": key}
            headers |= {"X-XSRFToken": self._xsrf} if self._xsrf else {}
        if body is not None:
            headers |= {"Content-Type": "application/json"}
        pause_s, status = 0.2, 599
        while tries is None or tries > 0:
            request = HTTPRequest(
                f"{self._base}/api/v1/{path}", method=method, headers=headers, body=body, request_timeout=20
            )
            response = await self._once(request)
            if response is not None and response.code not in _PATIENT:
                return self._read(response)
            status = response.code if response is not None else 599
            tries = None if tries is None else tries - 1
            await asyncio.sleep(self._dice.uniform(pause_s / 2, pause_s))
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        raise Refusal(status, "hall.busy")

    async def _once(self, request: HTTPRequest) -> HTTPResponse | None:
        try:
            return await self._http.fetch(request, raise_error=False)
        except (OSError, HTTPClientError):  # the second: it went away, or fell silent, in the middle of the answer
            return None  # the hall is not there (yet, or for a moment)

    def _read(self, response: HTTPResponse) -> Any:
        for header in response.headers.get_list("Set-Cookie"):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items() if morsel.value}
        body = msgspec.json.decode(response.body) if response.body else None
        if response.code >= 400:
            raise Refusal(response.code, body["error"]["code"] if isinstance(body, dict) and "error" in body else "")
        return body
