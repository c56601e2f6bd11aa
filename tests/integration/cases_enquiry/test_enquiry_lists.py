"""Lists of the enquiry table and of its manager come in pages, also where there are ten thousand rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases.enquiry.model import About, Channel, Complaint, ComplaintState, Policy
from cases.enquiry.room import EnquiryRoom
from tests.fakes.cases_desk import desk_hall
from tests.fakes.confirming import Who
from tests.fakes.hall import HandClock

COMPLAINTS = "/api/v1/enquiry/complaints"
ROWS = 10_000
WAITING = 60
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def fill(room: EnquiryRoom) -> None:
    """So many complaints as a hall has after years, the last ones without an answer; and as many policies as may be."""
    for n in range(ROWS):
        id_ = f"c{n:05d}"
        state = ComplaintState.MADE if n >= ROWS - WAITING else ComplaintState.ANSWERED
        room.enquiry.complaints[id_] = Complaint(
            id=id_, number=f"TS{n:05d}", about=About.WAIT, channel=Channel.HALL, words=f"w{n}", state=state,
            at=BEGUN + timedelta(minutes=n),
        )  # fmt: skip
        room.enquiry.policies[f"p{n:05d}"] = Policy(id=f"p{n:05d}", title=f"通知 {n}", at=BEGUN + timedelta(minutes=n))


@pytest.mark.gen_test(timeout=120)
async def test_ten_thousand_complaints_and_policies_come_in_pages(tmp_path: Path) -> None:
    async with desk_hall(tmp_path, clock=HandClock()) as hall:
        fill(hall.server.rooms["enquiry"])
        office, visitor = await hall.signed_in("m1", roles=("manager",)), Who(hall.port)
        first = (await office.ask("GET", COMPLAINTS)).body
        assert (len(first["complaints"]), first["total"], first["waiting"]) == (50, ROWS, WAITING)
        assert first["complaints"][0]["seen"]["number"] == f"TS{ROWS - WAITING:05d}"  # waits longest
        second = (await office.ask("GET", f"{COMPLAINTS}?limit=20&offset=50")).body["complaints"]
        numbers = [one["seen"]["number"] for one in second]
        newest_answered = ROWS - WAITING - 1
        assert numbers[9] == f"TS{ROWS - 1:05d}"
        assert numbers[10:12] == [f"TS{newest_answered:05d}", f"TS{newest_answered - 1:05d}"]
        last = (await office.ask("GET", f"{COMPLAINTS}?limit=200&offset={ROWS - 10}")).body["complaints"]
        assert (len(last), last[-1]["seen"]["number"]) == (10, "TS00000")
        assert (await office.ask("GET", f"{COMPLAINTS}?offset={ROWS}")).body["complaints"] == []
        for path, who in (("/api/v1/enquiry/policies", visitor), ("/api/v1/enquiry-policies", office)):
            found = (await who.ask("GET", f"{path}?offset=100&limit=3")).body
            assert found["total"] == ROWS
            assert [one["id"] for one in found["policies"]] == [f"p{ROWS - 101 - n:05d}" for n in range(3)]
            assert len((await who.ask("GET", path)).body["policies"]) == 50
        for query in ("limit=0", "limit=201", "offset=-1", "limit=many"):
            refused = await office.ask("GET", f"{COMPLAINTS}?{query}")
            assert (refused.code, refused.error) == (400, "query.invalid")
