"""The city's documents: of its own steps only, with the hall's form; and a late note of a hall loses no step."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import msgspec
import pytest

from cases import messages as m
from cases.documents import signing
from cases.documents.making import Documents
from cases.documents.places import CitySite, Unmade
from cases.flow import PaperKind
from cases.model import Outcome, State
from hall_server.errors import NotFound
from hall_server.identity import SYSTEM, Actor, Role
from tests.fakes.cases_desk import case_of, desk_hall
from tests.fakes.city_desks import desks
from tests.fakes.document_words import words

EXAMINER = Actor(kind=Role.EXAMINER, id="e", roles=frozenset({Role.EXAMINER}), departments=frozenset({"xzspj"}))
LEADER = Actor(kind=Role.LEADER, id="l", roles=frozenset({Role.LEADER}), departments=frozenset({"xzspj"}))
OTHER = Actor(kind=Role.LEADER, id="o", roles=frozenset({Role.LEADER}), departments=frozenset({"market"}))


@pytest.mark.gen_test(timeout=120)
async def test_a_decision_of_the_city_is_sealed_by_the_city_and_noted_once(tmp_path: Path) -> None:
    async with desks(tmp_path) as city:
        documents: Documents = city.city.rooms["documents"]
        id_ = await city.case()
        case = await city.do(m.ExamineCase(case=id_, seen=2, opinion="符合", proposes=Outcome.GRANTED), EXAMINER)
        case = await city.do(m.DecideCase(case=id_, seen=case.step, outcome=Outcome.GRANTED), LEADER)
        paper = next(one for one in case.papers if one.kind == PaperKind.GRANTED)
        sha256, again = await asyncio.gather(*(documents.make(id_, paper.document) for _ in range(2)))
        assert sha256 == again == await documents.make(id_, paper.document)
        pdf = await documents.read(id_, paper.document, LEADER)
        root = (tmp_path / "keys" / "documents-authority.pem").read_bytes()
        assert (await asyncio.to_thread(signing.verify, pdf, [root], now=city.city.now())).is_sound
        text = words(pdf)
        assert "欧阳晓明" in text
        assert "区行政审批局" in text
        assert "准予行政许可决定书" in text
        noted = [one for one in await city.city.log.stream(f"case:{id_}") if isinstance(one.event, m.PaperMade)]
        assert sorted(one.event.document for one in noted) == sorted(one.document for one in case.papers)


@pytest.mark.gen_test(timeout=120)
async def test_two_processes_of_a_city_put_one_document_on_record(tmp_path: Path) -> None:
    """Both draw it, the journal takes one note, and the other file is thrown away."""
    async with desks(tmp_path) as city:
        first: Documents = city.city.rooms["documents"]
        second = Documents(CitySite(city.city, Unmade()), spawn=city.city.spawn)
        await second.start()
        id_ = await city.case()
        stream = [one.event for one in await city.city.log.stream(f"case:{id_}")]
        papers = [one.document for one in stream if isinstance(one, m.Documented)]
        made = await asyncio.gather(*(who.make(id_, one) for one in papers for who in (first, second)))
        assert made[0::2] == made[1::2]
        noted = [one.event for one in await city.city.log.stream(f"case:{id_}") if isinstance(one.event, m.PaperMade)]
        assert sorted(one.document for one in noted) == sorted(papers)
        assert {one.sha256 for one in noted} == set(made)


@pytest.mark.gen_test(timeout=120)
async def test_a_form_that_has_not_arrived_lets_its_document_wait(tmp_path: Path) -> None:
    async with desks(tmp_path) as city:
        documents: Documents = city.city.rooms["documents"]
        id_ = await city.case(form="ab" * 32)
        stream = [one.event for one in await city.city.log.stream(f"case:{id_}")]
        assert not any(isinstance(one, m.PaperMade) for one in stream)
        receipt = next(one.document for one in stream if isinstance(one, m.CaseReceived))
        with pytest.raises(Exception, match=r"case_document\.form_missing"):
            await documents.make(id_, receipt)


@pytest.mark.gen_test(timeout=120)
async def test_a_document_noted_after_the_hand_over_loses_no_step_of_the_city(tmp_path: Path) -> None:
    """The hall notes its papers when the city writes the case already; both go on counting alike."""
    async with desk_hall(tmp_path) as hall:
        who = await hall.signed_in()
        ticket = await hall.serve()
        wanted = {**hall.wanted(ticket), "then": "accept", "hands_over": True}
        cases = hall.server.rooms["cases"].cases
        case = cases.get(case_of(await who.ask("POST", "/api/v1/cases", wanted))["id"])
        turns = case.turns
        documents: Documents = hall.server.rooms["documents"]
        for one in case.papers:
            await documents.make(case.id, one.document)
        assert case.writer == "city"
        assert case.turns == turns < case.events
        examined = m.CaseExamined(case=case.id, opinion="符合", proposes=Outcome.GRANTED)
        decided = m.CaseDecided(
            case=case.id, document="d1", document_number="准1号", outcome=Outcome.GRANTED, reasons="", remedies=""
        )
        made = m.PaperMade(case=case.id, document="d1", sha256="c" * 64)
        for step, event in ((turns + 1, examined), (turns + 2, decided), (turns + 2, made), (turns + 2, made)):
            await hall.server.execute(_taken(step, event, hall.server.now()), actor=SYSTEM)
        after = cases.get(case.id)
        assert after.state is State.DECIDED
        assert next(one for one in after.papers if one.document == "d1").sha256 == "c" * 64
        with pytest.raises(NotFound, match=r"elsewhere|unknown"):
            await documents.read(case.id, "d1", Actor(kind=Role.STAFF, id="s01", roles=frozenset({Role.STAFF})))


def _taken(step: int, event: m.CaseEvent, at: datetime) -> m.TakeCityStep:
    return m.TakeCityStep(
        case=event.case,
        step=step,
        at=at,
        type=event.type,
        version=event.version,
        actor="leader:l",
        payload=msgspec.to_builtins(event),
    )
