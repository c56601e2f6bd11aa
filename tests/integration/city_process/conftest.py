"""Every test of this folder runs on both databases; they are whole processes, so PostgreSQL's turn is a long one."""

from tests.fakes.city_databases import each_database, postgres
from tests.fakes.city_databases import on_each_database_in_time as pytest_generate_tests

__all__ = ["each_database", "postgres", "pytest_generate_tests"]
