"""The figures of made-up days are those that plain Python counts from the journal's rows, without tables or structs."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from evaluation.figures.facts import By
from evaluation.figures.formulas import FORMULAS
from evaluation.figures.narrowing import Of
from evaluation.figures.period import Period
from evaluation.figures.pictures import FiguresFound
from tests.fakes.plain_ratings import ROWS, figures, recount
from tests.fakes.rated_days import days_of
from tests.fakes.reviewed_hall import ReviewedHall, reviewed


def narrowings(hall: ReviewedHall) -> list[dict[Of, frozenset[str]]]:
    """What figures are narrowed by: each dimension alone, and some together."""
    matters = hall.server.directory.matters.values()
    a_matter = next(one for one in matters if one.line == "business")
    department = frozenset(one.id for one in matters if one.department == a_matter.department)
    windows = frozenset({"w01", "w03"})
    return [
        {},
        {Of.LINE: frozenset({"business"})},
        {Of.MATTER: department},
        {Of.WINDOW: windows},
        {Of.STAFF: frozenset({"s02"})},
        {Of.HOUR: frozenset({"10"})},
        {Of.WEEKDAY: frozenset({"2"})},
        {Of.CHANNEL: frozenset({"kiosk"})},
        {Of.PRIORITY: frozenset({"elderly"})},
        {Of.WINDOW: windows, Of.PRIORITY: frozenset({"elderly"}), Of.HOUR: frozenset({"09", "10"})},
        {Of.LINE: frozenset({"business", "tax"}), Of.WEEKDAY: frozenset({"1"}), Of.CHANNEL: frozenset({"phone"})},
        {Of.MATTER: frozenset()},
    ]


def is_meant(one: dict[str, Any], only: dict[Of, frozenset[str]]) -> bool:
    """Whether a thing passes the filters."""
    return all(one["taken" if of is Of.CHANNEL else of.value] in values for of, values in only.items())


@pytest.mark.gen_test(timeout=120)
@pytest.mark.parametrize("seed", [1, 2])
async def test_every_figure_is_what_plain_python_counts_from_the_journal(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed == 2:
        monkeypatch.setattr("evaluation.figures.source.PART", timedelta(days=1))  # long periods are read in parts
    async with reviewed(tmp_path) as hall:
        await days_of(hall, Random(seed))
        hall.clock.forward(hours=30)  # some limits are over by now
        await hall.projected()
        now = hall.server.now()
        rows = await hall.server.database.fetch(ROWS)
        matters = {one.id: (one.department, one.line) for one in hall.server.directory.matters.values()}
        things = recount(rows, matters)
        assert min(Counter(one["kind"] for one in things).values()) > 8, "a history that says nothing proves nothing"
        assert any(one["kind"] == "order" and one["fixed"] for one in things)
        first, last = date(2026, 11, 23), date(2026, 11, 24)
        pictures = hall.server.rooms["figures"].pictures
        told_apart = 0
        for period in (Period(first=first, last=last), Period(first=first, last=first), Period(first=last, last=last)):
            days = {(period.first + timedelta(days=n)).isoformat() for n in range(period.days)}
            for raw in (False, True):
                for only in narrowings(hall):
                    inside = [one for one in things if one["day"] in days and is_meant(one, only)]
                    for by in By if not raw and (period.days > 1 or not only) else (By.HALL, By.WINDOW):
                        found = await pictures.of(period, by, raw=raw, only=only)
                        told_apart += check(found, inside, now)
        assert told_apart > 500, "filters that leave nothing over prove nothing"
        assert len(FORMULAS) == len(figures([], now, raw=False))


def check(found: FiguresFound, inside: list[dict[str, Any]], now: datetime) -> int:
    """Compare everything; gives how many groups there were."""
    by, raw = found.by, found.raw
    assert {f.id: (f.numerator, f.denominator) for f in found.figures} == figures(inside, now, raw=raw)
    for group in found.groups:
        mine = [
            one
            for one in inside
            if (one.get(by.value) if by is not By.CHANNEL else one.get("channel", " ")) == group.key
        ]
        expected = figures(mine, now, raw=raw)
        assert {f.id: (f.numerator, f.denominator) for f in group.figures} == expected, (by, group.key)
    if by is not By.HALL:
        assert sum(g.figures[8].numerator for g in found.groups) == figures(inside, now, raw=raw)["ratings"][0]
    return len(found.groups)
