"""What is wrong with a row of a log: where it stands, which field, and what became of it."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

import msgspec

KEPT = 1_000
"""So many faults are named; the others are counted."""
_SHOWN = 60


class FaultCode(StrEnum):
    """What is wrong."""

    MISSING = "missing"  # a field that each row must have is empty
    TIME = "time"  # no moment that any format reads
    COLUMNS = "columns"  # more or fewer fields than the head
    ENCODING = "encoding"  # bytes that the encoding does not know
    CSV = "csv"  # a quote that never ends
    XML = "xml"  # not well formed: what follows is lost
    CUT_OFF = "cut_off"  # the file ends in the middle
    ORDER = "order"  # it ends before it begins


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault.

    Attributes:
        line: where the row begins, from 1.
        field: the column or attribute.
        is_kept: the row was taken in without the field; else it is left out.
        ends_file: nothing after it could be read.
    """

    line: int
    field: str
    code: FaultCode
    value: str = ""
    is_kept: bool = False
    ends_file: bool = False

    def __str__(self) -> str:
        """For an operator."""
        return f"line {self.line}: {self.field}: {self.code.value}" + (f" ({self.value})" if self.value else "")


class StrictStop(Exception):
    """The first fault, where none is allowed."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


class Faults:
    """The faults of a file, as they are found.

    Attributes:
        dropped: rows that were left out. lost_fields: fields of rows that were kept.
        is_whole: whether the file could be read to its end.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self.named: list[Fault] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.dropped = 0
        self.lost_fields = 0
        self.is_whole = True

    def add(
        self,
        line: int,
        field: str,
        code: FaultCode,
        value: str = "",
        *,
        is_kept: bool = False,
        ends_file: bool = False,
    ) -> None:
        """Note a fault.

        Raises:
            StrictStop: none is allowed.
        """
        shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
        fault = Fault(line=line, field=field, code=code, value=shown, is_kept=is_kept, ends_file=ends_file)
        if self._strict:
            raise StrictStop(fault)
        if len(self.named) < KEPT:
            self.named.append(fault)
        self.counts[field, code.value] += 1
        self.dropped += not is_kept and not ends_file
        self.lost_fields += is_kept
        self.is_whole = self.is_whole and not ends_file
