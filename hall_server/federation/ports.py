"""What the city's end of the link asks of whoever stores, and what can go wrong on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Protocol

import msgspec

from hall_server.errors import DomainError
from hall_server.federation.wire import Item, RawRow, Totals


class Gap(DomainError):
    """Rows are missing before those that came; send anew what comes after ``fields["after"]``."""

    status = 409


class Broken(DomainError):
    """A row does not follow from the one before it (``fields["seq"]``): the hall's journal is not what it was."""

    status = 409


class Quarantined(DomainError):
    """Nothing is taken from this hall until somebody at the city has looked at it."""

    status = 409


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a hall's journal stands at the city.

    Attributes:
        cursor: the last seq of ``epoch`` that is here, and ``cursor_hash`` its hash.
    """

    epoch: int
    cursor: int
    cursor_hash: bytes


class CityStore(Protocol):
    """The city's database, as the acceptor uses it; every call is one transaction."""

    async def admit(self, hall: str, *, token: str | None, certified: bool) -> Standing:
        """Let a hall in by its token, or because its certificate says who it is.

        Raises:
            Unauthenticated: ``federation.unknown``. Quarantined: it has to wait for an operator.
        """
        ...

    async def listen(self, told: Callable[[str], None]) -> None:
        """Hear of which hall something changed (items, attachments, its standing), in any process; ``""``: of any."""
        ...

    async def standing(self, hall: str) -> Standing:
        """Where a hall's journal stands.

        Raises:
            Quarantined: nothing is taken from it now.
        """
        ...

    async def resume(self, hall: str, *, down: int) -> int:
        """Begin again after the last item that the hall says it has taken; gives that item's number."""
        ...

    async def linked(self, hall: str, *, is_linked: bool) -> None:
        """Note that a hall came or went."""
        ...

    async def heard(self, hall: str, *, head: int, clock_off_s: int) -> None:
        """Note how far the hall is and how its clock goes."""
        ...

    async def take(self, hall: str, epoch: int, rows: Sequence[RawRow]) -> int:
        """Store rows that follow the cursor; gives the cursor afterwards. Rows that are here already are passed over.

        Raises:
            Gap, Broken, Unavailable.
        """
        ...

    async def hash_at(self, hall: str, seq: int) -> bytes | None:
        """The hash of a row in the hall's present line of epochs."""
        ...

    async def quarantine(self, hall: str, code: str, fields: dict[str, Any]) -> None:
        """Take nothing more from a hall, and raise the alarm."""
        ...

    async def down_after(self, hall: str, seq: int, *, limit: int) -> list[Item]:
        """Items for a hall."""
        ...

    async def down_taken(self, hall: str, seq: int) -> None:
        """The hall has taken everything up to an item."""
        ...

    async def down_refused(self, hall: str, seq: int, code: str, fields: dict[str, Any]) -> None:
        """The hall cannot take an item: a conflict that somebody must settle."""
        ...

    async def compare(self, hall: str, totals: Totals) -> bool:
        """Compare a hall's count of a day with what is here; False is an alarm."""
        ...

    async def uncompared(self, hall: str, *, limit: int) -> list[date]:
        """Closed days of a hall whose counts were never compared."""
        ...

    async def wanted(self, hall: str, *, limit: int) -> list[str]:
        """Attachments that are wanted of a hall."""
        ...

    async def attachment(self, hall: str, hash_: str, state: str) -> None:
        """What became of an attachment.

        Args:
            state: as `hall_server.federation.exchange.Came`; only with ``got`` the hall has shown that it had it.
        """
        ...

    async def may_have(self, hall: str, hash_: str) -> bool:
        """Whether a hall may have an attachment: it brought it, or an item that went down to it names it."""
        ...
