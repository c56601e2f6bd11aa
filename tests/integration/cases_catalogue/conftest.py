"""What the city decides about its catalogue is tried on both databases."""

from tests.fakes.city_databases import city_database, postgres

__all__ = ["city_database", "postgres"]
