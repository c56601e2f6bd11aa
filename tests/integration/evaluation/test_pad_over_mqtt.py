"""A pad that speaks MQTT on the embedded broker: what it is shown, what it asks once, and a link that is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hall_queue import messages as m
from hall_queue.notices.messages import BroadcastNotice
from hall_server.clock import SystemClock
from hall_server.directory.commands import SaveStaff
from hall_server.identity import SYSTEM
from hall_server.ids import RandomIds
from hall_server.mqtt.simulated import RequestRefused, SimulatedDevice
from tests.fakes.cut_link import CutLink
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import staff
from tests.fakes.rated_visits import matters

CLERK = staff("s01", "w01")
PHOTO = "0" * 32 + ".jpg"


async def serve(hall: DeviceHall, *wanted: str) -> str:
    """Serve a visitor at w01 to the end; gives the ticket's id."""
    await hall.do(m.OpenWindow(window="w01"), CLERK)
    issued = await hall.do(m.IssueTicket(matter=wanted[0], more=wanted[1:]))
    for key in (m.CallNext, m.StartService, m.FinishService):
        await hall.do(key(window="w01"), CLERK)
    return str(issued["id"])


def asked(picture: Any) -> Any:
    return picture is not None and picture["rating"]


@pytest.mark.gen_test
async def test_a_pads_picture_holds_all_that_its_page_shows(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        member = hall.server.directory.staff["s01"]
        signed = msgspec.structs.replace(member, marks=("party", "model"), photo=PHOTO)
        await hall.do(SaveStaff(item=signed), SYSTEM)
        until = hall.clock.now() + timedelta(hours=1)
        await hall.do(BroadcastNotice(zh="今日系统升级", en="Upgrade today", until=until, reason="升级"))
        pad = await hall.device("pad", "w01")
        wanted = matters(hall)[:2]
        ticket = await serve(hall, *wanted)
        picture = await pad.shown(asked)
        window, rating = picture["window"], picture["rating"]
        assert (window["number"], window["name"], window["state"]) == (
            1,
            hall.server.directory.windows["w01"].name,
            "idle",
        )
        sign = window["staff"]
        assert (sign["number"], sign["marks"], sign["photo"]) == (member.number, ["party", "model"], PHOTO)
        assert [notice["zh"] for notice in picture["notices"]] == ["今日系统升级"]
        assert (rating["ticket"], rating["number"]) == (hall.ticket(ticket).token, hall.ticket(ticket).number)
        assert [one["matter"] for one in rating["matters"]] == wanted
        assert all(one["name"] and one["name_en"] is not None and one["case"] is None for one in rating["matters"])
        assert (rating["place"], rating["of"]) == (1, 2)
        assert rating["until"] > rating["ended_at"]


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("shown", "sign"), [("name", ("", True)), ("number", ("1001", False)), ("both", ("1001", True))]
)
async def test_the_hall_chooses_what_is_shown_of_who_sits_there(tmp_path: Path, shown: str, sign: Any) -> None:
    async with device_hall(tmp_path, pad_staff=shown) as hall:
        hall.room.pictures.staff_name = lambda staff_id: "陈晓梅"
        pad = await hall.device("pad", "w01")
        await hall.do(m.OpenWindow(window="w01"), CLERK)
        picture = await pad.shown(lambda picture: picture is not None and picture["window"]["staff"])
        staff_shown = picture["window"]["staff"]
        assert (staff_shown["number"], bool(staff_shown["name"])) == sign


