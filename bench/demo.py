"""A demonstration hall in a process of its own, and what a caller needs to speak to it."""

from __future__ import annotations

import base64
import contextlib
import http.client
import sys
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import msgspec

from bench.processes import ROOT, Program, listening, running

RUN = ROOT / "run.py"


class Session:
    """A signed-in manager, or whoever else has an account."""

    def __init__(self, demo: DemoHall, account: dict[str, str] | None = None) -> None:
        self._demo = demo
        account = account or demo.accounts["manager"]
        body = {"name": account["name"], "password": account["password"]}
        self._headers: dict[str, str] = {"Content-Type": "application/json"}
        answer, headers = self._ask("POST", "/api/v1/session", body)
        cookies = SimpleCookie("; ".join(headers.get_all("Set-Cookie") or []))
        self._headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        self._headers["X-XSRFToken"] = answer["xsrf"]

    @property
    def cookie(self) -> str:
        """What the live feed knows the session by."""
        return self._headers["Cookie"]

    def post(self, path: str, body: object | None = None) -> Any:
        """Post JSON; gives the answer's."""
        return self._ask("POST", path, body or {})[0]

    def get(self, path: str) -> Any:
        """What an address answers to this session."""
        return self._ask("GET", path, None)[0]

    def upload(self, path: str, content: bytes) -> Any:
        """Post a file; gives the answer's JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self._demo.http_port, timeout=60)
        try:
            connection.request("POST", path, content, {**self._headers, "Content-Type": "application/octet-stream"})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return msgspec.json.decode(body)

    def press(self, path: str) -> float:
        """Post on a connection that is open already; the moment of the press (CLOCK_MONOTONIC, s)."""
        connection = http.client.HTTPConnection("127.0.0.1", self._demo.http_port, timeout=30)
        connection.connect()
        try:
            begun = time.monotonic()
            connection.request("POST", path, b"{}", self._headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status}")
        return begun

    def _ask(self, method: str, path: str, body: object) -> tuple[Any, http.client.HTTPMessage]:
        return ask(self._demo.http_port, method, path, body, self._headers)


class DemoHall:
    """A running demonstration hall.

    Attributes:
        accounts: what ``demo-accounts.json`` holds.
    """

    def __init__(self, program: Program, data: Path) -> None:
        self.program = program
        ports = listening(program.line("listening"))
        self.http_port, self.mqtt_port = ports["http"], ports["mqtt"]
        self.accounts: dict[str, Any] = msgspec.json.decode((data / "demo-accounts.json").read_bytes())

    def get(self, path: str) -> Any:
        """What an open address answers."""
        return ask(self.http_port, "GET", path, None, {})[0]

    def basic(self, kind: str) -> str:
        """The Authorization header of a paired device of this kind."""
        return next(basic(one["id"], one["password"]) for one in self.accounts["devices"] if one["kind"] == kind)

    def open_windows(self) -> None:
        """Let every window serve."""
        manager = Session(self)
        for window in self.get("/api/v1/hall")["windows"]:
            manager.post(f"/api/v1/windows/{window['id']}/open")


def ask(
    port: int, method: str, path: str, body: object, headers: dict[str, str]
) -> tuple[Any, http.client.HTTPMessage]:
    """One request to a server on loopback.

    Raises:
        RuntimeError: it was refused.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, None if body is None else msgspec.json.encode(body), headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return msgspec.json.decode(content) if content else None, answer.headers
    finally:
        connection.close()


def basic(name: str, password: str) -> str:
    """The header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@contextlib.contextmanager
def hall(data: Path) -> Iterator[DemoHall]:
    """Run a demonstration hall on free ports of this machine."""
    options = ("--demo", "--data", data, "--port", "0", "--mqtt-port", "0")
    with running(sys.executable, RUN, "hall", *options) as program:
        yield DemoHall(program, data)
