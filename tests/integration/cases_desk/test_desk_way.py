"""From the called ticket to the accepted case over HTTP: everything at once or nothing, and no name in the journal."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases.catalogue.model import EditionState
from cases.model import State
from cases.state import query_digest
from hall_queue import messages as q
from hall_queue.people import PersonGiven, checked
from tests.fakes.cases_desk import NUMBER, OTHER, SECRETS, WINDOW, case_of, desk_hall, food
from tests.fakes.confirming import lying, signature
from tests.fakes.hall import HandClock, staff

CASES = "/api/v1/cases"
DESK = f"{CASES}/desk/{WINDOW}"


@pytest.mark.gen_test(timeout=60)
async def test_a_case_is_received_accepted_and_handed_over_at_once(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        scan = await hall.scan(clerk, ticket)
        given = [
            {"material": "form", "supply": "form"},
            {"material": "id", "supply": "scan", "copies": [{"sha256": scan[0]["sha256"], "size": 1, "media": "x/y"}]},
            {"material": "plan", "supply": "paper"},
        ]
        body = hall.wanted(ticket, given=given, hands_over=True)
        answer = await clerk.ask("POST", CASES, body, Idempotency_Key="accept-00001")
        case = case_of(answer)
        assert (answer.code, case["state"], case["case"]["writer"]) == (201, "accepted", "city")
        assert [one["kind"] for one in case["papers"]] == ["receipt", "acceptance", "transfer"]
        [copy] = case["case"]["given"]["id"]["copies"]
        assert (copy["sha256"], copy["media"], copy["page"]) == (scan[0]["sha256"], "image/png", 1)
        assert case["case"]["query_digest"] == query_digest(case["number"], case["query_code"])
        assert len(case["query_code"]) == 8
        assert {one["kind"]: one["due"] for one in case["clocks"]}["promise"] == "2026-12-04"
        again = await clerk.ask("POST", CASES, body, Idempotency_Key="accept-00001")
        assert (again.body["id"], again.body["number"]) == (case["id"], case["number"])
        served = hall.desk.queue.pictures.served
        assert served.case_of(ticket, hall.matter) == case["number"]
        state = (await clerk.ask("GET", DESK)).body
        assert [one["number"] for one in state["here"]] == [case["number"]]
        assert state["draft"] == {"revision": 0, "content": {}, "scans": []}
        listed = (await clerk.ask("GET", f"{CASES}?window={WINDOW}&day=today&q={case['number'][-6:]}")).body
        assert [(one["id"], one["state"]) for one in listed["items"]] == [(case["id"], "accepted")]
        assert (await clerk.ask("GET", f"{CASES}?q=%25")).body["total"] == 0


@pytest.mark.gen_test(timeout=60)
async def test_nothing_personal_is_in_journal_logs_frames_or_addresses(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with desk_hall(tmp_path) as hall:
        person = await hall.server.vault.person(checked(PersonGiven(id_number=NUMBER)))  # type: ignore[arg-type]  # a person was given
        clerk, ticket = await hall.signed_in(), await hall.serve(person=person)
        draft = {"ticket": ticket, "revision": 0, "content": {"applicant": {"name": SECRETS[1], "id_number": NUMBER}}}
        assert (await clerk.ask("PUT", f"{DESK}/draft", draft)).body == {"revision": 1}
        state = await clerk.ask("GET", DESK)
        assert state.body["ticket"]["person"] == {"id_number": "110*************2X", "phone": ""}
        shown = await clerk.ask("POST", f"{DESK}/person", {"ticket": ticket, "why": "compare"})
        assert shown.body["id_number"] == NUMBER
        case = case_of(await clerk.ask("POST", CASES, hall.wanted(ticket)))
        again = await hall.serve(person=person)
        known = await clerk.ask("POST", f"{DESK}/known", {"ticket": again})
        assert [one["number"] for one in known.body["earlier"]] == [case["number"]]
        taken = await clerk.ask("POST", f"{DESK}/reuse", {"ticket": again, "case": case["id"]})
        assert (taken.body["applicant"]["name"], taken.body["fields"]["shop"]) == (SECRETS[1], "三丰面馆")
        [card, *_] = known.body["licences"]
        assert card["number_masked"] == "110*************2X"
        agreed = {"ticket": again, "licence": card["id"], "edition": f"{hall.matter}@1"}
        licence = await clerk.ask("POST", f"{DESK}/licence", agreed)
        assert licence.body["fields"]["id_number"] == NUMBER
        journal = await hall.journal_text()
        uses = [use for use in ("shown", "form", "licence") if f'"use":"{use}"' in journal]
        assert uses == ["shown", "form", "licence"]
        for secret in SECRETS:
            assert secret not in journal
            assert secret not in caplog.text
    for secret in (*SECRETS, "三丰面馆"):
        assert [name for name, content in lying(tmp_path).items() if secret.encode() in content] == []


@pytest.mark.gen_test(timeout=60)
@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        (
            {"applicant": {"name": "张三丰", "id_number": "110105194912310021"}},
            "case_desk.party",
            "applicant.id_number",
        ),
        ({"applicant": {"name": " ", "id_number": NUMBER}}, "case_desk.party", "applicant.name"),
        ({"fields": {"shop": "面", "kind": "餐饮服务"}}, "case_desk.form", "fields.shop"),
        ({"fields": {"kind": "餐饮服务"}}, "case_desk.form", "fields.shop"),
        ({"fields": {"shop": "面馆", "kind": "夜店"}}, "case_desk.form", "fields.kind"),
        ({"answers": {"who": ["self"]}}, "situation.unanswered", "field"),
        ({"given": [{"material": "nothing", "supply": "paper"}]}, "case.material_unknown", "field"),
        (
            {
                "given": [
                    {"material": "id", "supply": "scan", "copies": [{"sha256": "0" * 64, "size": 1, "media": "a"}]}
                ]
            },
            "case_desk.copy_unknown",
            "field",
        ),
    ],
)
async def test_what_is_wrong_is_named_by_its_field_and_nothing_is_kept(
    tmp_path: Path, changes: dict[str, Any], code: str, field: str
) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        answer = await clerk.ask("POST", CASES, hall.wanted(ticket, **changes))
        assert (answer.code, answer.error) == (400, code)
        assert field in answer.body["error"]["fields"]
        assert hall.desk.room.cases.by_id == {}
        assert [one for one in (tmp_path / "blobs").rglob("*") if one.is_file()] == []
        for secret in SECRETS:
            assert secret not in str(answer.body)


@pytest.mark.gen_test(timeout=60)
async def test_gaps_become_one_notice_then_corrections_then_acceptance(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        bad = [
            {"material": "form", "supply": "form"},
            {"material": "id", "supply": "paper", "is_sound": False, "gap": "身份证已过期"},
        ]
        refused = await clerk.ask("POST", CASES, hall.wanted(ticket, given=bad))
        assert refused.error == "case.gaps"
        assert hall.desk.room.cases.by_id == {}
        more = [{"part": "form.shop", "what": "店名与营业执照不一致"}]
        case = case_of(await clerk.ask("POST", CASES, hall.wanted(ticket, given=bad, then="notice", gaps=more)))
        assert case["state"] == "correction"
        assert [one["part"] for one in case["case"]["notices"][0]["gaps"]] == ["id", "plan", "form.shop"]
        good = [{"material": "id", "supply": "paper"}, {"material": "plan", "supply": "paper"}]
        path = f"{CASES}/{case['id']}"
        stale = await clerk.ask("POST", f"{path}/accept", {"seen": 1, "given": good})
        assert stale.error == "case.changed"
        done = case_of(await clerk.ask("POST", f"{path}/accept", {"seen": case["step"], "given": good}))
        assert done["state"] == "accepted"
        assert hall.desk.room.cases.get(case["id"]).state is State.ACCEPTED


@pytest.mark.gen_test(timeout=60)
async def test_a_minor_gap_follows_on_a_promise_and_a_refusal_names_its_reasons(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        given = [{"material": "form", "supply": "form"}, {"material": "id", "supply": "paper"}]
        body = hall.wanted(ticket, given=given, mode="gap", owed_until="2026-12-07")
        case = case_of(await clerk.ask("POST", CASES, body))
        assert (case["case"]["mode"], case["case"]["owed"]) == ("gap", ["plan"])
        ticket = await hall.serve()
        empty = await clerk.ask("POST", CASES, hall.wanted(ticket, then="refuse"))
        assert empty.error == "case.text_missing"
        words = {
            "then": "refuse",
            "reason": "不属于本机关职权范围",
            "authority": "县林业局",
            "remedies": "60日内申请行政复议",
        }
        refused = case_of(await clerk.ask("POST", CASES, hall.wanted(ticket, **words)))
        assert (refused["state"], [one["kind"] for one in refused["papers"]]) == (
            "not_accepted",
            ["receipt", "not_accepted"],
        )


@pytest.mark.gen_test(timeout=60)
async def test_two_clerks_on_one_case_and_a_cancelled_edition(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        first, ticket = await hall.signed_in(), await hall.serve()
        second = await hall.signed_in("s01b", WINDOW)
        case = case_of(await first.ask("POST", CASES, hall.wanted(ticket, then="receive")))
        path = f"{CASES}/{case['id']}/accept"
        answers = await asyncio.gather(*(one.ask("POST", path, {"seen": 1}) for one in (first, second)))
        assert sorted(one.code for one in answers) == [200, 409]
        assert next(one.error for one in answers if one.code == 409) == "case.changed"
        hall.desk.room.editions.take(food(hall.matter, state=EditionState.CANCELLED))
        ticket = await hall.serve()
        late = await first.ask("POST", CASES, hall.wanted(ticket))
        assert (late.code, late.error) == (409, "edition.not_in_force")
        gone = await first.ask("GET", f"{CASES}/editions/{hall.matter}")
        assert gone.error == "case_desk.no_edition"


@pytest.mark.gen_test(timeout=60)
async def test_a_restart_in_the_middle_loses_nothing_that_was_typed_or_scanned(tmp_path: Path) -> None:
    clock = HandClock()
    async with desk_hall(tmp_path, clock=clock) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        [scan] = await hall.scan(clerk, ticket)
        content = {"edition": f"{hall.matter}@1", "fields": {"shop": "三丰面馆"}}
        await clerk.ask("PUT", f"{DESK}/draft", {"ticket": ticket, "revision": 0, "content": content})
        stale = await clerk.ask("PUT", f"{DESK}/draft", {"ticket": ticket, "revision": 0, "content": {}})
        assert stale.error == "case_desk.draft_changed"
    async with desk_hall(tmp_path, clock=clock) as hall:
        clerk = await hall.signed_in()
        state = (await clerk.ask("GET", DESK)).body
        assert (state["ticket"]["id"], state["draft"]["content"]) == (ticket, content)
        assert state["draft"]["scans"] == [scan]
        seen = await clerk.ask("GET", f"{DESK}/scans/{scan['sha256']}")
        assert seen.code == 200
        assert seen.headers["Content-Type"] == "image/png"
        clock.forward(hours=30)
        assert await hall.desk.drafts.sweep() == 1
        assert not hall.desk.federation.attachments.has(scan["sha256"])


@pytest.mark.gen_test(timeout=60)
async def test_pages_are_turned_removed_and_seen_by_nobody_else(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, other = await hall.signed_in(), await hall.signed_in("s02", "w02")
        ticket = await hall.serve()
        [scan] = await hall.scan(clerk, ticket)
        twin = (await hall.scan(clerk, ticket))[0]
        assert twin["sha256"] != scan["sha256"]
        path = f"{DESK}/scans/{scan['sha256']}"
        assert (await other.ask("GET", path)).error == "case_desk.not_here"
        turned = (await clerk.ask("POST", f"{path}/turn", {"ticket": ticket})).body
        assert (turned["width"], turned["height"]) == (scan["height"], scan["width"])
        assert (await clerk.ask("GET", path)).error == "case_desk.scan_unknown"
        gone = await clerk.ask("DELETE", f"{DESK}/scans/{turned['sha256']}?ticket={ticket}")
        assert gone.code == 204
        assert [one["sha256"] for one in (await clerk.ask("GET", DESK)).body["draft"]["scans"]] == [twin["sha256"]]
        assert (await clerk.ask("GET", f"{CASES}/desk/..%2fw01/scans/x")).code in {400, 404}


@pytest.mark.gen_test(timeout=60)
async def test_the_sheet_on_the_pad_shows_what_was_filled_in(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        wanted = hall.wanted(ticket)
        body = {key: wanted[key] for key in ("ticket", "edition", "applicant", "fields")}
        sent = await clerk.ask("POST", f"{DESK}/sheet", {**body, "materials": ["申请书", "身份证明"]})
        assert sent.code == 201, sent.body
        loaded = await clerk.ask("GET", f"/api/v1/windows/{WINDOW}/confirmations/{sent.body['id']}/sheet")
        content = msgspec.json.decode(loaded.body["content"])
        assert [one["value"] for one in content["fields"]][:2] == ["张三丰", NUMBER]
        assert {"label": "店名", "value": "三丰面馆"} in content["fields"]
        signed = {"hash": loaded.body["hash"], "seen": 1, **signature()}
        await clerk.ask(
            "POST", f"/api/v1/windows/{WINDOW}/confirmations/{sent.body['id']}/shown", {"hash": signed["hash"]}
        )
        path = f"/api/v1/windows/{WINDOW}/confirmations/{sent.body['id']}/sign"
        assert (await clerk.ask("POST", path, signed)).body["state"] == "confirmed"


@pytest.mark.gen_test(timeout=60)
async def test_nobody_reuses_the_form_of_somebody_else(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        case = case_of(await clerk.ask("POST", CASES, hall.wanted(ticket)))
        ticket = await hall.serve()
        taken = await clerk.ask("POST", f"{DESK}/reuse", {"ticket": ticket, "case": case["id"], "id_number": OTHER})
        assert (taken.code, taken.error) == (403, "case_desk.other_person")
        await hall.server.execute(q.FinishService(window=WINDOW), actor=staff("s01", WINDOW))
        left = await clerk.ask("POST", CASES, hall.wanted(ticket))
        assert left.error == "case_desk.not_served"


@pytest.mark.gen_test(timeout=60)
async def test_a_hall_accepts_while_the_city_is_away_and_keeps_what_it_is_to_bring(tmp_path: Path) -> None:
    async with desk_hall(tmp_path, city_url="ws://127.0.0.1:9") as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        [scan] = await hall.scan(clerk, ticket)
        state = (await clerk.ask("GET", DESK)).body
        assert (state["has_city"], state["is_linked"]) == (True, False)
        copies = [{"sha256": scan["sha256"], "size": 0, "media": ""}]
        given = [
            {"material": "form", "supply": "form"},
            {"material": "id", "supply": "paper"},
            {"material": "plan", "supply": "scan", "copies": copies},
        ]
        case = case_of(await clerk.ask("POST", CASES, hall.wanted(ticket, given=given)))
        assert (case["state"], case["is_here"], case["steps"]) == ("accepted", False, [])
        late = await clerk.ask("POST", f"{CASES}/{case['id']}/accept", {"seen": case["step"]})
        assert late.error == "case.elsewhere"
        await hall.desk.bring_all()
        offers = {hash_ for (hash_,) in await hall.server.database.fetch("SELECT hash FROM federation_offers")}
        assert {case["case"]["form"], scan["sha256"]} <= offers


@pytest.mark.gen_test(timeout=120)
async def test_a_document_is_printed_by_the_cases_own_window(tmp_path: Path) -> None:
    async with desk_hall(tmp_path) as hall:
        clerk, ticket = await hall.signed_in(), await hall.serve()
        other = await hall.signed_in("s02", "w02")
        case = case_of(await clerk.ask("POST", CASES, hall.wanted(ticket)))
        [receipt, _] = case["papers"]
        path = f"{CASES}/{case['id']}/papers/{receipt['document']}"
        found = await clerk.ask("GET", path)
        assert (found.code, found.headers["Content-Type"]) == (200, "application/pdf")
        assert found.body.startswith(b"%PDF-")
        assert (await other.ask("GET", path)).error == "case_desk.not_here"
        assert (await clerk.ask("GET", f"{CASES}/{case['id']}/papers/none")).error == "case.paper_unknown"
        slip = await clerk.ask("POST", f"{CASES}/{case['id']}/slip", {"ticket": ticket})
        assert slip.error == "case_desk.no_printer"
