"""Pages from a document camera: checked, re-encoded in a child process, given a name nobody can guess, and sealed."""

from __future__ import annotations

import asyncio
import io
import secrets
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from cases.desk.drafts import Draft, Drafts, ScanMark
from hall_server.errors import Invalid, NotFound, Refused

if TYPE_CHECKING:
    from evaluation.confirmation.documents import Documents
    from hall_server.federation.room import Room as Federation

Marks = tuple[ScanMark, ...]

UPLOAD_MOST = 10 * 1024 * 1024
PAGES_MOST = 120
"""Pages of one application at a window."""
QUALITY = 90
_JPEG, _PNG, _PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
_BEGINNINGS = (_JPEG, _PNG, _PDF, b"BM", b"II*\x00", b"MM\x00*")
_HEADER = 8 + 25
"""Bytes of a PNG's signature and its IHDR chunk, which comes first. Source: PNG specification, 5.6."""


class Scans:
    """Takes pages in, turns them, gives them out."""

    def __init__(self, drafts: Drafts, documents: Documents, federation: Federation) -> None:
        self._drafts = drafts
        self._documents = documents
        self._federation = federation

    async def take(
        self, window: str, ticket: str, content: bytes, *, into: Callable[[Draft, Marks], Draft] | None = None
    ) -> Marks:
        """Take an upload in: a picture, or a PDF whose pages become pictures.

        Args:
            into: puts the pages into the draft; None: behind those that are there.

        Raises:
            Invalid: ``case_desk.scan_kind``, or what the re-encoding says (``confirmation.document_…``).
            Refused: ``case_desk.scans_many``. Unavailable: it took too long.
        """
        if not _is_picture(content):
            raise Invalid("case_desk.scan_kind", field="file")
        held = len((await self._drafts.get(window, ticket)).scans)
        if held >= PAGES_MOST:
            raise Refused("case_desk.scans_many", most=PAGES_MOST)
        pictures = await self._documents.pictures(content)
        if held + len(pictures) > PAGES_MOST:
            raise Refused("case_desk.scans_many", most=PAGES_MOST)
        marks = tuple([await self._keep(one, wide, high) for one, wide, high in pictures])
        put = into or _added
        await self._drafts.change(window, ticket, lambda known: put(known, marks))
        return marks

    async def turn(self, window: str, ticket: str, sha256: str, quarters: int) -> ScanMark:
        """Turn a page clockwise by quarters; it gets another name.

        Raises:
            NotFound: ``case_desk.scan_unknown``.
        """
        known = (await self._drafts.get(window, ticket)).scans
        found = next((one for one in known if one.sha256 == sha256), None)
        if found is None:
            raise NotFound("case_desk.scan_unknown")
        plain = await asyncio.to_thread(self._federation.attachments.read, sha256)
        picture, wide, high = await asyncio.to_thread(_turned, plain, quarters)
        mark = await self._keep(picture, wide, high)
        await self._drafts.change_scans(
            window, ticket, lambda now: tuple(mark if one.sha256 == sha256 else one for one in now)
        )
        await asyncio.to_thread(self._federation.attachments.erase, sha256)
        return mark

    async def remove(self, window: str, ticket: str, sha256: str) -> None:
        """Take a page out and erase it."""
        known = (await self._drafts.get(window, ticket)).scans
        if all(one.sha256 != sha256 for one in known):
            raise NotFound("case_desk.scan_unknown")
        await self._drafts.change_scans(window, ticket, lambda now: tuple(one for one in now if one.sha256 != sha256))
        await asyncio.to_thread(self._federation.attachments.erase, sha256)

    async def read(self, sha256: str) -> tuple[bytes, str]:
        """A page and its media type.

        Raises:
            NotFound: there is none of this name.
        """
        content = await asyncio.to_thread(self._federation.attachments.read, sha256)
        return content, media_of(content)

    async def _keep(self, picture: bytes, width: int, height: int) -> ScanMark:
        named = marked(picture, secrets.token_hex(16))
        sha256 = await self._federation.keep(named)
        return ScanMark(sha256=sha256, size=len(named), media=media_of(named), width=width, height=height)


def _added(draft: Draft, marks: Marks) -> Draft:
    return msgspec.structs.replace(draft, scans=(*draft.scans, *marks))


def marked(picture: bytes, mark: str) -> bytes:
    """The picture with a random mark in it, so that its hash tells nobody what is on it, and no two uploads are one.

    Args:
        picture: JPEG or PNG, as the re-encoding made it.
        mark: ASCII.

    Source: ITU-T T.81, B.2.4.5 (comment); PNG specification, 11.3.4.3 (tEXt).
    """
    text = mark.encode()
    if picture.startswith(_JPEG):
        return picture[:2] + b"\xff\xfe" + (len(text) + 2).to_bytes(2) + text + picture[2:]
    body = b"tEXtComment\x00" + text
    chunk = (len(body) - 4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)
    return picture[:_HEADER] + chunk + picture[_HEADER:]


def media_of(content: bytes) -> str:
    """Media type of what is kept."""
    if content.startswith(_PDF):
        return "application/pdf"
    return "image/png" if content.startswith(_PNG) else "image/jpeg"


def _is_picture(content: bytes) -> bool:
    return content.startswith(_BEGINNINGS) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def _turned(plain: bytes, quarters: int) -> tuple[bytes, int, int]:
    from PIL import Image  # here: the start does not need it

    with Image.open(io.BytesIO(plain), formats=("JPEG", "PNG")) as found:
        turned = found.convert("RGB").rotate(-90 * quarters, expand=True)
        kind = found.format or "JPEG"
    out = io.BytesIO()
    turned.save(out, kind, **({"quality": QUALITY, "subsampling": 0} if kind == "JPEG" else {}))
    return out.getvalue(), turned.width, turned.height
