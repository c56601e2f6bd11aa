"""What came in by itself at the window: listed, looked at, asked back, corrected, accepted like any case."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tests.fakes.applying import BASE, FORM, applying_hall, body_of
from tests.fakes.cases_desk import NUMBER, WINDOW
from tests.fakes.confirming import Who
from tests.fakes.hall import staff

ROWS = 10_000
IN = "/api/v1/applications-in"


@pytest.mark.gen_test(timeout=60)
async def test_a_window_looks_through_what_came_in_and_sees_what_the_corrections_changed(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who, clerk = await hall.identified(), await hall.hall.signed_in()
        assert (await Who(hall.port).ask("GET", IN)).code == 401
        assert (await who.ask("GET", IN)).code == 401
        id_, sent = await hall.sent(who)
        [line] = body_of(await clerk.ask("GET", IN))["items"]
        assert (line["number"], line["channel"], line["is_new"]) == (sent["number"], "phone", True)
        path = f"{IN}/{sent['case']}/form"
        elsewhere = await clerk.ask("POST", path, {"window": "w02"})
        assert elsewhere.error == "case_desk.not_here"
        filed = body_of(await clerk.ask("POST", path, {"window": WINDOW}))
        assert filed["applicant"]["id_number"] == NUMBER
        assert [one["value"] for one in filed["fields"] if one["part"] == "form.shop"] == [FORM["shop"]]
        assert '"use":"shown"' in await hall.hall.journal_text()
        case = body_of(await clerk.ask("GET", f"/api/v1/cases/{sent['case']}"))
        assert sorted(case["steps"])[:1] == ["accept"]
        assert (
            await clerk.ask("GET", f"/api/v1/cases/{case['id']}/papers/{case['papers'][0]['document']}")
        ).code == 200
        picture = case["case"]["given"]["id"]["copies"][0]["sha256"]
        assert (await clerk.ask("GET", f"/api/v1/cases/desk/{WINDOW}/scans/{picture}")).code == 200
        gaps = [{"part": "form.shop", "what": "与执照不一致"}]
        noticed = body_of(await clerk.ask("POST", f"/api/v1/cases/{case['id']}/notice", {"seen": 1, "gaps": gaps}))
        assert [one["part"] for one in noticed["case"]["notices"][0]["gaps"]] == ["plan", "form.shop"]
        tray = body_of(await clerk.ask("GET", IN))
        assert (tray["count"], tray["items"][0]["state"]) == (0, "correction")
        seen = await hall.with_page(who, id_, "plan")
        body_of(await who.ask("PUT", f"{BASE}/{id_}", {"seen": seen["seen"], "form": {**FORM, "shop": "四丰面馆"}}))
        body_of(await who.ask("POST", f"{BASE}/{id_}/supply", {}))
        [line] = body_of(await clerk.ask("GET", IN))["items"]
        assert (line["changed"], line["is_new"]) == (["form.shop", "plan"], False)
        filed = body_of(await clerk.ask("POST", path, {"window": WINDOW}))
        assert [(one["was"], one["value"]) for one in filed["fields"] if one["is_changed"]] == [
            (FORM["shop"], "四丰面馆")
        ]
        case = body_of(await clerk.ask("GET", f"/api/v1/cases/{case['id']}"))
        done = body_of(await clerk.ask("POST", f"/api/v1/cases/{case['id']}/accept", {"seen": case["step"]}))
        assert done["state"] == "accepted"
        assert body_of(await clerk.ask("GET", IN)) == {"items": [], "total": 0, "count": 0}
        late = await who.ask("POST", f"{BASE}/{id_}/supply", {})
        assert late.error == "applying.not_asked"


@pytest.mark.gen_test(timeout=120)
async def test_ten_thousand_applications_come_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        id_, sent = await hall.sent(who)
        cases = hall.server.rooms["cases"].cases
        one = cases.get(sent["case"])
        many = [
            msgspec.structs.replace(one, id=f"c{n}", number=f"N{n:05d}", received_at=one.received_at + timedelta(n))
            for n in range(ROWS)
        ]
        monkeypatch.setattr(cases, "came_in", lambda: tuple(reversed(many)))
        clerk = await hall.hall.signed_in()
        first = body_of(await clerk.ask("GET", IN))
        assert (len(first["items"]), first["total"], first["count"]) == (50, ROWS, ROWS)
        assert first["items"][0]["number"] == "N00000"
        fed = msgspec.json.decode(hall.server.live.picture("applications-in", "all", staff("s01", WINDOW)))
        assert (len(fed["items"]), fed["total"]) == (50, ROWS)
        last = body_of(await clerk.ask("GET", f"{IN}?limit=200&offset={ROWS - 5}"))
        assert [line["number"] for line in last["items"]] == [f"N{n:05d}" for n in range(ROWS - 5, ROWS)]
        assert (await clerk.ask("GET", f"{IN}?limit=201")).error == "query.invalid"
        own = body_of(await who.ask("GET", f"{BASE}?limit=1"))
        assert ([line["id"] for line in own["items"]], own["total"]) == ([id_], 1)
        assert body_of(await who.ask("GET", f"{BASE}?offset=1"))["items"] == []
