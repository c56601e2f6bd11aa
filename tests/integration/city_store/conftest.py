"""The city's suite runs on both databases; what a failed test leaves running is ended."""

from collections.abc import Iterator

import pytest
from tornado.ioloop import IOLoop

from tests.fakes.city_databases import city_database, postgres
from tests.fakes.federated import City

__all__ = ["city_database", "postgres"]


@pytest.fixture(autouse=True)
def _no_city_left(io_loop: IOLoop) -> Iterator[None]:
    yield
    for city in list(City.running):
        io_loop.run_sync(city.stop)
