"""The fields of an entry in the order in which both readers give them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from cases.logs.mapping import Columns

OF_EVENT = ("case", "activity", "time", "start", "resource", "lifecycle", "event_deadline")
OF_CASE = (
    "deadline", "received", "accepted", "end", "outcome", "department", "matter", "hall", "channel",
)  # fmt: skip
FIELDS = (*OF_EVENT, *OF_CASE)
N_EVENT = len(OF_EVENT)
CASE_PREFIX = "case:"

Values: TypeAlias = Sequence[str]
"""One for each field, then one for each further attribute; empty: not there."""


class Entry(NamedTuple):
    """A row or event as it stands in the file."""

    line: int
    values: Values


Entries: TypeAlias = Iterator[Entry]


def wanted(columns: Columns) -> tuple[tuple[str, ...], ...]:
    """For each field the keys that may hold it; a further attribute has one."""
    return (*(getattr(columns, name) for name in FIELDS), *((one,) for one in columns.attributes))
