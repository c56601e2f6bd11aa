"""A hall with screens hung in it, and a browser that looks at them at their real sizes."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from scripts.hall_process import Caller, HallProcess

WINDOWS = ("w05", "w06", "w07", "w08", "w09")  # of zone z2
ZONE, LINE = "z2", "social"


@dataclass
class Hung:
    """A running hall whose manager hangs screens."""

    hall: HallProcess
    manager: Caller
    ids: dict[str, str] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)

    def send(self, method: str, path: str, body: object = None, *, raw: bytes | None = None) -> Any:
        """A request as the manager; PUT, DELETE and raw bodies too."""
        link = http.client.HTTPConnection("127.0.0.1", self.hall.http_port, timeout=30)
        cookies = self.manager.cookies
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        headers |= {"X-XSRFToken": cookies["_xsrf"], "Accept-Language": "en"}
        link.request(method, f"/api/v1/{path}", raw if raw is not None else json.dumps(body or {}), headers)
        reply = link.getresponse()
        content = reply.read()
        link.close()
        assert reply.status < 400, content
        return json.loads(content) if content else None

    def upload(self, content: bytes, name: str) -> dict[str, Any]:
        """A file for playlists."""
        found: dict[str, Any] = self.send("POST", f"media?name={quote(name)}", raw=content)
        return found

    def hang(self, **fields: Any) -> str:
        """Hang a screen; gives its id."""
        wanted = {"name": "测试屏", "content": "board", "zone": ZONE, **fields}
        return str(self.send("POST", "screens", wanted)["id"])

    def open_windows(self, *windows: str) -> None:
        """Sit down, with enough people waiting."""
        for window in windows:
            self.manager.post(f"windows/{window}/open", {"staff": f"s{window[1:]}"})

    def queue_up(self, count: int) -> list[dict[str, Any]]:
        """So many visitors take a number for a line of the zone."""
        lines = [line["id"] for line in self.manager.get("hall")["lines"] if line["zone"] == ZONE]
        return [
            self.hall.caller().post("tickets", {"line": lines[n % len(lines)], "channel": "kiosk"})
            for n in range(count)
        ]

    def call(self, window: str) -> str:
        """Call the next visitor; gives the number."""
        return str(self.manager.post(f"windows/{window}/call")["ticket"]["number"])


@pytest.fixture(scope="module")
def hung(new_hall: Callable[[], HallProcess]) -> Hung:
    """A running hall, its windows open, and nothing called yet."""
    hall = new_hall().start()
    found = Hung(hall, hall.caller().sign_in(hall.accounts["manager"]))
    found.open_windows(*WINDOWS)
    return found


@pytest.fixture
def look(browser: Browser, hung: Hung) -> Iterator[Callable[..., Page]]:
    """`look(path, size)`: a page at its size, in a profile of its own."""
    contexts: list[BrowserContext] = []

    def at(path: str, size: tuple[int, int] = (1920, 1080), *, session: bool = False, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **more)
        contexts.append(context)
        if session:
            keep = [{"name": n, "value": v, "url": hung.hall.address} for n, v in hung.manager.cookies.items()]
            context.add_cookies(keep)  # type: ignore[arg-type]  # a SetCookieParam each
        page = context.new_page()
        page.goto(hung.hall.address + path)
        return page

    yield at
    for context in contexts:
        context.close()
