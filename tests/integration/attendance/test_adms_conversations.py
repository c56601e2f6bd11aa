"""Recorded conversations of terminals, replayed: every byte of every answer is what it was."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.fakes.attendance_hall import attendance_hall

FOLDER = Path(__file__).parent / "conversations"
CONVERSATIONS = sorted(FOLDER.glob("*.http"))


def turns(path: Path) -> list[tuple[bytes, bytes]]:
    """Requests with the answers to them."""
    text = re.sub(rb"(?m)^#.*\n", b"", path.read_bytes())
    parts = re.split(rb"(?m)^(?:>>|<<)\n", text)[1:]
    wire = [_wire(part.removesuffix(b"\n")) for part in parts]
    return list(zip(wire[::2], wire[1::2], strict=True))


def _wire(part: bytes) -> bytes:
    head, _, body = part.partition(b"\n\n")
    return head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + body


async def answered(port: int, request: bytes) -> bytes:
    """The answer to a request on a line of its own: a terminal whose line was cut calls again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"Content-Length: (\d+)", head)
        return head + await reader.readexactly(int(found[1]) if found else 0)
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.gen_test
@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.stem)
async def test_a_conversation_is_answered_byte_for_byte(path: Path, tmp_path: Path) -> None:
    async with attendance_hall(tmp_path) as hall:
        for request, answer in turns(path):
            assert await answered(hall.port, request) == answer


def test_every_conversation_names_its_source() -> None:
    assert len(CONVERSATIONS) == 13
    assert all(b"# Written after ZKTeco, " in path.read_bytes() for path in CONVERSATIONS)
