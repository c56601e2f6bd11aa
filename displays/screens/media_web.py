"""Media over HTTP: managers upload files, everybody in the hall may load them, in parts too."""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path
from typing import IO

from displays.screens.library import MediaLibrary
from displays.screens.model import Media
from hall_server.errors import Invalid, NotFound, TooLarge
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, PUBLIC, Route, Verb

KEPT_S = 365 * 86_400
"""A file never changes: its name says what is in it."""
CHUNK_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


class UploadHandler(ApiHandler):
    """A file on its way into the media folder; it never lies in memory whole."""

    library: MediaLibrary
    _part: Path | None = None
    _file: IO[bytes] | None = None
    _written = 0

    async def check_request(self) -> None:
        """Refuse what may not come in before it does."""
        await super().check_request()
        length = self.request.headers.get("Content-Length", "0")
        self.library.check_room(int(length) if length.isdigit() else 0)
        self._part = self.library.folder / f"{secrets.token_hex(8)}.part"
        self._file = await asyncio.to_thread(self._part.open, "wb")

    async def data_received(self, chunk: bytes) -> None:
        """Write a piece; what comes beyond the limit is dropped."""
        self._written += len(chunk)
        if self._file is None or self._is_too_large or self._written > self.route.body_limit:
            self._is_too_large = True
            return
        await asyncio.to_thread(self._file.write, chunk)

    async def post(self) -> None:
        """Answer with what it has become.

        Raises:
            Invalid, TooLarge: ``media.…``, why not.
        """
        if self._is_too_large:
            raise TooLarge("media.too_large", field="file", most_mb=self.route.body_limit >> 20)
        part = self._closed()
        if part is None or not self._written:
            raise Invalid("media.empty", field="file")
        self._part = None  # from here on the library's
        async with self.library.one_at_a_time:
            self.answer(await asyncio.to_thread(self.library.take, part, self.words("name")))

    def on_finish(self) -> None:
        """Leave nothing behind of an upload that was refused."""
        self._drop()

    def on_connection_close(self) -> None:
        """Leave nothing behind of an upload that broke off."""
        self._drop()

    def _closed(self) -> Path | None:
        if self._file is not None:
            self._file.close()
            self._file = None
        return self._part

    def _drop(self) -> None:
        if (part := self._closed()) is not None:
            part.unlink(missing_ok=True)


class MediaHandler(ApiHandler):
    """A file of the media folder."""

    library: MediaLibrary

    async def get(self, media: str) -> None:
        """Send it, or the part that is asked for.

        Raises:
            NotFound: ``media.unknown``.
        """
        known, path = self.library.find(media), self.library.path(media)
        if known is None or path is None:
            raise NotFound("media.unknown", media=media[:60])
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except OSError as exc:
            raise NotFound("media.unknown", media=media[:60]) from exc
        with file:
            self._set_headers(known)
            await self._send(file, *self._span(known.bytes))

    async def head(self, media: str) -> None:
        """Send the headers."""
        known = self.library.find(media)
        if known is None:
            raise NotFound("media.unknown", media=media[:60])
        self._set_headers(known)
        self.set_header("Content-Length", str(known.bytes))
        self.finish()

    def compute_etag(self) -> str | None:
        """None: the name is the tag."""
        return None

    def _set_headers(self, known: Media) -> None:
        self.set_header("Content-Type", known.media_type)
        self.set_header("Cache-Control", f"public, max-age={KEPT_S}, immutable")
        self.set_header("Accept-Ranges", "bytes")

    def _span(self, total: int) -> tuple[int, int]:
        """First byte and length; a range that cannot be is answered with the whole. Source: RFC 9110 14.2."""
        found = _RANGE.fullmatch(self.request.headers.get("Range", ""))
        begin, length = 0, total
        if found and (found[1] or found[2]):
            begin = int(found[1]) if found[1] else max(0, total - int(found[2]))
            last = min(int(found[2]), total - 1) if found[1] and found[2] else total - 1
            if begin <= last:
                length = last - begin + 1
                self.set_status(206)
                self.set_header("Content-Range", f"bytes {begin}-{last}/{total}")
            else:
                begin = 0
        self.set_header("Content-Length", str(length))
        return begin, length

    async def _send(self, file: IO[bytes], begin: int, length: int) -> None:
        file.seek(begin)
        while length > 0:
            chunk = await asyncio.to_thread(file.read, min(CHUNK_BYTES, length))
            if not chunk:
                break
            length -= len(chunk)
            self.write(chunk)
            await self.flush()
        self.finish()


def media_routes(library: MediaLibrary, *, most_bytes: int) -> list[Route]:
    """The addresses."""
    options = {"library": library}
    query = {"name": "what the file is called, for the editor's list"}
    uploaded = Verb(
        access=MANAGER, summary="Upload a picture or video for playlists", query=query, reply=Media, status=201
    )
    sent = Verb(access=PUBLIC, summary="A file of the playlists", media="*/*")
    return [
        Route("/api/v1/media", UploadHandler, {"POST": uploaded}, body_limit=most_bytes, options=options),
        Route("/api/v1/media/{media:[0-9a-f]{32}\\.[a-z0-9]{2,4}}", MediaHandler, {"GET": sent}, options=options),
    ]
