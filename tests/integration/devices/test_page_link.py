"""A browser that was paired: its presence, its commands, its new credential, and what it may not do."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from devices import page_link
from devices.messages import ChangeDevice, RenewCredential
from hall_server.identity import Role
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.mqtt_hall import Watch
from tests.fakes.visits import Answer

LINK = "/api/v1/device/link"


def basic(device: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{device}:{password}".encode()).decode()


def word(page: str = "p1", status: str = "online", **more: Any) -> dict[str, Any]:
    return {"state": {"status": status, "kind": "board", "model": "browser", "firmware": "1"}, "page": page, **more}


class Page:
    """A page of the board in zone z1."""

    def __init__(self, hall: DeviceHall, device: str, name: str = "p1") -> None:
        self._hall, self._device, self._name = hall, device, name
        self.password = hall.password(device)

    async def ask(self, **more: Any) -> Answer:
        session, self._hall.session = self._hall.session, {}
        asking = self._hall.ask(
            "POST", LINK, word(self._name, **more), Authorization=basic(self._device, self.password)
        )
        self._hall.session = session
        return await asking


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions are held for half a second, so that nobody waits for eight."""
    monkeypatch.setattr(page_link, "HELD_S", 0.5)
    monkeypatch.setattr(page_link, "GRACE_S", 0.2)


@pytest.mark.gen_test
async def test_a_page_is_present_while_it_asks_and_gone_soon_after(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        heard = Watch()
        hall.router.on_presence(heard)
        answer = await Page(hall, board).ask()
        assert (answer.code, answer.body["device"], answer.body["opens"]) == (200, board, "/board/z1")
        assert answer.body["commands"] == []
        await heard.until(lambda seen: [one.status for one in seen] == ["online", "offline"])


@pytest.mark.gen_test
async def test_control_without_the_grace_s_end_a_closed_page_would_seem_present(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_link.PageLink, "left", lambda self, device, page: None)
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        await Page(hall, board).ask()
        await asyncio.sleep(0.5)  # longer than the grace
        presence = hall.router.presence(board)
        assert presence is not None
        assert presence.status == "online"


@pytest.mark.gen_test
async def test_a_test_button_reaches_a_page_and_its_outcome_is_shown(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        board = await hall.register("board", "z1")
        page = Page(hall, board)
        held = asyncio.create_task(page.ask())
        await hall.present(board)
        begun = await hall.ask("POST", f"/api/v1/devices/{board}/test", {})
        assert (begun.code, begun.body["what"], begun.body["end"]) == (202, "picture", None)
        [command] = (await held).body["commands"]
        assert (command["do"], command["id"]) == ("test", begun.body["id"])
        report = {"id": command["id"], "what": "done", "detail": {"screen": "1920 × 1080"}}
        await page.ask(reports=[report])
        trial = hall.server.rooms["devices"].upkeep.trials.of(board)
        assert (trial.end, trial.detail) == ("done", {"screen": "1920 × 1080"})


@pytest.mark.gen_test
async def test_a_page_takes_its_new_credential_and_the_old_one_ends(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        page, old = Page(hall, board), hall.password(board)
        held = asyncio.create_task(page.ask())
        await hall.present(board)
        ends = Watch()
        hall.server.listen("test", lambda recorded: ends(recorded.event.type), ("device.rotated",))
        await hall.do(RenewCredential(device=board))
        [command] = (await held).body["commands"]
        page.password = command["args"]["credential"]
        assert (await page.ask(reports=[{"id": command["id"], "what": "done"}])).code == 200
        await ends.until(bool)
        assert (await page.ask()).code == 200
        page.password = old
        assert (await page.ask()).code == 401


@pytest.mark.gen_test
async def test_a_page_that_is_moved_is_told_where_to_go(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        await hall.do(ChangeDevice(device=board, name="", zone="z2"))
        assert (await Page(hall, board).ask()).body["opens"] == "/board/z2"


@pytest.mark.gen_test
async def test_the_newest_page_of_a_device_speaks_for_it(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        old = asyncio.create_task(Page(hall, board, "old").ask())
        await hall.present(board)
        assert (await Page(hall, board, "new").ask()).code == 200
        assert (await old).error == "device.other_page"


@pytest.mark.gen_test
async def test_a_revoked_page_is_told_at_once(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        page = Page(hall, board)
        held = asyncio.create_task(page.ask())
        await hall.present(board)
        await hall.revoke(board)
        assert (await held).code == 404
        assert (await page.ask()).code == 401


@pytest.mark.gen_test
async def test_only_a_browser_s_kind_links_and_nobody_says_too_much(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        handset = await hall.register("handset", "w01")
        assert (await Page(hall, handset).ask()).error == "device.may_not"
        board = await hall.register("board", "z1")
        many = [{"id": f"r{number}", "what": "key"} for number in range(50)]
        codes = [(await Page(hall, board).ask(reports=many)).code for _ in range(3)]
        assert 429 in codes


@pytest.mark.gen_test
async def test_a_hall_that_stops_lets_its_pages_go(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with device_hall(tmp_path) as hall:
        board = await hall.register("board", "z1")
        held = asyncio.create_task(Page(hall, board).ask())
        await hall.present(board)
    await asyncio.gather(held, return_exceptions=True)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
