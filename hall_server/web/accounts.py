"""Accounts of a place's people: names, password hashes, lock-out, the link that makes the first administrator."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from hall_server.directory.wording import text_fault
from hall_server.errors import Invalid, NotFound, Refused, TooMany, Unauthenticated
from hall_server.identity import Role
from hall_server.web import passwords
from hall_server.web.passwords import Passwords

if TYPE_CHECKING:
    from hall_server.web.ports import HallServer

log = logging.getLogger(__name__)

CHANNEL = "accounts"
"""Processes that share the database tell each other here which account has changed."""
MOST_FAILED = 5
LOCK_S = 15 * 60
_MOST_STRANGERS = 1000
_NAME = re.compile(r"[\w.@-]{2,40}")
_COLUMNS = "id, name, display_name, number, password, totp, roles, windows, active, failed, locked_until, changed_at"
_ALL = f"SELECT {_COLUMNS} FROM accounts"  # noqa: S608  # constants only
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
_SAVE = (
    f"INSERT INTO accounts ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608  # constants only
    f" ON CONFLICT (id) DO UPDATE SET {_CHANGED}"
)
_ONE = f"{_ALL} WHERE id = ?"  # constants only
_NAMED = f"{_ALL} WHERE lower(name) = ?"  # constants only
_FAILED = (
    f"UPDATE accounts SET failed = (failed + 1) % {MOST_FAILED},"  # noqa: S608  # constants only
    f" locked_until = CASE WHEN failed + 1 >= {MOST_FAILED} THEN ? ELSE locked_until END WHERE id = ?"
)
_CLEARED = "UPDATE accounts SET failed = 0, locked_until = NULL WHERE id = ?"
_NEW_SETUP = (
    "INSERT INTO setup (id, token, used_at) VALUES (1, ?, NULL)"
    " ON CONFLICT (id) DO UPDATE SET token = excluded.token, used_at = NULL"
)
_OPEN_SETUP = "SELECT token FROM setup WHERE id = 1 AND used_at IS NULL"
_USE_SETUP = "UPDATE setup SET used_at = ? WHERE id = 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in; ``id`` is their id as staff. Times are Unix seconds."""

    id: str
    name: str
    display_name: str
    number: str
    password: str
    totp: str | None = None
    roles: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    active: bool = True
    failed: int = 0
    locked_until: int | None = None
    changed_at: int = 0


