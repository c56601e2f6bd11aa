"""The city's database, once per engine."""

from __future__ import annotations

from tests.fakes.city_databases import city_database, postgres

__all__ = ["city_database", "postgres"]
