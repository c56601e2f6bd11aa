"""Files beside the database, each sealed with a key of its own that lies in the vault: without its row it says nothing.

Some 100 kB in a row of hall.db would stand in the way of every ticket's commit (decision 13).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hall_server.database.vault import Vault
from hall_server.errors import Unavailable

KEY_KIND = "sealed file key"
NONCE_BYTES, KEY_BYTES = 12, 32
FOLDER_LETTERS = 6
"""Ids begin with their day, ``261123``: so many letters name the folder, and a sweep looks at the last days only."""
_NAME = re.compile(r"(?P<id>[A-Za-z0-9_-]{1,64})\.(?P<part>[a-z0-9-]{1,80})")


class SealedFiles:
    """AES-256-GCM, associated data ``id.part``; a key for each id, so that erasing its row erases every copy."""

    def __init__(self, folder: Path, vault: Callable[[], Vault]) -> None:
        """``vault`` gives the vault, which exists only once the server is open."""
        self._folder = folder
        self._vault = vault
        self._turn = asyncio.Lock()

    async def keep(self, id_: str, part: str, content: bytes) -> None:
        """Keep some bytes; they are on the disk when this returns. The same part again replaces them.

        Raises:
            Unavailable: ``confirmation.not_kept``: the disk does not take them.
        """
        key = await self._key(id_, make=True)
        try:
            await asyncio.to_thread(_write, self._path(id_, part), _sealed(key, f"{id_}.{part}", content))
        except OSError as exc:
            raise Unavailable("confirmation.not_kept") from exc

    async def read(self, id_: str, part: str) -> bytes | None:
        """What was kept; None where there is nothing, or it was erased.

        Raises:
            Unavailable: ``confirmation.not_readable``: the file was changed or cannot be read.
        """
        key = await self._key(id_, make=False)
        if not key:
            return None
        try:
            return await asyncio.to_thread(_read, self._path(id_, part), key, f"{id_}.{part}")
        except (OSError, InvalidTag) as exc:
            raise Unavailable("confirmation.not_readable") from exc

    async def drop(self, id_: str, part: str) -> None:
        """Forget one part."""
        await asyncio.to_thread(_unlink, self._path(id_, part))

    async def erase(self, id_: str) -> None:
        """Forget everything of an id: first the key, then the files."""
        await self._vault().erase(_key_id(id_))
        await asyncio.to_thread(_unlink_all, self._path(id_, "x").parent, id_)

    async def stray(self, known: set[str], *, since: str, before_s: float) -> list[str]:
        """Ids of files that nobody knows.

        Args:
            known: ids that are to stay.
            since: the first folder to look into.
            before_s: only files written before, seconds since 1970.
        """
        return await asyncio.to_thread(_stray, self._folder, known, since, before_s)

    async def _key(self, id_: str, *, make: bool) -> bytes:
        async with self._turn:
            found = await self._vault().text(KEY_KIND, _key_id(id_))
            if found is None and make:
                found = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
                await self._vault().keep_text(KEY_KIND, _key_id(id_), found)
        return base64.b64decode(found) if found else b""

    def _path(self, id_: str, part: str) -> Path:
        if not _NAME.fullmatch(f"{id_}.{part}"):
            raise ValueError(part)
        return self._folder / id_[:FOLDER_LETTERS] / f"{id_}.{part}"


def _key_id(id_: str) -> str:
    return f"sealed-{id_}"


def _sealed(key: bytes, about: str, content: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, about.encode())


def _write(path: Path, sealed: bytes) -> None:
    """Whole or not at all: beside it first, then in its place, and the folder's entry too is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    for folder in (path.parent, path.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows has no descriptor of a folder; its file system writes the entry with the file
        return
    at = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)


def _read(path: Path, key: bytes, about: str) -> bytes | None:
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        return None
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _unlink_all(folder: Path, id_: str) -> None:
    for path in folder.glob(f"{id_}.*") if folder.is_dir() else ():
        _unlink(path)


def _stray(folder: Path, known: set[str], since: str, before_s: float) -> list[str]:
    found: set[str] = set()
    days = [one for one in folder.iterdir() if one.name >= since] if folder.is_dir() else []
    for path in (path for day in days for path in day.iterdir()):
        id_ = path.name.partition(".")[0]
        with contextlib.suppress(OSError):
            if id_ not in known and path.stat().st_mtime < before_s:
                found.add(id_)
    return sorted(found)
