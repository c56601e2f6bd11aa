"""Both databases of a city, as fixtures: import them in a folder's conftest.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.postgres import PostgresServer, postgres_server

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL for the whole run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=ENGINES)
def city_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once per engine."""
    make: Callable[[], str] = (
        request.getfixturevalue("postgres").fresh
        if request.param == "postgresql"
        else lambda: str(tmp_path / "city" / "city.db")
    )
    return make()
