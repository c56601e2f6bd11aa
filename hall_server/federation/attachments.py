"""Attachments as files named by their SHA-256, sealed in pieces, so that a cut transfer goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hall_server.errors import Invalid, NotFound, TooLarge
from hall_server.federation.wire import ATTACHMENT_BYTES, CHUNK_BYTES

_NONCE, _TAG = 12, 16
_SEALED = _NONCE + CHUNK_BYTES + _TAG
_HASH = re.compile(r"[0-9a-f]{64}")


class Attachments:
    """Content-addressed files under ``root/ab/cdef…``, each piece of 256 KiB sealed with AES-256-GCM.

    Every method blocks: call it off the loop. A piece is bound to its attachment and its place, so pieces cannot be
    moved about. A file that was cut no longer has the hash it is named by.
    """

    def __init__(self, root: Path, key: bytes) -> None:
        """``key``: 32 bytes, kept outside the folder."""
        self._root = root
        self._aead = AESGCM(key)

    def put(self, content: bytes) -> str:
        """Keep an attachment; gives its name, the SHA-256 in hexadecimal.

        Raises:
            TooLarge: ``federation.attachment_large``.
        """
        if len(content) > ATTACHMENT_BYTES:
            raise TooLarge("federation.attachment_large", most=ATTACHMENT_BYTES)
        hash_ = hashlib.sha256(content).hexdigest()
        if not self.has(hash_):
            self.drop_part(hash_)
            for offset in range(0, len(content) or 1, CHUNK_BYTES):
                self.add(hash_, offset, content[offset : offset + CHUNK_BYTES])
            self._finish(hash_)
        return hash_

    def has(self, hash_: str) -> bool:
        """Whether an attachment is here whole."""
        return self._path(hash_).exists()

    def size(self, hash_: str) -> int:
        """Bytes of an attachment, unsealed.

        Raises:
            NotFound: ``federation.attachment_unknown``.
        """
        try:
            return _plain(self._path(hash_).stat().st_size)
        except FileNotFoundError as exc:
            raise NotFound("federation.attachment_unknown", hash=hash_) from exc

    def read(self, hash_: str, offset: int = 0, *, most: int | None = None) -> bytes:
        """Bytes of an attachment from an offset on.

        Args:
            hash_: its name.
            offset: a multiple of 256 KiB.
            most: so many bytes at most; None: all.

        Raises:
            NotFound: ``federation.attachment_unknown``. Invalid: ``federation.attachment_spoilt``.
        """
        try:
            with self._path(hash_).open("rb") as file:
                file.seek(offset // CHUNK_BYTES * _SEALED)
                parts: list[bytes] = []
                for piece in self._pieces(file, hash_, offset // CHUNK_BYTES):
                    parts.append(piece)
                    if most is not None and sum(map(len, parts)) >= most:
                        break
        except FileNotFoundError as exc:
            raise NotFound("federation.attachment_unknown", hash=hash_) from exc
        return b"".join(parts)[:most]

    def received(self, hash_: str) -> int:
        """How far an attachment has come that is not whole yet; a torn last piece is cut off."""
        path = self._part(hash_)
        try:
            whole = path.stat().st_size // _SEALED
            os.truncate(path, whole * _SEALED)
        except FileNotFoundError:
            return 0
        return whole * CHUNK_BYTES

    def add(self, hash_: str, offset: int, data: bytes) -> int:
        """Keep a piece of an attachment on its way; gives how far it has come.

        Args:
            hash_: its name.
            offset: where the piece belongs; one that is not the next is passed over.
            data: 256 KiB, or fewer at the end.
        """
        if offset != (so_far := self.received(hash_)):
            return so_far
        path = self._part(hash_)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        nonce = os.urandom(_NONCE)
        with path.open("ab") as file:
            file.write(nonce + self._aead.encrypt(nonce, data, _bound(hash_, offset // CHUNK_BYTES)))
        return offset + len(data)

    def finish(self, hash_: str) -> bool:
        """Check a received attachment against its name and keep it; one that is wrong is thrown away."""
        sum_ = hashlib.sha256()
        try:
            with self._part(hash_).open("rb") as file:
                for piece in self._pieces(file, hash_, 0):
                    sum_.update(piece)
        except (FileNotFoundError, Invalid):
            sum_.update(b"spoilt")
        if sum_.hexdigest() != hash_:
            self.drop_part(hash_)
            return False
        self._finish(hash_)
        return True

    def drop_part(self, hash_: str) -> None:
        """Throw away what has come of an attachment."""
        self._part(hash_).unlink(missing_ok=True)

    def erase(self, hash_: str) -> None:
        """Remove an attachment."""
        self._path(hash_).unlink(missing_ok=True)
        self.drop_part(hash_)

    def _finish(self, hash_: str) -> None:
        path = self._path(hash_)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._part(hash_).open("rb") as file:
            os.fsync(file.fileno())
        self._part(hash_).replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _pieces(self, file: BinaryIO, hash_: str, number: int) -> Iterator[bytes]:
        while sealed := file.read(_SEALED):
            try:
                yield self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(hash_, number))
            except InvalidTag as exc:
                raise Invalid("federation.attachment_spoilt", hash=hash_) from exc
            number += 1

    def _path(self, hash_: str) -> Path:
        if not _HASH.fullmatch(hash_):
            raise Invalid("federation.attachment_name", hash=hash_[:80])
        return self._root / hash_[:2] / hash_[2:]

    def _part(self, hash_: str) -> Path:
        return self._path(hash_).with_suffix(".part")


def _bound(hash_: str, number: int) -> bytes:
    """What a piece is bound to: its attachment and its place."""
    return f"{hash_}/{number}".encode()


def _plain(sealed: int) -> int:
    whole, rest = divmod(sealed, _SEALED)
    return whole * CHUNK_BYTES + max(0, rest - _NONCE - _TAG)
