"""What ends by itself: time-outs, the day, keeping; what a restart finds; and who is told that a screen has gone."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evaluation.confirmation import screens as screens_module
from evaluation.confirmation.messages import ConfirmationErased
from evaluation.confirmation.model import SheetState, Step, Withdrawal
from evaluation.confirmation.requests import ScreenWord
from hall_server.errors import Unavailable
from hall_server.identity import SYSTEM
from tests.fakes.confirming import ConfirmHall, Who, base, confirming, lying, picture_file, signature, wanted
from tests.fakes.hall import HandClock

PAGE = "page-of-the-pad"


async def begun(hall: ConfirmHall, clerk: Who, **more: object) -> Any:
    made = await clerk.ask("POST", base(), wanted(await hall.serve(), **more))
    assert made.code == 201, made.body
    return made.body


async def confirmed(hall: ConfirmHall, clerk: Who, seen: int = 1, **more: object) -> Any:
    sheet = await begun(hall, clerk, **more)
    pad = hall.device()
    await pad.ask("POST", f"{base()}/{sheet['id']}/shown", {"hash": sheet["hash"]})
    done = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", {"hash": sheet["hash"], "seen": seen, **signature()})
    assert done.body["state"] == "confirmed", done.body
    return sheet


def word(sheet: str | None = None, **more: Any) -> dict[str, Any]:
    return {"page": PAGE, "kind": "pad", "sheet": sheet, **more}


@pytest.mark.gen_test
async def test_a_sheet_that_nobody_touches_goes_back_to_the_window(tmp_path: Path) -> None:
    async with confirming(tmp_path, confirmation_s=60) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await begun(hall, clerk)
        told = asyncio.ensure_future(pad.ask("POST", f"{base()}/screen", word(sheet["id"])))
        await until(lambda: hall.screens.kinds("w01") == ["pad"])
        hall.clock.forward(seconds=59)
        await hall.clocks.tick()
        assert hall.sheets.open("w01") is not None
        hall.clock.forward(seconds=1)
        await hall.clocks.tick()
        assert hall.sheets.by_id[sheet["id"]].state is SheetState.TIMED_OUT
        orders = (await told).body
        assert orders["sheet"] is None
        assert orders["last"] == {"id": sheet["id"], "state": "timed_out", "why": None}


@pytest.mark.gen_test
async def test_a_visitor_who_reads_keeps_the_sheet_open(tmp_path: Path) -> None:
    async with confirming(tmp_path, confirmation_s=60) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await begun(hall, clerk)
        for touched in range(1, 6):
            hall.clock.forward(seconds=50)
            said = ScreenWord(page=PAGE, kind="pad", sheet=sheet["id"], step=Step.READING, touched=touched)
            hall.screens._note("w01", said)
            await hall.clocks.tick()
        assert hall.sheets.open("w01") is not None
        hall.clock.forward(seconds=50)
        hall.screens._note("w01", said)  # the page is there, but nobody does anything
        hall.clock.forward(seconds=11)
        await hall.clocks.tick()
        assert hall.sheets.open("w01") is None


@pytest.mark.gen_test
async def test_a_screen_is_told_at_once_of_a_sheet_and_of_its_end(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        waiting = asyncio.ensure_future(pad.ask("POST", f"{base()}/screen", word()))
        await until(lambda: hall.screens.kinds("w01") == ["pad"])
        sheet = await begun(hall, clerk)
        orders = (await waiting).body
        assert (orders["sheet"]["id"], orders["sheet"]["hash"]) == (sheet["id"], sheet["hash"])
        assert 0 < orders["sheet"]["left_s"] <= 180
        waiting = asyncio.ensure_future(pad.ask("POST", f"{base()}/screen", word(sheet["id"], step="reading")))
        await until(lambda: hall.screens.is_showing(hall.sheets.by_id[sheet["id"]]))
        await clerk.ask("POST", f"{base()}/{sheet['id']}/withdraw", {})
        assert (await waiting).body["last"] == {"id": sheet["id"], "state": "withdrawn", "why": "staff"}


@pytest.mark.gen_test
async def test_the_console_sees_each_step_and_that_the_screen_has_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens_module, "HELD_S", 0.2)
    monkeypatch.setattr(screens_module, "GRACE_S", 0.2)
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await begun(hall, clerk)
        picture = (await clerk.ask("GET", base())).body
        assert (picture["open"]["step"], picture["open"]["is_on_screen"], picture["screens"]) == ("waiting", False, [])
        for step, seen in (("reading", 0), ("read", 1), ("signing", 1), ("handing_in", 1)):
            await pad.ask("POST", f"{base()}/screen", word(sheet["id"], step=step, seen=seen))
            picture = (await clerk.ask("GET", base())).body
            assert (picture["open"]["step"], picture["open"]["seen"]) == (step, seen)
            assert picture["open"]["is_on_screen"]
            assert picture["screens"] == ["pad"]
        await until(lambda: hall.screens.kinds("w01") == [])
        picture = (await clerk.ask("GET", base())).body
        assert (picture["open"]["is_on_screen"], picture["open"]["state"]) == (False, "sent")
        assert "张三丰" not in str(picture)


@pytest.mark.gen_test
async def test_asking_screens_keep_no_session_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screens_module, "HELD_S", 0.01)
    async with confirming(tmp_path, session_idle_s=600) as hall:
        clerk = await hall.signed_in("s01", "w01")
        for _ in range(3):
            hall.clock.forward(seconds=250)
            answer = await clerk.ask("POST", f"{base()}/screen", {"page": PAGE})
        assert answer.code == 401, "the clerk has gone; what the page asks by itself does not count"


@pytest.mark.gen_test
async def test_an_unfinished_sheet_is_there_after_a_restart_and_gets_its_time_anew(tmp_path: Path) -> None:
    clock = HandClock()
    async with confirming(tmp_path, clock, confirmation_s=60) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await begun(hall, clerk)
        await hall.device().ask("POST", f"{base()}/{sheet['id']}/shown", {"hash": sheet["hash"]})
    clock.forward(minutes=5)
    async with confirming(tmp_path, clock, confirmation_s=60) as hall:
        pad = hall.device()
        orders = (await pad.ask("POST", f"{base()}/screen", word())).body
        assert orders["sheet"]["id"] == sheet["id"]
        assert orders["sheet"]["left_s"] == 60
        assert (await pad.ask("GET", f"{base()}/{sheet['id']}/sheet")).body["hash"] == sheet["hash"]
        body = {"hash": sheet["hash"], "seen": 1, **signature()}
        assert (await pad.ask("POST", f"{base()}/{sheet['id']}/sign", body)).body["state"] == "confirmed"


@pytest.mark.gen_test
async def test_sheets_end_with_their_day_and_what_was_not_confirmed_is_erased(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        signed = await confirmed(hall, clerk)
        document = (await clerk.ask("POST", f"{base()}/documents?name=a", raw=picture_file())).body["id"]
        disputed = await begun(hall, clerk, document=document, replaces=None)
        said = {"hash": disputed["hash"], "wrong": ["f0"], "text": "错"}
        await hall.device().ask("POST", f"{base()}/{disputed['id']}/dispute", said)
        left = await begun(hall, clerk)
        hall.clock.forward(days=1)
        await hall.server.roll_day()
        await hall.clocks.sweep()
        names = lying(tmp_path / "confirmations")
        assert {name.partition(".")[0] for name in names} == {signed["id"]}
        rows = await hall.server.database.fetch(
            "SELECT id FROM vault WHERE kind IN ('confirmation said', 'sealed file key')"
        )
        assert [row[0] for row in rows] == [f"sealed-{signed['id']}"]
        state = await hall.server.views.fetch("SELECT state, erased FROM confirmations WHERE id = ?", (left["id"],))
        assert state == [("withdrawn", 1)]


@pytest.mark.gen_test
async def test_confirmed_sheets_are_erased_after_their_days(tmp_path: Path) -> None:
    async with confirming(tmp_path, confirmation_days=30) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await confirmed(hall, clerk)
        boss = await hall.signed_in("m01", roles=("manager",))
        path = f"/api/v1/confirmations/{sheet['id']}/pdf"
        for days, code in ((30, 200), (1, 404)):
            hall.clock.forward(days=days)
            await hall.server.roll_day()
            await hall.clocks.sweep()
            boss = await hall.signed_in("m01", roles=("manager",))
            answer = await boss.ask("POST", path, {"reason": "核查"})
            assert answer.code == code
        reasons = await hall.server.database.fetch("SELECT count(*) FROM vault WHERE kind = 'confirmation read why'")
        assert reasons == [(0,)], "what managers wrote about it goes with it"
        assert answer.error == "confirmation.erased"
        assert lying(tmp_path / "confirmations") == {}
        journal = await hall.journal_text()
        assert sheet["hash"] in journal, "that it was confirmed stays known"
        rows = await hall.server.database.fetch("SELECT count(*) FROM vault WHERE kind = 'sealed file key'")
        assert rows == [(0,)]
        kinds = await hall.server.database.fetch(
            "SELECT count(*) FROM journal WHERE type = ?", (ConfirmationErased.type,)
        )
        assert kinds == [(1,)]


@pytest.mark.gen_test
async def test_an_upload_that_was_never_shown_is_erased(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        made = await clerk.ask("POST", f"{base()}/documents?name=a", raw=picture_file())
        assert made.code == 201
        written(tmp_path / "confirmations", hall.clock.now().timestamp())
        await hall.clocks.sweep()
        [name] = lying(tmp_path / "confirmations")
        assert name.startswith("261123-"), "files of a day lie together"
        written(tmp_path / "confirmations", hall.clock.now().timestamp() - 13 * 3600)
        await hall.clocks.sweep()
        assert lying(tmp_path / "confirmations") == {}


@pytest.mark.gen_test
async def test_a_file_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await begun(hall, clerk)
        [path] = list((tmp_path / "confirmations").rglob("*.sheet"))
        changed = bytearray(path.read_bytes())
        changed[-1] ^= 1
        path.write_bytes(changed)
        with pytest.raises(Unavailable, check=lambda exc: exc.code == "confirmation.not_readable"):
            await hall.keeper.shown(sheet["id"])
        answer = await hall.device().ask("GET", f"{base()}/{sheet['id']}/sheet")
        assert (answer.code, answer.error) == (503, "confirmation.not_readable")


@pytest.mark.gen_test
async def test_a_disk_that_takes_nothing_acknowledges_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with confirming(tmp_path) as hall:
        clerk, pad = await hall.signed_in("s01", "w01"), hall.device()
        sheet = await begun(hall, clerk)
        await pad.ask("POST", f"{base()}/{sheet['id']}/shown", {"hash": sheet["hash"]})

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        body = {"hash": sheet["hash"], "seen": 1, **signature()}
        with monkeypatch.context() as patch:
            patch.setattr("evaluation.confirmation.sealed_files._write", full)
            answer = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", body, Idempotency_Key="sign-000009")
            assert (answer.code, answer.error) == (503, "confirmation.not_kept")
        assert hall.sheets.by_id[sheet["id"]].state is SheetState.SHOWN
        again = await pad.ask("POST", f"{base()}/{sheet['id']}/sign", body, Idempotency_Key="sign-000009")
        assert again.body["state"] == "confirmed"


@pytest.mark.gen_test
async def test_the_system_may_take_a_sheet_back_and_the_reason_is_known(tmp_path: Path) -> None:
    from evaluation.confirmation.messages import WithdrawSheet

    async with confirming(tmp_path) as hall:
        clerk = await hall.signed_in("s01", "w01")
        sheet = await begun(hall, clerk)
        await hall.do(WithdrawSheet(window="w01", confirmation=sheet["id"], why=Withdrawal.TICKET_LEFT), SYSTEM)
        assert hall.sheets.by_id[sheet["id"]].why is Withdrawal.TICKET_LEFT
        assert hall.clocks.times_out == timedelta(seconds=180)


def written(folder: Path, at_s: float) -> None:
    """Say when the files were written; the disk's clock is not the hall's in a test."""
    for path in folder.rglob("*.document"):
        os.utime(path, (at_s, at_s))


async def until(is_so: Any) -> None:
    """Wait until something is so; pytest-tornado bounds it."""
    while not is_so():  # noqa: ASYNC110  # a state of the hall that nobody announces
        await asyncio.sleep(0.01)
