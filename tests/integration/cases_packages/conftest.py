"""Every test of this folder runs on both databases of the city."""

from tests.fakes.city_databases import each_database, postgres
from tests.fakes.city_databases import on_each_database as pytest_generate_tests

__all__ = ["each_database", "postgres", "pytest_generate_tests"]
