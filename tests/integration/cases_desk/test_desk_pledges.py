"""A pledge is signed before a case is accepted on it; a form is put right after a notice of corrections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases.catalogue.model import FlowKind
from cases.desk.pledges import PAPER
from cases.forms import Form
from tests.fakes.cases_desk import NUMBER, SECRETS, WINDOW, DeskHall, case_of, desk_hall, food
from tests.fakes.confirming import Who, signature

CASES = "/api/v1/cases"
DESK = f"{CASES}/desk/{WINDOW}"
SHEETS = f"/api/v1/windows/{WINDOW}/confirmations"


async def put_up(hall: DeskHall, clerk: Who, ticket: str, **more: Any) -> dict[str, Any]:
    """A sheet on the pad; gives what it shows."""
    wanted = hall.wanted(ticket)
    body = {key: wanted[key] for key in ("ticket", "edition", "applicant", "fields", "answers")}
    sent = await clerk.ask("POST", f"{DESK}/sheet", {**body, **more})
    assert sent.code == 201, sent.body
    loaded = await clerk.ask("GET", f"{SHEETS}/{sent.body['id']}/sheet")
    return {"id": sent.body["id"], "hash": loaded.body["hash"], **msgspec.json.decode(loaded.body["content"])}


async def sign(clerk: Who, sheet: dict[str, Any]) -> None:
    """The visitor signs it."""
    await clerk.ask("POST", f"{SHEETS}/{sheet['id']}/shown", {"hash": sheet["hash"]})
    signed = {"hash": sheet["hash"], "seen": 1, **signature()}
    assert (await clerk.ask("POST", f"{SHEETS}/{sheet['id']}/sign", signed)).body["state"] == "confirmed"


@pytest.mark.gen_test(timeout=60)
async def test_a_pledge_is_signed_before_the_case_is_accepted_on_it(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        conditions = ("有与经营规模相适应的场所",)
        edition = food(hall.matter, flow=FlowKind.PLEDGE, number=2, conditions=conditions)
        hall.server.rooms["cases"].editions.take(edition)
        clerk, ticket = await hall.signed_in(), await hall.serve()
        wanted = hall.wanted(ticket, edition=edition.key, mode="pledge")
        for pledge in ({}, {"pledge": "pad"}):
            assert (await clerk.ask("POST", CASES, {**wanted, **pledge})).error == "case.pledge_unsigned"
        await sign(clerk, await put_up(hall, clerk, ticket, edition=edition.key))  # the form alone is no pledge
        assert (await clerk.ask("POST", CASES, {**wanted, "pledge": "pad"})).error == "case.pledge_unsigned"
        sheet = await put_up(hall, clerk, ticket, edition=edition.key, pledge=True, language="en")
        assert conditions[0] in [one["value"] for one in sheet["fields"]]
        await sign(clerk, sheet)
        body = {**wanted, "pledge": "pad"}
        case = case_of(await clerk.ask("POST", CASES, body, Idempotency_Key="pledge-00001"))
        assert (case["state"], case["case"]["mode"]) == ("accepted", "pledge")
        again = await clerk.ask("POST", CASES, body, Idempotency_Key="pledge-00001")
        assert again.body["id"] == case["id"]
        paper = await clerk.ask("GET", f"{CASES}/{case['id']}/pledge")
        assert (paper.code, paper.headers["Content-Type"]) == (200, "application/pdf")
        ticket = await hall.serve()
        wanted = hall.wanted(ticket, edition=edition.key, mode="pledge")
        assert (await clerk.ask("POST", CASES, {**wanted, "pledge": "pad"})).error == "case.pledge_unsigned"
        case = case_of(await clerk.ask("POST", CASES, {**wanted, "pledge": "paper"}))
        assert case["case"]["pledge"] == PAPER


@pytest.mark.gen_test(timeout=60)
async def test_the_form_is_put_right_after_a_notice_and_the_first_one_stays(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        gaps = [{"part": "form", "what": "店名与营业执照不一致"}]
        case = case_of(await clerk.ask("POST", CASES, hall.wanted(ticket, then="notice", gaps=gaps)))
        first, path = case["case"]["form"], f"{CASES}/{case['id']}"
        assert (case["state"], len(first)) == ("correction", 64)
        ticket = await hall.serve()
        opened = (await clerk.ask("POST", f"{path}/form", {"window": WINDOW, "ticket": ticket})).body
        assert (opened["applicant"]["id_number"], opened["fields"]["shop"]) == (NUMBER, "三丰面馆")
        form = {"applicant": opened["applicant"], "fields": {**opened["fields"], "shop": "三"}}
        wrong = await clerk.ask("POST", f"{path}/materials", {"seen": case["step"], "form": form})
        assert (wrong.error, wrong.body["error"]["fields"]["fields.shop"]) == ("case_desk.form", "length")
        form["fields"] = {**opened["fields"], "shop": "三丰小馆"}
        body = {"seen": case["step"], "form": form}
        case = case_of(await clerk.ask("POST", f"{path}/materials", body, Idempotency_Key="correct-0001"))
        second = case["case"]["form"]
        assert (case["state"], second != first) == ("received", True)
        read = hall.server.rooms["federation"].attachments.read
        kept = [msgspec.json.decode(read(one), type=Form).fields["shop"] for one in (first, second)]
        assert kept == ["三丰面馆", "三丰小馆"]
        late = await clerk.ask("POST", f"{path}/materials", {"seen": case["step"], "form": form})
        assert late.error == "case_desk.form_not_now"
        assert (await clerk.ask("POST", f"{path}/form", {"window": WINDOW, "ticket": ticket})).error == late.error
        case = case_of(await clerk.ask("POST", f"{path}/accept", {"seen": case["step"]}))
        assert case["state"] == "accepted"
        text = await hall.journal_text()
        assert first in text
        assert second in text
        assert not any(secret in text for secret in (*SECRETS, "三丰小馆"))
