"""Each figure has one denominator, leaves out what does not count, and is no number without something to divide."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evaluation.figures.compute import Counted, counted
from evaluation.figures.facts import Facts, RatingCount, ServedCount, Word, WordCount
from evaluation.figures.formulas import FORMULAS, Kind
from evaluation.model import Aspect, Level, Mark, RatingChannel, Reason
from evaluation.orders.facts import OrderFact
from evaluation.orders.model import Category

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOCALES = Path(__file__).resolve().parents[3] / "evaluation" / "figures" / "locales"


def order(**given: Any) -> OrderFact:
    """A named order, opened two days ago, whose limits are over and for which nothing has been done."""
    fields: dict[str, Any] = {
        **{"rating": "r1", "order": "o1", "business_day": date(2026, 11, 28), "opened_at": NOW - 48 * HOUR},
        **{"window": "w01", "staff": "s01", "department": "d01", "level": Level.DISSATISFIED, "named": True},
        **{"contact_due": NOW - 24 * HOUR, "contacted_at": None, "fix_due": NOW - HOUR, "fixed_at": None},
        **{"category": None, "excluded": False, "appealed": False, "revisited_at": None, "revisit_satisfied": None},
        **{"reopened": False, "closed_at": None, "taken_back": False, "published_at": None, "published_text": None},
    }
    return OrderFact(**{**fields, **given})


def ratings(*levels: int, **more: Any) -> tuple[RatingCount, ...]:
    return tuple(RatingCount(level=Level(level), **more) for level in levels)


def part(found: Counted, id_: str) -> tuple[int, int | None, float | None]:
    figure = found.of(id_)
    return figure.numerator, figure.denominator, figure.value


def test_good_and_bad_ratings_are_parts_of_all_valid_ones_and_add_up_to_all() -> None:
    found = counted(Facts(ratings=ratings(1, 2, 3, 4, 5)), now=NOW)
    assert part(found, "good_rate") == (3, 5, 0.6)
    assert part(found, "bad_rate") == (2, 5, 0.4)
    assert part(found, "ratings") == (5, None, 5)
    assert [part(found, f"level_{level}")[0] for level in range(1, 6)] == [1, 1, 1, 1, 1]


def test_a_marked_rating_counts_in_the_raw_figures_only() -> None:
    facts = Facts(ratings=(*ratings(1, 1, 1), *ratings(5, is_marked=True)))
    valid, raw = counted(facts, now=NOW), counted(facts, now=NOW, raw=True)
    assert (part(valid, "good_rate"), part(raw, "good_rate")) == ((3, 3, 1.0), (3, 4, 0.75))
    assert part(valid, "marked") == part(raw, "marked") == (1, None, 1)


def test_who_came_to_rate_unasked_is_counted_apart() -> None:
    facts = Facts(ratings=(*ratings(1, 4, is_active=True), *ratings(1, 1)))
    assert part(counted(facts, now=NOW), "active_rate") == (2, 4, 0.5)


def test_a_served_matter_with_a_marked_rating_is_rated() -> None:
    served = (ServedCount(is_rated=True, many=6), ServedCount(is_rated=False, many=2))
    found = counted(Facts(served=served, ratings=ratings(5, is_marked=True)), now=NOW)
    assert (part(found, "unrated_rate"), part(found, "served")) == ((2, 8, 0.25), (8, None, 8))


def test_without_anything_to_divide_by_a_rate_is_no_number_and_never_nought() -> None:
    found = counted(Facts(), now=NOW)
    for figure in found.figures:
        if figure.kind is Kind.RATE:
            assert (figure.numerator, figure.denominator, figure.value) == (0, 0, None), figure.id
        else:
            assert (figure.numerator, figure.denominator, figure.value) == (0, None, 0), figure.id


@pytest.mark.parametrize(
    ("given", "in_time"),
    [
        ({"fixed_at": NOW - 2 * HOUR}, (1, 1)),
        ({"fixed_at": NOW - HOUR}, (1, 1)),  # at the very end of the limit
        ({"fixed_at": NOW - HOUR + timedelta(microseconds=1)}, (0, 1)),
        ({}, (0, 1)),
        ({"fix_due": NOW}, (0, 1)),
        ({"fix_due": NOW + HOUR}, (0, 0)),  # neither in time nor late yet
        ({"fix_due": NOW + HOUR, "fixed_at": NOW - HOUR}, (1, 1)),
        ({"excluded": True}, (0, 0)),
        ({"taken_back": True}, (0, 0)),
    ],
)
def test_put_right_in_time_counts_what_is_done_or_due(given: dict[str, Any], in_time: tuple[int, int]) -> None:
    assert part(counted(Facts(orders=(order(**given),)), now=NOW), "fixed_rate")[:2] == in_time


def test_an_excluded_order_counts_in_the_raw_figures_and_one_taken_back_in_neither() -> None:
    facts = Facts(orders=(order(), order(excluded=True), order(taken_back=True)))
    assert part(counted(facts, now=NOW), "orders")[0] == 1
    assert part(counted(facts, now=NOW, raw=True), "orders")[0] == 2


def test_only_who_left_a_phone_can_be_contacted_and_asked_again() -> None:
    done = {"contacted_at": NOW - 30 * HOUR, "fixed_at": NOW - 2 * HOUR}
    orders = (
        order(**done, revisited_at=NOW - HOUR, revisit_satisfied=True),
        order(**done, revisited_at=NOW - HOUR, revisit_satisfied=False),
        order(**done, revisited_at=NOW - HOUR),  # nobody could be reached
        order(**done),
        order(),
        order(**done, named=False),
    )
    found = counted(Facts(orders=orders), now=NOW)
    assert part(found, "contact_rate")[:2] == (4, 5)
    assert part(found, "revisit_rate")[:2] == (3, 4)
    assert part(found, "revisit_content_rate")[:2] == (1, 2)
    assert part(found, "fixed_rate")[:2] == (5, 6)


def test_aspects_and_reasons_are_counted_one_by_one_without_those_of_marked_ratings() -> None:
    words = (
        WordCount(word=Word.REASON, name="slow", many=3),
        WordCount(word=Word.REASON, name="attitude"),
        WordCount(word=Word.REASON, name="slow", is_marked=True, many=10),
        WordCount(word=Word.ASPECT, name="attitude", many=2),
    )
    found = counted(Facts(words=words), now=NOW)
    assert (found.reasons, found.aspects) == ({"slow": 3, "attitude": 1}, {"attitude": 2})
    assert (part(found, "reasons")[0], part(found, "aspects")[0]) == (4, 2)
    assert counted(Facts(words=words), now=NOW, raw=True).reasons["slow"] == 13


def test_every_figure_has_a_stable_id_a_link_and_its_words_in_both_languages() -> None:
    found = counted(Facts(), now=NOW)
    assert [figure.id for figure in found.figures] == [formula.id for formula in FORMULAS]
    assert [figure.formula for figure in found.figures] == [f"/ratings/formulas#{one.id}" for one in FORMULAS]
    assert len({formula.id for formula in FORMULAS}) == len(FORMULAS)
    needed = {f"figures.{one.id}{end}" for one in FORMULAS for end in ("", ".formula", ".plain", ".events")}
    needed |= {f"figures.channel.{one}" for one in RatingChannel} | {f"figures.reason.{one}" for one in Reason}
    needed |= {f"figures.aspect.{one}" for one in Aspect} | {f"figures.mark.{one}" for one in Mark}
    needed |= {f"figures.category.{one}" for one in Category} | {f"figures.level.{int(one)}" for one in Level}
    texts = {name: json.loads((LOCALES / f"figures.{name}.json").read_text("utf-8")) for name in ("zh-CN", "en")}
    assert texts["zh-CN"].keys() == texts["en"].keys()
    assert needed - texts["en"].keys() == set()
