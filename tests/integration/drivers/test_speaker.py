"""The speaker's driver, sounds over real HTTP, played by a real command that writes down what it heard."""

from __future__ import annotations

import asyncio
import io
import itertools
import math
import struct
import sys
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from devices.gateway.drivers import Surroundings
from devices.gateway.drivers.speaker import Options, Speaker, check, made
from devices.gateway.protocols.players import CommandPlayer, player
from devices.simulated.hardware import speaker as card
from hall_server.clock import SystemClock
from hall_server.mqtt.simulated import NotDone
from hall_server.mqtt.topics import Status
from tests.fakes.hall import HandClock
from tests.fakes.hall_side import FakeHall, driven


def tone(pitch: int, seconds: float = 0.02) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        numbers = range(int(8_000 * seconds))
        out.writeframes(b"".join(struct.pack("<h", int(20_000 * math.sin(n * pitch / 100))) for n in numbers))
    return made.getvalue()


class Sounds(RequestHandler):
    """Gives the tone its number names; what is held back waits for a word."""

    def initialize(self, held: dict[str, asyncio.Event]) -> None:
        self._held = held

    async def get(self, name: str) -> None:
        if name in self._held:
            await self._held[name].wait()
        if name == "404":
            self.send_error(404)
        else:
            self.write(tone(int(name)) if name != "0" else b"this is no sound")


@asynccontextmanager
async def web(held: dict[str, asyncio.Event] | None = None) -> AsyncIterator[str]:
    server = HTTPServer(Application([(r"/voice/(\d+)\.wav", Sounds, {"held": held or {}})]))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    try:
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    finally:
        server.stop()
        await server.close_all_connections()


def command(folder: Path, *words: str) -> str:
    return f"command:{sys.executable} {card.__file__} {folder} {' '.join(words)}"


def heard(folder: Path) -> list[tuple[int, int, str, int]]:
    """Of each sound: when it began and ended, its length and its peak."""
    file = folder / "heard"
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return [(int(begun), int(ended), length, int(peak)) for begun, ended, _, length, peak in lines]


@asynccontextmanager
async def at_work(
    folder: Path, *, held: dict[str, asyncio.Event] | None = None, clock: Any = None, **more: Any
) -> AsyncIterator[tuple[Speaker, FakeHall]]:
    now = clock or SystemClock()
    async with web(held) as base:

        async def hello(do: str, args: dict[str, Any]) -> Any:
            return {"web": base, "now": now.now().isoformat()}

        options = Options(**{"probe_s": 0.01, **more})
        speaker = made(command(folder), options, Surroundings(clock=now))
        async with driven(speaker, FakeHall(answer=hello)) as hall:
            await hall.until(lambda: bool(hall.states) and bool(hall.asked))
            await asyncio.sleep(0)  # the answer to hello is taken in the turn after it was given
            assert speaker._web == base
            yield speaker, hall


def say(number: int, **more: Any) -> dict[str, Any]:
    return {"announcement": f"a{number}", "text": "", "texts": {}, "audio": f"/voice/{number}.wav", **more}


@pytest.mark.gen_test(timeout=40)
async def test_sounds_are_heard_in_order_once_each_and_never_two_at_once(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (speaker, hall):
        assert hall.state == (Status.ONLINE, {})
        wanted = [*range(1, 8), 3, 5]
        reports = await asyncio.gather(*(speaker.on_command("speak", say(number)) for number in wanted))
        assert await speaker.on_command("speak", say(2)) == {"announcement": "a2", "again": True}
    told = heard(tmp_path)
    assert len(told) == 7
    assert [report["announcement"] for report in reports if "again" not in report] == [f"a{n}" for n in range(1, 8)]
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(told))


@pytest.mark.gen_test(timeout=40)
async def test_order_is_that_of_coming_also_where_a_sound_comes_late(tmp_path: Path) -> None:
    gate = asyncio.Event()
    async with at_work(tmp_path, held={"1": gate}, volume=0.5) as (speaker, _):
        ended: list[str] = []
        tasks = [asyncio.create_task(speaker.on_command("speak", say(n))) for n in (1, 2)]
        for number, task in enumerate(tasks):
            task.add_done_callback(lambda _, number=number: ended.append(str(number)))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*tasks)
        assert ended == ["0", "1"]
    assert all(peak < 10_001 for *_, peak in heard(tmp_path))


