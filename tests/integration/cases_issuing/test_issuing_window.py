"""The issuing window: what lies ready, whose it is, one signature for several results, boxes and couriers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases import messages as m
from cases.forms import Form, Party, new_salt, sealed_bytes
from hall_server.database.vault import Person
from hall_server.identity import SYSTEM
from scripts.hall_process import HallRefused
from tests.fakes.case_place import edition
from tests.fakes.issuing_hall import LEADER, IssuingHall, issuing_hall

PDF = b"%PDF-1.7\nlicence\n"
ID = "511602199001011234"
CHECKED_ID = "11010519491231002X"


def refused(code: str) -> Any:
    return pytest.raises(HallRefused, match=code.replace(".", r"\."))


async def items(hall: IssuingHall, *cases: str) -> list[dict[str, Any]]:
    ready = (await hall.get("issuing/w01"))["ready"]
    return [{"case": one["id"], "seen": one["step"]} for one in ready if one["id"] in cases]


@pytest.mark.gen_test
async def test_two_results_go_out_with_one_receipt_and_are_closed(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        first, second = await hall.made(), await hall.made()
        await hall.accepted()
        assert {one["id"] for one in (await hall.get("issuing/w01"))["ready"]} == {first.id, second.id}
        wanted = await items(hall, first.id, second.id)
        with refused("issuing.no_receipt"):
            await hall.post("issuing/w01/hand-out", items=wanted)
        reply = await hall.post("issuing/w01/hand-out", items=wanted, on_paper=True, collector="agent")
        assert len(set(reply["receipts"].values())) == 2
        cases = hall.server.rooms["cases"].cases
        assert [cases.get(one.id).state for one in (first, second)] == ["closed", "closed"]
        with refused("case.changed"):
            await hall.post("issuing/w01/hand-out", items=wanted, on_paper=True)
        assert (await hall.get("issuing/w01"))["ready"] == []


@pytest.mark.gen_test
async def test_all_of_it_goes_out_or_nothing(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        first, second = await hall.made(), await hall.accepted()
        wanted = [{"case": first.id, "seen": first.step}, {"case": second.id, "seen": second.step}]
        with refused("case.not_now"):
            await hall.post("issuing/w01/hand-out", items=wanted, on_paper=True)
        assert hall.server.rooms["cases"].cases.get(first.id).state == "made"


@pytest.mark.gen_test
async def test_a_result_is_read_where_it_lies_ready_or_was_handed_out_today_and_that_is_on_record(
    tmp_path: Path,
) -> None:
    async with issuing_hall(tmp_path) as hall:
        file = await hall.server.rooms["federation"].keep(PDF)
        case = await hall.made(file=file)
        path = f"/api/v1/issuing/{{}}/results/{case.id}/{file}"

        async def read(window: str = "w01", by: str = "s01") -> bytes:
            caller = await hall.caller(by)
            return await asyncio.to_thread(caller.fetch, path.format(window))

        assert await read() == PDF
        assert await read("w02", "s02") == PDF
        rows = await hall.server.database.fetch(
            "SELECT subject, actor FROM journal WHERE type = 'issuing.result_read' ORDER BY seq"
        )
        assert [tuple(row) for row in rows] == [(f"result:{case.id}", f"staff:{who}") for who in ("s01", "s02")]
        await hall.post("issuing/w01/hand-out", items=await items(hall, case.id), on_paper=True)
        assert await read() == PDF
        with refused("issuing.not_ready"):
            await read("w02", "s02")
        assert len(await hall.server.database.fetch("SELECT 1 FROM journal WHERE type = 'issuing.result_read'")) == 3
        with refused("issuing.not_here"):
            await read("w01", "s02")


@pytest.mark.gen_test
async def test_only_who_serves_at_the_window_hands_out(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        case = await hall.made()
        with refused("issuing.not_here"):
            await hall.get("issuing/w01", by="s02")
        with refused("issuing.not_here"):
            await hall.post(
                "issuing/w01/hand-out", by="s02", items=[{"case": case.id, "seen": case.step}], on_paper=True
            )


@pytest.mark.gen_test
async def test_a_ticket_a_number_a_code_and_an_id_number_all_find_the_result(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        federation = hall.server.rooms["federation"]
        person = await hall.server.vault.person(Person(id_number=CHECKED_ID))
        form = Form(salt=new_salt(), edition="food@1", applicant=Party(name="李明", id_number=CHECKED_ID))
        case = await hall.made(applicant=person, form=await federation.keep(sealed_bytes(form)))
        stranger = Form(salt=new_salt(), edition="food@1", applicant=Party(name="王芳", id_number=ID))
        other = await hall.made(form=await federation.keep(sealed_bytes(stranger)))
        await hall.serve(person=person)
        picture = await hall.get("issuing/w01")
        assert picture["ticket"]["cases"] == [case.id]
        assert {one["name"] for one in picture["ready"]} == {"李*", "王*"}
        for text in (case.number, case.number[-4:], f"https://x/progress?n={case.number}&c=A", CHECKED_ID):
            assert (await hall.post("issuing/w01/find", text=text))["cases"] == [case.id]
        for text in ("QIANFENG-20261122-0007K", "nobody", other.id):
            with refused("issuing.nothing_found"):
                await hall.post("issuing/w01/find", text=text)


@pytest.mark.gen_test
async def test_a_receipt_needs_somebody_at_the_window_and_a_signature(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        case = await hall.made()
        with refused("issuing.nobody"):
            await hall.post("issuing/w01/sheets", cases=[case.id])
        await hall.serve()
        sheet = await hall.post("issuing/w01/sheets", cases=[case.id])
        assert sheet["state"] == "waiting"
        with refused("issuing.not_signed"):
            await hall.post("issuing/w01/hand-out", items=await items(hall, case.id), sheet=sheet["id"])
        keeper = hall.server.rooms["confirmation"]["keeper"]
        content = msgspec.json.decode(await keeper.shown(sheet["id"]))
        assert "办理结果领取回执" in str(content)
        assert case.number in str(content)


@pytest.mark.gen_test
async def test_a_parcel_is_closed_when_it_has_arrived(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        case = await hall.made()
        with refused("issuing.label"):
            await hall.post("issuing/w01/courier", items=await items(hall, case.id))
        wanted = [{**one, "label": "SF1234567890"} for one in await items(hall, case.id)]
        await hall.post("issuing/w01/courier", items=wanted)
        [parcel] = (await hall.get("issuing/w01"))["parcels"]
        await hall.post("issuing/w01/arrived", items=[{"case": parcel["id"], "seen": parcel["step"]}])
        picture = await hall.get("issuing/w01")
        assert (picture["ready"], picture["parcels"]) == ([], [])


@pytest.mark.gen_test
async def test_a_box_holds_one_result_until_it_is_collected(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        first, second = await hall.made(), await hall.made()
        filled = await hall.post("issuing/w01/locker", items=await items(hall, first.id, second.id))
        assert sorted(filled["boxes"].values()) == ["01", "02"]
        assert all(len(code) == 6 for code in filled["codes"].values())
        with refused("issuing.boxed"):
            await hall.post("issuing/w01/locker", items=await items(hall, first.id))
        await hall.post(f"issuing/w01/locker/{first.id}", items=await items(hall, first.id))
        picture = await hall.get("issuing/w01")
        assert [(one["id"], one["box"]) for one in picture["ready"]] == [(second.id, filled["boxes"][second.id])]
        assert hall.server.rooms["cases"].cases.get(first.id).state == "closed"


@pytest.mark.gen_test
async def test_what_the_visitor_gives_up_is_closed_with_a_reason_and_its_box_is_free(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        first, second = await hall.made(), await hall.accepted()
        wanted = await items(hall, first.id)
        await hall.post("issuing/w01/locker", items=wanted)
        with refused("case.text_missing"):
            await hall.post("issuing/w01/give-up", items=wanted, reason=" ")
        with refused("case.not_now"):
            await hall.post(
                "issuing/w01/give-up", items=[*wanted, {"case": second.id, "seen": second.step}], reason="不再需要"
            )
        assert (await hall.post("issuing/w01/give-up", items=wanted, reason="不再需要"))["cases"] == [first.id]
        case = hall.server.rooms["cases"].cases.get(first.id)
        assert (case.state, case.outcome, case.is_given_up) == ("closed", "granted", True)
        assert hall.server.rooms["issuing"]["boxes"].of_case == {}
        assert (await hall.get("issuing/w01"))["ready"] == []


@pytest.mark.gen_test
async def test_boxes_are_remembered_over_a_restart(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        case = await hall.made()
        await hall.post("issuing/w01/locker", items=await items(hall, case.id))
    async with issuing_hall(tmp_path) as hall:
        [line] = (await hall.get("issuing/w01"))["ready"]
        assert (line["id"], line["box"]) == (case.id, "01")


@pytest.mark.gen_test
async def test_what_nobody_collects_is_listed(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        await hall.made()
        hall.forward(days=13)
        [line] = (await hall.get("issuing/w01"))["ready"]
        assert (line["waits_workdays"], line["is_left"]) == (9, False)
        hall.forward(days=1)
        [line] = (await hall.get("issuing/w01"))["ready"]
        assert (line["waits_workdays"], line["is_left"]) == (10, True)


@pytest.mark.gen_test
async def test_visitors_can_take_a_number_for_collecting(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path) as hall:
        department = next(iter(hall.server.directory.departments))
        zone = next(iter(hall.server.directory.zones))
        wanted = {"zone": zone, "department": department, "windows": ["w01"]}
        with refused("role"):
            await hall.post("issuing/set-up", **wanted)
        assert not (await hall.get("issuing/w01"))["has_pickup"]
        await hall.post("issuing/set-up", by="manager", **wanted)
        assert (await hall.get("issuing/w01"))["has_pickup"]
        await hall.serve(line="pickup")
        assert (await hall.get("issuing/w01"))["ticket"]["number"].startswith("Z")


@pytest.mark.gen_test
async def test_a_case_is_withdrawn_or_ended_in_the_hall_and_then_nothing_is_handed_out(tmp_path: Path) -> None:
    async with issuing_hall(tmp_path, edition()) as hall:
        case = await hall.accepted()
        withdrawn = await hall.case(m.WithdrawCase(case=case.id, seen=case.step, reason="撤回"), SYSTEM)
        assert withdrawn.state == "withdrawn"
        other = await hall.accepted()
        ended = await hall.case(m.TerminateCase(case=other.id, seen=other.step, reason="终止"), LEADER)
        assert ended.state == "terminated"
        assert (await hall.get("issuing/w01"))["ready"] == []
