"""Whatever comes twice, late or out of turn: what is taken is the journal from its beginning, without a hole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.store.events import check_chain, following
from hall_server.federation.ports import Broken, Gap, Standing
from hall_server.journal.rows import GENESIS
from tests.fakes.federated import chain

ROWS = chain(1, 60, GENESIS)


@given(st.lists(st.tuples(st.integers(0, 59), st.integers(1, 20)), max_size=40))
def test_any_mixture_of_batches_gives_a_prefix(batches: list[tuple[int, int]]) -> None:
    standing, taken = Standing(epoch=1, cursor=0, cursor_hash=GENESIS), []
    for first, count in batches:
        if first > standing.cursor:
            with pytest.raises(Gap) as gap:
                following(ROWS[first : first + count], standing)
            assert gap.value.fields["after"] == standing.cursor
            continue
        new = following(ROWS[first : first + count], standing)
        check_chain(new, standing.cursor_hash)
        taken += new
        if new:
            standing = Standing(epoch=1, cursor=new[-1][0], cursor_hash=new[-1][9])
    assert taken == ROWS[: len(taken)]


@given(st.integers(0, 59), st.integers(0, 8))
def test_any_changed_column_breaks_the_chain(place: int, column: int) -> None:
    rows = list(ROWS)
    old = rows[place]
    changed = old[column] + 1 if isinstance(old[column], int) else f"{old[column]}x"
    rows[place] = (*old[:column], changed, *old[column + 1 :])  # type: ignore[assignment]  # one column, its own type
    with pytest.raises(Broken) as broken:
        check_chain(rows, GENESIS)
    assert broken.value.fields["seq"] == rows[place][0]


def test_a_chain_of_another_history_does_not_fit() -> None:
    with pytest.raises(Broken):
        check_chain(ROWS[10:], GENESIS)


def test_a_hole_inside_a_batch_is_a_gap() -> None:
    with pytest.raises(Gap):
        following([*ROWS[:3], *ROWS[4:6]], Standing(epoch=1, cursor=0, cursor_hash=GENESIS))
