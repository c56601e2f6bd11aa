"""The displays over HTTP: a board's picture, the rendered sounds, the files of the screens' pages."""

from __future__ import annotations

import asyncio
from pathlib import Path

from displays.pictures import BoardPicture
from displays.voice import Announcer
from hall_server.errors import Invalid, NotFound
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route
from hall_server.web.routes import PUBLIC, Route, Verb, api

PAGES = Path(__file__).parent / "pages"
KEPT_S = 86_400
"""A sound never changes: its name says what is in it."""


class BoardHandler(ApiHandler):
    """The board of a zone."""

    async def get(self) -> None:
        """Answer with the picture that the live feed shows."""
        zone = self.words("zone")
        if not zone:
            raise Invalid("body.invalid", zone="missing")
        if zone not in self.server.directory.zones:
            raise NotFound("board.zone_unknown", zone=zone)
        await self.answer_picture("board", zone)


class VoiceHandler(ApiHandler):
    """A rendered announcement."""

    announcer: Announcer | None = None

    async def get(self, sound: str) -> None:
        """Answer with the WAV, if it is one that was given out and is still kept."""
        found = await asyncio.to_thread(self.announcer.find, sound) if self.announcer else None
        if found is None:
            raise NotFound("voice.unknown", sound=sound)
        try:
            content = await asyncio.to_thread(found.read_bytes)
        except OSError as exc:  # the cache made room in this moment
            raise NotFound("voice.unknown", sound=sound) from exc
        self.set_header("Content-Type", "audio/wav")
        self.set_header("Cache-Control", f"public, max-age={KEPT_S}, immutable")
        self.finish(content)


def routes(announcer: Announcer | None) -> list[Route]:
    """All routes of the displays; without an announcer there are no sounds."""
    voice = Route(
        "/api/v1/voice/{sound:[0-9a-f]+}.wav",
        VoiceHandler,
        {"GET": Verb(access=PUBLIC, summary="A rendered announcement", media="audio/wav")},
        options={"announcer": announcer},
    )
    board = Verb(access=PUBLIC, summary="The board of a zone", query={"zone": "id of the zone"}, reply=BoardPicture)
    return [
        api("/api/v1/board", BoardHandler, get=board),
        voice,
        file_route("displays", PAGES),
    ]
