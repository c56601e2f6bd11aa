"""Why the hall did something by itself, apart from the reasons that people write."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec


class Cause(StrEnum):
    """Why the hall did something that nobody asked for."""

    ALONE = "alone"  # together with the last window that served it; it begins again with the next


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line gives no numbers.

    Attributes:
        reason: in a manager's words. cause: None where a manager stopped it.
    """

    reason: str
    cause: Cause | None = None


def cause_apart(raw: dict[str, Any]) -> dict[str, Any]:
    """Read an event of version 1: there the reason ``alone`` meant the hall's own doing, whoever had written it."""
    return {**raw, "reason": "", "cause": Cause.ALONE} if raw["reason"] == Cause.ALONE else raw
