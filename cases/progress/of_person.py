"""What a hall asks the city of a person whose card lies on a reader, and what the city says: cases of all halls."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from cases.progress.picture import ProgressSeen

KIND = "cases.of_person"
"""The kind of the question, over the halls' link."""
CASES_MOST = 20


class PersonAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Whose card lies there, and at which machine of the hall."""

    id_number: Annotated[str, Meta(min_length=1, max_length=40)]
    machine: Annotated[str, Meta(min_length=1, max_length=80)]

    def __repr__(self) -> str:
        """Without the number."""
        return f"PersonAsked(machine={self.machine!r})"


class HallNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A hall; ``id`` "": the city itself, for what came in online."""

    id: str
    name: str


class CaseThere(msgspec.Struct, frozen=True, kw_only=True):
    """A case, and the hall where it came in."""

    hall: HallNamed
    seen: ProgressSeen


class PersonTold(msgspec.Struct, frozen=True, kw_only=True):
    """The person's cases at all halls, the newest first.

    Attributes:
        behind: halls that the city does not reach now: what they did since it last did is missing.
    """

    cases: tuple[CaseThere, ...]
    behind: tuple[HallNamed, ...] = ()
