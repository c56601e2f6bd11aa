"""The outbox on both databases: put once, claimed by one process, held, answered, given up, followed from a cursor."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hall_server.database.tables import open_tables
from hall_server.outbox.http import NoAnswer
from hall_server.outbox.sender import Lane, Verdict
from hall_server.outbox.table import Letter, Outbox, State

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LEASE = NOW + timedelta(minutes=5)


def letter(id_: str, *, neighbour: str = "sms", **more: Any) -> Letter:
    given = {"next_at": NOW, "until_at": NOW + timedelta(days=1), "sealed": "s", **more}
    return Letter(id=id_, neighbour=neighbour, kind="sms.send", subject="case:1", at=NOW, **given)


@pytest.mark.gen_test
async def test_a_row_is_put_once_and_claimed_by_one_of_several(city_database: str, tmp_path: Path) -> None:
    schema = tmp_path / "schema"
    tables = await open_tables(city_database, schema)
    boxes = [Outbox(tables), Outbox(tables)]
    try:
        await asyncio.gather(*(box.open() for box in boxes))
        for _ in range(2):
            await boxes[0].put(*(letter(f"t{n}") for n in range(10)), cursor=("journal", 7))
        claims = await asyncio.gather(*(box.claim("sms", now=NOW, lease_until=LEASE, limit=10) for box in boxes))
        claimed = [one.id for some in claims for one in some]
        assert sorted(claimed) == sorted(f"t{n}" for n in range(10))
        assert await boxes[0].claim("sms", now=NOW, lease_until=LEASE, limit=10) == []
        again = await boxes[1].claim("sms", now=LEASE, lease_until=LEASE + timedelta(minutes=5), limit=10)
        assert len(again) == 10, "whoever took them died"
        assert {one.tries for one in again} == {2}
        assert await boxes[0].answered("t1", State.ACCEPTED, at=NOW, answer="a")
        assert not await boxes[1].answered("t1", State.REJECTED, at=NOW), "the first answer stands"
        assert await boxes[0].cursor("journal") == 7
        await boxes[0].put(cursor=("journal", 5))
        assert await boxes[0].cursor("journal") == 7, "a cursor never goes back"
        await boxes[0].note_heard("sms", "m1", reply="{}", at=NOW)
        assert await boxes[1].heard("sms", "m1") == "{}"
        found = await boxes[0].one("t1")
        assert found is not None
        assert (found.state, found.answer, found.answered_at) == (State.ACCEPTED, "a", NOW)
        assert len(await boxes[0].silent("sms", before=NOW + timedelta(days=1))) == 9
    finally:
        await tables.close()


class Postman:
    """Fails for some letters, and says what it was given."""

    def __init__(self, *bad: str) -> None:
        self.bad, self.given = set(bad), list[str]()

    async def deliver(self, letter: Letter) -> Verdict:
        self.given.append(letter.id)
        if letter.id in self.bad:
            raise NoAnswer("status_500")
        return Verdict(state=State.ACCEPTED)


@pytest.mark.gen_test
async def test_one_that_always_fails_stands_in_nobodys_way_and_is_given_up(tmp_path: Path) -> None:
    tables = await open_tables(tmp_path / "a.db", tmp_path / "schema")
    now = [NOW]
    try:
        outbox, postman = Outbox(tables), Postman("t0")
        await outbox.open()
        await outbox.put(*(letter(f"t{n}") for n in range(5)))
        lane = Lane("sms", outbox, postman, lambda: now[0], most_tries=4, jitter=lambda most: 0.0)
        await lane.round()
        assert postman.given == ["t0"]
        assert lane.trouble is not None
        for _ in range(6):
            now[0] += timedelta(seconds=2)
            await lane.round()
        states = {one.id: one.state for one in await outbox.about("case:1")}
        assert states == {"t0": State.GIVEN_UP, **{f"t{n}": State.ACCEPTED for n in range(1, 5)}}
        assert postman.given.count("t0") == 4
        assert [postman.given.count(f"t{n}") for n in range(1, 5)] == [1, 1, 1, 1]
    finally:
        await tables.close()
