"""Words and files of work orders lie in the vault before the step that names them is decided."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from hall_server.errors import DomainError, Invalid, TooLarge, Unavailable
from hall_server.identity import Actor, keyed_text

if TYPE_CHECKING:
    from hall_server.server import Server

WORDS_KIND = "review words"
FILE_KIND = "review file"
ABOUT_KIND = "review file about"
WORDS_MOST = 2000
"""Longest words of one step, characters."""
FILES_MOST = 3
FILE_BYTES_MOST = 2 * 1024 * 1024
NAME_MOST = 120
_HEADS = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


class FileGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file as a page sends it; ``data`` is base64. PDF, PNG or JPEG up to 2 MiB."""

    name: str
    data: str


class FileAbout(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is; its name may name somebody, so it lies in the vault beside it."""

    name: str
    media: str
    bytes: int


class FileKept(msgspec.Struct, frozen=True, kw_only=True):
    """A file with its content."""

    about: FileAbout
    data: bytes


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The vault's ids of what somebody wrote and added."""

    note: str
    files: tuple[str, ...] = ()


class Words:
    """Keeps what is written and gives it back; what was refused is erased again."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._turn = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def kept(
        self, text: str, actor: Actor, command_id: str | None, files: Sequence[FileGiven] = ()
    ) -> AsyncIterator[Kept]:
        """The vault's ids while a step is decided; one at a time, so that no refusal erases another's.

        Raises:
            Invalid: ``review.text_missing``, ``review.text_too_long``, ``review.file_unfit``, ``review.files_most``.
            TooLarge: ``review.file_too_large``.
        """
        cleaned, sealed = clean_words(text), [checked(one) for one in files]
        if len(sealed) > FILES_MOST:
            raise Invalid("review.files_most", field="files", most=FILES_MOST)
        named = list(self._named(cleaned, sealed, actor, command_id))
        async with self._turn:
            for kind, id_, content in named:
                await self._server.vault.keep_text(kind, id_, content)
            [note], files_kept = ([id_ for kind, id_, _ in named if kind == one] for one in (WORDS_KIND, FILE_KIND))
            try:
                yield Kept(note=note, files=tuple(files_kept))
            except Unavailable:
                raise  # whether it was decided is not known: it stays
            except DomainError as exc:
                if exc.code != "command.reused":  # then they are the words of the command that it stood for
                    for _, id_, _ in named:
                        await self._server.vault.erase(id_)
                raise

    async def text(self, id_: str | None) -> str | None:
        """What somebody wrote; None where it was erased."""
        return await self._server.vault.text(WORDS_KIND, id_) if id_ else None

    async def about(self, id_: str) -> FileAbout | None:
        """What a file is, without its content; None where it was erased."""
        found = await self._server.vault.text(ABOUT_KIND, _about(id_))
        return msgspec.json.decode(found, type=FileAbout) if found else None

    async def file(self, id_: str) -> FileKept | None:
        """A file; None where it was erased."""
        about, data = await self.about(id_), await self._server.vault.text(FILE_KIND, id_)
        return FileKept(about=about, data=base64.b64decode(data)) if about and data else None

    def _named(
        self, words: str, files: Sequence[FileKept], actor: Actor, command_id: str | None
    ) -> Iterator[tuple[str, str, str]]:
        """Kind, id and content of every row of the vault that a step needs."""
        yield WORDS_KIND, self._id(WORDS_KIND, words, actor, command_id), words
        for place, one in enumerate(files):
            data = base64.b64encode(one.data).decode()
            id_ = self._id(f"{FILE_KIND} {place} {one.about.name}", data, actor, command_id)
            yield FILE_KIND, id_, data
            yield ABOUT_KIND, _about(id_), msgspec.json.encode(one.about).decode()

    def _id(self, kind: str, content: str, actor: Actor, command_id: str | None) -> str:
        """The same for the same command, which must be the same command when it comes again."""
        if command_id is None:
            return self._server.ids.new()
        return keyed_text(self._server.keys.lookup, f"{kind}\n{actor}\n{command_id}\n{content}")


def clean_words(text: str) -> str:
    """What somebody wrote without blanks around it. Markup stays as it is: it is text.

    Raises:
        Invalid: ``review.text_missing``, ``review.text_too_long``.
    """
    cleaned = text.strip()
    if not cleaned:
        raise Invalid("review.text_missing", field="note")
    if len(cleaned) > WORDS_MOST:
        raise Invalid("review.text_too_long", field="note", most=WORDS_MOST)
    return cleaned


def checked(given: FileGiven) -> FileKept:
    """A file whose bytes are what its kind begins with.

    Raises:
        Invalid: ``review.file_unfit``. TooLarge: ``review.file_too_large``.
    """
    try:
        data = base64.b64decode(given.data, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise Invalid("review.file_unfit", field="files") from exc
    if len(data) > FILE_BYTES_MOST:
        raise TooLarge("review.file_too_large", field="files", most_bytes=FILE_BYTES_MOST)
    media = next((media for media, head in _HEADS.items() if data.startswith(head)), None)
    name = given.name.strip()
    if media is None or not name or len(name) > NAME_MOST:
        raise Invalid("review.file_unfit", field="files")
    return FileKept(about=FileAbout(name=name, media=media, bytes=len(data)), data=data)


def _about(file: str) -> str:
    """Where it lies; whoever erases the file erases this too."""
    return f"{file}.about"
