"""Sessions on the server: an opaque value in the cookie, its hash in the table, those in use in memory."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hall_server.errors import Unavailable
from hall_server.identity import Actor, Role

if TYPE_CHECKING:
    from hall_server.web.accounts import Account, Accounts
    from hall_server.web.ports import HallServer

_INSERT = "INSERT INTO sessions (id, account, created_at, seen_at, ended_at) VALUES (?,?,?,?,NULL)"
_SEEN = "UPDATE sessions SET seen_at = ? WHERE id = ?"
_END = "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL"
_COLUMNS = "id, account, created_at, seen_at"
_OPEN = f"SELECT {_COLUMNS} FROM sessions WHERE ended_at IS NULL AND created_at > ? AND seen_at > ?"  # noqa: S608  # constants only
_FIND = f"SELECT {_COLUMNS} FROM sessions WHERE id = ? AND ended_at IS NULL"  # noqa: S608  # constants only
_OF_ACCOUNT = f"SELECT {_COLUMNS} FROM sessions WHERE account = ? AND ended_at IS NULL"  # noqa: S608  # constants only
_FORGET = "DELETE FROM sessions WHERE created_at < ?"
CHANNEL = "sessions"
"""Processes that share the database tell each other here which session has ended."""
KEEP_S = 180 * 86_400
"""Ended sessions are kept so long. Source: 网络安全法 21(3), logs for at least six months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in; times are Unix seconds."""

    id: bytes
    account: str
    created_at: int
    seen_at: int


class Sessions:
    """Finds, begins and ends sessions; what is in memory has been written first.

    Several processes may share the table: a cookie that this one does not know is looked up there, and a session that
    one of them ends is over in all.

    Attributes:
        on_end: called with the id of each session that ends before its time.
    """

    def __init__(self, server: HallServer, accounts: Accounts) -> None:
        self._server = server
        self._accounts = accounts
        self._open: dict[bytes, Session] = {}
        self._from: dict[bytes, tuple[str, str]] = {}
        self._checking: set[asyncio.Task[None]] = set()
        self.on_end: list[Callable[[bytes], None]] = []

    @property
    def has_tls(self) -> bool:
        """Whether the hall is reached over TLS, so that cookies may be bound to it."""
        return (self._server.settings.public_url or "").startswith("https://")

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return "__Host-onedoor_session" if self.has_tls else "onedoor_session"

    async def load(self) -> None:
        """Take up the sessions from before the restart."""
        settings, now = self._server.settings, self._now()
        await self._server.database.transact([(_FORGET, [(now - KEEP_S,)])])
        found = await self._server.database.fetch(_OPEN, (now - settings.session_max_s, now - settings.session_idle_s))
        for row in found:
            self._keep(row)
        await self._server.database.listen(CHANNEL, self._told)

    async def begin(self, account: Account) -> tuple[Session, str]:
        """Sign somebody in; gives the session and the cookie's value."""
        value, now = secrets.token_urlsafe(32), self._now()
        session = Session(id=_hash(value), account=account.id, created_at=now, seen_at=now)
        await self._server.database.transact([(_INSERT, [(session.id, session.account, now, now)])])
        self._open[session.id] = session
        return session, value

    async def find(self, value: str, *, keeps: bool = True) -> tuple[Session, Actor] | None:
        """The session of a cookie and who it is; None where it is unknown, over, or its account is off.

        Args:
            value: the cookie's.
            keeps: whether somebody's request has brought it; what a page asks by itself keeps no session alive.
        """
        id_ = _hash(value)
        session = self._open.get(id_)
        if session is None or self._is_over(session):  # begun, or used since, at another process
            session = await self._stored(id_)
        if session is None:
            return None
        actor = self.actor(session)
        if actor is None:
            await self._end([session])
            return None
        return (await self._touch(session) if keeps else session), actor

    def actor(self, session: Session) -> Actor | None:
        """Who a session is, if it is still good; does not count as a request."""
        current = self._open.get(session.id)
        account = self._accounts.get(session.account)
        if current is None or account is None or not account.active or self._is_over(current):
            return None
        return Actor(
            kind=Role.STAFF,
            id=account.id,
            roles=frozenset(map(Role, account.roles)),
            windows=frozenset(account.windows),
            departments=frozenset(account.departments),
        )

    def came_from(self, session: Session, remote_ip: str, address: str) -> None:
        """Note where a session was used last; kept in memory only.

        Args:
            session: whose request it was.
            remote_ip: as the web server sees it: behind a reverse proxy, the proxy's.
            address: the same as a keyed hash.
        """
        self._from[session.id] = (remote_ip, address)

    def places(self) -> list[tuple[str, str, str]]:
        """Account, remote address and its keyed hash of each open session that was used since the start."""
        used = ((one, self._from[id_]) for id_, one in self._open.items() if id_ in self._from)
        return [(one.account, *place) for one, place in used if not self._is_over(one)]

    async def end(self, session: Session) -> None:
        """Sign out."""
        await self._end([session])

    async def end_all(self, account: str, *, but: bytes | None = None) -> None:
        """End every session of an account (password changed, switched off), save one."""
        rows = await self._server.database.fetch(_OF_ACCOUNT, (account,))
        await self._end([one for one in map(_session, rows) if one.id != but])

    async def _touch(self, session: Session) -> Session:
        now = self._now()
        if now - session.seen_at >= min(60, self._server.settings.session_idle_s / 10):
            session = replace(session, seen_at=now)
            self._open[session.id] = session
            await self._server.database.transact([(_SEEN, [(now, session.id)])])
        return session

    async def _end(self, sessions: list[Session]) -> None:
        now = self._now()
        for session in sessions:
            self._open.pop(session.id, None)
        if sessions:
            async with self._server.database.transaction() as begun:
                await begun.many(_END, [(now, session.id) for session in sessions])
                for session in sessions:
                    await begun.notify(CHANNEL, session.id.hex())
        for session in sessions:
            self._ended(session.id)

    def _ended(self, id_: bytes) -> None:
        self._open.pop(id_, None)
        self._from.pop(id_, None)
        for listener in self.on_end:
            listener(id_)

    def _told(self, id_: str) -> None:
        """A session ended somewhere; ``""``: word of some may be lost."""
        if id_:
            self._ended(bytes.fromhex(id_))
            return
        task = asyncio.ensure_future(self._check_all())
        self._checking.add(task)
        task.add_done_callback(self._checking.discard)

    async def _check_all(self) -> None:
        """Forget the sessions that have ended in the table."""
        with contextlib.suppress(Unavailable):  # the next word of the database asks again
            for id_ in list(self._open):
                if await self._stored(id_) is None:
                    self._ended(id_)

    async def _stored(self, id_: bytes) -> Session | None:
        """The session as it is in the table; None where it is not there, or is over."""
        rows = await self._server.database.fetch(_FIND, (id_,))
        return self._keep(rows[0]) if rows else None

    def _keep(self, row: tuple[Any, ...]) -> Session:
        session = _session(row)
        self._open[session.id] = session
        return session

    def _is_over(self, session: Session) -> bool:
        settings, now = self._server.settings, self._now()
        return now - session.seen_at >= settings.session_idle_s or now - session.created_at >= settings.session_max_s

    def _now(self) -> int:
        return int(self._server.clock.now().timestamp())


def _session(row: tuple[Any, ...]) -> Session:
    id_, account, created_at, seen_at = row
    return Session(id=bytes(id_), account=account, created_at=created_at, seen_at=seen_at)


def _hash(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "replace")).digest()
