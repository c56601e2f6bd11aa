"""What a trainee did at a window, seen from its desk."""

from typing import Any

from devices.simulated.ledger import Ledger
from devices.simulated.trainee import Trainee

NINE = "2026-11-23T01:{minute:02d}:{second:02d}+00:00"


def at(minute: int, second: int = 0) -> str:
    return NINE.format(minute=minute, second=second)


class Lesson:
    """A trainee at w01 and the desk they change."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.sent: list[tuple[str, str, str]] = []
        self.trainee = Trainee("w01", self.ledger, lambda *what: self.sent.append(what))
        self.desk: dict[str, Any] = {
            "window": {"state": "idle", "since": at(0)},
            "ticket": None,
            "waiting": 5,
            "held": [],
            "passed": [],
            "recent": [],
        }

    def see(self, **changed: Any) -> None:
        self.desk = {**self.desk, **changed}
        self.trainee.see(self.desk)

    def called(self, id_: str, when: str, *, calls: int = 1, state: str = "called", started: str | None = None) -> None:
        ticket = {"id": id_, "number": id_, "state": state, "calls": calls, "called_at": when, "started_at": started}
        self.see(ticket=ticket, window={"state": "calling", "since": when})

    def over(self, when: str, **lists: Any) -> None:
        self.see(ticket=None, window={"state": "idle", "since": when}, **lists)


def test_calls_recalls_and_the_gap_between_two_visitors_are_counted() -> None:
    lesson = Lesson()
    lesson.see()
    lesson.called("a", at(0, 20))
    lesson.called("a", at(0, 40), calls=2)
    lesson.called("a", at(0, 40), calls=2, state="serving", started=at(1))
    lesson.over(at(4), recent=[{"id": "a", "state": "done", "at": at(4)}])
    lesson.called("b", at(4, 10))
    did = lesson.trainee.lesson
    assert (did.calls, did.recalls, did.finished) == (2, 1, 1)
    assert did.gaps_s == [20.0, 10.0]
    assert did.services_s == [180.0]
    assert lesson.sent == [("w01", "a", "done")]


def test_nobody_is_blamed_for_a_gap_while_nobody_waits() -> None:
    lesson = Lesson()
    lesson.see(waiting=0)
    lesson.called("a", at(9))
    assert lesson.trainee.lesson.gaps_s == []


def test_a_pass_a_hold_and_a_transfer_send_the_visitor_where_they_belong() -> None:
    lesson = Lesson()
    lesson.called("a", at(0))
    lesson.over(at(1), passed=[{"id": "a"}], recent=[{"id": "a", "state": "passed", "at": at(1)}])
    lesson.called("b", at(2), state="serving", started=at(2))
    lesson.over(at(3), held=[{"id": "b"}])
    lesson.called("c", at(4), state="serving", started=at(4))
    lesson.over(at(5))
    lesson.called("d", at(6))
    lesson.over(at(6, 5))
    did = lesson.trainee.lesson
    assert (did.passed, did.held, did.finished) == (1, 1, 0)
    assert [why for *_, why in lesson.sent] == ["passed", "form", "on", "back"]


def test_the_report_has_all_figures_also_where_nothing_was_done() -> None:
    assert any("–" in line for line in Lesson().trainee.report())
