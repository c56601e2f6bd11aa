"""The reader's driver against a simulated reader on a real serial line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import pytest

from devices.gateway.drivers.id_reader import IdReader, Options
from devices.gateway.protocols import id_card, sdt
from devices.simulated.hardware.id_reader import SimulatedIdReader
from hall_server.mqtt.simulated import RequestRefused
from hall_server.mqtt.topics import Status
from tests.fakes.hall_side import FakeHall, driven

CARD = id_card.Card(
    kind=id_card.CardKind.CITIZEN,
    name="王小美",
    sex="2",
    nation="01",
    birth=date(1949, 12, 31),
    address="示范市示范区幸福路1号",
    number="11010519491231002X",
    issuer="示范市公安局",
    since=date(2011, 3, 3),
    until=date(2031, 3, 3),
)


def driver_of(path: str, **more: Any) -> IdReader:
    quick = {"poll_s": 0.005, "reply_s": 0.5, "retry_s": 0.01, **more}
    return IdReader(path, Options(**quick))


@asynccontextmanager
async def at_work(**more: Any) -> AsyncIterator[tuple[SimulatedIdReader, FakeHall]]:
    reader = SimulatedIdReader()
    try:
        async with driven(driver_of(reader.port.path, **more)) as hall:
            yield reader, hall
    finally:
        reader.close()


async def looked(reader: SimulatedIdReader, times: int = 2) -> None:
    """Wait until the driver has looked for a card again."""
    reader.asked.clear()
    await reader.until(lambda: reader.asked.count(sdt.FIND) >= times)


@pytest.mark.gen_test
async def test_the_number_of_a_card_goes_to_the_hall_and_nothing_else_of_it() -> None:
    async with at_work() as (reader, hall):
        await hall.until_detail("card", "none")
        reader.card = CARD
        await hall.until_detail("card", "read")
    assert hall.asked == [("identity.read", {"id_number": CARD.number})]
    assert [detail["card"] for _, detail in hall.states] == ["none", "reading", "read"]
    assert CARD.number not in str((hall.states, hall.reports))


@pytest.mark.gen_test
async def test_a_card_that_stays_is_read_once_and_again_after_it_was_away() -> None:
    async with at_work() as (reader, hall):
        reader.card = CARD
        await hall.until_detail("card", "read")
        await looked(reader)
        assert len(hall.asked) == 1
        reader.card = None
        await looked(reader)
        reader.card = CARD
        await hall.until(lambda: len(hall.asked) == 2)


@pytest.mark.gen_test
@pytest.mark.parametrize("piece", [0, 1, 7])
async def test_noise_and_half_frames_do_no_harm(piece: int) -> None:
    async with at_work() as (reader, hall):
        reader.noise, reader.piece = b"\x00\xaa\xaa\x96\xff" * 3, piece
        reader.card = CARD
        await hall.until(lambda: bool(hall.asked))
    assert hall.asked[0][1] == {"id_number": CARD.number}


@pytest.mark.gen_test
async def test_a_spoilt_answer_is_asked_for_again() -> None:
    async with at_work(reply_s=0.2) as (reader, hall):
        await hall.until_detail("card", "none")
        reader.spoilt = 2
        reader.card = CARD
        await hall.until_detail("card", "read")


@pytest.mark.gen_test
async def test_a_reader_that_only_says_garbage_is_a_fault_and_comes_back() -> None:
    async with at_work(reply_s=0.2) as (reader, hall):
        await hall.until_detail("card", "none")
        reader.spoilt = 1_000
        await hall.until_detail("reason", "no_answer")
        reader.spoilt = 0
        reader.card = CARD
        await hall.until_detail("card", "read")


@pytest.mark.gen_test
async def test_a_silent_reader_is_a_fault() -> None:
    async with at_work(reply_s=0.2) as (reader, hall):
        reader.is_silent = True
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "no_answer"}))
        reader.is_silent = False
        await hall.until_detail("card", "none")


@pytest.mark.gen_test
async def test_no_reader_is_a_fault() -> None:
    async with driven(driver_of("/dev/there-is-no-such-reader")) as hall:
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "line_lost"}))
        assert len(hall.states) == 1


@pytest.mark.gen_test
async def test_a_pulled_cable_is_a_fault() -> None:
    async with at_work() as (reader, hall):
        await hall.until_detail("card", "none")
        reader.port.cut()
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "line_lost"}))


@pytest.mark.gen_test
async def test_a_reader_without_its_authorisation_is_a_fault() -> None:
    reader = SimulatedIdReader()
    reader.status = sdt.Sw3.NOT_AUTHORISED
    async with driven(driver_of(reader.port.path)) as hall:
        await hall.until(lambda: hall.state == (Status.FAULT, {"reason": "reader.not_authorised"}))
        reader.status = sdt.Sw3.OK
        await hall.until_detail("card", "none")
    reader.close()


@pytest.mark.gen_test
async def test_a_card_that_cannot_be_read_is_reported_without_what_is_on_it() -> None:
    async with at_work() as (reader, hall):
        reader.reads_fail = sdt.Sw3.READ_FAILED
        reader.card = CARD
        await hall.until(lambda: bool(hall.reports))
    assert hall.reports == [("card.unreadable", {"reason": "card.sw_41"})]
    assert hall.asked == []


@pytest.mark.gen_test
async def test_what_the_hall_refuses_and_what_it_does_not_answer_is_forgotten() -> None:
    async def refuse(do: str, args: dict[str, Any]) -> None:
        raise RequestRefused("identity.no_kiosk", "", {})

    async def away(do: str, args: dict[str, Any]) -> None:
        raise TimeoutError

    async with at_work() as (reader, hall):
        hall.answer = refuse
        reader.card = CARD
        await hall.until(lambda: bool(hall.reports))
        assert hall.reports == [("card.refused", {"reason": "identity.no_kiosk"})]
        reader.card = None
        await looked(reader)
        hall.answer = away
        reader.card = CARD
        await hall.until_detail("card", "not_handed_on")
        await looked(reader)
        assert len(hall.asked) == 2


@pytest.mark.gen_test
async def test_hundreds_of_cards_are_each_read_once() -> None:
    async with at_work(poll_s=0.0) as (reader, hall):
        for turn in range(200):
            reader.card = CARD
            await hall.until(lambda turn=turn: len(hall.asked) == turn + 1)
            reader.card = None
            await looked(reader, 1)
    assert len(hall.asked) == 200
