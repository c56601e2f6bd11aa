"""The process that makes documents dies or hangs: callers are told, steps go on, and later everything is made."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cases.documents.making import Documents
from hall_server.errors import Unavailable
from tests.fakes.cases_desk import case_of, desk_hall

OWN = "cases.documents.child"


@pytest.mark.parametrize(
    ("module", "code"),
    [("tests.fakes.dying_document_child", "not_made"), ("tests.fakes.endless_document_child", "slow")],
    ids=["dies", "hangs"],
)
@pytest.mark.gen_test(timeout=120)
async def test_the_case_goes_on_and_its_document_is_made_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, code: str
) -> None:
    async with desk_hall(tmp_path) as hall:
        documents: Documents = hall.server.rooms["documents"]
        monkeypatch.setattr(documents, "_module", module)
        monkeypatch.setattr(documents, "_deadline_s", 3.0)
        who, ticket = await hall.signed_in(), await hall.serve()
        answer = await who.ask("POST", "/api/v1/cases", {**hall.wanted(ticket), "then": "accept"})
        case = hall.server.rooms["cases"].cases.get(case_of(answer)["id"])
        with pytest.raises(Unavailable, match=f"case_document.{code}"):
            await documents.make(case.id, case.papers[0].document)
        assert all(not one.sha256 for one in case.papers)
        monkeypatch.setattr(documents, "_module", OWN)
        monkeypatch.setattr(documents, "_deadline_s", 60.0)
        made = await asyncio.gather(*(documents.make(case.id, one.document) for one in case.papers))
        assert [one.sha256 for one in hall.server.rooms["cases"].cases.get(case.id).papers] == made


@pytest.mark.gen_test(timeout=120)
async def test_what_failed_is_tried_again_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk_hall(tmp_path) as hall:
        documents: Documents = hall.server.rooms["documents"]
        monkeypatch.setattr(documents, "_again_s", 0.05)
        monkeypatch.setattr(documents, "_module", "tests.fakes.dying_document_child")
        who, ticket = await hall.signed_in(), await hall.serve()
        answer = await who.ask("POST", "/api/v1/cases", {**hall.wanted(ticket), "then": "accept"})
        case = hall.server.rooms["cases"].cases.get(case_of(answer)["id"])
        with pytest.raises(Unavailable):
            await documents.make(case.id, case.papers[0].document)
        noted = asyncio.Event()
        hall.server.listen("a test", lambda _: noted.set(), types=("case.paper_made",))
        monkeypatch.setattr(documents, "_module", OWN)
        await noted.wait()  # nobody asked again
