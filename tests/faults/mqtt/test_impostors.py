"""Fault 23: impersonation, wildcards, replays and take-overs are refused, counted for the device, shown to managers."""

import asyncio
from pathlib import Path

import aiomqtt
import pytest

from hall_server.identity import Role
from hall_server.mqtt import embedded
from tests.fakes.device_hall import DeviceHall, device_hall

SHOWN = "/api/v1/devices/pad-w01"


def as_pad(hall: DeviceHall, *, password: str | None = None, identifier: str = "pad-w01") -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1",
        hall.server.mqtt_port,
        username="pad-w01",
        password=hall.password("pad-w01") if password is None else password,
        identifier=identifier,
        timeout=30,
    )


async def attack(hall: DeviceHall) -> None:
    """Everything an attacker with one stolen credential, or none, may try."""
    for password, identifier in (("guessed", "pad-w01"), (None, "pad-w02"), (None, "server")):
        with pytest.raises(aiomqtt.MqttError):
            async with as_pad(hall, password=password, identifier=identifier):
                pass
    async with as_pad(hall) as thief:
        for wanted in ("#", "hall/+/dev/+/down/#", "hall/demo/dev/pad-w02/down/show"):
            await thief.subscribe(wanted, 1)
        for topic in ("hall/demo/dev/pad-w02/up/state", "hall/demo/dev/pad-w01/down/show", "hall/other/dev/x/up/state"):
            await thief.publish(topic, b'{"status": "fault"}', 1, retain=True)


@pytest.mark.gen_test
async def test_what_an_impostor_tries_is_refused_counted_and_shown(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.sign_in(Role.MANAGER)
        await hall.register("pad", "w01")
        other = await hall.device("pad", "w02")
        await hall.present("pad-w02")
        await attack(hall)
        shown = (await hall.ask("GET", SHOWN)).body
        assert shown["denied"] == {
            "broker.credential": 1,
            "broker.impersonation": 2,
            "broker.subscribe": 3,
            "broker.publish": 3,
        }
        victim = hall.router.presence("pad-w02")
        assert victim is not None
        assert victim.status == "online"
        assert (await other.request("hello"))["device"] == "pad-w02"


@pytest.mark.gen_test
async def test_a_replayed_request_does_nothing_and_with_other_words_it_is_refused(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        kiosk = await hall.device("kiosk", "z1")
        picture = await kiosk.shown(lambda picture: picture is not None)
        line = next(line["id"] for line in picture["lines"] if line["open"])
        first = await kiosk.request("ticket.issue", {"line": line, "channel": "kiosk"}, request_id="k1")
        before = hall.room.queue.serial
        assert await kiosk.request("ticket.issue", {"line": line, "channel": "kiosk"}, request_id="k1") == first
        refused = await asyncio.gather(
            kiosk.request("ticket.issue", {"line": line, "channel": "phone"}, request_id="k1"), return_exceptions=True
        )
        assert getattr(refused[0], "code", None) == "command.reused"
        assert hall.room.queue.serial == before


@pytest.mark.gen_test
async def test_control_without_the_rules_an_impostor_speaks_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "may_publish", lambda hall, user, topic: True)
    async with device_hall(tmp_path) as hall:
        await hall.register("pad", "w01")
        await hall.device("pad", "w02")
        await hall.present("pad-w02")
        async with as_pad(hall) as thief:
            await thief.publish("hall/demo/dev/pad-w02/up/state", b'{"status": "fault"}', 1)
            victim = hall.router.presence("pad-w02")
            assert victim is not None
            assert victim.status == "fault"