class Accounts:
    """All accounts in memory; what is in memory has been written first, by this process or by another one."""

    def __init__(self, server: HallServer) -> None:
        self._server = server
        self.passwords = Passwords()
        self._by_id: dict[str, Account] = {}
        self._strangers: OrderedDict[str, tuple[int, int | None]] = OrderedDict()
        self._used_steps: dict[str, int] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._setting_up = asyncio.Lock()
        self._listens = False
        self._reading: set[asyncio.Task[object]] = set()

    async def load(self) -> None:
        """Read the accounts at the start, and hear from then on what other processes change."""
        if not self._listens:
            self._listens = True
            await self._server.database.listen(CHANNEL, self._told)
        self._take(await self._server.database.fetch(_ALL))

    def get(self, id_: str) -> Account | None:
        """The account of a staff id, with the roles and windows that the directory has for it."""
        account = self._by_id.get(id_)
        return self._present(account) if account else None

    def named(self, name: str) -> Account | None:
        """The account of a sign-in name, in any case."""
        wanted = name.strip().casefold()
        return next((self._present(one) for one in self._by_id.values() if one.name.casefold() == wanted), None)

    def all(self) -> list[Account]:
        """Every account, by name."""
        return sorted(map(self._present, self._by_id.values()), key=lambda account: account.name)

    def check_name(self, name: str, *, id_: str) -> None:
        """Refuse a sign-in name that cannot be typed or is taken by somebody else.

        Raises:
            Invalid: ``account.name_form``. Refused: ``account.name_taken``.
        """
        if not _NAME.fullmatch(name):
            raise Invalid("account.name_form", field="name")
        taken = self.named(name)
        if taken is not None and taken.id != id_:
            raise Refused("account.name_taken", field="name", value=name)

    def check_display_name(self, name: str) -> None:
        """Refuse a full name that cannot be shown.

        Raises:
            Invalid: ``account.display_name_form``.
        """
        if text_fault(name, limit=60):
            raise Invalid("account.display_name_form", field="display_name")

    async def save(self, account: Account, *, password: str | None = None) -> Account:
        """Make or change an account; with ``password`` the old one is no longer good.

        Raises:
            Invalid, Refused: the name or the password will not do.
        """
        self.check_name(account.name, id_=account.id)
        self.check_display_name(account.display_name)
        if password is not None:
            passwords.check_rules(password, account.name)
            hashed = await self.passwords.hash(password)
            account = replace(account, password=hashed, failed=0, locked_until=None)
        return await self._write(replace(account, changed_at=self._now()))

    async def sign_in(self, name: str, password: str, code: str | None = None) -> Account:
        """The account, if name, password and (where set) one-time code are right.

        Raises:
            TooMany: ``session.locked`` with ``retry_s``, after five failures.
            Unauthenticated: ``session.wrong``, or ``session.code`` where the code is missing or wrong.
        """
        key = name.strip().casefold()[:80]
        async with self._turn(key):
            account = await self._fresh(key)
            self._refuse_locked(key, account)
            is_right = await self.passwords.verify(account.password if account else None, password[:1024])
            if account is None or not is_right or not account.active:
                await self._failed(key, account)
                raise Unauthenticated("session.wrong")
            await self._check_code(key, account, code)
            if account.failed or account.locked_until is not None:
                await self._run(_CLEARED, (account.id,), account.id)
            return self.get(account.id) or account

    async def ensure_setup_token(self) -> str | None:
        """A fresh token for the link that makes the first administrator; None where there is one."""
        if self._has_admin():
            return None
        token = secrets.token_urlsafe(32)
        await self._server.database.transact([(_NEW_SETUP, [(_digest(token),)])])
        return token

    async def check_setup(self, token: str) -> None:
        """Refuse a token that is not the open one.

        Raises:
            NotFound: ``setup.unknown``, it is wrong, used, or there is an administrator already.
        """
        rows = [] if self._has_admin() else await self._server.database.fetch(_OPEN_SETUP)
        if not rows or not hmac.compare_digest(rows[0][0], _digest(token)):
            raise NotFound("setup.unknown")

    async def use_setup(self) -> None:
        """The link has done its work."""
        await self._server.database.transact([(_USE_SETUP, [(self._now(),)])])

    @property
    def setting_up(self) -> asyncio.Lock:
        """Held while the first administrator is made."""
        return self._setting_up

    def close(self) -> None:
        """End the threads of the password hashing."""
        for task in self._reading:
            task.cancel()
        self.passwords.close()

    def _told(self, id_: str) -> None:
        """Somebody changed an account; ``""``: perhaps all of them."""
        task: asyncio.Task[object] = asyncio.ensure_future(self._reread(id_))
        self._reading.add(task)
        task.add_done_callback(self._read)

    def _read(self, task: asyncio.Task[object]) -> None:
        self._reading.discard(task)
        if not task.cancelled() and (exc := task.exception()) is not None:
            log.warning("an account was not read again: %r", exc, extra={"action": "accounts.stale"})

    async def _reread(self, id_: str) -> None:
        asked = (_ONE, (id_,)) if id_ else (_ALL, ())
        self._take(await self._server.database.fetch(*asked))

    async def _fresh(self, name: str) -> Account | None:
        """The account of a sign-in name as the database has it: another process may have counted a failure."""
        known = self.named(name)
        asked = (_ONE, (known.id,)) if known else (_NAMED, (name.lower(),))
        self._take(await self._server.database.fetch(*asked))
        return self.named(name)

    def _take(self, rows: Iterable[tuple[object, ...]]) -> None:
        for row in rows:
            account = _account(row)
            self._by_id[account.id] = account

    async def _run(self, sql: str, parameters: tuple[object, ...], id_: str) -> None:
        """Change an account, tell the other processes, and know it here."""
        async with self._server.database.transaction() as begun:
            await begun.execute(sql, parameters)
            await begun.notify(CHANNEL, id_)
        await self._reread(id_)

    def _turn(self, key: str) -> asyncio.Lock:
        if len(self._turns) > _MOST_STRANGERS:
            self._turns = {name: lock for name, lock in self._turns.items() if lock.locked()}
        return self._turns.setdefault(key, asyncio.Lock())

    def _refuse_locked(self, key: str, account: Account | None) -> None:
        until = account.locked_until if account else self._strangers.get(key, (0, None))[1]
        if until is not None and (left := until - self._now()) > 0:
            raise TooMany("session.locked", retry_s=left)

    async def _failed(self, key: str, account: Account | None) -> None:
        if account is not None:
            await self._run(_FAILED, (self._now() + LOCK_S, account.id), account.id)
            return
        failed = self._strangers.get(key, (0, None))[0] + 1
        locked_until = self._now() + LOCK_S if failed >= MOST_FAILED else None
        failed %= MOST_FAILED
        self._strangers[key] = (failed, locked_until)
        self._strangers.move_to_end(key)
        if len(self._strangers) > _MOST_STRANGERS:
            self._strangers.popitem(last=False)

    async def _check_code(self, key: str, account: Account, code: str | None) -> None:
        if account.totp is None:
            return
        if not code:
            raise Unauthenticated("session.code", field="code")
        now = self._server.clock.now().timestamp()
        step = passwords.code_step(account.totp, code.strip(), now, after=self._used_steps.get(account.id, 0))
        if step is None:
            await self._failed(key, account)
            raise Unauthenticated("session.code", field="code")
        self._used_steps[account.id] = step

    async def _write(self, account: Account) -> Account:
        if self._by_id.get(account.id) != account:
            await self._run(_SAVE, _row(account), account.id)
        return account

    def _has_admin(self) -> bool:
        return any(account.active and Role.ADMIN in account.roles for account in self.all())

    def _present(self, account: Account) -> Account:
        """The directory is in the journal, so what it says of somebody counts."""
        staff = self._server.directory.staff.get(account.id)
        if staff is None:
            return account
        return replace(
            account,
            number=staff.number,
            roles=staff.roles,
            windows=staff.windows,
            departments=staff.departments,
            active=account.active and staff.active,
        )

    def _now(self) -> int:
        return int(self._server.clock.now().timestamp())


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _account(row: tuple[object, ...]) -> Account:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    values |= {name: tuple(msgspec.json.decode(str(values[name]))) for name in ("roles", "windows")}
    values["active"] = bool(values["active"])
    return msgspec.convert(values, Account)


def _row(account: Account) -> tuple[object, ...]:
    values = {name: getattr(account, name) for name in _COLUMNS.split(", ")}
    values |= {name: msgspec.json.encode(values[name]).decode() for name in ("roles", "windows")}
    values["active"] = int(account.active)
    return tuple(values.values())
