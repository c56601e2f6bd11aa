"""A browser device under attack and bad luck: questions do not pile up, an ended credential gets nothing more."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from devices import page_link
from devices.messages import ChangeDevice, RotateCredential
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.visits import Answer

LINK = "/api/v1/device/link"


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions are held for longer than any test takes: who gets an answer got it for a reason."""
    monkeypatch.setattr(page_link, "HELD_S", 60.0)


class Page:
    """A page with the credential that holds now."""

    def __init__(self, hall: DeviceHall, device: str) -> None:
        words = f"{device}:{hall.password(device)}"
        self._hall, self._who = hall, "Basic " + base64.b64encode(words.encode()).decode()

    def ask(self, page: str = "p1") -> "asyncio.Task[Answer]":
        body: dict[str, Any] = {"state": {"status": "online", "kind": "board"}, "page": page}
        return asyncio.create_task(self._hall.ask("POST", LINK, body, Authorization=self._who))


async def held(hall: DeviceHall, device: str, task: "asyncio.Task[Answer]") -> None:
    """Wait until the hall has the question."""
    await hall.present(device)
    assert not task.done()


@pytest.mark.usefixtures("unhurried")
@pytest.mark.gen_test
async def test_questions_of_one_page_do_not_pile_up(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        page = Page(hall, board)
        asked = [page.ask() for _ in range(40)]
        answered, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        while len(waiting) > 1:
            more, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            answered |= more
        assert {task.result().code for task in answered} == {200}
        presence = hall.router.presence(board)
        assert presence is not None
        assert presence.status == "online"
        hall.server.rooms["devices"].upkeep.pages.wake(board)
        assert [task.result().code for task in await asyncio.gather(*(wrapped(task) for task in waiting))] == [200]


async def wrapped(task: "asyncio.Task[Answer]") -> "asyncio.Task[Answer]":
    await task
    return task


@pytest.mark.gen_test
async def test_a_connection_that_breaks_late_does_not_take_the_page_that_asks_again_for_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_link, "HELD_S", 60.0)
    monkeypatch.setattr(page_link, "GRACE_S", 0.05)
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        page = Page(hall, board)
        first = page.ask()
        await held(hall, board, first)
        second = page.ask()
        await first
        await asyncio.sleep(0.2)  # four times the grace
        presence = hall.router.presence(board)
        assert presence is not None
        assert presence.status == "online"
        hall.router.command(board, "beep", ttl_s=30)
        assert [command["do"] for command in (await second).body["commands"]] == ["beep"]


@pytest.mark.usefixtures("unhurried")
@pytest.mark.gen_test
async def test_a_question_with_an_ended_credential_is_answered_at_once_and_gets_no_command(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        page = Page(hall, board)
        stolen = page.ask()
        await held(hall, board, stolen)
        await hall.do(RotateCredential(device=board))
        hall.router.command(board, "credential.renew", {"credential": "secret"}, ttl_s=30)
        assert (await stolen).body["commands"] == []
        assert (await page.ask()).code == 401


@pytest.mark.usefixtures("unhurried")
@pytest.mark.gen_test
async def test_a_page_that_is_moved_is_told_at_once(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        asked = Page(hall, board).ask()
        await held(hall, board, asked)
        await hall.do(ChangeDevice(device=board, name="", zone="z2"))
        assert (await asked).body["opens"] == "/board/z2"


@pytest.mark.usefixtures("unhurried")
@pytest.mark.gen_test
async def test_control_a_change_that_wakes_nobody_leaves_the_page_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_link.PageLink, "wake", lambda self, device: None)
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        asked = Page(hall, board).ask()
        await held(hall, board, asked)
        await hall.do(RotateCredential(device=board))
        hall.router.command(board, "credential.renew", {"credential": "secret"}, ttl_s=30)
        assert [command["args"] for command in (await asked).body["commands"]] == [{"credential": "secret"}]
