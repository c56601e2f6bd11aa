"""Domain rule 1: a kiosk that says it has no paper gives no slips, and says what to do instead."""

from pathlib import Path

import pytest

from hall_server.mqtt.simulated import RequestRefused, SimulatedDevice
from hall_server.mqtt.topics import Status
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.mqtt_hall import Watch

WANTED = {"line": "business", "channel": "kiosk"}


async def says(hall: DeviceHall, kiosk: SimulatedDevice, paper: str) -> None:
    """Let the kiosk speak of its paper, and wait until the hall has heard it."""
    heard = Watch()
    hall.router.on_presence(heard)
    kiosk.say_state(Status.ONLINE, {"paper": paper})
    await heard.until(lambda seen: any(one.detail.get("paper") == paper for one in seen))


@pytest.mark.gen_test
async def test_rule_01_a_kiosk_without_paper_is_refused_until_it_has_some_and_may_go_without(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        kiosk, other = await hall.device("kiosk", "z1"), await hall.device("kiosk", "z2")
        await says(hall, kiosk, "out")
        with pytest.raises(RequestRefused) as refusal:
            await kiosk.request("ticket.issue", WANTED)
        assert (refusal.value.code, refusal.value.fields["instead"]) == ("kiosk.no_paper", "phone")
        assert (await other.request("ticket.issue", WANTED))["number"] == "A001"
        assert (await kiosk.request("ticket.issue", {**WANTED, "channel": "phone"}))["number"] == "A002"
        await says(hall, kiosk, "ok")
        assert (await kiosk.request("ticket.issue", WANTED))["number"] == "A003"


@pytest.mark.gen_test
async def test_rule_01_little_paper_is_the_managers_business_only(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        kiosk = await hall.device("kiosk", "z1")
        await says(hall, kiosk, "near_end")
        assert (await kiosk.request("ticket.issue", WANTED))["number"] == "A001"
        (shown,) = hall.server.rooms["devices"].board.all()
        assert shown.detail == {"paper": "near_end"}


@pytest.mark.gen_test
async def test_a_kiosk_is_out_of_paper_since_it_first_said_so(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        kiosk = await hall.device("kiosk", "z1")
        paper = hall.server.rooms["devices"].paper
        await says(hall, kiosk, "near_end")
        assert paper.out_since(kiosk.device_id) is None
        before = hall.server.clock.now()
        await says(hall, kiosk, "out")
        since = paper.out_since(kiosk.device_id)
        assert since is not None
        assert since >= before
        heard = Watch()
        hall.router.on_presence(heard)
        kiosk.say_state(Status.FAULT, {})  # as when it goes: nothing is said of the paper
        await heard.until(lambda seen: any(not one.detail for one in seen))
        await says(hall, kiosk, "out")
        assert paper.out_since(kiosk.device_id) == since
        await says(hall, kiosk, "ok")
        assert paper.out_since(kiosk.device_id) is None
