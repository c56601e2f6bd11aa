"""What every test may use: the event loop that `gen_test` runs on, a founded hall to copy, and the checkout's root."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from tornado.ioloop import IOLoop

from hall_server.web import passwords
from scripts import hall_process
from tests.fakes.event_loop import fresh_loop
from tests.fakes.founded_hall import FoundedHall
from tests.fakes.nursery import Nursery

LONGEST_FIRST = ("tests/faults/journal", "tests/faults", "tests/browser", "tests/integration")
"""Folders whose files take longest, in the order in which workers should take them: small files then fill the end."""
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# A busy machine may take its time over an example: no test of ours is timed.
settings.register_profile("untimed", parent=settings.default, deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def product_hasher() -> Iterator[PasswordHasher]:
    """Halls in the tests' own process hash passwords cheaply; gives what the product hashes with.

    Halls in processes of their own are the product unchanged, hashing with its full cost.
    """
    hasher = passwords._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", QUICK_HASHER)
        yield hasher


@pytest.fixture(scope="session", autouse=True)
def nursery() -> Iterator[None]:
    """Halls and cities in processes of their own are forked from one that has read the program in, once a session."""
    if not hasattr(os, "fork"):  # Windows: each starts anew
        yield
        return
    made = Nursery()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hall_process, "begin", made.begin)
        yield
    made.close()


@pytest.fixture(scope="session")
def founded_hall(tmp_path_factory: pytest.TempPathFactory) -> FoundedHall:
    """A founded demonstration hall to copy, one a session."""
    return FoundedHall(tmp_path_factory.mktemp("founded") / "data")


@pytest.fixture
def io_loop() -> Iterator[IOLoop]:
    """One fresh loop per test; tasks that the test leaves behind end with it."""
    with fresh_loop() as loop:
        yield loop


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout: where `pyproject.toml` and `run.py` are."""
    return Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several workers run them (`make test`), begin with the longest files, so that none is alone at the end."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: _place(item.path.relative_to(config.rootpath).as_posix()))


def _place(path: str) -> int:
    """Where in the order a file's folder stands."""
    return next((n for n, folder in enumerate(LONGEST_FIRST) if path.startswith(folder)), len(LONGEST_FIRST))
