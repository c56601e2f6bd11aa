"""How often a document may be printed at terminals: what came out counts, what surely did not does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.selfservice import messages as s
from cases.selfservice.prints import COPIES_MOST, TRIES_MOST, Prints
from hall_server.days import DayOpened
from hall_server.errors import Refused
from hall_server.identity import SYSTEM
from hall_server.ids import RandomIds
from hall_server.messages import Event, Recorded
from hall_server.outcome import Context

DAY = date(2026, 11, 23)


class Days:
    """Commands on one case, and the events they lead to."""

    def __init__(self) -> None:
        self.prints = Prints()
        self.day = DAY
        self.made = 0

    def take(self, *events: Event) -> None:
        for event in events:
            self.prints.apply(Recorded(seq=1, at=datetime.now(UTC), business_day=self.day, event=event, actor="system"))

    @property
    def context(self) -> Context:
        return Context(now=datetime.now(UTC), business_day=self.day, actor=SYSTEM, ids=RandomIds())

    def begin(self, document: str = "licence") -> str:
        self.made += 1
        id_ = f"p{self.made}"
        command = s.BeginPrint(print=id_, case="c1", document=document, machine="m", printer="a4")
        self.take(*self.prints.begin(command, self.context).events)
        return id_

    def end(self, id_: str, *, printed: bool, begun: bool = False) -> None:
        command = s.EndPrint(print=id_, is_printed=printed, is_begun=begun)
        self.take(*self.prints.end(command, self.context).events)

    @property
    def left(self) -> int:
        return self.prints.left("c1", "licence")


def test_what_came_out_counts_and_what_did_not_begin_does_not() -> None:
    days = Days()
    for _ in range(20):
        days.end(days.begin(), printed=False)
    assert days.left == COPIES_MOST
    for _ in range(COPIES_MOST):
        days.end(days.begin(), printed=True)
    with pytest.raises(Refused, match=r"selfservice\.prints_many"):
        days.begin()
    assert days.prints.left("c1", "other") == COPIES_MOST


def test_one_under_way_counts_so_that_two_machines_do_not_print_one_too_many() -> None:
    days = Days()
    for _ in range(COPIES_MOST):
        days.begin()
    assert days.left == 0


def test_who_is_given_half_pages_again_and_again_is_stopped() -> None:
    days = Days()
    for _ in range(TRIES_MOST):
        days.end(days.begin(), printed=False, begun=True)
    assert days.left == 0


def test_an_end_that_is_told_twice_is_one_and_after_a_month_it_begins_anew() -> None:
    days = Days()
    first = days.begin()
    days.end(first, printed=False)
    days.end(first, printed=True)
    assert (days.left, days.prints.get(first).is_printed) == (COPIES_MOST, False)
    for _ in range(COPIES_MOST):
        days.end(days.begin(), printed=True)
    days.day += timedelta(days=s.DAYS + 1)
    days.take(DayOpened(day=days.day))
    assert (days.left, days.prints.all()) == (COPIES_MOST, ())
    old = s.PrintEnded(print="long ago", case="c1", document="licence", is_printed=True, is_begun=True, reason="")
    days.take(old)  # its beginning is too long ago to be read at a start
    assert days.left == COPIES_MOST
