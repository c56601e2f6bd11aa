"""A client that asks nothing for long, or does not finish its head or body, loses its connection; others keep it."""

import asyncio
import contextlib

import pytest

from hall_server.web import body_time

HEAD = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\n\r\n"
BODY = b'{"bell":"b1"}'


@pytest.fixture
def line(hall, io_loop):
    """Open a connection; every one is closed at the end."""
    writers = []

    async def connect():
        reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
        writers.append(writer)
        return reader, writer

    async def close():
        for writer in writers:
            writer.close()
            with contextlib.suppress(ConnectionResetError):  # the server may have cut it
                await writer.wait_closed()

    yield connect
    io_loop.run_sync(close)


async def answered(reader):
    """The status line, once the whole answer has been read."""
    async with asyncio.timeout(60):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
    return head.partition(b"\r\n")[0]


@pytest.mark.parametrize("path", [b"/api/v1/open-ring", b"/api/v1/nothing", b"/nowhere", b"/static/tokens.css"])
@pytest.mark.gen_test
async def test_a_body_that_does_not_come_in_time_ends_the_connection(hall, clock, until, line, path):
    reader, writer = await line()
    writer.write(HEAD % path + BODY[:5])
    await until(lambda: hall.web.body_time.coming == 1)
    clock.pass_s(body_time.BODY_S - 1)
    hall.web.body_time.sweep()
    assert not reader.at_eof()
    clock.pass_s(1)
    hall.web.body_time.sweep()
    async with asyncio.timeout(60):
        await reader.read()
    await until(lambda: hall.web.body_time.coming == 0)
    assert hall.bells.rings == {}


@pytest.mark.gen_test
async def test_a_connection_whose_bodies_came_stays(hall, clock, line):
    reader, writer = await line()
    for rings in (1, 2):
        writer.write(HEAD % b"/api/v1/open-ring" + BODY)
        assert b" 200 " in await answered(reader)
        assert hall.web.body_time.coming == 0
        clock.pass_s(body_time.BODY_S)
        hall.web.body_time.sweep()
        assert hall.bells.rings == {"b1": rings}


@pytest.mark.gen_test
async def test_a_client_that_leaves_in_the_middle_is_forgotten(hall, until, line):
    _, writer = await line()
    writer.write(HEAD % b"/api/v1/open-ring" + BODY[:5])
    await until(lambda: hall.web.body_time.coming == 1)
    writer.close()
    await until(lambda: hall.web.body_time.coming == 0)
    assert hall.bells.rings == {}


@pytest.mark.parametrize("said", [b"", b"POST /api/v1/open-ring HTTP/1.1\r\nHost: loc"])
@pytest.mark.gen_test
async def test_a_head_that_does_not_come_in_time_ends_the_connection(hall, clock, until, line, said):
    reader, writer = await line()
    writer.write(said)
    await until(lambda: hall.web.head_time.waiting == 1)
    clock.pass_s(body_time.HEAD_S - 1)
    hall.web.head_time.sweep()
    assert not reader.at_eof()
    clock.pass_s(1)
    hall.web.head_time.sweep()
    with contextlib.suppress(ConnectionResetError):  # where what it said was not read yet
        async with asyncio.timeout(60):
            assert await reader.read() == b""
    assert hall.web.head_time.waiting == 0


@pytest.mark.gen_test
async def test_the_time_for_the_next_head_begins_with_the_last_answer(hall, clock, until, line):
    reader, writer = await line()
    for _ in range(2):
        clock.pass_s(body_time.HEAD_S - 1)
        hall.web.head_time.sweep()
        writer.write(HEAD % b"/api/v1/open-ring" + BODY)
        assert b" 200 " in await answered(reader)
        await until(lambda: hall.web.head_time.waiting == 1)
    clock.pass_s(body_time.HEAD_S)
    hall.web.head_time.sweep()
    async with asyncio.timeout(60):
        assert await reader.read() == b""


@pytest.mark.gen_test
async def test_a_request_that_is_being_answered_has_no_head_to_wait_for(hall, clock, until, line):
    reader, writer = await line()
    writer.write(HEAD % b"/api/v1/open-ring" + BODY[:5])
    await until(lambda: hall.web.body_time.coming == 1)
    assert hall.web.head_time.waiting == 0
    clock.pass_s(body_time.HEAD_S)
    hall.web.head_time.sweep()
    writer.write(BODY[5:])
    assert b" 200 " in await answered(reader)


@pytest.mark.gen_test
async def test_a_client_that_left_is_forgotten_at_the_next_sweep(hall, until, line):
    _, writer = await line()
    await until(lambda: hall.web.head_time.waiting == 1)
    writer.close()

    def swept():
        hall.web.head_time.sweep()
        return hall.web.head_time.waiting == 0

    await until(swept)
