"""The bar's driver against simulated bars over TCP and a real serial line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from devices.gateway.drivers.led import Charset, Led, Options, Speech
from devices.simulated.hardware.led import SimulatedBar
from hall_server.mqtt.topics import Status
from tests.fakes.hall_side import FakeHall, driven

QUICK = {"turn_s": 60.0, "retry_s": 0.01, "test_s": 0.01, "reply_s": 0.1}
LONG = "请从最近的出口有序离开"


def picture(*texts: str, tone: str = "quiet", number: str | None = None) -> dict[str, Any]:
    return {"chars": 8, "rows": [{"texts": list(texts), "tone": tone, "scroll": False, "number": number}]}


def called(number: str) -> dict[str, Any]:
    return picture(f"请{number}号到本窗口", f"{number} come here", tone="call", number=number)


@asynccontextmanager
async def at_work(line: str = "tcp", **more: Any) -> AsyncIterator[tuple[SimulatedBar, Led, FakeHall]]:
    bar = SimulatedBar(is_alpha=more.get("speech") is Speech.ALPHA, charset=more.get("charset", Charset.GB18030).value)
    address = await bar.listen() if line == "tcp" else bar.on_serial()
    led = Led(address, Options(**{**QUICK, **more}))
    try:
        async with driven(led) as hall:
            yield bar, led, hall
    finally:
        await bar.switch_off()


@pytest.mark.gen_test
@pytest.mark.parametrize("line", ["tcp", "serial"])
@pytest.mark.parametrize("charset", list(Charset))
async def test_a_call_stands_on_the_bar(line: str, charset: Charset) -> None:
    async with at_work(line, charset=charset, prefix="01") as (bar, led, hall):
        led.on_show(called("A012"))
        await bar.until(lambda: bar.text == "01请A012号到本窗口")
        led.on_show(called("A013"))
        await bar.until(lambda: bar.text == "01请A013号到本窗口")
        assert hall.state == (Status.ONLINE, {})


@pytest.mark.gen_test
@pytest.mark.parametrize("line", ["tcp", "serial"])
async def test_an_alpha_sign_shows_calls_and_an_emergency_over_them(line: str) -> None:
    async with at_work(line, speech=Speech.ALPHA, width=20) as (bar, led, _):
        led.on_show(called("A012"))
        await bar.until(lambda: bar.text == "A012 come here")
        assert bar.modes[-1] == "c"
        led.on_show(picture("火警", "FIRE", tone="alarm"))
        await bar.until(lambda: bar.text == "FIRE")
        led.on_show(called("A013"))
        await bar.until(lambda: bar.text == "A013 come here")


@pytest.mark.gen_test
async def test_a_sign_that_still_shows_an_emergency_of_before_is_relieved_of_it() -> None:
    async with at_work(speech=Speech.ALPHA, width=20) as (bar, led, _):
        bar._files["0"] = "FIRE"
        led.on_show(called("A012"))
        await bar.until(lambda: bar.text == "A012 come here")


@pytest.mark.gen_test
async def test_the_present_stands_there_again_after_the_bar_was_away() -> None:
    async with at_work() as (bar, led, hall):
        led.on_show(called("A012"))
        await bar.until(lambda: bar.text.startswith("请A012"))
        address = led._address
        await bar.switch_off()
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "line_lost"}))
        led.on_show(called("A013"))
        bar.history.clear()
        await bar.listen(int(address.rpartition(":")[2]))
        await bar.until(lambda: bar.text.startswith("请A013"))
        await hall.until(lambda: hall.state == (Status.ONLINE, {}))
        assert not any(text.startswith("请A012") for text in bar.history)


@pytest.mark.gen_test
async def test_the_same_line_comes_again_now_and_then() -> None:
    async with at_work(refresh_s=0.01) as (bar, led, _):
        led.on_show(called("A012"))
        await bar.until(lambda: bar.history.count("请A012号到本窗口") > 5)


@pytest.mark.gen_test
async def test_a_text_that_is_too_long_is_moved() -> None:
    async with at_work(scroll_s=0.002) as (bar, led, _):
        led.on_show(picture(LONG, tone="alarm"))
        await bar.until(lambda: len(set(bar.history)) > len(LONG))
        assert all(len(line.encode("gb18030")) <= 16 for line in bar.history)


@pytest.mark.gen_test
async def test_both_languages_stand_one_after_the_other() -> None:
    async with at_work(turn_s=0.01) as (bar, led, _):
        led.on_show(called("A012"))
        await bar.until(lambda: bar.history[-2:] == ["请A012号到本窗口", "A012 come here"])
        await bar.until(lambda: bar.history.count("请A012号到本窗口") > 2)


@pytest.mark.gen_test
async def test_a_wall_has_rows_and_only_what_changed_is_written() -> None:
    async with at_work(prefix="<{row}>") as (bar, led, _):
        rows = [*picture("A012→3号", tone="call")["rows"], *picture("B001→5号")["rows"]]
        led.on_show({"chars": 8, "rows": rows})
        await bar.until(lambda: bar.text == "<2>B001→5号")
        led.on_show({"chars": 8, "rows": [*picture("A013→3号", tone="call")["rows"], rows[1]]})
        await bar.until(lambda: bar.text == "<1>A013→3号")
        led.on_show(picture("等候 3 人"))
        await bar.until(lambda: bar.text == "<2>")
        assert [text for text in bar.history if text.startswith("<2>")] == ["<2>B001→5号", "<2>"]


@pytest.mark.gen_test
async def test_a_bar_that_does_not_say_its_word_is_a_fault() -> None:
    async with at_work(answer="OK") as (bar, led, hall):
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "no_answer"}))
        bar.answer = b"OK\r\n"
        led.on_show(called("A012"))
        await hall.until(lambda: hall.state == (Status.ONLINE, {}))
        await bar.until(lambda: bar.text.startswith("请A012"))
        led.on_show(called("A013"))
        await bar.until(lambda: bar.text.startswith("请A013"))


@pytest.mark.gen_test
async def test_the_test_button_lights_every_place_and_gives_the_picture_back() -> None:
    async with at_work() as (bar, led, hall):
        led.on_show(called("A012"))
        await bar.until(lambda: bar.text.startswith("请A012"))
        await hall.until(lambda: bool(hall.states))
        await led.on_command("test", {})
        await bar.until(lambda: bar.text.startswith("请A012"))
        assert "8" * 16 in bar.history


@pytest.mark.gen_test
async def test_of_hundreds_of_pictures_the_last_one_stays() -> None:
    async with at_work() as (bar, led, _):
        for turn in range(500):
            led.on_show(called(f"A{turn:03}"))
        await bar.until(lambda: bar.text.startswith("请A499"))
        assert bar.connections == 1
