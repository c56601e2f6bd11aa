"""The editions a place has, by ``matter@number``, and which of them holds on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cases.catalogue.model import Edition


class Shelf:
    """Editions in memory; the newest of a key replaces the one before it."""

    def __init__(self) -> None:
        self._by_key: dict[str, Edition] = {}
        self._by_matter: dict[str, list[str]] = {}

    def take(self, edition: Edition) -> None:
        """Put an edition on the shelf, or replace what is known of it."""
        if edition.key not in self._by_key:
            self._by_matter.setdefault(edition.matter, []).append(edition.key)
        self._by_key[edition.key] = edition

    def get(self, key: str) -> Edition | None:
        """An edition by its key."""
        return self._by_key.get(key)

    def of_matter(self, matter: str) -> tuple[Edition, ...]:
        """All editions of a matter, oldest first."""
        return tuple(self._by_key[key] for key in self._by_matter.get(matter, ()))

    def holding(self, matter: str, on: date) -> Edition | None:
        """The edition under which a matter is accepted on a day; None where there is none."""
        return next((one for one in reversed(self.of_matter(matter)) if one.accepts_on(on)), None)

    def newest(self, matter: str) -> Edition | None:
        """The edition of a matter that was taken last; None where there is none."""
        keys = self._by_matter.get(matter)
        return self._by_key[keys[-1]] if keys else None

    def matters(self) -> tuple[str, ...]:
        """The matters that have editions."""
        return tuple(self._by_matter)

    def __iter__(self) -> Iterator[Edition]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)
