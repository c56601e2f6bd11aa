"""Handset drivers against simulated handsets that share one real serial line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from devices.gateway.drivers.handset import KEY_S, Handset, Options, check
from devices.gateway.protocols.ft68 import Func
from devices.gateway.protocols.rs485_bus import BUSES, AddressTaken, Told
from devices.simulated.hardware.handset import SimulatedBus
from hall_server.mqtt.simulated import RequestRefused
from hall_server.mqtt.topics import Status
from tests.fakes.hall_side import FakeHall, driven

CALL, RECALL, FINISH = 0x01, 0x02, 0x04
QUICK = {"rest_s": 0.0, "reply_s": 0.1, "dead_s": 0.02, "retry_s": 0.01}


def handset(path: str, address: int, **more: Any) -> Handset:
    return Handset(path, Options(bus_address=address, **{**QUICK, **more}))


@asynccontextmanager
async def at_work(*addresses: int, **more: Any) -> AsyncIterator[tuple[SimulatedBus, dict[int, Any]]]:
    """A bus with handsets; gives it and (driver, hall) of each address, once all are online."""
    bus, made = SimulatedBus(*addresses), {}
    try:
        async with AsyncExitStack() as stack:
            for address in addresses:
                driver = handset(bus.port.path, address, **more)
                hall = await stack.enter_async_context(driven(driver, FakeHall(f"handset-{address}")))
                made[address] = (driver, hall)
            for _, hall in made.values():
                await hall.until(lambda hall=hall: hall.state is not None and hall.state[0] is Status.ONLINE)
            yield bus, made
    finally:
        bus.close()


@pytest.mark.gen_test
async def test_keys_of_several_handsets_on_one_cable_reach_their_own_windows_in_order() -> None:
    async with at_work(1, 2, 3) as (bus, made):
        for address, one in bus.handsets.items():
            for key in (CALL, RECALL, FINISH)[:address]:
                one.press(key)
        for address, (_, hall) in made.items():
            await hall.until(lambda hall=hall, address=address: len(hall.asked) == address)
    assert [do for do, _ in made[3][1].asked] == ["window.call", "window.recall", "window.finish"]
    assert [do for do, _ in made[1][1].asked] == ["window.call"]
    assert BUSES._running == {}


@pytest.mark.gen_test
async def test_number_and_people_waiting_stand_on_the_handset() -> None:
    async with at_work(1, 2) as (bus, made):
        driver, _ = made[2]
        driver.on_show({"window": {"state": "calling"}, "ticket": {"number": "A012"}, "waiting": 17, "rating": None})
        await bus.until(lambda: (bus.handsets[2].number, bus.handsets[2].waiting) == ("A012", 17))
        assert bus.handsets[1].number == ""
        driver.on_show({"window": {"state": "idle"}, "ticket": None})
        await bus.until(lambda: bus.handsets[2].number == "")
        assert bus.handsets[2].waiting == 17


@pytest.mark.gen_test
async def test_the_answer_to_a_key_is_written_back() -> None:
    async def answer(do: str, args: dict[str, Any]) -> Any:
        return {"ticket": {"number": "B003"}, "waiting": 5, "window": {"state": "calling"}}

    async with at_work(4) as (bus, made):
        made[4][1].answer = answer
        bus.handsets[4].press(CALL)
        await bus.until(lambda: bus.handsets[4].number == "B003" and bus.handsets[4].beeps == 1)
        assert bus.handsets[4].waiting == 5


@pytest.mark.gen_test
async def test_a_refused_key_beeps_three_times_and_is_reported() -> None:
    async def refuse(do: str, args: dict[str, Any]) -> None:
        raise RequestRefused("window.nobody_waits", "", {})

    async with at_work(4) as (bus, made):
        made[4][1].answer = refuse
        bus.handsets[4].press(CALL)
        await bus.until(lambda: bus.handsets[4].beeps == 3)
        assert made[4][1].reports == [("key.refused", {"key": "01", "reason": "window.nobody_waits"})]


@pytest.mark.gen_test
async def test_a_lost_answer_neither_loses_nor_doubles_a_key() -> None:
    async with at_work(1) as (bus, made):
        one, (_, hall) = bus.handsets[1], made[1]
        for turn in range(30):
            one.press(RECALL)
            one.lost = 1 if turn % 3 else 2
            await hall.until(lambda turn=turn: len(hall.asked) == turn + 1)
        polls = one.polls
        await bus.until(lambda: one.polls > polls + 3)
    assert len(hall.asked) == 30


@pytest.mark.gen_test
@pytest.mark.parametrize("piece", [0, 1, 4])
async def test_noise_echoes_and_half_frames_do_no_harm(piece: int) -> None:
    async with at_work(1, 9) as (bus, made):
        bus.noise, bus.piece, bus.echoes = b"\x00\xff\x68\x16\xff", piece, True
        for key in (CALL, RECALL):
            bus.handsets[9].press(key)
        await made[9][1].until(lambda: len(made[9][1].asked) == 2)
        assert made[1][1].asked == []


@pytest.mark.gen_test
async def test_spoilt_frames_are_asked_for_again() -> None:
    async with at_work(1, reply_s=0.2) as (bus, made):
        bus.spoilt = 2
        bus.handsets[1].press(RECALL)
        await made[1][1].until(lambda: len(made[1][1].asked) == 1)


@pytest.mark.gen_test
async def test_a_dead_handset_is_a_fault_of_its_own_and_shows_its_number_when_it_is_back() -> None:
    async with at_work(1, 2, reply_s=0.2) as (bus, made):
        driver, hall = made[1]
        driver.on_show({"ticket": {"number": "A001"}, "waiting": 1})
        await bus.until(lambda: bus.handsets[1].number == "A001")
        bus.handsets[1].is_dead = True
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "no_answer", "bus_address": 1}))
        assert made[2][1].state[0] is Status.ONLINE
        bus.handsets[1].restart()
        bus.handsets[1].is_dead = False
        await hall.until(lambda: hall.state[0] is Status.ONLINE)
        await bus.until(lambda: bus.handsets[1].number == "A001")


@pytest.mark.gen_test
async def test_a_cut_cable_is_a_fault_of_all() -> None:
    async with at_work(1, 2) as (bus, made):
        bus.port.cut()
        for _, hall in made.values():
            await hall.until(lambda hall=hall: hall.state[1].get("reason") == "line_lost")


@pytest.mark.gen_test
async def test_two_devices_cannot_have_one_address() -> None:
    async with at_work(1) as (bus, _):
        hall = FakeHall()
        with pytest.raises(AddressTaken):
            await handset(bus.port.path, 1).run(hall)
        assert hall.state == (Status.FAULT, {"reason": "address_taken"})


@pytest.mark.gen_test
async def test_a_rating_goes_to_the_visit_that_is_asked_for() -> None:
    async with at_work(1, ratings={"4": 5}) as (bus, made):
        driver, hall = made[1]
        bus.handsets[1].rate(1)
        await hall.until(lambda: len(hall.asked) == 1)
        driver.on_show({"ticket": None, "rating": {"ticket": "secret", "number": "A001"}})
        bus.handsets[1].rate(4)
        await hall.until(lambda: len(hall.asked) == 2)
        bus.handsets[1].rate(9)
        await hall.until(lambda: bool(hall.reports))
    assert hall.asked == [
        ("rating.give", {"level": 1, "channel": "handset"}),
        ("rating.give", {"level": 5, "channel": "handset", "ticket": "secret"}),
    ]
    assert hall.reports == [("rating.unknown", {"value": 9})]


@pytest.mark.gen_test
async def test_ratings_wait_for_the_hall_and_keys_do_not() -> None:
    is_here = asyncio.Event()

    async def away(do: str, args: dict[str, Any]) -> None:
        if do == "rating.give":
            await is_here.wait()
            return
        raise TimeoutError

    async with at_work(1) as (bus, made):
        driver, hall = made[1]
        hall.answer = away
        driver.on_show({"rating": {"ticket": "secret"}})
        bus.handsets[1].rate(2)
        bus.handsets[1].press(RECALL)
        await hall.until(lambda: ("key.refused", {"key": "02", "reason": "no_answer"}) in hall.reports)
        assert [do for do, _ in hall.asked].count("window.recall") == 1
        is_here.set()
        driver.on_show({"rating": None})
        bus.handsets[1].rate(3)
        await hall.until(lambda: [do for do, _ in hall.asked].count("rating.give") == 2)


@pytest.mark.gen_test
async def test_a_key_that_waited_too_long_calls_nobody() -> None:
    async with at_work(1) as (bus, made):
        driver, hall = made[1]
        driver._station.news.put_nowait(Told(Func.KEY, CALL, asyncio.get_running_loop().time() - KEY_S))
        await bus.until(lambda: bus.handsets[1].beeps == 3)
        assert hall.asked == []
        assert hall.reports == [("key.refused", {"key": "01", "reason": "too_late"})]


@pytest.mark.gen_test
async def test_hundreds_of_keys_arrive_each_once_and_in_order() -> None:
    async with at_work(1, 2, 3, 4) as (bus, made):
        for turn in range(100):
            for one in bus.handsets.values():
                one.press((CALL, RECALL, FINISH)[turn % 3])
        for _, hall in made.values():
            await hall.until(lambda hall=hall: len(hall.asked) == 100)
    wanted = ["window.call", "window.recall", "window.finish"] * 33 + ["window.call"]
    assert all([do for do, _ in hall.asked] == wanted for _, hall in made.values())


def test_a_makers_key_codes_are_brought_to_ours() -> None:
    check("/dev/ttyUSB0", Options(bus_address=1, keys={"a1": "01", "a2": "35"}))
    for keys in ({"A1": "01"}, {"1": "01"}, {"a1": "77"}, {"zz": "01"}):
        with pytest.raises(ValueError, match=r"key|invalid"):
            check("/dev/ttyUSB0", Options(bus_address=1, keys=keys))
