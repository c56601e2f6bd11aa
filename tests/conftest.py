"""What every test may use: the event loop that `gen_test` runs on, a founded hall to copy, and the checkout's root."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from tornado.ioloop import IOLoop

from hall_server.web import passwords
from tests.fakes.founded_hall import FoundedHall

QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def product_hasher() -> Iterator[PasswordHasher]:
    """Halls in the tests' own process hash passwords cheaply; gives what the product hashes with.

    Halls in processes of their own are the product unchanged, hashing with its full cost.
    """
    hasher = passwords._HASHER
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", QUICK_HASHER)
        yield hasher


@pytest.fixture(scope="session")
def founded_hall(tmp_path_factory: pytest.TempPathFactory) -> FoundedHall:
    """A founded demonstration hall to copy, one a session."""
    return FoundedHall(tmp_path_factory.mktemp("founded") / "data")


@pytest.fixture
def io_loop() -> Iterator[IOLoop]:
    """One fresh loop per test, in place of pytest-tornado's, whose way of making one Tornado has deprecated.

    Tasks that a test leaves behind are cancelled and awaited, so that none reaches the next test.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    io_loop = IOLoop.current()
    yield io_loop
    try:
        loop.run_until_complete(_end_of_tasks(loop))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        asyncio.set_event_loop(None)
        io_loop.close()
        loop.close()


async def _end_of_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what still runs; failures were the test's to see and are not raised here."""
    left = asyncio.all_tasks(loop) - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout: where `pyproject.toml` and `run.py` are."""
    return Path(__file__).resolve().parent.parent
