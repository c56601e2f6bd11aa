"""Departments at the city over HTTP: each sees its own, nobody decides what they accepted, the second is told."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cases import messages as m
from cases.model import Outcome
from hall_server.identity import Actor, Role, visitor
from scripts.hall_process import HallRefused
from tests.fakes.city_desks import Desks, desks, matter

EXAMINER, LEADER, OTHER = "xzspj-examiner", "xzspj-leader", "gafj-examiner"


def refused(code: str) -> Any:
    return pytest.raises(HallRefused, match=code.replace(".", r"\."))


async def examined(place: Desks, case: str) -> None:
    await place.step(EXAMINER, case, "examine", opinion="拟予许可", proposes="granted")


@pytest.mark.gen_test
async def test_a_case_goes_from_the_tray_to_the_hall_that_hands_it_out(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        tray = await place.get(EXAMINER, "desk/trays/xzspj")
        assert [one["id"] for one in tray["items"]] == [case]
        assert tray["items"][0]["steps"][:2] == ["examine", "suspend"]
        await examined(place, case)
        await place.caught_up()
        assert [one["id"] for one in (await place.get(LEADER, "desk/approvals"))["decide"]] == [case]
        await place.step(LEADER, case, "decide", outcome="granted")
        made = await place.step(EXAMINER, case, "make", licence="JY15116020001234")
        assert made["licence"] == "JY15116020001234"
        sent = await place.step(EXAMINER, case, "send-to-hall", hall="h2")
        assert sent["writer"] == "hall:h2"
        card = await place.get(EXAMINER, f"desk/cases/{case}")
        assert card["steps"] == []
        types = [one["type"] for one in card["history"]]
        assert types == [
            *("case.received", "case.accepted", "case.examined", "case.decided", "case.made", "case.handed_over"),
        ]
        assert card["history"][3]["by"] == "傅国栋"
        assert [paper["kind"] for paper in card["papers"]][-1] == "transfer"


@pytest.mark.gen_test
async def test_a_department_sees_only_its_own(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        number = (await place.get(EXAMINER, f"desk/cases/{case}"))["number"]
        for path in ("desk/trays/xzspj", f"desk/cases/{case}"):
            with refused("desk.other_department"):
                await place.get(OTHER, path)
        with refused("case.unknown"):
            await place.get(OTHER, f"desk/find?number={number}")
        with refused("desk.other_department"):
            await place.post(OTHER, f"desk/cases/{case}/examine", seen=2, opinion="x", proposes="granted")
        assert (await place.get(EXAMINER, f"desk/find?number={number.lower()}"))["id"] == case
        assert (await place.get(OTHER, "desk/trays/gafj"))["items"] == []


@pytest.mark.gen_test
async def test_whoever_accepted_may_not_decide_and_an_examiner_never_does(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        both = Actor(kind=Role.STAFF, id=LEADER, roles=frozenset({Role.STAFF}))
        case = await place.case(by=both)
        await examined(place, case)
        card = await place.get(LEADER, f"desk/cases/{case}")
        assert card["is_separated"]
        assert "decide" not in card["steps"]
        with refused("case.separated"):
            await place.step(LEADER, case, "decide", outcome="granted")
        with refused("case.not_yours"):
            await place.step(EXAMINER, case, "decide", outcome="granted")


@pytest.mark.gen_test
async def test_of_two_leaders_at_once_one_decides_and_the_other_is_told(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        await examined(place, case)
        seen = (await place.get(LEADER, f"desk/cases/{case}"))["step"]
        await place.caller("leader")
        answers = await asyncio.gather(
            place.post(LEADER, f"desk/cases/{case}/decide", seen=seen, outcome="granted"),
            place.post("leader", f"desk/cases/{case}/decide", seen=seen, outcome="granted"),
            return_exceptions=True,
        )
        told = [one for one in answers if isinstance(one, HallRefused)]
        assert [one.code for one in told] == ["case.changed"]
        stream = await place.city.log.stream(f"case:{case}")
        assert sum(isinstance(one.event, m.CaseDecided) for one in stream) == 1


@pytest.mark.gen_test
async def test_two_who_look_at_one_case_know_of_each_other(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        for name in (EXAMINER, LEADER):
            await place.get(name, f"desk/cases/{case}")
        assert (await place.post(EXAMINER, f"desk/cases/{case}/look"))["people"] == []
        there = (await place.post(LEADER, f"desk/cases/{case}/look"))["people"]
        assert [one["name"] for one in there] == ["何静怡"]
        await place.post(EXAMINER, f"desk/cases/{case}/look", is_open=False)
        assert (await place.post(LEADER, f"desk/cases/{case}/look"))["people"] == []
        await place.post(EXAMINER, f"desk/cases/{case}/look")
        place.clock.forward(minutes=2)
        assert (await place.post(LEADER, f"desk/cases/{case}/look"))["people"] == []


@pytest.mark.gen_test
async def test_whose_case_it_is_shows_only_to_who_said_why(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        card = await place.get(EXAMINER, f"desk/cases/{case}")
        assert card["form"]["applicant"]["name"] == "欧***"
        assert "1990" not in str(card)
        assert set(card["form"]["fields"].values()) == {"••••"}
        scan = card["materials"][0]["copies"][0]["sha256"]
        with refused("desk.masked"):
            await place.get(EXAMINER, f"desk/cases/{case}/files/{scan}")
        with refused("case.text_missing"):
            await place.post(EXAMINER, f"desk/cases/{case}/unmask", reason=" ")
        form = await place.post(EXAMINER, f"desk/cases/{case}/unmask", reason="核对身份")
        assert form["applicant"]["id_number"] == "511602199001011234"
        caller = await place.caller(EXAMINER)
        content = await asyncio.to_thread(caller.fetch, f"/api/v1/desk/cases/{case}/files/{scan}")
        assert content.startswith(b"\x89PNG")
        assert (await place.get(LEADER, f"desk/cases/{case}"))["form"]["is_masked"]
        with refused("desk.file_unknown"):
            await place.get(EXAMINER, f"desk/cases/{case}/files/{'0' * 64}")
        rows = await place.city.database.fetch("SELECT payload, actor FROM journal WHERE type = 'desk.form_read'")
        assert [actor for _, actor in rows] == [f"staff:{EXAMINER}"]
        assert "核对" not in rows[0][0]
        place.forward(days=1)
        assert (await place.get(EXAMINER, f"desk/cases/{case}"))["form"]["is_masked"]


@pytest.mark.gen_test
async def test_a_case_suspended_on_a_friday_goes_on_on_a_saturday_that_is_worked(tmp_path: Path) -> None:
    async with desks(tmp_path, now="2026-10-08T02:00:00+00:00") as place:
        case = await place.case()
        before = {one["kind"]: one["due"] for one in (await place.get(EXAMINER, f"desk/cases/{case}"))["clocks"]}
        place.forward(days=1)
        await place.step(EXAMINER, case, "suspend", procedure="visit", workdays=5, reason="现场核查")
        stands = await place.get(EXAMINER, f"desk/cases/{case}")
        assert stands["state"] == "suspended"
        assert "examine" not in stands["steps"]
        place.forward(days=1)  # 2026-10-10, worked in place of a day of the holiday
        await place.step(EXAMINER, case, "resume", result="符合要求")
        after = {one["kind"]: one for one in (await place.get(EXAMINER, f"desk/cases/{case}"))["clocks"]}
        assert after["statute"]["suspended_workdays"] == 1
        assert after["statute"]["due"] > before["statute"]


@pytest.mark.gen_test
async def test_a_refusal_needs_reasons_and_remedies(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        await examined(place, case)
        with refused("case.text_missing"):
            await place.step(LEADER, case, "decide", outcome="denied", reasons="不符合选址要求")
        phrases = (await place.get(LEADER, "desk"))["phrases"]
        remedies = phrases["remedies"][0]["zh"]
        assert "六十日" in remedies
        assert "六个月" in remedies
        done = await place.step(LEADER, case, "decide", outcome="denied", reasons="不符合选址要求", remedies=remedies)
        assert (done["state"], done["outcome"]) == ("decided", Outcome.DENIED)


@pytest.mark.gen_test
async def test_an_extension_is_asked_for_by_the_desk_and_given_once_by_its_head(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        await place.step(EXAMINER, case, "ask-extension", workdays=10, reason="案情复杂")
        await place.caught_up()
        assert [one["id"] for one in (await place.get(LEADER, "desk/approvals"))["extend"]] == [case]
        with refused("case.not_yours"):
            await place.step(EXAMINER, case, "extend", workdays=10, reason="案情复杂")
        await place.step(LEADER, case, "extend", workdays=10, reason="案情复杂")
        with refused("case.extended_already"):
            await place.step(LEADER, case, "extend", workdays=1, reason="再延")
        assert (await place.get(LEADER, f"desk/cases/{case}"))["may_extend"] == 0


@pytest.mark.gen_test
async def test_the_same_key_again_does_the_step_once(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        command = m.ExamineCase(case=case, seen=2, opinion="好", proposes=Outcome.GRANTED)
        examiner = Actor(kind=Role.STAFF, id="e", roles=frozenset({Role.EXAMINER}), departments=frozenset({"xzspj"}))
        first = await place.city.execute(command, actor=examiner, command_id="key-00001")
        assert await place.city.execute(command, actor=examiner, command_id="key-00001") == first


@pytest.mark.gen_test
async def test_the_most_urgent_case_stands_first(tmp_path: Path) -> None:
    async with desks(tmp_path, matter(), matter(matter="slow", promise_workdays=19)) as place:
        late = await place.case()
        place.clock.forward(days=14)
        calm = await place.case(key="slow@1")
        await place.city.rooms["case_index"].sweep()
        tray = await place.get(EXAMINER, "desk/trays/xzspj")
        assert [(one["id"], one["light"]) for one in tray["items"]] == [(late, "red"), (calm, "green")]
        assert tray["counts"]["red"] == 1


@pytest.mark.gen_test
async def test_a_licence_is_sealed_before_it_is_made(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        case = await place.case()
        with refused("case.not_yours"):
            await place.post(EXAMINER, f"desk/cases/{case}/files")
        await examined(place, case)
        await place.step(LEADER, case, "decide", outcome="granted")
        with refused("desk.no_pdf"):
            await place.post(EXAMINER, f"desk/cases/{case}/files")
        with refused("case.text_missing"):
            await place.step(EXAMINER, case, "make")
        with refused("desk.hall_unknown"):
            await place.step(EXAMINER, case, "send-to-hall", hall="nowhere")


@pytest.mark.gen_test
async def test_why_an_applicant_takes_it_back_shows_like_the_form_and_only_where_it_was_written(tmp_path: Path) -> None:
    async with desks(tmp_path) as place:
        here, elsewhere = await place.case(), await place.case()
        found = place.city.rooms["progress"]
        case = await found.casework.case(here)
        await found.words.withdraw(found.casework, case, "家里有事", actor=visitor("applicant-x"), command_id="back-1")
        at_hall = await found.casework.case(elsewhere)
        await place.do(m.WithdrawCase(case=elsewhere, seen=at_hall.step, words="id-at-a-hall"), visitor("applicant-y"))
        await place.caught_up()

        async def said(id_: str) -> Any:
            return (await place.get(EXAMINER, f"desk/cases/{id_}"))["history"][-1]["said"]

        assert await said(here) == {"own_words": "masked"}
        await place.post(EXAMINER, f"desk/cases/{here}/unmask", reason="核对撤回原因")
        assert await said(here) == {"reason": "家里有事"}
        await place.post(EXAMINER, f"desk/cases/{elsewhere}/unmask", reason="核对撤回原因")
        assert await said(elsewhere) == {"own_words": "elsewhere"}
