"""A whole city in the test's process: real database, real web side, a clock that tests move; and who signs in there."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

import city as city_centre
from city.server import City
from city.settings import CitySettings
from city.web import founding, link
from hall_server.clock import Clock
from hall_server.directory.hall_file import DemoHall, load_demo
from tests.fakes.city_databases import address_for
from tests.fakes.hall import ROOT, HandClock


@cache
def demo_city() -> DemoHall:
    """The demonstration city's description, read once."""
    return load_demo(ROOT / "config" / "city.toml")


@asynccontextmanager
async def running_city(
    data: Path, database: str = "", *, clock: Clock | None = None, demo: bool = True, **settings: Any
) -> AsyncIterator[tuple[City, int]]:
    """A demonstration city that listens on a free port of loopback; gives the server and its port."""
    given = CitySettings(
        database=database or address_for(data), demo=demo, http_host="127.0.0.1", http_port=0, **settings
    )
    city = city_centre.compose(given, data, clock=clock or HandClock(), grouping=demo_city().grouping)
    await city.open()
    try:
        await founding.found(city, demo_city())
        await city.start()
        yield city, city.rooms["web"].listen("127.0.0.1", 0, tls=link.tls(city))
    finally:
        await city.stop()


class Browser:
    """Somebody at a city's pages: keeps the session's cookies, whichever process it speaks to."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self._client = AsyncHTTPClient(force_instance=True)

    async def ask(self, port: int, method: str, path: str, body: object = None) -> HTTPResponse:
        """One request."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if "_xsrf" in self.cookies and method != "GET":
            headers["X-XSRFToken"] = self.cookies["_xsrf"]
        request = HTTPRequest(
            f"http://127.0.0.1:{port}{path}", method=method, headers=headers,
            body=None if body is None else json.dumps(body), allow_nonstandard_methods=True, follow_redirects=False,
        )  # fmt: skip
        response = await self._client.fetch(request, raise_error=False)
        for line in response.headers.get_list("Set-Cookie"):
            name, _, rest = line.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        return response

    async def sign_in(self, port: int, name: str, password: str) -> int:
        """Sign in; the status."""
        return (await self.ask(port, "POST", "/api/v1/session", {"name": name, "password": password})).code

    async def read(self, port: int, path: str) -> Any:
        """The JSON of an address that must answer."""
        response = await self.ask(port, "GET", path)
        assert response.code == 200, (path, response.code, response.body)
        return json.loads(response.body)


def password(data: Path, name: str) -> str:
    """The password of an account of the demonstration."""
    found = json.loads((data / "demo-accounts.json").read_text("utf-8"))
    every = [found["admin"], found["manager"], *found["staff"]]
    return str(next(one["password"] for one in every if one["name"] == name))
