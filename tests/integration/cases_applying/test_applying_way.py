"""Filing by oneself over HTTP, from the code on the phone to the receipt; and what stops it."""

from __future__ import annotations

import asyncio
import io
import logging
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from cases.applying.messages import How
from cases.applying.sessions import Machine
from cases.catalogue.model import Channel, EditionState, Material, Supply
from cases.desk.licences import Licence
from cases.model import State
from cases.state import query_digest
from hall_server.database.vault import Person
from tests.fakes.applying import (
    ANSWERS,
    APPLICANT,
    BASE,
    FORM,
    PHONE,
    ApplyingHall,
    applying_hall,
    body_of,
    lacking,
)
from tests.fakes.cases_desk import NUMBER, OTHER, SECRETS, case_of
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
        path = f"{BASE}/{draft['id']}/submit"
        first, second = await asyncio.gather(who.ask("POST", path, {}), who.ask("POST", path, {}))
        sent = body_of(first)
        assert body_of(second) == sent == body_of(await who.ask("POST", path, {}, Idempotency_Key="another-key-1"))
        [case] = hall.server.rooms["cases"].cases.by_id.values()
        assert (case.id, case.channel, case.state) == (sent["case"], "phone", State.RECEIVED)
        assert case.application == draft["id"]
        assert case.query_digest == query_digest(sent["number"], sent["code"])
        assert [one.material for one in case.given.values()] == ["form", "id"]
        assert case.given["id"].copies[0].sha256 == draft["pages"][0]["sha256"]
        receipt = await who.ask("GET", sent["receipt"])
        assert (receipt.code, receipt.headers["Content-Type"]) == (200, "application/pdf")
        seen = body_of(await who.ask("GET", f"{BASE}/{draft['id']}"))
        assert (seen["stage"], seen["case"]["number"]) == ("sent", sent["number"])
        late = {"seen": seen["seen"], "form": {**FORM, "shop": "另一家"}}
        assert (await who.ask("PUT", f"{BASE}/{draft['id']}", late)).error == "applying.sent"
        fresh = await hall.filled(who)
        assert lacking(await who.ask("GET", f"{BASE}/{fresh['id']}/check")) == {"matter": "open_case"}
        back = body_of(await who.ask("POST", f"{BASE}/{draft['id']}/withdraw", {"reason": ""}))
        assert back["case"]["state"] == "withdrawn"
        assert lacking(await who.ask("GET", f"{BASE}/{fresh['id']}/check")) == {}


