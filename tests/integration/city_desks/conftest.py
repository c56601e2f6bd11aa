"""Every test of this folder runs on both databases."""

from tests.fakes.city_databases import city_database, each_database, postgres
from tests.fakes.city_databases import on_each_database as pytest_generate_tests

__all__ = ["city_database", "each_database", "postgres", "pytest_generate_tests"]
