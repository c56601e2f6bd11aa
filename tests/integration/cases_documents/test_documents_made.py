"""Documents of a hall's cases: made once after the commit, kept sealed, on record; nothing personal outside."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases.documents import authority, signing
from cases.documents.making import Documents
from cases.model import Case
from hall_server.errors import Forbidden, NotFound, Unavailable
from hall_server.identity import Actor, Role
from tests.fakes.cases_desk import NAME, NUMBER, SECRETS, WINDOW, DeskHall, case_of, desk_hall
from tests.fakes.document_words import words
from tests.fakes.hall import HandClock, staff

CLERK = staff("s01", WINDOW)


async def accepted(hall: DeskHall, who: Any, **more: Any) -> Case:
    ticket = await hall.serve()
    answer = await who.ask("POST", "/api/v1/cases", {**hall.wanted(ticket), "then": "accept", **more})
    return hall.server.rooms["cases"].cases.get(case_of(answer)["id"])


def documents(hall: DeskHall) -> Documents:
    found: Documents = hall.server.rooms["documents"]
    return found


async def noted(hall: DeskHall) -> list[tuple[str, str]]:
    await hall.server.settled()
    rows = await hall.server.database.fetch("SELECT payload FROM journal WHERE type = 'case.paper_made' ORDER BY seq")
    return [(found["document"], found["sha256"]) for (text,) in rows for found in [msgspec.json.decode(text)]]


@pytest.mark.gen_test(timeout=120)
async def test_each_document_is_made_once_signed_and_handed_to_staff_only(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        who = await hall.signed_in()
        case = await accepted(hall, who)
        made = [await documents(hall).make(case.id, one.document) for one in case.papers]
        again = [await documents(hall).make(case.id, one.document) for one in case.papers]
        assert made == again
        assert sorted(await noted(hall)) == sorted(zip([one.document for one in case.papers], made, strict=True))
        root = (tmp_path / "keys" / "documents-authority.pem").read_bytes()
        for paper in case.papers:
            pdf = await documents(hall).read(case.id, paper.document, CLERK)
            found = await asyncio.to_thread(signing.verify, pdf, [root], now=hall.server.now())
            assert found.is_sound
            assert found.is_test
            text = words(pdf)
            assert paper.number in text
            assert NAME in text
            assert NUMBER not in text
            assert hall.desk.code_of(case.number) in text
        path = f"/api/v1/cases/{case.id}/documents/{case.papers[0].document}.pdf"
        answer = await who.ask("GET", path)
        assert answer.code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        nobody = Actor(kind=Role.MANAGER, id="boss", roles=frozenset({Role.MANAGER}))
        with pytest.raises(Forbidden):
            await documents(hall).read(case.id, case.papers[0].document, nobody)


@pytest.mark.gen_test(timeout=120)
async def test_an_english_sheet_is_neither_sealed_nor_signed(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        case = await accepted(hall, await hall.signed_in())
        sheet = await documents(hall).courtesy(case.id, case.papers[-1].document, CLERK)
        assert "Courtesy sheet" in words(sheet)
        found = await asyncio.to_thread(signing.verify, sheet, [], now=hall.server.now())
        assert not found.is_signed


@pytest.mark.gen_test(timeout=120)
async def test_whoever_knows_number_and_code_may_have_it_and_nobody_else(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        case = await accepted(hall, await hall.signed_in())
        receipt, code = case.papers[0].document, hall.desk.code_of(case.number)
        assert (await documents(hall).for_visitor(case.id, code.lower(), receipt))[:5] == b"%PDF-"
        for id_, key, paper in ((case.id, "AAAAAAAA", receipt), ("nobody", code, receipt), (case.id, code, "other")):
            with pytest.raises(NotFound, match=r"case_document\.not_found"):
                await documents(hall).for_visitor(id_, key, paper)


@pytest.mark.gen_test(timeout=120)
async def test_nothing_personal_stands_in_the_journal_the_replies_or_the_logs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    async with desk_hall(tmp_path) as hall:
        case = await accepted(hall, await hall.signed_in())
        for one in case.papers:
            await documents(hall).make(case.id, one.document)
        outside = await hall.journal_text() + caplog.text + "".join(capfd.readouterr())
        assert not [one for one in SECRETS if one in outside]
    kept = [path.read_bytes() for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert kept
    assert not [one for one in kept if b"%PDF" in one or NAME.encode() in one]


@pytest.mark.gen_test(timeout=180)
async def test_what_a_kill_left_between_keeping_and_noting_is_made_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file lay there and nothing said so: after the start each document is on record, once."""

    reached = asyncio.Event()

    async def killed(*_: object) -> None:
        reached.set()
        raise asyncio.CancelledError  # as if the process ended here

    clock = HandClock()
    async with desk_hall(tmp_path, clock=clock) as hall:
        monkeypatch.setattr("cases.documents.places.HallSite.note", killed)
        case = await accepted(hall, await hall.signed_in())
        await reached.wait()
        assert any((tmp_path / "blobs").rglob("*"))
        assert await noted(hall) == []
    monkeypatch.undo()
    async with desk_hall(tmp_path, clock=clock) as hall:
        for one in case.papers:
            await documents(hall).make(case.id, one.document)
        found = await noted(hall)
        assert sorted(document for document, _ in found) == sorted(one.document for one in case.papers)
        for _, sha256 in found:
            content = await asyncio.to_thread(hall.desk.federation.attachments.read, sha256)
            assert content[:5] == b"%PDF-"


