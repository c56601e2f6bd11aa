"""Changes of a draft go one after the other, and nothing of that is remembered when nobody waits any more."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from cases.desk.drafts import Draft, Drafts


class SlowVault:
    """Keeps texts; between reading and writing others get their turn."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def text(self, kind: str, id_: str) -> str | None:
        await asyncio.sleep(0)
        return self.kept.get(id_)

    async def keep_text(self, kind: str, id_: str, text: str) -> None:
        await asyncio.sleep(0)
        self.kept[id_] = text

    async def erase(self, id_: str) -> None:
        await asyncio.sleep(0)
        self.kept.pop(id_, None)


def more(known: Draft) -> Draft:
    return msgspec.structs.replace(known, revision=known.revision + 1)


@pytest.fixture
def drafts() -> Drafts:
    server: Any = SimpleNamespace(vault=SlowVault())
    return Drafts(server, lambda sha256: None)


def test_no_lock_stays_of_a_thousand_drafts(drafts: Drafts) -> None:
    async def work() -> None:
        for n in range(1_000):
            await drafts.change("w01", f"t{n}", more)
            await drafts.save("w01", f"t{n}", {"n": n}, seen=1)
        assert len(drafts._turns) == 0

    asyncio.run(work())


def test_changes_go_one_after_the_other_also_around_a_wipe(drafts: Drafts) -> None:
    async def work() -> None:
        first = [drafts.change("w01", "t1", more) for _ in range(20)]
        after = [drafts.change("w01", "t1", more) for _ in range(20)]
        await asyncio.gather(*first, drafts.wipe("w01", "t1"), *after)
        assert (await drafts.get("w01", "t1")).revision == 20
        assert len(drafts._turns) == 0

    asyncio.run(work())
