"""Documents that staff put before a visitor: uploaded, turned into pictures in a child process, and sealed."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

import msgspec

from evaluation.confirmation.model import DocumentMark, PageMark, digest
from evaluation.confirmation.sealed_files import SealedFiles
from hall_server.errors import Invalid, NotFound, Unavailable

PROGRAM = Path(__file__).with_name("rasterizing.py")
UPLOAD_MOST = 10 * 1024 * 1024
WITHIN_S = 30.0
PART = "document"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A document as it is sealed: for which window, its marks, and the pictures of its pages."""

    window: str
    mark: DocumentMark
    pictures: tuple[bytes, ...]


class _Size(msgspec.Struct, frozen=True):
    bytes: int
    width: int
    height: int


class _Answer(msgspec.Struct, frozen=True):
    pages: tuple[_Size, ...] = ()
    refused: str | None = None


class Documents:
    """Takes documents in, one at a time, and gives their pages out."""

    def __init__(self, files: SealedFiles, *, within_s: float = WITHIN_S, program: Path = PROGRAM) -> None:
        self._files = files
        self._within_s = within_s
        self._program = program
        self._turn = asyncio.Semaphore(1)

    async def take(self, id_: str, window: str, name: str, content: bytes) -> DocumentMark:
        """Turn an upload into pictures and keep them.

        Raises:
            Invalid: ``confirmation.document_…``, what is wrong with the file.
            Unavailable: ``confirmation.document_slow``: it took too long.
        """
        pictures = await self.pictures(content)
        marks = tuple(PageMark(sha256=digest(one), width=width, height=height) for one, width, height in pictures)
        mark = DocumentMark(id=id_, name=name, sha256=digest(content), pages=marks)
        kept = Kept(window=window, mark=mark, pictures=tuple(one for one, _, _ in pictures))
        await self._files.keep(id_, PART, msgspec.msgpack.encode(kept))
        return mark

    async def pictures(self, content: bytes) -> list[tuple[bytes, int, int]]:
        """The pages of an upload as pictures, each with its width and height in pixels; nothing is kept.

        Raises:
            Invalid: ``confirmation.document_…``, what is wrong with the file.
            Unavailable: ``confirmation.document_slow``: it took too long.
        """
        if not content:
            raise Invalid("confirmation.document_empty", field="file")
        async with self._turn:
            found = await self._pictures(content)
        return [(picture, size.width, size.height) for picture, size in found]

    async def kept(self, id_: str) -> Kept:
        """A document that was taken in.

        Raises:
            NotFound: ``confirmation.document_unknown``.
        """
        try:
            found = await self._files.read(id_, PART)
        except ValueError:
            found = None
        if found is None:
            raise NotFound("confirmation.document_unknown", field="document")
        return msgspec.msgpack.decode(found, type=Kept)

    async def _pictures(self, content: bytes) -> list[tuple[bytes, _Size]]:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(self._program)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # what it could say about a file may name people
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._within_s):
                out, _ = await child.communicate(content)
        except TimeoutError as exc:
            raise Unavailable("confirmation.document_slow", field="file") from exc
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        return _split(out)


def _split(out: bytes) -> list[tuple[bytes, _Size]]:
    head, _, rest = out.partition(b"\n")
    try:
        answer = msgspec.json.decode(head, type=_Answer)
    except msgspec.DecodeError as exc:  # it was ended by its own bounds, or by the file
        raise Invalid("confirmation.document_broken", field="file") from exc
    if answer.refused is not None or not answer.pages:
        raise refusal(answer.refused or "document_broken")
    found, at = [], 0
    for size in answer.pages:
        found.append((rest[at : at + size.bytes], size))
        at += size.bytes
    return found


def refusal(why: str) -> Invalid:
    """What the child refused, in the words of errors."""
    known = {
        "document_locked": Invalid("confirmation.document_locked", field="file"),
        "document_pages": Invalid("confirmation.document_pages", field="file", most=20),
        "document_size": Invalid("confirmation.document_size", field="file"),
        "document_kind": Invalid("confirmation.document_kind", field="file"),
    }
    return known.get(why) or Invalid("confirmation.document_broken", field="file")