@pytest.mark.gen_test
async def test_each_matter_is_asked_for_in_turn_and_a_request_is_answered_once(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        pad = await hall.device("pad", "w01")
        wanted = matters(hall)[:2]
        ticket = await serve(hall, *wanted)
        first = (await pad.shown(asked))["rating"]
        args = {"ticket": first["ticket"], "matter": wanted[0], "level": 5, "channel": "pad", "text": "慢"}
        given = await pad.request("rating.give", args, request_id="pad-0001")
        again = await pad.request("rating.give", args, request_id="pad-0001")
        assert given == again
        second = (await pad.shown(lambda picture: asked(picture) and picture["rating"]["place"] == 2))["rating"]
        assert ([one["matter"] for one in second["matters"]], second["of"]) == ([wanted[1]], 2)
        with pytest.raises(RequestRefused) as refused:
            await pad.request("rating.give", args)
        assert refused.value.code == "rating.already"
        await pad.request("rating.give", {"ticket": first["ticket"], "matter": wanted[1], "level": 1, "channel": "pad"})
        await pad.shown(lambda picture: picture is not None and picture["rating"] is None)
        assert [hall.ratings.of(ticket, one).level for one in wanted] == [5, 1]
        assert hall.ratings.counts == [1, 0, 0, 0, 1]


async def pad_on(cable: CutLink, hall: DeviceHall) -> SimulatedDevice:
    """A connected pad at w01 whose way to the broker runs through the test's hands."""
    id_ = await hall.register("pad", "w01")
    made: Any = {"clock": SystemClock(), "ids": RandomIds(), "password": hall.password(id_)}
    pad = SimulatedDevice(hall="demo", device_id=id_, kind="pad", host="127.0.0.1", port=cable.port, **made)
    pad.start()
    await pad.link.connected()
    return pad


@pytest.mark.gen_test
async def test_a_pad_that_loses_its_link_hands_its_rating_in_once_and_unmarked(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        cable = await CutLink(hall.server.mqtt_port).start()
        try:
            pad = await pad_on(cable, hall)
            ticket = await serve(hall, matters(hall)[0])
            rating = (await pad.shown(asked))["rating"]
            tapped = (hall.clock.now() + timedelta(seconds=1)).isoformat()
            cable.cut()
            args = {"ticket": rating["ticket"], "level": 4, "channel": "pad", "tapped_at": tapped}
            handed_in = asyncio.create_task(pad.request("rating.give", args, request_id="pad-0002"))
            await serve(hall, matters(hall)[0])  # the next visitor has come and gone meanwhile
            assert not handed_in.done()
            cable.mend()
            made = await handed_in
            assert made["level"] == 4
            found = hall.ratings.of(ticket)
            assert (found.level, found.marks, len(hall.ratings.by_id)) == (4, frozenset(), 1)
            await pad.stop()
        finally:
            await cable.stop()


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"level": 6}, "rating.level_unknown"),
        ({"level": 1, "channel": "phone"}, "rating.channel_foreign"),
        ({"level": 1, "window": "w02"}, "rating.not_this_window"),
        ({"level": 1, "ticket": "x" * 22}, "rating.ticket_unknown"),
        ({"level": 1, "matter": "none"}, "rating.matter_unknown"),
        ({"level": 5, "text": "长" * 5000}, "rating.text_too_long"),
        ({"level": 1, "number": "A001"}, "rating.number_by_staff"),
        ({"level": "1"}, "body.invalid"),
    ],
)
async def test_what_a_pad_asks_wrongly_is_refused(tmp_path: Path, args: dict[str, Any], code: str) -> None:
    async with device_hall(tmp_path) as hall:
        pad = await hall.device("pad", "w01")
        await serve(hall, matters(hall)[0])
        with pytest.raises(RequestRefused) as refused:
            await pad.request("rating.give", args)
        assert (refused.value.code, hall.ratings.by_id) == (code, {})


@pytest.mark.gen_test
async def test_a_handset_without_a_screen_rates_the_matter_that_is_asked_for(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        handset = await hall.device("handset", "w01")
        wanted = matters(hall)[:2]
        ticket = await serve(hall, *wanted)
        for level in (2, 4):
            await handset.request("rating.give", {"level": level, "channel": "handset"})
        assert [hall.ratings.of(ticket, one).level for one in wanted] == [2, 4]
        with pytest.raises(RequestRefused) as refused:
            await handset.request("rating.give", {"level": 1, "channel": "pad"})
        assert refused.value.code == "rating.channel_foreign"


@pytest.mark.gen_test
async def test_a_self_service_terminal_asks_about_itself_with_the_tickets_secret(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        terminal = await hall.device("selfservice", "z1")
        ticket = await serve(hall, matters(hall)[0])
        args = {"ticket": hall.ticket(ticket).token, "level": 3, "channel": "terminal"}
        with pytest.raises(RequestRefused) as refused:
            await terminal.request("rating.give", {**args, "aspects": ["attitude"]})
        assert refused.value.code == "rating.aspect_foreign"
        await terminal.request("rating.give", {**args, "aspects": ["platform", "guidance"]})
        assert hall.ratings.of(ticket).aspects == ("platform", "guidance")
        assert hall.ratings.active_counts == [0, 0, 1, 0, 0]