@pytest.mark.gen_test(timeout=120)
async def test_a_document_of_a_case_that_is_over_leaves_nothing_behind_for_later_starts(tmp_path: Path) -> None:
    clock = HandClock()
    async with desk_hall(tmp_path, clock=clock) as hall:
        who = await hall.signed_in()
        refusal = {"then": "refuse", "reason": "不属于本机关职权范围", "remedies": "可以向区人民政府申请行政复议"}
        case = await accepted(hall, who, **refusal)
        assert case.is_over
        for one in case.papers:
            await documents(hall).make(case.id, one.document)
    clock.forward(days=2)
    async with desk_hall(tmp_path, clock=clock) as hall:
        cases = hall.server.rooms["cases"].cases
        assert cases.by_id == {}
        assert cases.strays == 0


@pytest.mark.gen_test(timeout=120)
async def test_with_a_certificate_that_is_over_nothing_is_made_and_with_the_new_one_everything(tmp_path: Path) -> None:
    clock, bought = HandClock(), authority.Files(tmp_path / "bought")
    authority.ensure(bought, "大厅", now=clock.now() - timedelta(days=1_200))
    paths = {"document_certificate": str(bought.certificate), "document_key": str(bought.key)}
    async with desk_hall(tmp_path / "data", clock=clock, **paths) as hall:
        case = await accepted(hall, await hall.signed_in())
        with pytest.raises(Unavailable, match=r"case_document\.certificate"):
            await documents(hall).make(case.id, case.papers[0].document)
        assert await noted(hall) == []
        authority.ensure(bought, "大厅", now=clock.now())  # the new one is put in its place
        for one in case.papers:
            await documents(hall).make(case.id, one.document)
        assert len(await noted(hall)) == len(case.papers)


@pytest.mark.gen_test(timeout=240)
async def test_thirty_documents_at_once_leave_the_loop_free(tmp_path: Path) -> None:
    """The drawing and signing is not done on the loop: its turns stay far shorter than one document takes."""
    async with desk_hall(tmp_path) as hall:
        who = await hall.signed_in()
        cases = [await accepted(hall, who) for _ in range(15)]
        turns = 0
        wanted = [(one.id, paper.document) for one in cases for paper in one.papers]
        making = [asyncio.ensure_future(documents(hall).make(*one)) for one in wanted]
        everything = asyncio.gather(*making)
        while not everything.done():
            await asyncio.sleep(0.005)
            turns += 1
        assert len(set(await everything)) == len(wanted)
        assert turns > len(wanted)  # had it been done on the loop, there were one turn a document at most
        assert len(await noted(hall)) == len(wanted)
