"""The city and two halls as processes, over either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fakes.city_databases import postgres
from tests.fakes.founded_hall import FoundedHall
from tests.fakes.linked_town import Town
from tests.fakes.postgres import PostgresServer

__all__ = ["postgres"]


@pytest.fixture
def town(
    request: pytest.FixtureRequest, quick_hall: Path, founded_hall: FoundedHall, tmp_path: Path
) -> Iterator[Callable[[str], Town]]:
    """`town(engine)`: everything runs; it must end in order."""
    made: list[Town] = []

    def begin(engine: str) -> Town:
        server: PostgresServer | None = request.getfixturevalue("postgres") if engine == "postgresql" else None
        founded = founded_hall.copy(tmp_path / "demo")
        made.append(Town(tmp_path, quick_hall, founded, database=server.fresh() if server else None))
        return made[-1].start()

    yield begin
    assert [one.stop() for one in made] == [[0, 0, 0]] * len(made)