@pytest.mark.gen_test(timeout=60)
async def test_a_second_person_never_sees_the_first_ones_data(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with applying_hall(tmp_path) as hall:
        first = await hall.identified(machine="terminal")
        draft = await hall.filled(first)
        page = draft["pages"][0]["path"]
        assert (await first.ask("GET", page)).code == 200
        cookie = first.headers["Cookie"]
        assert (await first.ask("DELETE", "/api/v1/applicant/session")).code == 204
        assert (await first.ask("GET", page)).error == "session.expired"
        second = await hall.identified(OTHER, "13900139000", machine="terminal")
        assert body_of(await second.ask("GET", BASE)) == {"items": [], "total": 0}
        for method, path in (
            ("GET", f"{BASE}/{draft['id']}"),
            ("GET", page),
            ("GET", f"{BASE}/{draft['id']}/check"),
            ("POST", f"{BASE}/{draft['id']}/submit"),
            ("DELETE", f"{BASE}/{draft['id']}"),
        ):
            refused = await second.ask(method, path, {} if method == "POST" else None)
            assert (refused.code, refused.error) == (404, "applying.unknown")
            assert not any(secret in str(refused.body) for secret in SECRETS)
        own = await hall.begun(second)
        assert own["id"] != draft["id"]
        assert not any(secret in str(own) for secret in SECRETS)
        stolen = Who(hall.port)
        stolen.headers = {"Cookie": cookie}
        assert (await stolen.ask("GET", BASE)).code == 401
        hall.clock.forward(minutes=6)
        assert (await second.ask("GET", BASE)).error == "session.expired"
        again = await hall.identified()
        found = body_of(await again.ask("GET", f"{BASE}/{draft['id']}"))
        assert (found["form"]["shop"], len(found["pages"])) == (FORM["shop"], 1)
        await hall.sent(again)
        journal = await hall.hall.journal_text()
        for secret in (*SECRETS, FORM["shop"]):
            assert secret not in journal
            assert secret not in caplog.text
    for secret in (*SECRETS, FORM["shop"]):
        assert [name for name, content in lying(tmp_path).items() if secret.encode() in content] == []


@pytest.mark.gen_test(timeout=60)
async def test_whoever_knows_a_number_does_not_become_its_owner(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who, path = Who(hall.port), "/api/v1/applicant"
        wrong = await who.ask("POST", f"{path}/code", {"id_number": NUMBER[:-1] + "1", "phone": PHONE})
        assert (wrong.error, wrong.body["error"]["fields"]) == ("person.id_number", {"id_number": "check"})
        blank = await who.ask("POST", f"{path}/code", {"id_number": NUMBER, "phone": "12"})
        assert (blank.error, blank.body["error"]["fields"]) == ("person.phone", {"phone": "check"})
        code = await hall.code(who)
        soon = await who.ask("POST", f"{path}/code", {"id_number": NUMBER, "phone": PHONE})
        assert (soon.code, soon.error) == (429, "rate.exceeded")
        guesses = [f"{(int(code) + step) % 10**6:06d}" for step in range(1, 6)]
        said = [await who.ask("POST", f"{path}/session", {"id_number": NUMBER, "code": one}) for one in guesses]
        assert [one.error for one in said] == ["applying.code_wrong"] * 4 + ["applying.code_over"]
        right = await who.ask("POST", f"{path}/session", {"id_number": NUMBER, "code": code})
        assert right.error == "applying.code_over"
        hall.clock.forward(seconds=61)
        code = await hall.code(who)
        hall.clock.forward(seconds=301)
        old = await who.ask("POST", f"{path}/session", {"id_number": NUMBER, "code": code})
        assert old.error == "applying.code_over"
        owner = await hall.identified()
        forged = Who(hall.port)
        forged.headers = {"Cookie": owner.headers["Cookie"]}
        assert (await forged.ask("POST", BASE, {"matter": hall.matter})).error == "xsrf.missing"
        hall.clock.forward(days=8)
        assert (await owner.ask("GET", BASE)).error == "session.expired"


@pytest.mark.gen_test(timeout=60)
async def test_blanks_in_a_number_give_no_more_codes(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who, met = Who(hall.port), []
        for place in range(1, 10):
            spaced = {"id_number": f"{NUMBER[:place]} {NUMBER[place:]}", "phone": PHONE}
            met.append((await who.ask("POST", "/api/v1/applicant/code", spaced)).code)
            hall.clock.forward(seconds=61)
        assert met == [200] * 8 + [429]


@pytest.mark.gen_test(timeout=60)
async def test_a_phone_that_was_first_gives_way_to_what_a_window_takes_in(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        path, first = "/api/v1/applicant/code", "13700137000"
        stranger = await hall.identified(phone=first)
        body_of(await stranger.ask("GET", BASE))
        clerk = await hall.hall.signed_in()
        ticket = await hall.hall.serve()
        await hall.hall.scan(clerk, ticket)
        case_of(await clerk.ask("POST", "/api/v1/cases", hall.hall.wanted(ticket)))
        await hall.server.projector.reached(hall.server.journal.committed)
        refused = await Who(hall.port).ask("POST", path, {"id_number": NUMBER, "phone": first})
        assert (refused.code, refused.error) == (409, "applying.phone_other")
        over = await stranger.ask("GET", BASE)
        assert (over.code, over.error) == (401, "session.expired")
        owner = await hall.identified(phone=PHONE)
        assert body_of(await owner.ask("GET", f"{BASE}/known"))["licences_need"] == ""
        await hall.confirmed(phone=first)
        by_card = await hall.identified(phone=first)
        assert body_of(await by_card.ask("GET", f"{BASE}/known"))["licences"]
        assert (await owner.ask("GET", BASE)).error == "session.expired"


@pytest.mark.gen_test(timeout=60)
async def test_a_number_and_any_phone_show_and_use_nobodys_licences(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        asked: list[Person] = []
        licences = hall.applying.people.licences

        class Heard:
            async def of(self, person: Person) -> tuple[Licence, ...]:
                asked.append(person)
                return await licences.of(person)

        hall.applying.people.licences = Heard()
        who = await hall.identified()
        draft = await hall.begun(who, answers=ANSWERS)
        path = f"{BASE}/{draft['id']}"
        for known in (f"{BASE}/known", f"{path}/licences"):
            assert body_of(await who.ask("GET", known)) == {"earlier": [], "licences": [], "licences_need": "card"}
        theirs, _ = await licences.of(Person(id_number=NUMBER))
        refused = await who.ask("POST", f"{path}/reuse", {"licence": theirs.id, "consent": True})
        assert (refused.code, refused.error) == (409, "applying.licence_card")
        assert asked == []
        assert body_of(await who.ask("GET", path))["licences"] == {}
        assert '"use":"licence"' not in await hall.hall.journal_text()


@pytest.mark.gen_test(timeout=60)
async def test_a_card_opens_ones_licences_and_a_checked_name_alone_does_not(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        person = await hall.server.vault.person(Person(id_number=NUMBER))
        for how, is_checked, need in ((How.CARD, False, ""), (How.CODE, True, "card"), (How.CODE, False, "card")):
            session, _ = await hall.applying.sessions.begin(
                person=person, masked="", how=how, machine=Machine.PHONE, phone=PHONE, is_checked=is_checked
            )
            known = await hall.applying.known(session)
            assert (known.licences_need, len(known.licences)) == (need, 0 if need else 2)


@pytest.mark.gen_test(timeout=60)
async def test_bad_files_name_their_material_and_nothing_is_lost(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        draft = await hall.filled(who)
        path = f"{BASE}/{draft['id']}/pages?material=id"
        for content, code, error in (
            (b"MZ" + bytes(100), 400, "case_desk.scan_kind"),
            (b"\xff\xd8\xff" + bytes(100), 400, "confirmation.document_kind"),
            (bytes(10 * 1024 * 1024 + 1), 413, "body.too_large"),
            (pdf(pages=200), 400, "confirmation.document_pages"),
        ):
            refused = await who.ask("POST", path, raw=content)
            assert (refused.code, refused.error) == (code, error)
            if code == 400:
                assert refused.body["error"]["fields"]["field"] == "materials.id"
        unknown = await who.ask("POST", f"{BASE}/{draft['id']}/pages?material=nothing", raw=b"x")
        assert unknown.error == "applying.material"
        kept = body_of(await who.ask("GET", f"{BASE}/{draft['id']}"))
        assert (kept["form"], len(kept["pages"])) == (draft["form"], 1)
        stale = await who.ask("PUT", f"{BASE}/{draft['id']}", {"seen": 1, "form": {}})
        assert (stale.error, stale.body["error"]["fields"]["seen"]) == ("applying.changed", kept["seen"])
        body = {"seen": kept["seen"], "form": {"shop": "面", "kind": "夜店", "opens": "gestern"}}
        body_of(await who.ask("PUT", f"{BASE}/{draft['id']}", body))
        checked = await who.ask("GET", f"{BASE}/{draft['id']}/check")
        assert lacking(checked) == {"form.shop": "length", "form.kind": "choice", "form.opens": "format"}
        assert checked.body["missing"][0]["text"] == "店名太短或太长"
        gone = body_of(await who.ask("DELETE", kept["pages"][0]["path"]))
        assert gone["pages"] == []
        assert (await who.ask("DELETE", f"{BASE}/{draft['id']}")).code == 204
        assert [one for one in (tmp_path / "blobs").rglob("*") if one.is_file()] == []


@pytest.mark.gen_test(timeout=60)
async def test_a_matter_that_changes_meanwhile_carries_the_draft_over(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        draft = await hall.filled(who)
        path = f"{BASE}/{draft['id']}"
        properties = {"shop": {"type": "string", "title": "店名"}, "seats": {"type": "integer", "title": "座位"}}
        form = {"type": "object", "properties": properties, "required": ["shop", "seats"]}
        only = (Material(id="licence", name="营业执照", supplies=(Supply.SCAN,)),)
        hall.edition(state=EditionState.REPLACED, valid_until=date(2026, 11, 22))
        hall.edition(2, form=form, materials=only, rows=(), valid_from=date(2026, 11, 23))
        carried = body_of(await who.ask("GET", path))
        assert (carried["edition"]["key"], carried["form"]) == (f"{hall.matter}@2", {"shop": FORM["shop"]})
        assert [one["part"] for one in carried["left_out"]] == ["form.kind", "materials.id"]
        assert "主体业态" in carried["left_out"][0]["text"]
        assert lacking(await who.ask("GET", f"{path}/check")) == {
            "form.seats": "missing",
            "materials.licence": "material_missing",
        }
        hall.edition(2, channels=(Channel.WINDOW,), valid_from=date(2026, 11, 23))
        assert body_of(await who.ask("GET", path))["closed"] == "matter_window"
        hall.edition(2, state=EditionState.CANCELLED)
        assert body_of(await who.ask("GET", path))["closed"] == "matter_closed"
        assert (await who.ask("POST", f"{path}/submit", {})).body["error"]["fields"]["matter"] == "matter_closed"
        assert (await who.ask("POST", BASE, {"matter": "nothing"})).error == "case_desk.no_edition"


@pytest.mark.gen_test(timeout=60)
async def test_licences_stand_for_materials_by_consent_and_expire(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        await hall.confirmed()
        who = await hall.identified()
        draft = await hall.begun(who, answers=ANSWERS)
        path = f"{BASE}/{draft['id']}"
        known = body_of(await who.ask("GET", f"{path}/licences"))
        card = next(one for one in known["licences"] if one["kind"] == "identity-card")
        assert card["number_masked"] == "110*************2X"
        asked = await who.ask("POST", f"{path}/reuse", {"licence": card["id"]})
        assert asked.error == "applying.consent"
        used = body_of(await who.ask("POST", f"{path}/reuse", {"licence": card["id"], "consent": True}))
        assert list(used["licences"]) == ["id"]
        shop = next(one for one in known["licences"] if one["kind"] == "business-licence")
        filled = body_of(await who.ask("POST", f"{path}/reuse", {"licence": shop["id"], "consent": True}))
        assert filled["form"]["shop"].startswith("前丰区演示")
        body = {"seen": filled["seen"], "applicant": APPLICANT, "form": {**filled["form"], "kind": "餐饮服务"}}
        body_of(await who.ask("PUT", path, body))
        assert lacking(await who.ask("GET", f"{path}/check")) == {}
        hall.clock.forward(days=365 * 10)
        again = await hall.identified()
        assert lacking(await again.ask("GET", f"{path}/check")) == {"materials.id": "licence_expired"}
        await hall.applying.applications.sweep(hall.server.now())
        assert body_of(await again.ask("GET", BASE)) == {"items": [], "total": 0}
        journal = await hall.hall.journal_text()
        assert journal.count('"use":"licence"') == 2


@pytest.mark.gen_test(timeout=60)
async def test_corrections_are_exactly_those_of_the_notice_and_supplied_once(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        id_, sent = await hall.sent(who)
        case = await _noticed(hall, sent["case"])
        seen = body_of(await who.ask("GET", f"{BASE}/{id_}"))
        assert [one["part"] for one in seen["case"]["gaps"]] == ["id", "form.shop"]
        assert seen["open_parts"] == ["materials.id", "form"]
        assert seen["pages"] == []
        path = f"{BASE}/{id_}"
        assert set(lacking(await who.ask("GET", f"{path}/check"))) == {"materials.id", "form"}
        assert (await who.ask("POST", f"{path}/supply", {})).error == "applying.incomplete"
        other = await who.ask("POST", f"{path}/pages?material=plan", raw=b"x")
        assert other.error == "applying.not_asked"
        answers = {"seen": seen["seen"], "answers": {"who": ["agent"], "where": ["shop"]}}
        assert (await who.ask("PUT", path, answers)).error == "applying.sent"
        fresh = await hall.with_page(who, id_, "id")
        body_of(await who.ask("PUT", path, {"seen": fresh["seen"], "form": {**FORM, "shop": "四丰面馆"}}))
        twice = await asyncio.gather(*(who.ask("POST", f"{path}/supply", {}) for _ in range(2)))
        assert [one.code for one in twice] == [200, 200]
        assert (case.state, case.touched) == (State.RECEIVED, frozenset({"id", "form.shop"}))
        assert case.given["id"].copies[0].sha256 == fresh["pages"][0]["sha256"]
        form = await hall.hall.desk.people.form(case.form)
        assert form.fields["shop"] == "四丰面馆"
        assert (await who.ask("PUT", path, {"seen": 99, "form": {}})).error == "applying.changed"


def pdf(*, pages: int) -> bytes:
    """Sheets with nothing on them."""
    made = io.BytesIO()
    canvas = Canvas(made)
    for _ in range(pages):
        canvas.showPage()
    canvas.save()
    return made.getvalue()


async def _noticed(hall: ApplyingHall, case: str) -> Any:
    """A case whose window has found two things wrong."""
    clerk = await hall.hall.signed_in()
    found = hall.server.rooms["cases"].cases.get(case)
    given = [
        {"material": "id", "supply": "scan", "is_sound": False, "gap": "看不清"},
        {"material": "plan", "supply": "paper"},
    ]
    gaps = [{"part": "form.shop", "what": "与执照不一致"}]
    answer = await clerk.ask("POST", f"/api/v1/cases/{case}/notice", {"seen": found.step, "given": given, "gaps": gaps})
    assert answer.code == 200, answer.body
    return found if found.notices else hall.server.rooms["cases"].cases.get(case)