@pytest.mark.gen_test(timeout=40)
async def test_volume_is_as_the_hall_says(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (speaker, _):
        for number, volume in ((7, 1.0), (8, 0.25)):
            await speaker.on_command("speak", say(number, volume=volume))
    loud, soft = (one[3] for one in heard(tmp_path))
    assert loud > 15_000
    assert soft < 5_001


@pytest.mark.gen_test(timeout=40)
async def test_what_is_too_old_when_its_turn_comes_is_not_said(tmp_path: Path) -> None:
    clock, gate = HandClock(), asyncio.Event()
    async with at_work(tmp_path, held={"1": gate}, clock=clock, fetch_s=20) as (speaker, _):
        first = asyncio.create_task(speaker.on_command("speak", say(1)))
        second = asyncio.create_task(speaker.on_command("speak", say(2)))
        await asyncio.sleep(0)
        clock.forward(seconds=31)
        third = asyncio.create_task(speaker.on_command("speak", say(3)))
        gate.set()
        for task in (first, second):
            with pytest.raises(NotDone, match="too_late"):
                await task
        await third
        until = (clock.now() - timedelta(seconds=1)).isoformat()
        with pytest.raises(NotDone, match="too_late"):
            await speaker.on_command("speak", say(4, until=until))
        await speaker.on_command("speak", say(5, until=(clock.now() + timedelta(seconds=5)).isoformat()))
    assert len(heard(tmp_path)) == 2


@pytest.mark.gen_test(timeout=40)
async def test_the_clock_of_the_machine_may_be_wrong(tmp_path: Path) -> None:
    clock = HandClock()
    async with at_work(tmp_path, clock=clock) as (speaker, _):
        speaker._skew_s = 3_600.0  # the hall is an hour ahead
        until = clock.now() + timedelta(hours=1, seconds=5)
        await speaker.on_command("speak", say(1, until=until.isoformat()))
        with pytest.raises(NotDone, match="too_late"):
            await speaker.on_command("speak", say(2, until=(until - timedelta(seconds=6)).isoformat()))


@pytest.mark.gen_test(timeout=40)
async def test_no_sound_card_is_a_fault_until_it_is_there(tmp_path: Path) -> None:
    block = tmp_path / "no-card"
    block.touch()
    async with at_work(tmp_path) as (speaker, hall):
        assert hall.state == (Status.FAULT, {"reason": "no_sound_card"})
        with pytest.raises(NotDone, match="no_sound_card"):
            await speaker.on_command("speak", say(1))
        block.unlink()
        await hall.until(lambda: hall.state == (Status.ONLINE, {}))
        await speaker.on_command("speak", say(2))
        assert await speaker.on_command("test", {}) is None
    spoken, notes = heard(tmp_path)
    assert (spoken[2], notes[2]) == ("0.020", "1.200")


@pytest.mark.gen_test(timeout=40)
async def test_a_player_that_hangs_is_killed_and_the_next_is_heard(tmp_path: Path) -> None:
    async with at_work(tmp_path) as (speaker, hall):
        speaker._player = CommandPlayer(player(command(tmp_path))._words, grace_s=0.3)
        (tmp_path / "hangs").touch()
        with pytest.raises(NotDone, match="player_hangs"):
            await speaker.on_command("speak", say(1))
        (tmp_path / "hangs").unlink()
        speaker._player = player(command(tmp_path))
        await speaker.on_command("speak", say(2))
        await hall.until(lambda: hall.state == (Status.ONLINE, {}))
    assert len(heard(tmp_path)) == 1


@pytest.mark.gen_test(timeout=40)
async def test_no_player_at_all_is_a_fault() -> None:
    speaker = Speaker(CommandPlayer(("there-is-no-such-player",)), Options(), Surroundings(clock=SystemClock()))
    async with driven(speaker) as hall:
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "no_player"}))


@pytest.mark.gen_test(timeout=40)
@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (say(404), "not_fetched"),
        (say(0), "not_wav"),
        (say(1, audio=None), "no_audio"),
        (say(1, audio="//elsewhere.example/1.wav"), "foreign_web"),
        (say(1, audio="file:///etc/passwd"), "foreign_web"),
        ({"audio": "/voice/1.wav"}, "bad_arguments"),
        (say(1, volume="loud"), "bad_arguments"),
    ],
)
async def test_what_cannot_be_said_is_reported_with_its_reason(tmp_path: Path, args: Any, reason: str) -> None:
    async with at_work(tmp_path) as (speaker, _):
        with pytest.raises(NotDone, match=reason):
            await speaker.on_command("speak", args)
        with pytest.raises(NotDone, match="unknown_command"):
            await speaker.on_command("print", {})
        await speaker.on_command("speak", say(9))
    assert len(heard(tmp_path)) == 1


def test_addresses_are_checked() -> None:
    check("aplay", Options())
    with pytest.raises(ValueError, match="expected"):
        check("loud", Options())
