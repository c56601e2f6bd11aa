"""Many requests of one person at the same moment: what may be there once is there once."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.fakes.applying import BASE, ApplyingHall, applying_hall, body_of
from tests.fakes.confirming import Who

AT_ONCE = 20


async def begun(hall: ApplyingHall, who: Who) -> set[str]:
    answers = await asyncio.gather(*(who.ask("POST", BASE, {"matter": hall.matter}) for _ in range(AT_ONCE)))
    return {body_of(one)["id"] for one in answers}


@pytest.mark.gen_test(timeout=60)
async def test_a_matter_begun_twenty_times_at_once_is_one_draft_also_after_a_restart(tmp_path: Path) -> None:
    async with applying_hall(tmp_path) as hall:
        who = await hall.identified()
        [first] = await begun(hall, who)
        assert [one["id"] for one in body_of(await who.ask("GET", BASE))["items"]] == [first]
        headers = who.headers
    async with applying_hall(tmp_path) as hall:
        again = Who(hall.port, headers)
        assert await begun(hall, again) == {first}
        assert [one["id"] for one in body_of(await again.ask("GET", BASE))["items"]] == [first]
        assert len(hall.applying._turns) == 0
