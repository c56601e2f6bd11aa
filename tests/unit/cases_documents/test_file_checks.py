"""Strangers' files are checked in a process of their own: one that would hang it, or eat its memory, holds nobody."""

from __future__ import annotations

import asyncio
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cases.documents import authority, checks
from cases.documents.checks import FileChecks
from cases.documents.content import content
from cases.documents.means import Means
from cases.documents.pdf import pdf
from cases.documents.signing import loaded, sign
from hall_server.errors import Invalid, Unavailable
from tests.fakes import document_cases as d

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
PLENTY_S = 240.0
"""No limit is meant: the machine may be busy."""


def _hanging() -> bytes:
    """A hundred kilobytes whose table of objects has 26 million rows: minutes of reading."""
    squeeze = zlib.compressobj(9)
    rows = b"\x01\x00\x10\x00" * 65_536
    body = b"".join([*(squeeze.compress(rows) for _ in range(400)), squeeze.flush()])
    about = b"/Type /XRef /Size 26214400 /W [1 2 1] /Root 2 0 R /Filter /FlateDecode /Length %d" % len(body)
    head = b"%PDF-1.7\n"
    return b"%s1 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        *(head, about, body),
        len(head),
    )


def _signed(folder: Path) -> tuple[bytes, list[bytes]]:
    """A document of a place, and its authority."""
    files = authority.Files(folder)
    authority.ensure(files, d.HALL.name, now=NOW)
    document = content(d.told(d.accepted()))
    signer = loaded(Means(certificate=str(files.certificate), key=str(files.key)))
    return sign(pdf(document), document, signer, at=NOW), [files.authority.read_bytes()]


@pytest.mark.gen_test(timeout=PLENTY_S)
async def test_a_file_that_hangs_the_check_is_given_up_and_the_next_one_is_checked(tmp_path: Path) -> None:
    for bound in (FileChecks(deadline_s=0.2), FileChecks(deadline_s=PLENTY_S, cpu_s=3)):
        with pytest.raises(Invalid) as refused:
            await bound.check(_hanging(), [], now=NOW)
        assert refused.value.code == "case_document.uncheckable"
    whole, roots = await asyncio.to_thread(_signed, tmp_path)  # pyHanko runs a loop of its own
    bound = FileChecks(deadline_s=PLENTY_S)
    seen = await bound.check(whole, roots, now=NOW)
    assert seen.is_readable
    assert seen.found.is_sound
    assert seen.found.is_test
    assert not (await bound.check(b"%PDF-1.7\nnothing", roots, now=NOW)).is_readable


@pytest.mark.gen_test(timeout=PLENTY_S)
async def test_a_check_without_memory_says_nothing_of_the_file(tmp_path: Path) -> None:
    whole, roots = await asyncio.to_thread(_signed, tmp_path)  # pyHanko runs a loop of its own
    with pytest.raises(Invalid) as refused:
        await FileChecks(deadline_s=PLENTY_S, memory_bytes=1024**2).check(whole, roots, now=NOW)
    assert refused.value.code == "case_document.uncheckable"


@pytest.mark.gen_test(timeout=PLENTY_S)
async def test_only_so_many_files_wait_and_who_gives_up_leaves_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "WAITING_MOST", 2)
    bound = FileChecks(deadline_s=PLENTY_S, cpu_s=int(PLENTY_S))
    under_way = [asyncio.create_task(bound.check(_hanging(), [], now=NOW)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await bound.check(b"%PDF-", [], now=NOW)
    assert refused.value.code == "case_document.checks_busy"
    for one in under_way:
        one.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    assert not (await bound.check(b"%PDF-", [], now=NOW)).is_readable
