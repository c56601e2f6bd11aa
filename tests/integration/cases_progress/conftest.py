"""Both databases of a city."""

from tests.fakes.city_databases import city_database, postgres

__all__ = ["city_database", "postgres"]
