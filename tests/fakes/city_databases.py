"""Both databases of a city: a fixture to ask for, or one that a folder's conftest.py gives to all of its tests.

A folder whose tests shall all run on both has in its conftest.py::

    from tests.fakes.city_databases import city_database, each_database, postgres
    from tests.fakes.city_databases import on_each_database as pytest_generate_tests
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.postgres import PostgresServer, postgres_server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ENGINES = (SQLITE, POSTGRESQL)
_ASKS_ITSELF = frozenset({"city_database", "postgres"})


class _Addresses:
    """Which database a city gets that a test begins without an address: the same for the same folder."""

    def __init__(self) -> None:
        self.fresh: Callable[[], str] | None = None
        self.given: dict[Path, str] = {}


_addresses = _Addresses()


def address_for(data: Path) -> str:
    """The database of a city in a folder; empty: SQLite in it."""
    if _addresses.fresh is None:
        return ""
    if data not in _addresses.given:
        _addresses.given[data] = _addresses.fresh()
    return _addresses.given[data]


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
        if request.param == POSTGRESQL
        else lambda: str(tmp_path / "city" / "city.db")
    )
    return make()


@pytest.fixture(autouse=True)
def each_database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every city of the test lies in an empty database of this engine, unless the test says which."""
    if getattr(request, "param", SQLITE) == POSTGRESQL:
        _addresses.fresh = request.getfixturevalue("postgres").fresh
    yield
    _addresses.fresh = None
    _addresses.given.clear()


def on_each_database(metafunc: pytest.Metafunc) -> None:
    """Run a test once per engine, unless it asks for databases itself."""
    _parametrize(metafunc, ENGINES)


def on_each_database_in_time(metafunc: pytest.Metafunc) -> None:
    """The same; PostgreSQL's turn is among the long tests."""
    _parametrize(metafunc, (SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.long)))


def _parametrize(metafunc: pytest.Metafunc, engines: Iterable[Any]) -> None:
    if "each_database" in metafunc.fixturenames and _ASKS_ITSELF.isdisjoint(metafunc.fixturenames):
        metafunc.parametrize("each_database", engines, indirect=True)
