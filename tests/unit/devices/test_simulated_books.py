"""The books of a simulation: what is lost or doubled is found, and nothing else."""

from typing import Any

from devices.simulated.ledger import STATES, Balance, Ledger, balance


def issued(ledger: Ledger, *numbers: str) -> None:
    for number in numbers:
        ledger.issued({"id": f"t-{number}", "number": number, "token": f"secret-{number}"})


def closed(ledger: Ledger, hall: dict[str, str], *, issued: int | None = None, before: int = 0) -> Balance:
    """The balance where the hall knows these numbers in these states."""
    totals = {state: sum(one == state for one in hall.values()) for state in STATES}
    totals["issued"] = len(hall) if issued is None else issued
    pages: list[tuple[Any, dict[str, Any] | None]] = [
        (entry, {"number": entry.number, "state": hall[entry.number]} if entry.number in hall else None)
        for entry in ledger.entries.values()
    ]
    return balance(ledger, totals, pages, issued_before=before)


def test_the_books_balance_where_both_say_the_same() -> None:
    ledger = Ledger()
    issued(ledger, "A001", "A002", "A003")
    ledger.called("t-A001", "A001", "w1")
    ledger.left("t-A001", "done")
    ledger.left("t-A002", "cancelled")
    found = closed(ledger, {"A001": "done", "A002": "cancelled", "A003": "waiting", "B001": "done"})
    assert found.holds
    assert (found.ours, found.others) == (3, 1)


def test_a_number_that_the_hall_does_not_know_is_lost() -> None:
    ledger = Ledger()
    issued(ledger, "A001", "A002")
    assert not closed(ledger, {"A001": "waiting"}).holds


def test_a_number_given_twice_is_found_and_the_same_reply_again_is_not() -> None:
    ledger = Ledger()
    issued(ledger, "A001")
    issued(ledger, "A001")
    assert closed(ledger, {"A001": "waiting"}).holds
    ledger.issued({"id": "another", "number": "A001", "token": "x"})
    assert "A001 was given twice" in closed(ledger, {"A001": "waiting"}).wrong[0]


def test_a_visitor_who_is_called_to_two_windows_is_found_and_one_who_was_sent_on_is_not() -> None:
    ledger = Ledger()
    issued(ledger, "A001")
    ledger.called("t-A001", "A001", "w1")
    ledger.left("t-A001")
    ledger.called("t-A001", "A001", "w2")
    assert not ledger.faults
    ledger.called("t-A001", "A001", "w3")
    assert len(ledger.faults) == 1


def test_a_visitor_who_is_called_after_the_end_is_found() -> None:
    ledger = Ledger()
    issued(ledger, "A001")
    ledger.left("t-A001", "done")
    ledger.called("t-A001", "A001", "w1")
    assert len(ledger.faults) == 1


def test_an_end_that_the_hall_has_forgotten_is_found() -> None:
    ledger = Ledger()
    issued(ledger, "A001")
    ledger.left("t-A001", "done")
    assert closed(ledger, {"A001": "serving"}).wrong == ["A001 was done, the hall says serving"]


def test_a_hall_whose_own_sums_differ_is_found() -> None:
    ledger = Ledger()
    issued(ledger, "A001")
    assert not closed(ledger, {"A001": "waiting"}, issued=2).holds
    assert not closed(ledger, {"A001": "waiting"}, before=1).holds


def test_what_nobody_of_the_simulation_holds_is_no_fault() -> None:
    assert closed(Ledger(), {"A001": "waiting"}, before=0).others == 1
