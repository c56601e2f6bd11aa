"""Pages that look at the live feed: a visitor's phone, the boards' own pages, the manager's desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from tornado.httpclient import HTTPError, HTTPRequest
from tornado.websocket import WebSocketError, websocket_connect

AGAIN_S = 1.0
See = Callable[[str, Any], None]


async def watch(base: str, topics: list[str], see: See, *, headers: dict[str, str] | None = None) -> None:
    """Look at topics for as long as this runs; connects again when the hall was away.

    Args:
        base: address of the hall, ``http://…``.
        topics: of the live feed.
        see: told of each picture, with its topic.
        headers: of the request, such as a session's cookie.
    """
    address = f"{base.replace('http', 'ws', 1)}/api/v1/live?topics={quote(','.join(topics), safe=',/')}"
    while True:
        try:
            socket = await websocket_connect(HTTPRequest(address, headers=headers or {}, request_timeout=20))
        except (OSError, HTTPError, WebSocketError):
            await asyncio.sleep(AGAIN_S)
            continue
        try:
            while (message := await socket.read_message()) is not None:
                _take(message, see)
        finally:
            socket.close()
        await asyncio.sleep(AGAIN_S)


async def watch_page(base: str, token: str, see: Callable[[dict[str, Any]], None]) -> None:
    """A visitor's page."""
    await watch(base, [f"ticket/{token}"], lambda _, picture: see(picture))


def _take(message: str | bytes, see: See) -> None:
    frame = msgspec.json.decode(message)
    picture = frame.get("snapshot") or frame.get("event", {}).get("view")
    if picture:
        see(str(frame.get("topic", "")), picture)
