"""A whole hall and its devices over MQTT alone, the same with the embedded broker and with Mosquitto."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from devices.messages import ChangeDevice, RegisterDevice
from devices.model import DeviceKind
from hall_queue import messages as q
from hall_server.mqtt.simulated import RequestRefused
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import staff
from tests.fakes.mqtt_hall import Watch

BROKERS = pytest.mark.parametrize("broker", ["embedded", "mosquitto"])
CLERK = staff("s01", "w01")


async def called(hall: DeviceHall, window: str = "w01") -> str:
    """Let a visitor be called to a window; gives the number."""
    clerk = staff("s" + window[1:], window)
    await hall.do(q.OpenWindow(window=window), clerk)
    desk = await hall.issue()
    await hall.do(q.CallNext(window=window), clerk)
    return desk.number


def tells(number: str) -> Any:
    return lambda picture: picture is not None and picture["ticket"] and picture["ticket"]["number"] == number


@BROKERS
@pytest.mark.gen_test
async def test_a_device_that_comes_is_shown_its_window_at_once(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        screen = await hall.device("window-screen", "w01")
        picture = await screen.shown(lambda picture: picture is not None)
        assert (picture["window"]["id"], picture["window"]["state"], picture["ticket"]) == ("w01", "closed", None)


@BROKERS
@pytest.mark.gen_test
async def test_a_call_reaches_the_windows_screen_and_the_zones_board_and_no_other(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        here, there = await hall.device("window-screen", "w01"), await hall.device("window-screen", "w02")
        board = await hall.device("board", "z1")
        number = await called(hall)
        picture = await here.shown(tells(number))
        assert (picture["ticket"]["state"], picture["window"]["staff"]["number"]) == ("called", "1001")
        shown = await board.shown(lambda picture: picture is not None and picture["calling"])
        assert [(call["number"], call["window"]) for call in shown["calling"]] == [(number, "w01")]
        await there.shown(lambda picture: picture is not None)
        assert there.picture["ticket"] is None


@BROKERS
@pytest.mark.gen_test
async def test_the_zones_speaker_says_the_call_in_both_languages_once(tmp_path: Path, broker: str) -> None:
    said: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()

    async def speak(do: str, args: dict[str, Any]) -> None:
        said.put_nowait((do, args))

    async with device_hall(tmp_path, broker, voice=True) as hall:
        speaker = await hall.device("speaker", "z1", on_command=speak)
        elsewhere = await hall.device("speaker", "z2", on_command=speak)
        ended = Watch()
        hall.router.on_command_end(ended)
        await called(hall)
        do, args = await said.get()
        assert (do, args["texts"]["zh"]) == ("speak", "请 A 零零一 号到 一号窗口")
        assert args["texts"]["en"] == "Ticket A zero zero one, please go to window one"
        sound = await hall.ask("GET", args["audio"])
        assert (sound.code, sound.body[:4]) == (200, b"RIFF")
        await ended.until(lambda seen: bool(seen))
        assert (speaker.commands_done, elsewhere.commands_done, said.qsize()) == (1, 0, 0)


@BROKERS
@pytest.mark.gen_test
async def test_a_kiosk_takes_a_number_once_however_often_it_asks(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        kiosk = await hall.device("kiosk", "z1")
        picture = await kiosk.shown(lambda picture: picture is not None)
        line = next(line["id"] for line in picture["lines"] if line["open"])
        first = await kiosk.request("ticket.issue", {"line": line, "channel": "kiosk"}, request_id="k1-0001")
        again = await kiosk.request("ticket.issue", {"line": line, "channel": "kiosk"}, request_id="k1-0001")
        other = await kiosk.request("ticket.issue", {"line": line, "channel": "kiosk"}, request_id="k1-0002")
        assert first == again
        assert (first["number"], other["number"], other["ahead"]) == ("A001", "A002", 1)


@BROKERS
@pytest.mark.gen_test
async def test_a_pad_is_asked_after_the_visit_and_the_question_goes_with_the_answer(
    tmp_path: Path, broker: str
) -> None:
    async with device_hall(tmp_path, broker) as hall:
        pad = await hall.device("pad", "w01")
        number = await called(hall)
        await hall.do(q.StartService(window="w01"), CLERK)
        await hall.do(q.FinishService(window="w01"), CLERK)
        asked = await pad.shown(lambda picture: picture is not None and picture["rating"])
        assert asked["rating"]["number"] == number
        given = await pad.request("rating.give", {"ticket": asked["rating"]["ticket"], "level": 1})
        assert given["level"] == 1
        await pad.shown(lambda picture: picture["rating"] is None)


@pytest.mark.gen_test
async def test_the_question_for_a_rating_goes_by_itself_when_its_time_is_over(tmp_path: Path) -> None:
    async with device_hall(tmp_path, rating_s=3) as hall:
        pad = await hall.device("pad", "w01")
        await called(hall)
        await hall.do(q.StartService(window="w01"), CLERK)
        await hall.do(q.FinishService(window="w01"), CLERK)
        await pad.shown(lambda picture: picture is not None and picture["rating"])
        await pad.shown(lambda picture: picture["rating"] is None)


@BROKERS
@pytest.mark.gen_test
async def test_a_revoked_device_is_cut_off_and_not_let_in_again(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        device = await hall.register("window-screen", "w01")
        password = hall.password(device)
        listening = asyncio.create_task(listen(hall, device, password, patiently=True))
        await hall.present(device)
        await hall.revoke(device)
        with pytest.raises(aiomqtt.MqttError):
            await listening
        with pytest.raises(aiomqtt.MqttError):
            await listen(hall, device, password)


@pytest.mark.gen_test
async def test_mosquitto_is_told_twice_because_it_forgets_a_word_that_comes_while_it_reads(tmp_path: Path) -> None:
    async with device_hall(tmp_path, "mosquitto") as hall:
        loop, told = asyncio.get_running_loop(), asyncio.Semaphore(0)
        loop.add_signal_handler(signal.SIGHUP, told.release)
        try:
            (tmp_path / "mosquitto" / "mosquitto.pid").write_text(str(os.getpid()))  # the words come here
            await hall.register("window-screen", "w01")
            for _ in range(2):
                await told.acquire()
        finally:
            loop.remove_signal_handler(signal.SIGHUP)


@BROKERS
@pytest.mark.gen_test
async def test_a_rotated_credential_ends_the_old_one_and_the_new_one_works(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        device = await hall.register("window-screen", "w01")
        old = hall.password(device)
        await hall.rotate(device)
        with pytest.raises(aiomqtt.MqttError):
            await listen(hall, device, old)  # Mosquitto may let it in until it has read its files anew
        screen = hall.simulate(device)
        screen.start()
        await screen.shown(lambda picture: picture is not None)


@BROKERS
@pytest.mark.gen_test
async def test_a_revoked_device_may_come_back_only_with_a_credential_it_never_had(tmp_path: Path, broker: str) -> None:
    async with device_hall(tmp_path, broker) as hall:
        device = await hall.register("pad", "w01")
        await hall.rotate(device)
        old = hall.password(device)
        await hall.revoke(device)
        again = await hall.do(RegisterDevice(id=device, kind=DeviceKind.PAD, window="w01"))
        assert again["generation"] == 3
        assert hall.password(device) != old


@pytest.mark.gen_test
async def test_a_device_that_moves_shows_its_new_window(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        screen = await hall.device("window-screen", "w01")
        await screen.shown(lambda picture: picture is not None)
        await hall.do(ChangeDevice(device=screen.device_id, name="搬走了", window="w02"))
        await screen.shown(lambda picture: picture["window"]["id"] == "w02")


@pytest.mark.gen_test
async def test_a_handset_presses_the_keys_of_its_own_window_only(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        handset = await hall.device("handset", "w01")
        ticket = await hall.issue()
        await handset.request("window.open")
        desk = await handset.request("window.call")
        assert desk["ticket"]["number"] == ticket.number
        with pytest.raises(RequestRefused) as refused:
            await handset.request("window.open", {"window": "w02"})
        assert refused.value.code == "window.not_yours"


@pytest.mark.parametrize(
    ("kind", "place", "do"),
    [("pad", "w01", "window.call"), ("window-screen", "w01", "window.open"), ("kiosk", "z1", "rating.give")],
)
@pytest.mark.gen_test
async def test_a_device_may_ask_only_for_what_its_kind_is_for(tmp_path: Path, kind: str, place: str, do: str) -> None:
    async with device_hall(tmp_path) as hall:
        device = await hall.device(kind, place)
        with pytest.raises(RequestRefused) as refused:
            await device.request(do, {"level": 1} if do == "rating.give" else {})
        assert refused.value.code == "device.may_not"
        assert refused.value.message == "这种设备不能这样做"
        assert hall.desk("w01").state == "closed"


@pytest.mark.gen_test
async def test_a_pad_cannot_rate_another_windows_visit(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        pad = await hall.device("pad", "w02")
        with pytest.raises(RequestRefused) as refused:
            await pad.request("rating.give", {"window": "w01", "level": 1})
        assert refused.value.code == "rating.not_this_window"


@pytest.mark.gen_test
async def test_a_device_is_told_who_and_where_it_is(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        pad = await hall.device("pad", "w01")
        hello = await pad.request("hello")
        assert (hello["device"], hello["window"], hello["hall"]["id"]) == ("pad-w01", "w01", "demo")
        assert "now" in await pad.request("time")


@pytest.mark.gen_test
async def test_screens_come_back_by_themselves_after_a_restart_of_the_hall(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        device = await hall.register("window-screen", "w01")
        number = await called(hall)
    async with device_hall(tmp_path) as hall:
        screen = hall.simulate(device)
        screen.start()
        await screen.shown(tells(number))


async def listen(hall: DeviceHall, device: str, password: str, *, patiently: bool = False) -> None:
    """Be connected until the broker ends it; patiently: try until it lets the device in."""
    while True:
        with contextlib.suppress(aiomqtt.MqttCodeError if patiently else ()):
            async with aiomqtt.Client(
                "127.0.0.1", hall.server.mqtt_port, username=device, password=password, identifier=device, timeout=5
            ) as client:
                patiently = False
                await client.publish(f"hall/demo/dev/{device}/up/state", b'{"status": "online"}', qos=1, retain=True)
                async for _ in client.messages:
                    pass
