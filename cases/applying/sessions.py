"""Sessions of people who file by themselves: short at a machine of the hall, some days on one's own phone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from cases.applying.messages import How
from cases.catalogue.model import Channel
from hall_server.journal.rows import microseconds

if TYPE_CHECKING:
    from hall_server.server import Server

KIND = "applicant session"


class Machine(StrEnum):
    """Where somebody files."""

    TERMINAL = "terminal"  # a machine of the hall that the next person uses after them
    PHONE = "phone"
    ONLINE = "online"  # a computer of their own

    @property
    def channel(self) -> Channel:
        """The channel of what they file there."""
        return Channel(self.value)


IDLE = {
    Machine.TERMINAL: timedelta(minutes=5),
    Machine.PHONE: timedelta(days=3),
    Machine.ONLINE: timedelta(minutes=30),
}
LONGEST = {
    Machine.TERMINAL: timedelta(minutes=40),
    Machine.PHONE: timedelta(days=7),
    Machine.ONLINE: timedelta(hours=8),
}
"""A session that nobody uses, and any session, is over after so long."""
_KEPT_EVERY = 20
"""A session's end moves on in steps of a twentieth of its idle time: not every request writes."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who said who they are.

    Attributes:
        id: hash of the cookie's value. person: opaque id. device: the hall's machine it was begun at, bound to it.
        masked: the ID number as it may be shown. name, address: as the card says; "" without one.
        phone: the code went to it; "" with a card. is_checked: an identity platform has checked name and number.
    """

    id: str
    person: str
    masked: str
    name: str = ""
    address: str = ""
    phone: str = ""
    is_checked: bool = False
    how: How
    machine: Machine
    device: str = ""
    begun_at: datetime
    until: datetime


class Sessions:
    """Begins, finds and ends them; at a machine of the hall the one before ends with the next."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._of_device: dict[str, str] = {}

    async def begin(
        self,
        *,
        person: str,
        masked: str,
        how: How,
        machine: Machine,
        device: str = "",
        name: str = "",
        address: str = "",
        phone: str = "",
        is_checked: bool = False,
    ) -> tuple[Session, str]:
        """Begin a session; gives it and the cookie's value."""
        value, now = secrets.token_urlsafe(32), self._server.now()
        session = Session(
            id=_hash(value),
            person=person,
            masked=masked,
            name=name,
            address=address,
            phone=phone,
            is_checked=is_checked,
            how=how,
            machine=machine,
            device=device,
            begun_at=now,
            until=now + IDLE[machine],
        )
        if device:
            await self._end_of(device)
            self._of_device[device] = session.id
        await self._keep(session)
        return session, value

    async def find(self, value: str, *, device: str) -> Session | None:
        """The session of a cookie; None where it is over, or belongs to another machine."""
        text = await self._server.vault.text(KIND, _place(_hash(value)))
        if text is None:
            return None
        session, now = msgspec.json.decode(text, type=Session), self._server.now()
        if session.until <= now:
            await self.end(session)
            return None
        if session.device and session.device != device:
            return None
        return await self._touch(session, now)

    async def end(self, session: Session) -> None:
        """End it."""
        await self._server.vault.erase(_place(session.id))
        if self._of_device.get(session.device) == session.id:
            del self._of_device[session.device]

    async def sweep(self) -> None:
        """Forget those that are over for certain."""
        before = microseconds(self._server.now() - max(LONGEST.values()))
        await self._server.database.transact([("DELETE FROM vault WHERE kind = ? AND at < ?", [(KIND, before)])])

    async def _touch(self, session: Session, now: datetime) -> Session:
        until = min(now + IDLE[session.machine], session.begun_at + LONGEST[session.machine])
        if until - session.until < IDLE[session.machine] / _KEPT_EVERY:
            return session
        session = msgspec.structs.replace(session, until=until)
        await self._keep(session)
        return session

    async def _end_of(self, device: str) -> None:
        before = self._of_device.pop(device, None)
        if before is not None:
            await self._server.vault.erase(_place(before))

    async def _keep(self, session: Session) -> None:
        await self._server.vault.keep_text(KIND, _place(session.id), msgspec.json.encode(session).decode())


def _place(id_: str) -> str:
    return f"applicant-session-{id_}"


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
