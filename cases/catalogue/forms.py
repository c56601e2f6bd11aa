"""What is filled in for a matter: its JSON Schema, and where the values come from before anybody types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

SOURCES = re.compile(
    r"(applicant|agent)\.(name|id_kind|id_number|phone|address|represented_by)"
    r"|reader\.(name|id_number|address|sex|birth|nation)"
    r"|licence\.[a-z0-9-]+\.[a-z_]+"
    r"|case\.[a-z_]+"
    r"|today"
)
"""``x-from`` of a field: the applicant, the ID reader, an electronic licence of a type, an earlier case, the day."""

_LIGHT_KEYS = {"$schema", "$id", "title", "type", "properties", "required", "additionalProperties", "description"}


def form_faults(schema: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a form, as (path, code)."""
    if not schema:
        return
    if message := _schema_fault(schema):
        yield message, "form_schema"
        return
    if schema.get("type") != "object" or not schema.get("properties"):
        yield "type", "form_object"
        return
    for name, field in schema["properties"].items():
        if not isinstance(field, dict) or not field.get("title"):
            yield f"properties.{name}", "form_title"
            continue
        for source in sources(field):
            if not SOURCES.fullmatch(source):
                yield f"properties.{name}.x-from", "form_source"
    for name in schema.get("required", ()):
        if name not in schema["properties"]:
            yield f"required.{name}", "form_required"


def sources(field: dict[str, Any]) -> tuple[str, ...]:
    """Where a field's value may come from, the best first."""
    given = field.get("x-from", ())
    return (given,) if isinstance(given, str) else tuple(str(one) for one in given)


def _schema_fault(schema: dict[str, Any]) -> str:
    from jsonschema import Draft202012Validator  # here: it takes 0.1 s, and most starts check no form
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as exc:
        return ".".join(str(part) for part in exc.absolute_path) or "$"
    return ""
