"""Requests only a machine makes: in pieces, larger than they should be, two with one serial number, byte for byte."""

import asyncio
from pathlib import Path

import pytest

from attendance import adms_web
from tests.fakes.attendance_hall import SERIAL, AttendanceHall, attendance_hall

LINE = b"1001\t2026-11-23 08:59:58\t0\t1\t\t0\t0\n"
HEAD = (
    b"HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nDate: Mon, 23 Nov 2026 01:00:00 GMT\r\n"
    b"Cache-Control: no-store\r\nContent-Length: %d\r\n\r\n%s"
)
UPLOAD = f"/iclock/cdata?SN={SERIAL}&table=ATTLOG&Stamp=9999".encode()
SOURCE = "127.0.0.%d"
"""Two machines of a test stand at addresses of loopback."""


def yes(body: bytes, status: bytes = b"200 OK") -> bytes:
    return HEAD % (status, len(body), body)


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


async def said(hall: AttendanceHall, *parts: bytes, source: int = 1, answer: bytes) -> bytes:
    """What is answered to a request that comes in parts; as much of it as the answer should have."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.port, local_addr=(SOURCE % source, 0))
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await reader.readexactly(len(answer))
    finally:
        writer.close()


@pytest.mark.gen_test
async def test_an_upload_in_chunks_that_cut_a_line_is_taken_whole(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        head = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n" % UPLOAD
        body = chunked(LINE[:11], LINE[11:], LINE.replace(b"1001", b"1002"))
        answer = yes(b"OK: 2")
        assert await said(hall, head, body[:20], body[20:], answer=answer) == answer
        assert [pin for pin, *_ in await hall.rows()] == ["1001", "1002"]


@pytest.mark.gen_test
async def test_five_megabytes_at_once_are_taken_and_a_machine_that_sends_more_is_told_so(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        lines = [
            b"%d\t2026-11-2%d %02d:%02d:%02d\t0\t1\t\t0\t0\n" % (1000 + n, day, n // 3600, n // 60 % 60, n % 60)
            for day in (1, 2)
            for n in range(3_000)
        ]
        body = b"".join(lines)
        long = LINE.removesuffix(b"\n") + b"\t0" * 80 + b"\n"
        body += long * ((5 * 1024 * 1024 - len(body)) // len(long))  # the rest again and again the same
        head = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"
        answer = yes(b"OK: %d" % body.count(b"\n"))
        assert await said(hall, head % (UPLOAD, len(body)), body, answer=answer) == answer
        await hall.projected()
        assert await hall.server.views.fetch("SELECT count(*) FROM punches") == [(6_001,)]
        most = adms_web.MOST_BYTES + 1
        refusal = yes(b"ERROR", b"413 Request Entity Too Large")
        assert await said(hall, head % (UPLOAD, most), b"x" * most, answer=refusal) == refusal
        assert await hall.push(LINE) == (200, "OK: 1")


@pytest.mark.gen_test
async def test_a_line_that_is_cut_in_the_middle_of_an_upload_stores_nothing_of_it(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
        writer.write(b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 400\r\n\r\n%s" % (UPLOAD, LINE))
        await writer.drain()
        writer.close()
        assert await reader.read() == b""
        assert await hall.rows() == []
        assert await hall.push(LINE) == (200, "OK: 1")  # it sends again
        assert len(await hall.rows()) == 1


@pytest.mark.gen_test
async def test_two_machines_with_one_serial_number_lose_nothing_and_are_noticed(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:

        async def hands_in(source: int, pin: bytes) -> None:
            body = LINE.replace(b"1001", pin)
            head = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % (UPLOAD, len(body))
            answer = yes(b"OK: 1")
            assert await said(hall, head, body, source=source, answer=answer) == answer

        standing = hall.attendance.terminals.standings
        await hands_in(2, b"1001")
        await hands_in(2, b"1002")
        assert not standing()[0].is_double
        await hands_in(3, b"1001")  # of another machine, the same person in the same second: once
        await hands_in(3, b"1003")
        assert not standing()[0].is_double  # it may have been given a new address
        await hands_in(2, b"1004")
        assert standing()[0].is_double
        assert [pin for pin, *_ in await hall.rows()] == ["1001", "1002", "1003", "1004"]


@pytest.mark.gen_test
async def test_one_machine_that_writes_its_serial_number_in_two_ways_counts_once(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        await hall.push(LINE)
        assert await hall.push(LINE, serial=SERIAL.lower()) == (200, "OK: 1")
        assert len(await hall.rows()) == 1


@pytest.mark.gen_test
async def test_one_stray_year_ahead_is_kept_and_moves_no_other_punch(tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        stray = LINE.replace(b"2026", b"2099")
        assert await hall.push(LINE + stray + LINE.replace(b":58", b":59")) == (200, "OK: 3")
        assert await hall.rows("fault, counts_at = at, skew_s") == [
            ("", 1, None),
            ("", 1, None),
            ("punch.time_impossible", None, None),
        ]
        assert await hall.push(stray.replace(b"58\t", b"57\t")) == (200, "OK: 1")  # the clock itself is wrong now
        assert hall.attendance.terminals.standings()[0].skew_s > 1e9
        assert await hall.push(LINE.replace(b":58", b":57")) == (200, "OK: 1")  # set right
        assert (await hall.rows("fault, counts_at = at"))[0] == ("", 1)
