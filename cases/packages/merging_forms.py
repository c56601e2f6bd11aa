"""One form for a whole package: a field that says the same in several parts is filled in once; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from cases.catalogue.forms import sources
from cases.packages.awaited import Awaited, comes_later
from cases.packages.kinds import Same
from cases.packages.merging import Editions, Use, plain_name

_OF_WORDS = {"title", "x-title-en", "description", "x-from", "maxLength", "minLength"}
"""What two fields may differ in and still be one: the words, the sources, and lengths, where the narrower counts."""


class MergedField(msgspec.Struct, frozen=True, kw_only=True):
    """A field of the form that is filled in once.

    Attributes:
        schema: its JSON Schema. is_later: every part that asks for it gets it from the licence of an earlier one.
    """

    id: str
    schema: dict[str, Any]
    is_required: bool
    uses: tuple[Use, ...]
    is_later: bool = True


def fields(editions: Editions, same: Iterable[Same] = (), comes: Awaited | None = None) -> tuple[MergedField, ...]:
    """The fields of the parts' forms, those with one title and of one kind filled in once.

    Args:
        same: titles that mean one and the same.
        comes: licences that earlier parts give; what comes from them need not be filled in.
    """
    aliases = {plain_name(name): plain_name(one.name) for one in same for name in one.names}
    found: dict[Any, MergedField] = {}
    names: set[str] = set()
    for part, edition in editions.items():
        required = set(edition.form.get("required", ()))
        for name, schema in edition.form.get("properties", {}).items():
            title = plain_name(str(schema.get("title", name)))
            key = (aliases.get(title, title), _kind_of(schema))
            is_later = comes_later(schema, (comes or {}).get(part, {}))
            known = found.get(key)
            if known is None:
                id_ = name if name not in names else f"{part}.{name}"
                names.add(id_)
                known = MergedField(id=id_, schema=schema, is_required=False, uses=())
            found[key] = MergedField(
                id=known.id,
                schema=_narrowed(known.schema, schema),
                is_required=known.is_required or (name in required and not is_later),
                uses=(*known.uses, Use(part=part, id=name)),
                is_later=known.is_later and is_later,
            )
    return tuple(found.values())


def form(editions: Editions, same: Iterable[Same] = (), comes: Awaited | None = None) -> dict[str, Any]:
    """The merged form as JSON Schema (draft 2020-12), without what comes from an earlier part."""
    merged = [one for one in fields(editions, same, comes) if not one.is_later]
    return {
        "type": "object",
        "properties": {one.id: one.schema for one in merged},
        "required": [one.id for one in merged if one.is_required],
    }


def spread_fields(
    editions: Editions, values: Mapping[str, Any], same: Iterable[Same] = ()
) -> dict[str, dict[str, Any]]:
    """What each part's own form is filled in with; nothing is typed twice."""
    found: dict[str, dict[str, Any]] = {part: {} for part in editions}
    for field in fields(editions, same):
        if field.id in values:
            for use in field.uses:
                found[use.part][use.id] = values[field.id]
    return found


def _kind_of(schema: Mapping[str, Any]) -> bytes:
    kept = {name: one for name, one in schema.items() if name not in _OF_WORDS}
    return msgspec.json.encode(kept, order="deterministic")


def _narrowed(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """A field that suits both: the narrower lengths, and the sources that both name."""
    found = {name: value for name, value in {**other, **one}.items() if name != "x-from"}
    for name, choose in (("maxLength", min), ("minLength", max)):
        held = [schema[name] for schema in (one, other) if name in schema]
        if held:
            found[name] = choose(held)
    from_ = [source for source in sources(one) if source in sources(other)]
    return {**found, "x-from": from_} if from_ else found
