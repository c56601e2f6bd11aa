"""Reads matters from TOML files, one file a matter; what is wrong names the file and the field."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from cases.catalogue.checks import check
from cases.catalogue.faults import Fault, shown
from cases.catalogue.model import Edition
from hall_server.directory.catalogue_import import matter_id
from hall_server.web.bodies import named_fault

FILE_MOST_BYTES = 1024 * 1024
STANDING = ("number", "state", "valid_from", "valid_until", "suspended_from", "pauses", "successors")
"""Fields that say where an edition stands; a file says what it is."""


class MattersRead(msgspec.Struct, frozen=True, kw_only=True):
    """What a file or folder holds; the editions are drafts that nobody has reviewed."""

    editions: tuple[Edition, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_folder(folder: Path) -> MattersRead:
    """Read every ``*.toml`` of a folder, in order of names."""
    return joined(read_toml(path) for path in sorted(folder.glob("*.toml")))


def read_toml(path: Path) -> MattersRead:
    """Read one matter; never raises for what the file holds."""
    name = path.name
    try:
        if path.stat().st_size > FILE_MOST_BYTES:
            return _bad(name, "", "file_too_large", FILE_MOST_BYTES)
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        return _bad(name, "", "file_unreadable", exc.strerror or type(exc).__name__)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        return _bad(name, "", "file_not_toml", exc)
    return read_table(raw, place=name)


def read_table(raw: dict[str, Any], *, place: str) -> MattersRead:
    """The matter of a table of plain values, with what the checks say of it."""
    standing = [field for field in STANDING if field in raw]
    if standing:
        return _bad(place, standing[0], "field_of_the_city", raw[standing[0]])
    values = {"matter": matter_id(str(raw.get("code", ""))), **raw}
    try:
        edition = msgspec.convert(values, Edition)
    except msgspec.ValidationError as exc:
        [(field, reason)] = named_fault(str(exc)).items()
        return _bad(place, field, "field_wrong", reason)
    found = tuple(msgspec.structs.replace(fault, place=place) for fault in check(edition))
    return MattersRead(editions=(edition,), faults=found)


def joined(parts: Iterable[MattersRead]) -> MattersRead:
    """All of several files; a matter that comes twice is a fault."""
    editions: dict[str, Edition] = {}
    faults: list[Fault] = []
    for part in parts:
        faults += part.faults
        for edition in part.editions:
            if editions.setdefault(edition.matter, edition) is not edition:
                faults.append(Fault(matter=edition.name, field="code", code="matter_twice", value=edition.code))
    return MattersRead(editions=tuple(editions.values()), faults=tuple(faults))


def _bad(place: str, field: str, code: str, value: object) -> MattersRead:
    return MattersRead(faults=(Fault(matter=place, field=field, code=code, value=shown(value), place=place),))
