"""The printer's driver and a simulated printer on TCP: what comes out, and what happens when it does not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
import zxingcpp

from devices.gateway.drivers.printer import PrinterDriver
from devices.simulated.hardware.printer import NEAR_END_DOTS, SimulatedPrinter
from devices.simulated.hardware.strip import Strip
from hall_server.mqtt.simulated import NotDone
from tests.fakes.printer_hall import PHONE_PAGE, TICKET, PrinterHall, Standing

SHEET = msgspec.to_builtins(TICKET)
SLIP_DOTS = 700


@asynccontextmanager
async def standing(
    *, mm: int = 80, **options: Any
) -> AsyncIterator[tuple[SimulatedPrinter, PrinterHall, PrinterDriver]]:
    printer, hall = SimulatedPrinter(mm=mm), PrinterHall()
    await printer.on()
    try:
        async with Standing(printer, hall, paper=mm, **options) as driver:
            yield printer, hall, driver
    finally:
        await printer.off()


def codes_of(strip: Strip) -> list[str]:
    """What a phone reads on the paper."""
    assert strip.picture is not None
    return [found.text for found in zxingcpp.read_barcodes(strip.picture)]


async def refused(work: Any) -> NotDone:
    with pytest.raises(NotDone) as caught:
        await work
    return caught.value


@pytest.mark.gen_test
@pytest.mark.parametrize(("mm", "profile"), [(80, "default"), (80, "TM-T88V"), (58, "default")])
async def test_the_slip_has_number_words_and_a_code_that_leads_to_the_phone_page(mm: int, profile: str) -> None:
    async with standing(mm=mm, profile=profile) as (printer, hall, driver):
        assert await driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}) == {"job": "j1"}
        slip = (await printer.printed(1))[0]
    assert slip.largest == "A017"
    for words in ("一门区政务服务大厅", "企业开办与行政审批", "3 人", "10-20 分钟", "企业服务区", "1-4、7 号"):
        assert words in slip.text
    assert codes_of(slip) == [PHONE_PAGE]
    assert printer.unknown == []


@pytest.mark.gen_test
@pytest.mark.parametrize("qr", ["native", "picture"])
async def test_the_code_is_read_whoever_makes_it(qr: str) -> None:
    async with standing(qr=qr) as (printer, hall, driver):
        await driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET})
        slip = (await printer.printed(1))[0]
    assert (bool(slip.codes), slip.rasters) == ((True, 0) if qr == "native" else (False, 1))
    assert codes_of(slip) == [PHONE_PAGE]


@pytest.mark.gen_test
async def test_a_reprint_is_marked_as_a_copy() -> None:
    copy = {**SHEET, "is_copy": True, "printed_at": "2026-11-23 09:30"}
    async with standing() as (printer, hall, driver):
        await driver.on_command("print.ticket", {**hall.job("j1"), "sheet": copy})
        slip = (await printer.printed(1))[0]
    assert "补打 2026-11-23 09:30" in slip.text
    assert slip.largest == "A017"


@pytest.mark.gen_test
async def test_a_job_given_before_is_not_printed_again() -> None:
    async with standing() as (printer, hall, driver):
        job = {**hall.job("j1"), "sheet": SHEET}
        await driver.on_command("print.ticket", job)
        again = await refused(driver.on_command("print.ticket", job))
        await driver.on_command("print.ticket", {**hall.job("j2"), "sheet": SHEET})
        assert len(await printer.printed(2)) == 2
    assert (again.reason, again.detail["code"]) == ("already_taken", "print.taken")


@pytest.mark.gen_test
async def test_nothing_is_printed_that_the_hall_does_not_give() -> None:
    async with standing() as (printer, hall, driver):
        hall.is_away = True
        assert (await refused(driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))).reason == (
            "hall_away"
        )
        assert not printer.strips


@pytest.mark.gen_test
async def test_paper_that_runs_out_in_the_middle_fails_the_job_and_is_never_printed_later() -> None:
    async with standing() as (printer, hall, driver):
        printer.leave(SLIP_DOTS // 2)
        failed = await refused(driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))
        assert (failed.reason, failed.detail["begun"]) == ("paper_out", True)
        await hall.said("paper_out", "out")
        printer.load()
        await hall.said(None, "ok")
        await driver.on_command("print.ticket", {**hall.job("j2"), "sheet": {**SHEET, "number": "A018"}})
        await printer.printed(1)
    assert [strip.largest for strip in printer.slips] == ["A018"]
    assert [strip.is_cut for strip in printer.strips] == [False, True]
    assert printer.jobs_forgotten >= 1


Deed = Callable[[SimulatedPrinter], None]
TROUBLES: list[tuple[str, Deed, Deed]] = [
    ("cover_open", lambda one: one.cover(is_open=True), lambda one: one.cover(is_open=False)),
    ("paper_out", lambda one: one.leave(0), lambda one: one.load()),
]


@pytest.mark.gen_test
@pytest.mark.parametrize(("reason", "begins", "ends"), TROUBLES, ids=[row[0] for row in TROUBLES])
async def test_a_trouble_is_told_and_so_is_its_end(reason: str, begins: Deed, ends: Deed) -> None:
    async with standing() as (printer, hall, driver):
        begins(printer)
        if reason == "paper_out":  # the sensor notices when paper is used
            await refused(driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))
        await hall.said(reason)
        failed = await refused(driver.on_command("print.ticket", {**hall.job("j2"), "sheet": SHEET}))
        assert (failed.reason, failed.detail["begun"]) == (reason, False)
        ends(printer)
        await hall.said(None)
        await driver.on_command("print.ticket", {**hall.job("j3"), "sheet": SHEET})
        assert len(await printer.printed(1)) == 1


@pytest.mark.gen_test
async def test_a_blade_that_sticks_is_told() -> None:
    async with standing() as (printer, hall, driver):
        printer.cutter(is_stuck=True)
        failed = await refused(driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))
    assert (failed.reason, failed.detail["begun"]) == ("cutter", True)


@pytest.mark.gen_test
async def test_paper_near_its_end_is_told_and_printing_goes_on() -> None:
    async with standing() as (printer, hall, driver):
        printer.leave(NEAR_END_DOTS - 1)
        assert (await hall.said(None, "near_end")) == {"paper": "near_end"}
        await driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET})
        assert len(await printer.printed(1)) == 1


@pytest.mark.gen_test
async def test_a_printer_that_was_switched_off_and_on_prints_again() -> None:
    async with standing() as (printer, hall, driver):
        await printer.off()
        await hall.said("no_answer")
        failed = await refused(driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))
        assert (failed.reason, failed.detail["begun"]) == ("no_answer", False)
        await printer.on()
        await hall.said(None)
        await driver.on_command("print.ticket", {**hall.job("j2"), "sheet": SHEET})
        assert len(await printer.printed(1)) == 1


@pytest.mark.gen_test
async def test_a_plug_pulled_in_the_middle_of_a_slip_fails_it_and_leaves_no_rest() -> None:
    async with standing() as (printer, hall, driver):
        printer.cover(is_open=True)
        printer.cover(is_open=False)
        printer.hold_after(200)
        job = asyncio.create_task(driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))
        await printer.holding()
        await printer.off()
        failed = await refused(job)
        assert (failed.reason, failed.detail["begun"]) == ("connection_lost", True)
        await printer.on()
        await hall.said(None)
        await driver.on_command("print.ticket", {**hall.job("j2"), "sheet": {**SHEET, "number": "A018"}})
        await printer.printed(1)
    assert [strip.largest for strip in printer.slips] == ["A018"]


@pytest.mark.gen_test
async def test_a_program_that_ends_lets_the_slip_under_way_come_out() -> None:
    async with standing() as (printer, hall, driver):
        printer.hold_after(200)
        job = asyncio.create_task(driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))
        await printer.holding()
        ending = asyncio.create_task(driver.run(hall))
        await asyncio.sleep(0)
        ending.cancel()
        printer.hold_after(None)
        assert await job == {"job": "j1"}
        await asyncio.gather(ending, return_exceptions=True)
    assert [slip.largest for slip in printer.slips] == ["A017"]


@pytest.mark.gen_test
async def test_a_job_that_waited_too_long_for_its_turn_is_not_printed() -> None:
    async with standing() as (printer, hall, driver):
        printer.hold_after(200)
        first = asyncio.create_task(driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))
        await printer.holding()
        second = asyncio.create_task(driver.on_command("print.ticket", {**hall.job("j2"), "sheet": SHEET}))
        await asyncio.sleep(0)
        hall.over("j2")
        printer.hold_after(None)
        await first
        assert (await refused(second)).detail["code"] == "print.over"
    assert len(printer.slips) == 1


@pytest.mark.gen_test
async def test_appointments_and_lists_come_out_too() -> None:
    appointment = {"code": "482913", "day": "11月26日 周四", "begin": "09:30", "until": "10:00", "address": PHONE_PAGE}
    listing = {"title": "所需材料", "lines": [{"label": "公司章程", "value": "1 份"}, "请携带原件核对。"]}
    async with standing() as (printer, hall, driver):
        await driver.on_command("print.appointment", {**hall.job("j1"), "sheet": appointment})
        await driver.on_command("print.text", {**hall.job("j2"), "sheet": listing})
        await driver.on_command("test", {"what": "slip", "name": "一楼打印机"})
        first, second, third = await printer.printed(3)
    assert first.largest == "482913"
    assert "09:30-10:00" in first.text
    assert codes_of(first) == [PHONE_PAGE]
    assert "公司章程" in second.text
    assert "请携带原件核对。" in second.text
    assert "一楼打印机" in third.text


@pytest.mark.gen_test
@pytest.mark.parametrize(
    ("do", "args", "reason"),
    [
        ("print.ticket", {"sheet": SHEET}, "bad_sheet"),
        ("print.ticket", {"job": "x", "sheet": {"number": ""}}, "bad_sheet"),
        ("print.ticket", {"job": "x", "sheet": {"number": "A1", "foo": 1}}, "bad_sheet"),
        ("print.ticket", {"job": "x", "sheet": {"number": "A1", "address": "javascript:x"}}, "bad_sheet"),
        ("open.drawer", {"job": "x"}, "unknown_command"),
    ],
)
async def test_what_makes_no_sense_is_refused(do: str, args: dict[str, Any], reason: str) -> None:
    async with standing() as (printer, _, driver):
        assert (await refused(driver.on_command(do, args))).reason == reason
        assert not printer.strips


@pytest.mark.gen_test
async def test_a_printer_that_answers_garbage_is_a_fault_and_prints_nothing() -> None:
    talks: set[asyncio.Task[None] | None] = set()

    async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())
        writer.write(b"\xff\xfe\x81" * 50)
        await reader.read()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(garbage, "127.0.0.1", 0)
    printer, hall = SimulatedPrinter(), PrinterHall()
    printer.port = server.sockets[0].getsockname()[1]
    running = Standing(printer, hall)
    task = asyncio.create_task(running.driver.run(hall))
    await hall.said("no_answer")
    failed = await refused(running.driver.on_command("print.ticket", {**hall.job("j1"), "sheet": SHEET}))
    assert (failed.reason, failed.detail["begun"]) == ("no_answer", False)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    server.close()
    await server.wait_closed()
    await asyncio.gather(*filter(None, talks))  # the driver has tried more than once
