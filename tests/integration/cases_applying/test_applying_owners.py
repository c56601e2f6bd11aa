"""Whose a number is: what a card shows, what a proved phone shows, and how little any other phone does."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from cases.applying.messages import How
from cases.applying.requests import ApplicationSaved
from cases.applying.sessions import Machine, Session
from hall_server.database.vault import Person
from hall_server.web import security
from tests.fakes.applying import ANSWERS, BASE, FORM, PHONE, ApplyingHall, applying_hall, body_of, lacking
from tests.fakes.cases_desk import NUMBER, SECRETS, case_of
from tests.fakes.confirming import Who

FIRST = "13700137000"
CODE = "/api/v1/applicant/code"
SESSION = "/api/v1/applicant/session"


async def at_reader(hall: ApplyingHall) -> Session:
    """The session that a card began."""
    person = await hall.server.vault.person(Person(id_number=NUMBER))
    session, _ = await hall.applying.sessions.begin(
        person=person, masked="", how=How.CARD, machine=Machine.TERMINAL, device="t1"
    )
    return session


async def served(hall: ApplyingHall) -> None:
    """A case that a window takes in and accepts, with `PHONE` in its form."""
    clerk = await hall.hall.signed_in()
    ticket = await hall.hall.serve()
    await hall.hall.scan(clerk, ticket)
    case_of(await clerk.ask("POST", "/api/v1/cases", hall.hall.wanted(ticket)))
    await hall.server.projector.reached(hall.server.journal.committed)


async def items(who: Who) -> list[str]:
    return [one["id"] for one in body_of(await who.ask("GET", BASE))["items"]]


@pytest.mark.gen_test(timeout=60)
async def test_whoever_is_first_with_a_number_binds_nothing_and_keeps_nobody_out(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        stranger = await hall.identified(phone=FIRST)
        theirs, _ = await hall.sent(stranger)
        owner = await hall.identified(phone=PHONE)
        assert await items(owner) == []
        draft = await hall.begun(owner)
        assert (draft["applicant"]["phone"], draft["applicant"]["name"], draft["form"]) == (PHONE, "", {})
        await hall.filled(owner)
        assert lacking(await owner.ask("GET", f"{BASE}/{draft['id']}/check")) == {}
        for path in (theirs, f"{theirs}/check", f"{theirs}/receipt.pdf", f"{theirs}/licences", f"{theirs}/pay"):
            assert (await owner.ask("GET", f"{BASE}/{path}")).error == "applying.unknown"
        assert await items(stranger) == [theirs]
        assert (await stranger.ask("GET", f"{BASE}/{draft['id']}")).error == "applying.unknown"
        assert (await stranger.ask("DELETE", f"{BASE}/{draft['id']}")).error == "applying.unknown"


@pytest.mark.gen_test(timeout=60)
async def test_what_the_owner_files_by_card_is_no_phones_that_was_not_proved(tmp_path: Path) -> None:
    """The phone is known from a form that came in by card alone; a code to another phone shows nothing of it."""
    async with applying_hall(tmp_path) as hall:
        card = await at_reader(hall)
        held = await hall.applying.begin(card, hall.matter, {})
        stranger = await hall.identified(phone=FIRST)
        assert await items(stranger) == []
        assert (await stranger.ask("GET", f"{BASE}/{held.id}")).error == "applying.unknown"
        assert (await hall.begun(stranger))["id"] != held.id
        known = body_of(await stranger.ask("GET", f"{BASE}/known"))
        assert known == {"earlier": [], "licences": [], "licences_need": "card"}
        assert await hall.applying.identifying.proved(card.person) == frozenset()


@pytest.mark.gen_test(timeout=60)
async def test_a_card_sees_what_was_filed_in_its_name_and_goes_on_with_it_alone(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        stranger = await hall.identified(phone=FIRST)
        draft = await hall.filled(stranger)
        card = await at_reader(hall)
        assert [one.id for one in await hall.applying.all_of(card)] == [draft["id"]]
        own = await hall.applying.begin(card, hall.matter, {})
        assert own.id != draft["id"]
        assert own.application.applicant.phone == ""
        held = await hall.applying.load(card.person, draft["id"])
        changed = await hall.applying.save(
            card, held.id, ApplicationSaved(seen=held.revision, form={**FORM, "shop": "四丰面馆"})
        )
        assert (changed.application.how, changed.application.phone) == (How.CARD, "")
        assert await items(stranger) == []
        assert (await stranger.ask("GET", f"{BASE}/{draft['id']}")).error == "applying.unknown"


@pytest.mark.gen_test(timeout=60)
async def test_of_what_a_window_took_in_a_number_and_any_phone_show_nothing(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        stranger = await hall.identified(phone=FIRST)
        pending = await hall.code(Who(hall.port), phone="13600136000")
        await served(hall)
        assert (await stranger.ask("GET", BASE)).error == "session.expired"
        late = await Who(hall.port).ask("POST", SESSION, {"id_number": NUMBER, "code": pending, "phone": "13600136000"})
        assert (late.code, late.error) == (409, "applying.phone_other")
        refused = await Who(hall.port).ask("POST", CODE, {"id_number": NUMBER, "phone": FIRST})
        assert refused.error == "applying.phone_other"
        owner = await hall.identified(phone=PHONE)
        known = body_of(await owner.ask("GET", f"{BASE}/known"))
        assert (len(known["earlier"]), known["licences_need"]) == (1, "")
        assert (await hall.begun(owner, answers=ANSWERS))["applicant"]["name"]


@pytest.mark.gen_test(timeout=60)
async def test_a_case_that_came_in_by_itself_proves_no_phone(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        stranger = await hall.identified(phone=FIRST)
        _, sent = await hall.sent(stranger)
        clerk = await hall.hall.signed_in()
        plan = {"material": "plan", "supply": "paper"}
        body_of(await clerk.ask("POST", f"/api/v1/cases/{sent['case']}/accept", {"seen": 1, "given": [plan]}))
        await hall.server.projector.reached(hall.server.journal.committed)
        person = await hall.server.vault.known(Person(id_number=NUMBER))
        assert await hall.applying.identifying.proved(person or "") == frozenset()
        owner = await hall.identified(phone=PHONE)
        assert await items(owner) == []
        seen = str(body_of(await owner.ask("GET", f"{BASE}/known")))
        assert not any(secret in seen for secret in (*SECRETS, sent["number"]))


@pytest.mark.gen_test(timeout=60)
async def test_a_phone_proved_by_card_outranks_the_one_a_window_wrote_down(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        await served(hall)
        owner = await hall.identified(phone=PHONE)
        await hall.confirmed(phone=FIRST)
        assert (await owner.ask("GET", BASE)).error == "session.expired"
        moved = await hall.identified(phone=FIRST)
        assert body_of(await moved.ask("GET", f"{BASE}/known"))["licences_need"] == ""


@pytest.mark.gen_test(timeout=60)
async def test_a_draft_of_before_belongs_to_the_phone_that_was_bound_then(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        first = await hall.identified(phone=FIRST)
        draft = await hall.begun(first)
        person = await hall.server.vault.known(Person(id_number=NUMBER)) or ""
        held = await hall.applying.load(person, draft["id"])
        await hall.applying.applications.put(person, held, msgspec.structs.replace(held.application, phone=""))
        await hall.server.vault.keep_text("applicant phone", f"applicant-phone-{person}", FIRST)
        assert await items(first) == [draft["id"]]
        assert await items(await hall.identified(phone=PHONE)) == []


@pytest.mark.gen_test(timeout=60)
async def test_nobody_finds_out_by_trying_which_phone_is_somebodys(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        await hall.confirmed()
        who = Who(hall.port)
        tried = [
            (await who.ask("POST", CODE, {"id_number": NUMBER, "phone": f"1370013{n:04d}"})).error for n in range(10)
        ]
        assert tried == ["applying.phone_other"] * 8 + ["rate.exceeded"] * 2
        assert (await who.ask("POST", CODE, {"id_number": NUMBER, "phone": PHONE})).error == "rate.exceeded"


@pytest.mark.gen_test(timeout=60)
async def test_a_card_that_was_just_read_proves_a_phone_and_one_of_before_does_not(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        person = await hall.server.vault.person(Person(id_number=NUMBER))
        session, value = await hall.applying.sessions.begin(
            person=person, masked="", how=How.CARD, machine=Machine.TERMINAL
        )
        xsrf = security.xsrf_token(hall.server.keys.cookie, bytes.fromhex(session.id))
        who = Who(hall.port, {"Cookie": f"onedoor_applicant={value}", "X-XSRFToken": xsrf})
        code = await hall.code(who, number="", phone=FIRST)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        path = "/api/v1/applicant/phone"
        assert (await who.ask("POST", path, {"code": wrong, "phone": FIRST})).error == "applying.code_wrong"
        assert (await who.ask("POST", path, {"code": code, "phone": PHONE})).error == "applying.code_over"
        assert body_of(await who.ask("POST", path, {"code": code, "phone": FIRST}))["how"] == "card"
        assert await hall.applying.identifying.proved(person) == frozenset({FIRST})
        hall.clock.forward(minutes=4)
        late = await who.ask("POST", CODE, {"phone": PHONE})
        assert late.error == "person.id_number"
        assert (await who.ask("POST", path, {"code": code, "phone": PHONE})).error == "applying.card_again"
        stranger = await hall.identified(phone=FIRST)  # whose phone it is now
        assert (await stranger.ask("POST", path, {"code": code, "phone": FIRST})).error == "applying.card_again"
        assert (await Who(hall.port).ask("POST", path, {"code": code, "phone": FIRST})).error == "applying.nobody"


@pytest.mark.gen_test(timeout=60)
async def test_a_session_that_was_left_open_proves_nobodys_phone(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        person = await hall.server.vault.person(Person(id_number=NUMBER))
        for minutes, proved in ((4, frozenset()), (1, frozenset({FIRST}))):
            session, value = await hall.applying.sessions.begin(
                person=person, masked="", how=How.CARD, machine=Machine.TERMINAL
            )
            xsrf = security.xsrf_token(hall.server.keys.cookie, bytes.fromhex(session.id))
            who = Who(hall.port, {"Cookie": f"onedoor_applicant={value}", "X-XSRFToken": xsrf})
            hall.clock.forward(minutes=minutes)
            code = await hall.code(who, phone=FIRST)
            assert (await who.ask("POST", SESSION, {"id_number": NUMBER, "code": code, "phone": FIRST})).code == 200
            assert await hall.applying.identifying.proved(person) == proved
