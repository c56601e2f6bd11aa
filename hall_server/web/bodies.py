"""Turns a request's bytes into a struct, and what is wrong with them into an error that names the field."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from hall_server.errors import Invalid

T = TypeVar("T")

_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING = re.compile(r"missing required field `(?P<name>[^`]+)`")
_UNKNOWN = re.compile(r"contains unknown field `(?P<name>[^`]+)`")


def parse(raw: bytes, kind: type[T]) -> T:
    """Decode a JSON body; an empty one counts as ``{}``.

    Raises:
        Invalid: ``body.broken`` for what is not JSON, ``body.invalid`` with ``{path: reason}`` otherwise.
    """
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as exc:
        raise Invalid("body.invalid", **named_fault(str(exc))) from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:  # the last: thousands of brackets
        raise Invalid("body.broken") from exc


def converted(raw: object, kind: type[T]) -> T:
    """The struct of a value that was decoded before (a device's arguments).

    Raises:
        Invalid: ``body.invalid`` with ``{path: reason}``.
    """
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as exc:
        raise Invalid("body.invalid", **named_fault(str(exc))) from exc


def named_fault(text: str) -> dict[str, object]:
    """``{path: reason}`` of a msgspec complaint; the path is ``$`` where the whole body is meant."""
    found = _AT.match(text)
    what, path = (found["what"], found["path"] or "$") if found else (text, "$")
    for pattern, reason in ((_MISSING, "missing"), (_UNKNOWN, "unknown")):
        if named := pattern.search(what):
            return {_joined(path, named["name"]): reason}
    return {_joined(path, ""): what}


def _joined(path: str, name: str) -> str:
    parts = [part for part in (path.removeprefix("$").lstrip("."), name) if part]
    return ".".join(parts) or "$"
