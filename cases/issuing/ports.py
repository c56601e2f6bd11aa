"""What the issuing window asks of others: signatures, couriers, lockers; and what stands in where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from evaluation.confirmation.model import Field, SheetState
from evaluation.confirmation.requests import SheetWanted
from hall_server.errors import NotFound, Refused
from hall_server.identity import Actor, keyed_text

if TYPE_CHECKING:
    from hall_server.server import Server

CODE_DIGITS = 6
BOXES = 24


class SignedState(StrEnum):
    """Where a signature stands."""

    WAITING = "waiting"  # the visitor reads or signs
    SIGNED = "signed"
    REFUSED = "refused"  # refused, disputed, withdrawn or timed out


class Signing(Protocol):
    """Lets a visitor sign at a window that they got something."""

    async def ask(
        self, window: str, ticket: str, title: str, lines: Iterable[tuple[str, str]], *, actor: Actor, key: str | None
    ) -> str:
        """Put a receipt before the visitor; gives its id."""
        ...

    def state(self, sheet: str) -> SignedState:
        """Where it stands."""
        ...

    async def receipt(self, sheet: str) -> bytes:
        """What was signed, with the hash of the signature; NotFound, Refused where it is not."""
        ...


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """What a courier takes along."""

    case: str
    label: str


class Courier(Protocol):
    """Takes results to applicants."""

    async def take(self, parcels: Iterable[Parcel]) -> None:
        """Tell the courier that these lie ready; raises where it takes none of them."""
        ...

    async def arrived(self, labels: Iterable[str]) -> frozenset[str]:
        """Those of the labels that have reached their applicants."""
        ...


class Locker(Protocol):
    """Boxes that people open themselves."""

    def free(self, taken: Iterable[str]) -> str:
        """A box that is free; Refused where there is none."""
        ...

    def code(self, case: str, box: str) -> str:
        """What opens it."""
        ...


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept, sealed, of a handing out.

    Attributes:
        sheet: the bytes that were shown, as text; ink: SHA-256 of the strokes. Empty: signed on paper.
    """

    cases: tuple[str, ...]
    collector: str
    by: str
    at: datetime
    sheet: str = ""
    ink: str = ""


class PadSigning:
    """Signatures on the window's pad (the room of confirmations)."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def ask(
        self, window: str, ticket: str, title: str, lines: Iterable[tuple[str, str]], *, actor: Actor, key: str | None
    ) -> str:
        """Put a receipt before the visitor; gives its id."""
        fields = tuple(Field(label=label, value=value) for label, value in lines)
        wanted = SheetWanted(ticket=ticket, title=title, fields=fields)
        reply = await self._room["keeper"].send(window, wanted, actor=actor, command_id=key)
        return str(msgspec.json.decode(reply)["id"])

    def state(self, sheet: str) -> SignedState:
        """Where it stands.

        Raises:
            NotFound: ``issuing.sheet_unknown``.
        """
        found = self._room["sheets"].by_id.get(sheet)
        if found is None:
            raise NotFound("issuing.sheet_unknown", sheet=sheet)
        if found.state is SheetState.CONFIRMED:
            return SignedState.SIGNED
        return SignedState.WAITING if found.state.is_open else SignedState.REFUSED

    async def receipt(self, sheet: str) -> bytes:
        """What was signed, with the hash of the signature.

        Raises:
            Refused: ``issuing.not_signed``.
        """
        if self.state(sheet) is not SignedState.SIGNED:
            raise Refused("issuing.not_signed", sheet=sheet)
        shown: bytes = await self._room["keeper"].shown(sheet)
        ink = self._room["sheets"].by_id[sheet].ink or ""
        return msgspec.json.encode({"sheet": shown.decode(), "ink": ink})

    @property
    def _room(self) -> dict[str, Any]:
        found: dict[str, Any] = self._server.rooms["confirmation"]
        return found


class CourierCounter:
    """A courier that fetches at the counter and tells nothing back; the label says who has it."""

    async def take(self, parcels: Iterable[Parcel]) -> None:
        """Nothing: the parcels are handed over by hand."""

    async def arrived(self, labels: Iterable[str]) -> frozenset[str]:
        """Nobody says so; the window does, from the courier's own list."""
        return frozenset()


class BoxWall:
    """A wall of numbered boxes with a keypad of its own; codes are derived, so none is stored."""

    def __init__(self, server: Server, *, boxes: int = BOXES) -> None:
        self._server = server
        self._boxes = boxes

    def free(self, taken: Iterable[str]) -> str:
        """A box that is free.

        Raises:
            Refused: ``issuing.locker_full``.
        """
        known = frozenset(taken)
        for number in range(1, self._boxes + 1):
            if (box := f"{number:02d}") not in known:
                return box
        raise Refused("issuing.locker_full", boxes=self._boxes)

    def code(self, case: str, box: str) -> str:
        """Six digits for this case in this box."""
        text = keyed_text(self._server.keys.ticket, f"locker:{case}:{box}")
        return f"{sum(ord(char) * 131**place for place, char in enumerate(text)) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"
