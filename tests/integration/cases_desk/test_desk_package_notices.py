"""A package from which something is missing: one notice over all its parts, and corrections taken back in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cases.catalogue.model import Edition, Material
from cases.packages import messages as p
from tests.fakes.case_place import edition
from tests.fakes.cases_desk import NUMBER, PHONE, SECRETS, WINDOW, DeskHall, desk_hall
from tests.fakes.hall import HandClock
from tests.fakes.neighbours import neighbours, places, until

PACKAGES = "/api/v1/packages"
ANSWERS = {"size": ["small"], "sign": ["no"]}
IDENTITY = Material(id="id", name="身份证明")
PAPER = {"supply": "paper"}


def parts() -> tuple[Edition, Edition]:
    plain: dict[str, Any] = {
        "questions": (),
        "rows": (),
        "form": {"type": "object", "properties": {"shop": {"type": "string", "title": "店铺名称"}}},
    }
    register = edition(
        matter="sole-trader",
        name="个体工商户设立登记",
        department="xzspj",
        materials=(Material(id="r", name="登记申请书"), IDENTITY),
        **plain,
    )
    food = edition(
        matter="food-business",
        name="食品经营许可",
        department="gafj",
        materials=(Material(id="f", name="许可申请书"), IDENTITY),
        **plain,
    )
    return register, food


@asynccontextmanager
async def town(path: Path) -> AsyncIterator[tuple[DeskHall, Any]]:
    """A hall whose city is away, and the carrier of short messages."""
    clock = HandClock()
    keys = path / "hall" / "keys"
    keys.mkdir(parents=True)
    (keys / "city.token").write_text("of-a-test")
    (keys / "city.token").chmod(0o600)
    async with neighbours(path / "others", clock) as (others, port):
        sms = {"sms": places(port, path / "others")["sms"]}
        settings = {"neighbours": sms, "city_url": "ws://127.0.0.1:9", "public_url": "https://hall.example"}
        async with desk_hall(path / "hall", clock=clock, **settings) as hall:
            for one in parts():
                hall.server.rooms["cases"].editions.take(one)
            yield hall, others


def wanted(ticket: str, *sound: str, wrong: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    given = [{"material": one, **PAPER} for one in sound]
    given += [{"material": one, **PAPER, "is_sound": False, "gap": gap} for one, gap in (wrong or {}).items()]
    return {
        **{"kind": "restaurant", "window": WINDOW, "ticket": ticket, "answers": ANSWERS, "given": given},
        "applicant": {"name": SECRETS[1], "id_number": NUMBER, "phone": PHONE, "address": "牌坊路7号"},
        "fields": {"shop": "一门小馆"},
        **more,
    }


@pytest.mark.gen_test(timeout=120)
async def test_one_notice_names_everything_once_and_the_package_goes_on_when_it_is_there(tmp_path: Path) -> None:
    """Source: 行政许可法 32 (四): all of it is told once."""
    async with town(tmp_path) as (hall, others):
        clerk, ticket = await hall.signed_in(), await hall.serve()
        body = wanted(ticket, "id", notice=True)
        told = await clerk.ask("POST", PACKAGES, body, Idempotency_Key="notice-1")
        assert told.code == 201, told.body
        assert (await clerk.ask("POST", PACKAGES, body, Idempotency_Key="notice-1")).body == told.body
        case_id, number = told.body["intake"], told.body["number"]
        case = (await clerk.ask("GET", f"/api/v1/cases/{case_id}")).body
        assert (case["state"], case["case"]["package"], case["query_code"]) == (
            "correction",
            told.body["id"],
            told.body["code"],
        )
        [notice] = case["case"]["notices"]
        assert [one["what"] for one in notice["gaps"]] == ["登记申请书", "许可申请书"]
        assert [one["kind"] for one in case["papers"]] == ["receipt", "correction"]
        assert (await clerk.ask("GET", f"{PACKAGES}?day=today")).body["items"] == [], "it is not open yet"

        asked = {"number": case["number"], "code": told.body["code"]}
        seen = (await clerk.ask("POST", "/api/v1/progress", asked)).body
        assert (seen["expects"], [one["name"] for one in seen["lacks"]]) == ("supply", ["登记申请书", "许可申请书"])

        async def queued() -> bool:
            sql = "SELECT count(*) FROM outbox WHERE kind LIKE 'notice.%'"
            return bool((await hall.server.database.fetch(sql))[0][0] == 2)

        async def sent() -> Any:
            hall.server.rooms["neighbours"].room.hurry()
            return [one for one in (await others.books.ledger())["held"] if one["do"] == "sms.send"]

        await until(queued)
        hall.clock.forward(minutes=2)  # so long a message waits for a newer one
        messages = await until(sent)
        assert len(messages) == 1, "one message for all of it, after the one of its receipt was overtaken"

        for step in ("accept", "materials"):
            alone = await clerk.ask("POST", f"/api/v1/cases/{case_id}/{step}", {"seen": case["step"]})
            assert (alone.code, alone.body["error"]["code"]) == (409, "package.together")

        ticket = await hall.serve()
        held = (await clerk.ask("POST", f"{PACKAGES}/intakes/{case_id}", {"window": WINDOW, "ticket": ticket})).body
        assert (held["number"], held["content"]["fields"], held["content"]["given"][0]["material"]) == (
            number,
            {"shop": "一门小馆"},
            "id",
        )
        assert [one["what"] for one in held["gaps"]] == ["登记申请书", "许可申请书"]
        half = wanted(ticket, "id", "r", intake=case_id)
        lacks = await clerk.ask("POST", PACKAGES, half)
        assert (lacks.code, lacks.body["error"]["code"]) == (409, "package.gaps")
        fresh = wanted(ticket, "r", "f", wrong={"id": "过期"}, intake=case_id, notice=True)
        blocked = await clerk.ask("POST", PACKAGES, fresh)
        assert blocked.body["error"]["code"] == "case.second_notice", "it was there to be seen the first time"
        again = await clerk.ask("POST", PACKAGES, {**half, "notice": True})
        assert (again.code, again.body["intake"], again.body["number"]) == (201, case_id, number)
        known = hall.server.rooms["cases"].cases.get(case_id)
        assert [gap.part for gap in known.notices[-1].gaps] == ["许可申请书"]
        draft = hall.server.rooms["package_intakes"].get(case_id).draft

        ticket = await hall.serve()
        opened = await clerk.ask("POST", PACKAGES, wanted(ticket, "id", "r", "f", intake=case_id))
        assert opened.code == 201, opened.body
        assert (opened.body["id"], opened.body["number"], opened.body["cases"]) == (
            told.body["id"],
            number,
            {"register": case_id},
        )
        known = hall.server.rooms["cases"].cases.get(case_id)
        assert (known.state, known.writer, known.is_late_notice) == ("accepted", "city", False)
        assert not hall.server.rooms["federation"].attachments.has(draft)
        gone = await clerk.ask("POST", f"{PACKAGES}/intakes/{case_id}", {"window": WINDOW, "ticket": ticket})
        assert gone.body["error"]["code"] == "package.no_intake"
        rows = await hall.server.database.fetch(
            "SELECT type FROM journal WHERE subject = ? ORDER BY seq", (f"package:{told.body['id']}",)
        )
        assert [one for (one,) in rows] == [
            p.PackageNoticed.type,
            p.PackageNoticed.type,
            p.PackageOpened.type,
            p.PackageCompleted.type,
        ]
        text = await hall.journal_text()
        assert all(one not in text for one in SECRETS)


@pytest.mark.gen_test(timeout=120)
async def test_what_was_filled_in_is_let_go_when_the_applicant_takes_it_back(tmp_path: Path) -> None:
    async with town(tmp_path) as (hall, _):
        clerk, ticket = await hall.signed_in(), await hall.serve()
        told = (await clerk.ask("POST", PACKAGES, wanted(ticket, wrong={"id": "模糊"}, notice=True))).body
        case = (await clerk.ask("GET", f"/api/v1/cases/{told['intake']}")).body
        gaps = case["case"]["notices"][0]["gaps"]
        assert [(one["part"], one["what"]) for one in gaps] == [
            ("id", "模糊"),
            ("r", "登记申请书"),
            ("许可申请书", "许可申请书"),
        ]
        draft = hall.server.rooms["package_intakes"].get(told["intake"]).draft
        asked = {"number": case["number"], "code": told["code"]}
        assert (await clerk.ask("POST", "/api/v1/progress/withdraw", asked)).code == 200
        files = hall.server.rooms["federation"].attachments

        async def erased() -> bool:
            return not files.has(draft)

        await until(erased)
        answer = await clerk.ask(
            "POST", f"{PACKAGES}/intakes/{told['intake']}", {"window": WINDOW, "ticket": await hall.serve()}
        )
        assert answer.body["error"]["code"] == "package.no_intake"
