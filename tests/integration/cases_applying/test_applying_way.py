"""Filing by oneself over HTTP, from the code on the phone to the receipt; and what stops it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cases.catalogue.model import EditionState
from cases.model import State
from cases.state import query_digest
from tests.fakes.applying import (
    ANSWERS,
    APPLICANT,
    BASE,
    FORM,
    PHONE,
    applying_hall,
    body_of,
    lacking,
)
from tests.fakes.cases_desk import NUMBER, OTHER, SECRETS
from tests.fakes.confirming import Who, lying


@pytest.mark.gen_test(timeout=60)
async def test_from_the_code_on_the_phone_to_the_receipt(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        assert body_of(await who.ask("GET", "/api/v1/applicant/session"))["masked"] == "110*************2X"
        matters = body_of(await who.ask("GET", f"{BASE}/matters?channel=phone"))["matters"]
        assert [one["id"] for one in matters] == [hall.matter]
        draft = await hall.begun(who)
        assert lacking(await who.ask("GET", f"{BASE}/{draft['id']}/check")) == {
            "answers.who": "unanswered",
            "answers.where": "unanswered",
            "applicant.name": "missing",
            "form.shop": "missing",
            "form.kind": "missing",
            "materials.id": "material_missing",
        }
        early = await who.ask("POST", f"{BASE}/{draft['id']}/submit", {})
        assert (early.error, early.body["error"]["fields"]["form.shop"]) == ("applying.incomplete", "missing")
        draft = await hall.filled(who)
        assert body_of(await who.ask("GET", f"{BASE}/{draft['id']}/check"))["missing"] == []
        sent = body_of(await who.ask("POST", f"{BASE}/{draft['id']}/submit", {}))
        again = body_of(await who.ask("POST", f"{BASE}/{draft['id']}/submit", {}, Idempotency_Key="another-key-1"))
        assert again == sent
        case = hall.server.rooms["cases"].cases.get(sent["case"])
        assert (case.channel, case.state, case.application) == ("phone", State.RECEIVED, draft["id"])
        assert case.query_digest == query_digest(sent["number"], sent["code"])
        assert [one.material for one in case.given.values()] == ["form", "id"]
        assert case.given["id"].copies[0].sha256 == draft["pages"][0]["sha256"]
        receipt = await who.ask("GET", sent["receipt"])
        assert (receipt.code, receipt.headers["Content-Type"]) == (200, "application/pdf")
        seen = body_of(await who.ask("GET", f"{BASE}/{draft['id']}"))
        assert (seen["stage"], seen["case"]["number"]) == ("sent", sent["number"])
        late = await who.ask("PUT", f"{BASE}/{draft['id']}", {"seen": seen["seen"], "form": FORM})
        assert late.error == "applying.sent"
