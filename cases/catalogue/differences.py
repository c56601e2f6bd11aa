"""What is different between two editions, field by field and part by part."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from cases.catalogue.matters_file import STANDING
from cases.catalogue.model import Edition


class Change(StrEnum):
    """What became of something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference.

    Attributes:
        field: of the edition; with parts also which field of the part (``materials.copies``).
        part: id or place of the part; empty: the field itself.
        name: of the part, for people.
    """

    field: str
    change: Change
    part: str = ""
    name: str = ""
    before: Any = None
    after: Any = None


def differences(before: Edition, after: Edition) -> list[Difference]:
    """Everything that an editor wrote differently, in the edition's order."""
    old, new = _plain(before), _plain(after)
    return [one for field in old if field not in STANDING for one in _of_field(field, old[field], new[field])]


def _plain(edition: Edition) -> dict[str, Any]:
    """Every part as lists and mappings; ``to_builtins`` would leave the tuples."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(edition))
    return found


def _of_field(field: str, old: Any, new: Any) -> Iterator[Difference]:
    if old == new:
        return
    if _are_parts(old) and _are_parts(new):
        yield from _of_parts(field, _keyed(old), _keyed(new))
    elif isinstance(old, list) and isinstance(new, list):
        yield from (Difference(field=field, change=Change.REMOVED, before=one) for one in old if one not in new)
        yield from (Difference(field=field, change=Change.ADDED, after=one) for one in new if one not in old)
        if sorted(map(repr, old)) == sorted(map(repr, new)):
            yield Difference(field=field, change=Change.CHANGED, before=old, after=new)
    else:
        yield Difference(field=field, change=Change.CHANGED, before=old, after=new)


def _of_parts(field: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Difference]:
    for id_, one in old.items():
        if id_ not in new:
            yield Difference(field=field, change=Change.REMOVED, part=id_, name=_name(one), before=one)
    for id_, one in new.items():
        known = old.get(id_)
        if known is None:
            yield Difference(field=field, change=Change.ADDED, part=id_, name=_name(one), after=one)
            continue
        for inner, value in one.items():
            if known.get(inner) != value:
                yield Difference(
                    field=f"{field}.{inner}",
                    change=Change.CHANGED,
                    part=id_,
                    name=_name(one),
                    before=known.get(inner),
                    after=value,
                )
    if list(old) != list(new) and set(old) == set(new):
        yield Difference(field=field, change=Change.CHANGED, before=list(old), after=list(new))


def _are_parts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and "id" in one for one in value)


def _keyed(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {one["id"]: one for one in parts}


def _name(part: dict[str, Any]) -> str:
    return str(part.get("name") or part.get("text") or "")
