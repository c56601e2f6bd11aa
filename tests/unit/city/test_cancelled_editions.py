"""What a hall took under an edition that the city had cancelled is a conflict; what came in while it held is none."""

from __future__ import annotations

from datetime import date

import pytest

from cases import messages as m
from cases.catalogue.model import EditionState
from cases.model import Case
from city.cases_rows import EDITION_CANCELLED, trouble_of
from tests.fakes.case_place import TestPlace, edition

LAST = date(2026, 11, 20)


def taken(received: str, accepted: str) -> Case:
    hall = TestPlace().at(received)
    case = hall.receive()
    return hall.at(accepted).do(case, m.AcceptCase)


@pytest.mark.parametrize(
    ("received", "accepted", "state", "trouble"),
    [
        ("2026-11-20", "2026-11-20", EditionState.CANCELLED, None),
        ("2026-11-20", "2026-11-24", EditionState.CANCELLED, None),  # a running case keeps its edition
        ("2026-11-23", "2026-11-23", EditionState.CANCELLED, EDITION_CANCELLED),
        ("2026-11-23", "2026-11-23", EditionState.REPLACED, None),
    ],
)
def test_only_what_came_in_after_the_last_day_is_a_conflict(
    received: str, accepted: str, state: EditionState, trouble: str | None
) -> None:
    case = taken(received, accepted)
    known = edition(state=state, valid_until=LAST)
    assert trouble_of(case, (), known) == trouble
    noted = m.ConflictFound(case=case.id, about=EDITION_CANCELLED, conflict="c", detail="")
    assert trouble_of(case, (noted,), known) is None  # it is on record already
