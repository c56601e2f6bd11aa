"""What can be wrong with an edition: which matter, which field, which row of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Weight(StrEnum):
    """What a fault means."""

    ERROR = "error"  # keeps an edition from being reviewed and published
    WARNING = "warning"  # somebody should look


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong.

    Attributes:
        matter: name of the matter.
        field: of the edition, such as ``materials`` or ``materials.copies``.
        row: which one of the field's, counted from 1; 0: the field itself.
        code: stable; ``catalogue.fault.{code}`` is its text.
        value: what was found, shortened.
        place: where in a file it stands, such as ``材料!D7``; empty where it came from none.
    """

    matter: str
    field: str
    row: int = 0
    code: str
    value: str = ""
    weight: Weight = Weight.ERROR
    place: str = ""

    def __str__(self) -> str:
        """In one line, for an operator's terminal."""
        row = f"[{self.row}]" if self.row else ""
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.matter}: {self.field}{row}: {self.code}" + (f" ({self.value})" if self.value else "")


SHOWN = 60


def shown(value: object) -> str:
    """A value, shortened and on one line."""
    plain = "".join(letter if letter.isprintable() else "·" for letter in str(value))
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


def errors(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Those that keep an edition back."""
    return tuple(fault for fault in faults if fault.weight is Weight.ERROR)
