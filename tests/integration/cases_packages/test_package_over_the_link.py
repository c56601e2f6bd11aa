"""A case and a package from hall A over two departments at the city to hall B, with the link cut in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cases import messages as m
from cases.catalogue.model import Edition, Material
from cases.packages import messages as p
from scripts.hall_process import Caller, HallRefused
from tests.fakes.city_desks import Desks, desks, matter
from tests.fakes.federated import until
from tests.fakes.issuing_hall import IssuingHall, issuing_hall

PERSON = {"name": "欧阳晓明", "id_number": "11010519491231002X", "phone": "13800138000"}
IDENTITY = Material(id="id", name="身份证明")


def parts() -> tuple[Edition, Edition]:
    shop = {"type": "string", "title": "店铺名称"}
    plain: dict[str, Any] = {"questions": (), "rows": (), "form": {"type": "object", "properties": {"shop": shop}}}
    register = matter(
        matter="sole-trader",
        name="个体工商户设立登记",
        materials=(Material(id="r", name="登记申请书"), IDENTITY),
        **plain,
    )
    food = matter("gafj", matter="food-business", materials=(Material(id="f", name="许可申请书"), IDENTITY), **plain)
    return register, food


async def cut(hall: IssuingHall) -> None:
    await hall.server.rooms["federation"].stop()


async def linked(hall: IssuingHall) -> None:
    await hall.server.rooms["federation"].start(pace=0)


def halls(place: Desks, folder: Path, name: str, *editions: Edition) -> Any:
    url = f"ws://127.0.0.1:{place.port}"
    return issuing_hall(
        folder / name, *editions, name=name, token=place.tokens[name], clock=place.clock, city_url=url, city_pace=0
    )


async def at_city(place: Desks, department: str, *, state: str = "accepted") -> str:
    """The only case of a department in a state, once the city has it."""

    async def there() -> Any:
        found = await place.city.rooms["case_index"].tray(department)
        return [one.case.id for one in found if one.case.state == state and one.case.writer == "city"]

    await until(there)
    [case] = await there()
    return str(case)


async def granted(place: Desks, department: str, case: str, licence: str) -> None:
    await place.step(f"{department}-examiner", case, "examine", opinion=f"{department} 同意", proposes="granted")
    await place.step(f"{department}-leader", case, "decide", outcome="granted")
    await place.step(f"{department}-examiner", case, "make", licence=licence)


@pytest.mark.gen_test(timeout=120)
async def test_accepted_in_hall_a_decided_at_the_city_issued_in_hall_b(tmp_path: Path) -> None:
    edition = matter()
    async with (
        desks(tmp_path / "city", edition) as place,
        halls(place, tmp_path, "h1", edition) as first,
        halls(place, tmp_path, "h2", edition) as second,
    ):
        case = await first.accepted(deliver_at="h2")
        await first.case(m.HandOver(case=case.id, seen=case.step))
        assert await at_city(place, "xzspj") == case.id
        with pytest.raises(Exception, match=r"case\.elsewhere"):
            await first.case(m.WithdrawCase(case=case.id, seen=case.step + 1))
        await cut(second)
        await granted(place, "xzspj", case.id, "JY1")
        await place.step("xzspj-examiner", case.id, "send-to-hall", hall="h2")
        assert (await second.get("issuing/w01"))["ready"] == []
        await linked(second)
        ready = second.server.rooms["issuing"]["finder"].ready
        await until(lambda: [one.id for one in ready()] == [case.id])
        await cut(second)  # handing out needs no city
        [line] = (await second.get("issuing/w01"))["ready"]
        await second.post("issuing/w01/hand-out", items=[{"case": line["id"], "seen": line["step"]}], on_paper=True)
        await linked(second)

        async def closed() -> bool:
            return (await place.get("xzspj-examiner", f"desk/cases/{case.id}"))["state"] == "closed"

        await until(closed)
        await until(lambda: first.server.rooms["cases"].cases.get(case.id).state == "closed")


@pytest.mark.gen_test(timeout=120)
async def test_a_package_of_two_departments_goes_out_at_once_in_hall_b(tmp_path: Path) -> None:
    editions = parts()
    async with (
        desks(tmp_path / "city", *editions) as place,
        halls(place, tmp_path, "h1", *editions) as first,
        halls(place, tmp_path, "h2", *editions) as second,
    ):
        answers = {"size": ["small"], "sign": ["no"]}
        needs = await first.post("packages/kinds/restaurant/needs", answers=answers)
        assert [one["name"] for one in needs["materials"]] == ["登记申请书", "经营者身份证明", "许可申请书"]
        assert list(needs["form"]["properties"]) == ["shop"]
        wanted = {
            **{"kind": "restaurant", "window": "w01", "answers": answers, "applicant": PERSON, "deliver_at": "h2"},
            "fields": {"shop": "一门小馆"},
        }
        given = [{"material": one["id"], "supply": "paper"} for one in needs["materials"]]
        with pytest.raises(HallRefused, match=r"package\.gaps"):
            await first.post("packages", **wanted, given=given[:-1])
        opened = await first.post("packages", **wanted, given=given)
        assert list(opened["cases"]) == ["register"]
        register = opened["cases"]["register"]
        assert await at_city(place, "xzspj") == register
        await until(lambda: _form_is_here(place, "xzspj", register))  # files come after the steps that name them
        await cut(first)
        with pytest.raises(HallRefused, match=r"desk\.other_department"):
            await place.get("gafj-examiner", f"desk/cases/{register}")
        await granted(place, "xzspj", register, "YYZZ1")
        food = await at_city(place, "gafj")  # its turn has come
        card = await place.get("gafj-examiner", f"desk/cases/{food}")
        assert [one["state"] for one in card["package"]["parts"]] == ["granted", "running"]
        assert card["package"]["parts"][0]["opinion"] == "xzspj 同意"
        await until(lambda: _form_is_here(place, "gafj", food))
        shown = await place.post("gafj-examiner", f"desk/cases/{food}/unmask", reason="核对")
        assert shown["fields"] == {"shop": "一门小馆"}
        await granted(place, "gafj", food, "JY1")
        for department, case in (("xzspj", register), ("gafj", food)):
            await place.step(f"{department}-examiner", case, "send-to-hall", hall="h2")
        ready = second.server.rooms["issuing"]["finder"].ready
        await until(lambda: {one.id for one in ready()} == {register, food})
        lines = (await second.get("issuing/w01"))["ready"]
        assert {one["package"] for one in lines} == {opened["id"]}
        items = [{"case": one["id"], "seen": one["step"]} for one in lines]
        await second.post("issuing/w01/hand-out", items=items, on_paper=True)

        async def over() -> bool:
            return (await place.get("xzspj-leader", f"desk/packages/{opened['id']}"))["is_over"]

        await until(over)
        package = await place.get("xzspj-leader", f"desk/packages/{opened['id']}")
        assert package["outcome"] == "granted"
        assert opened["id"] not in place.city.rooms["desks"].joint.open.lead
        await linked(first)
        known = first.server.rooms["cases"].cases
        await until(lambda: food in known.by_id and {known.get(one).state for one in (register, food)} == {"closed"})
        assert (known.get(food).hall, known.get(food).writer) == ("h1", "hall:h2")
        await first.server.projector.reached(first.server.journal.committed)
        for hall in (first.port, place.port):  # one code for both, at the hall that took them in and at the city
            caller = Caller(hall)
            asked = {"number": known.get(food).number, "code": opened["code"]}
            seen = await asyncio.to_thread(caller.post, "progress", asked)
            assert (seen["state"], [one["number"] for one in seen["parts"]]) == ("closed", [known.get(register).number])


@pytest.mark.gen_test(timeout=120)
async def test_a_joint_visit_over_http_is_ended_by_the_lead_alone(tmp_path: Path) -> None:
    from cases.catalogue.model import Procedure, ProcedureKind

    visit = (Procedure(id="visit", kind=ProcedureKind.VISIT, name="现场核查"),)
    register, food = parts()
    both = tuple(
        type(one)(**{**{name: getattr(one, name) for name in one.__struct_fields__}, "procedures": visit})
        for one in (register, food)
    )
    async with desks(tmp_path / "city", *both) as place, halls(place, tmp_path, "h1", *both) as first:
        needs = await first.post("packages/kinds/restaurant/needs", answers={"size": ["small"], "sign": ["no"]})
        given = [{"material": one["id"], "supply": "paper"} for one in needs["materials"]]
        opened = await first.post(
            "packages",
            **{"kind": "restaurant", "window": "w01", "answers": {"size": ["small"], "sign": ["no"]}},
            **{"applicant": PERSON, "given": given},
        )
        case = await at_city(place, "xzspj")
        await until(lambda: opened["id"] in place.city.rooms["desks"].joint.open.lead)
        [shown] = (await place.get("xzspj-examiner", "desk/packages"))["items"]
        address = f"desk/packages/{opened['id']}"
        with pytest.raises(HallRefused, match=r"case\.not_yours"):
            await place.post("gafj-examiner", f"{address}/visit", seen=shown["step"], workdays=5, reason="踏勘")
        shown = await place.post("xzspj-examiner", f"{address}/visit", seen=shown["step"], workdays=5, reason="踏勘")
        card = await place.get("xzspj-examiner", f"desk/cases/{case}")
        assert (card["state"], card["joint_visit"]) == ("suspended", True)
        with pytest.raises(HallRefused, match=r"package\.joint_visit"):
            await place.step("xzspj-examiner", case, "resume", result="好")
        with pytest.raises(HallRefused, match=r"package\.changed"):
            await place.post("xzspj-examiner", f"{address}/end-visit", seen=1, result="好")
        with pytest.raises(HallRefused, match=r"package\.finding_missing"):
            await place.post("xzspj-examiner", f"{address}/end-visit", seen=shown["step"], result="符合")
        assert shown["may"][0] == "finding"
        said = {"department": "xzspj", "came": ["川01", "川02"], "is_sound": True, "finding": "与图纸一致"}
        with pytest.raises(HallRefused, match=r"case\.not_yours"):
            await place.post("gafj-examiner", f"{address}/finding", seen=shown["step"], **said)
        shown = await place.post("xzspj-examiner", f"{address}/finding", seen=shown["step"], **said)
        shown = await place.post("xzspj-leader", f"{address}/sign-finding", seen=shown["step"], department="xzspj")
        [found] = (await place.get("xzspj-examiner", f"desk/cases/{case}"))["package"]["visits"][0]["findings"]
        assert (found["words"], found["came"], len({one["by"] for one in found["signed"]})) == (
            "与图纸一致",
            said["came"],
            2,
        )
        assert all(one["by"] for one in found["signed"])
        shown = await place.post("xzspj-examiner", f"{address}/end-visit", seen=shown["step"], result="符合")
        assert [part["clocks"] != [] for part in shown["parts"]] == [True, False]
        card = await place.get("xzspj-examiner", f"desk/cases/{case}")
        assert card["state"] == "accepted"
        assert (
            next(one for one in card["history"] if one["type"] == "case.procedure_ended")["said"]["result"]
            == "与图纸一致\n符合"
        )
        stream = await place.city.log.stream(f"package:{opened['id']}")
        assert sum(isinstance(one.event, p.VisitEnded) for one in stream) == 1


async def _form_is_here(place: Desks, department: str, case: str) -> bool:
    return bool((await place.get(f"{department}-examiner", f"desk/cases/{case}"))["form"]["is_here"])
