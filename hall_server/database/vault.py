"""The vault: what identifies a visitor or may name somebody, sealed, and known elsewhere only by an opaque id."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hall_server.clock import Clock
from hall_server.errors import NotFound
from hall_server.identity import Keys
from hall_server.ids import Ids
from hall_server.journal.rows import microseconds

if TYPE_CHECKING:
    from hall_server.web.ports import Tables

NONCE_BYTES = 12
_INSERT = "INSERT INTO vault (id, kind, lookup, sealed, at) VALUES (?,?,?,?,?)"
_KEEP = f"{_INSERT} ON CONFLICT DO NOTHING"
_REPLACE = f"{_INSERT} ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, sealed = excluded.sealed, at = excluded.at"


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the vault holds of a visitor."""

    id_number: str | None = None
    phone: str | None = None


class Vault:
    """Sealed persons: AES-256-GCM with the row's id as associated data; found by HMAC-SHA-256 of the number."""

    def __init__(self, database: Tables, keys: Keys, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._ids = ids
        self._aead = AESGCM(keys.vault)

    async def known(self, person: Person) -> str | None:
        """The opaque id of a person, None for one who has none yet."""
        return await self._find(*self._place(person))

    def mark(self, person: Person) -> bytes:
        """What a person is found by: tells two people apart and says nothing of them."""
        return self._place(person)[1]

    async def mark_of(self, id_: str) -> bytes | None:
        """The mark of somebody by their opaque id, unopened; None for nobody."""
        found = await self._database.fetch("SELECT lookup FROM vault WHERE id = ?", (id_,))
        return bytes(found[0][0]) if found else None

    async def person(self, person: Person) -> str:
        """The opaque id of a person, the same one each time for the same ID number (else phone)."""
        kind, lookup = self._place(person)
        if found := await self._find(kind, lookup):
            return found
        id_ = self._ids.new()
        row = (id_, kind, lookup, self._seal(id_, msgspec.json.encode(person)), microseconds(self._clock.now()))
        await self._database.transact([(_KEEP, [row])])
        return await self._find(kind, lookup) or id_

    async def open(self, id_: str) -> Person:
        """What is known of a person; who reads it must journal why.

        Raises:
            NotFound: nobody has this id, or the person was erased.
        """
        found = await self._database.fetch("SELECT sealed FROM vault WHERE id = ?", (id_,))
        if not found:
            raise NotFound("person.unknown", person=id_)
        return msgspec.json.decode(self._opened(id_, found[0][0]), type=Person)

    async def keep_text(self, kind: str, id_: str, text: str) -> None:
        """Keep what somebody wrote under an id of the caller's choice; the same id again replaces it."""
        sealed = self._seal(id_, text.encode())
        row = (id_, kind, self._lookup(kind, id_), sealed, microseconds(self._clock.now()))
        await self._database.transact([(_REPLACE, [row])])

    async def text(self, kind: str, id_: str) -> str | None:
        """A text that was kept; None where there is none, or it was erased."""
        found = await self._database.fetch("SELECT sealed FROM vault WHERE id = ? AND kind = ?", (id_, kind))
        return self._opened(id_, found[0][0]).decode() if found else None

    async def erase(self, id_: str) -> None:
        """Forget a person or a text; events keep an id that leads nowhere."""
        await self._database.transact([("DELETE FROM vault WHERE id = ?", [(id_,)])])

    async def _find(self, kind: str, lookup: bytes) -> str | None:
        found = await self._database.fetch("SELECT id FROM vault WHERE kind = ? AND lookup = ?", (kind, lookup))
        return found[0][0] if found else None

    def _place(self, person: Person) -> tuple[str, bytes]:
        """Under what a person is found."""
        kind = "id_number" if person.id_number else "phone"
        return kind, self._lookup(kind, person.id_number or person.phone or "")

    def _lookup(self, kind: str, value: str) -> bytes:
        return hmac.new(self._keys.lookup, f"{kind}:{value}".encode(), hashlib.sha256).digest()

    def _seal(self, id_: str, plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, id_.encode())

    def _opened(self, id_: str, sealed: bytes) -> bytes:
        return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], id_.encode())


def masked(value: str, *, head: int = 3, tail: int = 2) -> str:
    """A number as screens may show it: the first and last digits, the rest as stars."""
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[len(value) - tail :]
