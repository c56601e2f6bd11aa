"""Password hashes off the event loop, what a password must be, and one-time codes."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from hall_server.errors import Invalid, Unavailable

T = TypeVar("T")

LEAST, MOST = 12, 128
"""Length of a password in characters."""
MOST_WAITING = 32
CODE_STEP_S = 30

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with 19 MiB and two passes. Source: OWASP Password Storage Cheat Sheet."""


class Passwords:
    """Hashes and verifies on two threads; too many waiting are refused, so that guessing cannot fill the memory."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="argon2")
        self._waiting = 0
        self._decoy: str | None = None

    async def hash(self, password: str) -> str:
        """The argon2 string of a password."""
        return await self._off_loop(_HASHER.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; takes as long where nothing is stored.

        Raises:
            Unavailable: ``session.busy``, too many are waiting.
        """
        if stored is None:
            self._decoy = self._decoy or await self.hash(secrets.token_hex(16))
        is_right = await self._off_loop(_verify, stored or self._decoy or "", password)
        return is_right and stored is not None

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _off_loop(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("session.busy")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        finally:
            self._waiting -= 1


def check_rules(password: str, name: str) -> None:
    """Refuse a password that is guessed first.

    Raises:
        Invalid: ``password.short``, ``password.long``, ``password.has_name`` or ``password.monotone``.
    """
    if len(password) < LEAST:
        raise Invalid("password.short", field="password", least=LEAST)
    if len(password) > MOST:
        raise Invalid("password.long", field="password", most=MOST)
    if len(name) >= 3 and name.casefold() in password.casefold():
        raise Invalid("password.has_name", field="password")
    if len(set(password)) < 4:
        raise Invalid("password.monotone", field="password")


def generated() -> str:
    """A strong password that can be read out: four groups of five, 98 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))


def new_code_secret() -> str:
    """A secret for an authenticator app: 160 bits in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_step(secret: str, code: str, now_s: float, *, after: int) -> int | None:
    """The time step whose one-time code this is, or None; one step early or late is taken, a used one is not.

    Args:
        secret: base 32.
        code: six digits.
        now_s: Unix time in seconds.
        after: the last step that was used.

    Source: RFC 6238, SHA-1, 30 s, six digits.
    """
    present = int(now_s // CODE_STEP_S)
    for step in (present - 1, present, present + 1):
        if step > after and hmac.compare_digest(one_time_code(secret, step).encode(), code.encode("utf-8", "replace")):
            return step
    return None


def one_time_code(secret: str, step: int) -> str:
    """The code of a time step."""
    try:
        key = base64.b32decode(secret)
    except binascii.Error as exc:
        raise Unavailable("session.code_secret") from exc
    digest = hmac.digest(key, struct.pack(">Q", step), hashlib.sha1)
    [number] = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
