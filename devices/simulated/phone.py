"""Pages that look at the live feed: a visitor's phone, the boards' own pages, the manager's desk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

log = logging.getLogger(__name__)

AGAIN_S = 1.0
See = Callable[[str, Any], None]


async def watch(base: str, topics: list[str], see: See, *, headers: Callable[[], dict[str, str]] = dict) -> None:
    """Look at topics for as long as this runs; connects again when the hall was away.

    Args:
        base: address of the hall, ``http://…``.
        topics: of the live feed.
        see: told of each picture, with its topic.
        headers: of the request, such as a session's cookie; asked for at each connection.
    """
    address = f"{base.replace('http', 'ws', 1)}/api/v1/live?topics={quote(','.join(topics), safe=',/')}"
    while True:
        try:
            async with connect(
                address, origin=Origin(base), additional_headers=headers(), compression=None, open_timeout=20
            ) as socket:
                async for message in socket:
                    _take(message, see)
        except (OSError, TimeoutError, WebSocketException) as exc:
            log.debug("live feed: %s", exc, extra={"action": "simulate.live"})
        await asyncio.sleep(AGAIN_S)


async def watch_page(base: str, token: str, see: Callable[[dict[str, Any]], None]) -> None:
    """A visitor's page."""
    await watch(base, [f"ticket/{token}"], lambda _, picture: see(picture))


def _take(message: str | bytes, see: See) -> None:
    frame = msgspec.json.decode(message)
    picture = frame.get("snapshot") or frame.get("event", {}).get("view")
    if picture:
        see(str(frame.get("topic", "")), picture)
