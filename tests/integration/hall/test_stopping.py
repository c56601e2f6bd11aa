"""A hall that is told to stop does so, whatever a background task does with the word."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.fakes.hall import composed


async def deaf(times: int) -> None:
    """A task that loses its cancellation so often, as `asyncio.wait_for` of Python 3.11 may."""
    for _ in range(times):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()


@pytest.mark.gen_test
async def test_a_task_that_lost_its_cancellation_is_told_again(tmp_path: Path) -> None:
    server = composed(tmp_path, rooms=())
    await server.open()
    task = server.spawn(deaf(1), "hard of hearing")
    await asyncio.sleep(0)
    await server.stop()
    assert task.cancelled()


@pytest.mark.gen_test
async def test_one_that_never_listens_holds_nothing_up_and_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = composed(tmp_path, rooms=())
    await server.open()
    task = server.spawn(deaf(3), "deaf")
    await asyncio.sleep(0)
    with caplog.at_level(logging.ERROR):
        await server.stop()
    assert not task.done()
    assert "deaf does not end" in caplog.text
    task.cancel()
    await asyncio.wait([task])
