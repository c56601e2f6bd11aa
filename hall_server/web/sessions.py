"""Sessions on the server: an opaque value in the cookie, its hash in the table, all of them in memory."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hall_server.identity import Actor, Role

if TYPE_CHECKING:
    from hall_server.web.accounts import Account, Accounts
    from hall_server.web.ports import HallServer

_INSERT = "INSERT INTO sessions (id, account, created_at, seen_at, ended_at) VALUES (?,?,?,?,NULL)"
_SEEN = "UPDATE sessions SET seen_at = ? WHERE id = ?"
_END = "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL"
_COLUMNS = "id, account, created_at, seen_at"
_OPEN = f"SELECT {_COLUMNS} FROM sessions WHERE ended_at IS NULL AND created_at > ? AND seen_at > ?"  # noqa: S608  # constants only
_FORGET = "DELETE FROM sessions WHERE created_at < ?"
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

    Attributes:
        on_end: called with the id of each session that ends before its time.
    """

    def __init__(self, server: HallServer, accounts: Accounts) -> None:
        self._server = server
        self._accounts = accounts
        self._open: dict[bytes, Session] = {}
        self._from: dict[bytes, tuple[str, str]] = {}
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
        for id_, account, created_at, seen_at in found:
            self._open[id_] = Session(id=id_, account=account, created_at=created_at, seen_at=seen_at)

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
        session = self._open.get(_hash(value))
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
        await self._end([one for one in self._open.values() if one.account == account and one.id != but])

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
            self._from.pop(session.id, None)
        if sessions:
            await self._server.database.transact([(_END, [(now, session.id) for session in sessions])])
        for session in sessions:
            for listener in self.on_end:
                listener(session.id)

    def _is_over(self, session: Session) -> bool:
        settings, now = self._server.settings, self._now()
        return now - session.seen_at >= settings.session_idle_s or now - session.created_at >= settings.session_max_s

    def _now(self) -> int:
        return int(self._server.clock.now().timestamp())


def _hash(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "replace")).digest()
