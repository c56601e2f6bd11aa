"""First replies by command id: the same id again gets the same answer, however often and after any restart."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec

from hall_server.database.connections import Database
from hall_server.errors import Refused
from hall_server.journal import rows
from hall_server.journal.commit import Commit
from hall_server.messages import Command

RECENT = 5_000  # replies kept in memory; older ones are read from the table
KEPT = timedelta(days=3)  # a device that was away for longer asks with a new id


class Known(msgspec.Struct):
    """A command that was decided before; ``done`` is how it becomes safe."""

    fingerprint: bytes
    body: bytes
    done: Commit | None = None


class Replies:
    """What was answered, by actor and command id."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._recent: OrderedDict[tuple[str, str], Known] = OrderedDict()
        self._keys: set[int] = set()
        self._last = 0

    async def open(self, now: datetime) -> None:
        """Forget what is too old and learn which ids are in the table."""
        oldest = rows.microseconds(now - KEPT)
        await self._database.transact([("DELETE FROM replies WHERE at < ?", [(oldest,)])])
        self._keys = {key for (key,) in await self._database.fetch("SELECT key FROM replies")}
        ((last,),) = await self._database.fetch("SELECT max(number) FROM replies")
        self._last = last or 0

    def next_number(self) -> int:
        """The place of the next reply in the table."""
        self._last += 1
        return self._last

    def remember(self, actor: str, command_id: str, known: Known, *, key: int) -> None:
        """Keep a reply that is on its way into the table."""
        self._recent[actor, command_id] = known
        self._keys.add(key)
        while len(self._recent) > RECENT and _is_safe(next(iter(self._recent.values()))):
            self._recent.popitem(last=False)

    def recent(self, actor: str, command_id: str) -> Known | None:
        """A reply of this run, without asking the table."""
        return self._recent.get((actor, command_id))

    def may_be_stored(self, key: int) -> bool:
        """Whether the table has to be asked."""
        return key in self._keys

    async def stored(self, actor: str, command_id: str) -> Known | None:
        """A reply from the table."""
        found = await self._database.fetch(
            "SELECT fingerprint, reply FROM replies WHERE key = ? AND actor = ? AND command_id = ?",
            (key_of(actor, command_id), actor, command_id),
        )
        return Known(*found[0]) if found else None


def _is_safe(known: Known) -> bool:
    """Whether the reply is in the table; until then only the memory knows it."""
    return known.done is None or known.done.done()


def key_of(actor: str, command_id: str) -> int:
    """What a reply is found by: a digest of actor and command id as SQLite's 64-bit integer.

    Two of a million replies share one with a probability of 3 in 100 million; the later one would not be stored, and
    the hall would stop rather than acknowledge it.
    """
    digest = hashlib.blake2b(f"{actor}\n{command_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def fingerprint(command: Command) -> bytes:
    """What the command was, in 16 bytes: an id used again for something else is refused."""
    body = msgspec.json.encode((type(command).__name__, command.asked()))
    return hashlib.blake2b(body, digest_size=16).digest()


def same(known: Known, asked: bytes) -> Known:
    """The known reply, if it answers the same command.

    Raises:
        Refused: the id was used for another command.
    """
    if known.fingerprint != asked:
        raise Refused("command.reused", id="Idempotency-Key")
    return known
