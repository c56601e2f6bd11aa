"""Finds the matters that a kind of package names: by id, by code, or by name, whichever the catalogue knows."""

from __future__ import annotations

from datetime import date

from cases.catalogue.model import Edition
from cases.catalogue.shelf import Shelf


def find(shelf: Shelf, names: tuple[str, ...], on: date) -> Edition | None:
    """The edition that holds on a day of the first name that is known; None where none is."""
    holding = [found for matter in shelf.matters() if (found := shelf.holding(matter, on)) is not None]
    for name in names:
        for edition in holding:
            if name == edition.matter or name == edition.name or (edition.code and edition.code.startswith(name)):
                return edition
    return None
