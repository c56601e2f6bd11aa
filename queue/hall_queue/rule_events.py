"""What is wanted of the rules, and what happens to them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from hall_server.messages import Command, LastingEvent


class SaveRules(Command, frozen=True, kw_only=True):
    """Set some rules of the hall or of a line.

    A value of None gives a rule back to the hall or to its default; "none" sets one that may be without a value to
    nothing, whatever the hall has: no quota in this line.

    Attributes:
        line: whose ``values`` they are; None: the hall's.
        lines: more lines' values, set in the same moment or not at all.
    """

    line: str | None = None
    values: dict[str, Any] = msgspec.field(default_factory=dict)
    lines: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    reason: Annotated[str, Meta(max_length=200)] = ""


class RulesSaved(LastingEvent, frozen=True, kw_only=True):
    """The hall or a line has these rules of its own from now on, all of them by name."""

    type: ClassVar[str] = "rules.saved"
    line: str | None
    values: dict[str, Any]
    reason: str = ""

    @property
    def subject(self) -> str:
        """The line, or the hall."""
        return f"line:{self.line}" if self.line else "rules:hall"
