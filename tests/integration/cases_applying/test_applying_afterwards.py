"""After the decision: the fee, the licence's box, the rating, and anybody who checks a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import messages as m
from cases.issuing import messages as i
from cases.model import ChargeState, State
from hall_server.identity import SYSTEM
from tests.fakes.applying import BASE, FEE, accepted, applying_hall, body_of, granted
from tests.fakes.cases_desk import SECRETS, WINDOW
from tests.fakes.confirming import Who
from tests.fakes.hall import staff


@pytest.mark.gen_test(timeout=60)
async def test_a_fee_is_asked_for_once_and_a_box_opens_for_its_code_alone(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        hall.edition(fees=(FEE,))
        who = await hall.identified()
        id_, sent = await hall.sent(who)
        path = f"{BASE}/{id_}"
        assert (await who.ask("POST", f"{path}/pay", {})).error == "applying.nothing_due"
        assert (await who.ask("POST", f"{path}/rating", {"level": 1})).error == "applying.rate_later"
        case = await accepted(hall, sent["case"])
        [asked] = body_of(await who.ask("POST", f"{path}/pay", {}))["payments"]
        assert (asked["amount_fen"], asked["state"], asked["names"]) == (2_000, "asked", ["工本费"])
        [again] = body_of(await who.ask("POST", f"{path}/pay", {}))["payments"]
        assert again["order"] == asked["order"]
        paid = m.NoteFee(case=case.id, seen=0, order=asked["order"], became=ChargeState.PAID, amount_fen=2_000)
        await hall.server.execute(paid, actor=SYSTEM)
        assert [one["state"] for one in body_of(await who.ask("GET", f"{path}/pay"))["payments"]] == ["paid"]


@pytest.mark.gen_test(timeout=60)
async def test_a_result_is_collected_rated_once_and_checked_by_anybody(tmp_path: Path) -> None:
    async with applying_hall(tmp_path, public_url="http://hall.example") as hall:
        who = await hall.identified()
        id_, sent = await hall.sent(who)
        path = f"{BASE}/{id_}"
        await accepted(hall, sent["case"])
        case = await granted(hall, sent["case"])
        assert (await who.ask("GET", f"{path}/licence.pdf")).error == "applying.result_card"
        unsure = body_of(await who.ask("GET", path))["case"]
        assert (unsure["has_licence"], unsure["result_needs"]) == (False, "card")
        await hall.confirmed()
        assert (await who.ask("GET", f"{path}/licence.pdf")).code == 200
        filled = i.FillBoxes(window=WINDOW, items=(i.Item(case=case.id, seen=case.step),))
        await hall.server.execute(filled, actor=staff("s01", WINDOW))
        box = body_of(await who.ask("GET", path))["case"]["box"]
        wrong = f"{(int(box['code']) + 1) % 10**6:06d}"
        assert body_of(await who.ask("GET", path))["case"]["result_needs"] == ""
        assert (await who.ask("POST", f"{path}/collect", {"code": wrong})).error == "applying.box_code"
        assert body_of(await who.ask("POST", f"{path}/collect", {"code": box["code"]})) == box
        assert (await who.ask("POST", f"{path}/collect", {"code": box["code"]})).error == "issuing.not_boxed"
        assert hall.server.rooms["cases"].cases.get(case.id).state is State.CLOSED
        seen = body_of(await who.ask("GET", path))["case"]
        assert (seen["can_rate"], seen["rated"]) == (True, None)
        rated = await who.ask("POST", f"{path}/rating", {"level": 2, "text": "快"}, Idempotency_Key="rate-00001")
        assert rated.body["level"] == 2
        assert (await who.ask("POST", f"{path}/rating", {"level": 5})).error == "rating.already"
        seen = body_of(await who.ask("GET", path))["case"]
        assert (seen["can_rate"], seen["rated"]) == (False, 2)
        anybody = Who(hall.port)
        for name, kind in ((seen["progress"]["papers"][0]["document"], "receipt"), ("licence", "licence")):
            address, _, code = seen["checks"][name].partition("#code=")
            assert address == f"http://hall.example/verify/{sent['number']}"
            found = body_of(await anybody.ask("POST", "/api/v1/verify", {"number": sent["number"], "code": code}))
            assert (found["kind"], found["case_number"], found["holds"]) == (kind, sent["number"], True)
            assert not any(secret in str(found) for secret in SECRETS)
        guess = await anybody.ask("POST", "/api/v1/verify", {"number": sent["number"], "code": "AAAAAAAA"})
        unknown = await anybody.ask("POST", "/api/v1/verify", {"number": "DEMO-20261123-9999X", "code": code})
        assert guess.error == unknown.error == "applying.no_document"
        receipt = await who.ask("GET", f"{path}/receipt.pdf")
        assert receipt.code == 200


@pytest.mark.gen_test(timeout=60)
async def test_a_file_is_compared_with_what_was_signed(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        id_, sent = await hall.sent(who)
        case = hall.server.rooms["cases"].cases.get(sent["case"])
        content = await hall.applying.paper(case, case.papers[0].document)
        anybody = Who(hall.port)
        whole = body_of(await anybody.ask("POST", "/api/v1/verify/file", raw=content))
        assert (whole["is_signed"], whole["is_whole"], whole["is_trusted"], whole["is_test"]) == (True,) * 4
        seen = body_of(await who.ask("GET", f"{BASE}/{id_}"))["case"]["progress"]["papers"]
        assert seen[0]["kind"] == "receipt"
        touched = content.replace(b"/Title", b"/Tirle", 1) if b"/Title" in content else content[:-40] + b" " * 40
        assert not body_of(await anybody.ask("POST", "/api/v1/verify/file", raw=touched))["is_whole"]
        assert (await anybody.ask("POST", "/api/v1/verify/file", raw=b"GIF89a")).error == "case_document.unreadable"
