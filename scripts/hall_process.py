"""A hall as a process of its own: started on free ports, spoken to over HTTP, ended in order or killed."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
from http.cookies import SimpleCookie
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN_S = 120.0
STOPS_WITHIN_S = 30.0
ANSWERS_WITHIN_S = 60.0
FILED = re.compile(r"/api/v1/(?:applicant|applications)(?:[/?]|$)")
"""What people who file by themselves use: their session has a token of its own."""


def begin(command: list[str], *, log: IO[str] | IO[bytes]) -> subprocess.Popen[str]:
    """Begin a program whose standard output is read; tests put a quicker way in its place."""
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)


class HallRefused(Exception):
    """The hall answered with an error; ``status`` and ``code`` say which."""

    def __init__(self, status: int, code: str, body: str) -> None:
        super().__init__(f"{status} {code}: {body}")
        self.status = status
        self.code = code


class HallProcess:
    """`run.py hall --demo` in a folder; may be started again in it after it has ended."""

    def __init__(
        self, data: Path, *, config: Path | None = None, is_demo: bool = True, program: Path | None = None
    ) -> None:
        """``data``: its folder; ``config``: settings and description, the demonstration's own where None.

        ``program`` is what stands for ``run.py``: a test's own way to start the hall with a protection off.

        Attributes:
            said: the lines it has written to standard output since its last start.
        """
        self.data = data
        self.http_port = 0
        self.mqtt_port = 0
        self.said: list[str] = []
        self._program = program or ROOT / "run.py"
        self._config = [*(["--demo"] if is_demo else []), *(["--config", str(config)] if config else [])]
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._log = data.with_name(data.name + ".log")

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def accounts(self) -> dict[str, Any]:
        """Sign-ins and devices, as ``demo-accounts.json`` holds them."""
        found: dict[str, Any] = json.loads((self.data / "demo-accounts.json").read_text("utf-8"))
        return found

    @property
    def pid(self) -> int:
        """The number of its process, 0 where it does not run."""
        return self._process.pid if self._process else 0

    @property
    def log(self) -> str:
        """What it has written to standard error since its first start."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def start(self, *, http_port: int = 0, mqtt_port: int = 0, broker: str | None = None) -> Self:
        """Start it and wait until it answers; port 0 takes a free one, ``broker`` is HOST:PORT of a Mosquitto.

        Raises:
            RuntimeError: it ended, or did not answer in time.
        """
        self._log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-W", "ignore", str(self._program), "hall", *self._config]
        command += ["--data", str(self.data), "--port", str(http_port), "--mqtt-port", str(mqtt_port)]
        command += ["--broker", broker] if broker else []
        with self._log.open("a", encoding="utf-8") as log:
            self._process = begin(command, log=log)
        out = self._process.stdout
        assert out is not None  # noqa: S101  # asked for above
        too_late = threading.Timer(STARTS_WITHIN_S, self._process.kill)
        too_late.start()
        try:
            line = out.readline()
        finally:
            too_late.cancel()
        first = line.split()
        if first[:1] != ["listening"]:
            self.kill()
            raise RuntimeError(f"the hall did not start:\n{self.log}")
        self.http_port, self.mqtt_port = (int(part.partition("=")[2]) for part in first[1:3])
        self.said = [line.rstrip("\n")]
        self._reader = threading.Thread(target=_drain, args=(out, self.said), daemon=True)
        self._reader.start()
        return self

    def stop(self) -> int:
        """End it with SIGTERM, as an operator does; gives its exit status."""
        process = self._process
        if process is None:
            return 0
        process.terminate()
        try:
            return process.wait(STOPS_WITHIN_S)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it with SIGKILL, as a power cut does."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if self._reader is not None:
            self._reader.join()
        if process.stdout is not None:
            process.stdout.close()

    def caller(self) -> Caller:
        """Somebody who speaks to it over HTTP and is not signed in yet."""
        return Caller(self.http_port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


class Caller:
    """One person's or nobody's session with the hall."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: SimpleCookie = SimpleCookie()

    def sign_in(self, account: dict[str, str]) -> Self:
        """Begin a session with an entry of ``demo-accounts.json``."""
        self.post("session", {"name": account["name"], "password": account["password"]})
        return self

    @property
    def cookies(self) -> dict[str, str]:
        """What a browser would need to go on with this session."""
        return {name: one.value for name, one in self._cookies.items()}

    def get(self, path: str) -> Any:
        """What stands at ``/api/v1/{path}``."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object = None) -> Any:
        """Do something."""
        return self._ask("POST", path, {} if body is None else body)

    def put(self, path: str, body: object) -> Any:
        """Say how something is to be."""
        return self._ask("PUT", path, body)

    def patch(self, path: str, body: object) -> Any:
        """Change a record."""
        return self._ask("PATCH", path, body)

    def fetch(self, path: str) -> bytes:
        """The bytes at a path of the server.

        Raises:
            HallRefused: the status is 400 or more.
        """
        return self._send("GET", path, None)

    def _ask(self, method: str, path: str, body: object) -> Any:
        answer = self._send(method, "/api/v1/" + quote(path, safe="/?&=%"), body)
        return json.loads(answer) if answer else None

    def _send(self, method: str, path: str, body: object) -> bytes:
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWERS_WITHIN_S)
        try:
            headers = {"Content-Type": "application/json", "Accept-Language": "en"}
            if self._cookies:
                headers["Cookie"] = "; ".join(f"{name}={one.value}" for name, one in self._cookies.items())
            token = "_xsrf_applicant" if FILED.match(path) else "_xsrf"  # as the pages do (static/xsrf.js)
            if token in self._cookies:
                headers["X-XSRFToken"] = self._cookies[token].value
            link.request(method, path, None if body is None else json.dumps(body), headers)
            reply = link.getresponse()
            content = reply.read()
            for value in reply.headers.get_all("Set-Cookie") or []:
                self._cookies.load(value)
        finally:
            link.close()
        if reply.status >= 400:
            raise HallRefused(reply.status, _code(content), content.decode("utf-8", "replace"))
        return content


def _code(content: bytes) -> str:
    try:
        return str(json.loads(content)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _drain(out: IO[str], said: list[str]) -> None:
    """Read on, so that a full pipe never stops the hall."""
    for line in out:
        said.append(line.rstrip("\n"))
