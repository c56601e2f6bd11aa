"""Which of two firmwares is older, and the newest that a model has in this hall."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hall_server.mqtt.presence import Presence

_PARTS = re.compile(r"\d+|[a-z]+", re.IGNORECASE)


def version_key(version: str) -> tuple[tuple[int, int, str], ...]:
    """Orders versions as people do: 2.10 after 2.9, 2.1 after 2.1-rc (a word goes before nothing)."""
    parts = _PARTS.findall(version[:60])
    keys = [(2, int(part[:12]), "") if part.isdigit() else (0, 0, part.lower()) for part in parts]
    return (*keys, (1, 0, ""))


def newest_by_model(heard: Iterable[Presence]) -> dict[tuple[str | None, str | None], str]:
    """The newest firmware of every kind and model that was heard of."""
    newest: dict[tuple[str | None, str | None], str] = {}
    for one in heard:
        if not one.model or not one.firmware or not any(letter.isdigit() for letter in one.firmware):
            continue
        key = (one.kind, one.model)
        if key not in newest or version_key(newest[key]) < version_key(one.firmware):
            newest[key] = one.firmware
    return newest
