"""Signed messages: believed once, within five minutes, and only as they were sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_server.outbox import signing
from hall_server.outbox.backoff import MOST_S, wait_s
from hall_server.outbox.signing import Checker, Distrusted, Fault

KEY, OTHER = bytes(range(32)), bytes(32)
NOW_S = 1_795_000_000.0


class Now:
    """A clock in the test's hand."""

    def __init__(self) -> None:
        self.at_s = NOW_S

    def __call__(self) -> float:
        return self.at_s


def request(key: bytes = KEY, *, at_s: float = NOW_S, body: bytes = b"{}") -> dict[str, str]:
    return signing.sign(key, method="POST", path="/v1/requests", time_s=at_s, body=body)


def fault_of(
    checker: Checker, headers: dict[str, str], *, body: bytes = b"{}", path: str = "/v1/requests"
) -> Fault | None:
    try:
        checker.check(method="POST", path=path, headers=headers, body=body)
    except Distrusted as exc:
        return exc.fault
    return None


def test_what_is_signed_is_believed_once() -> None:
    checker, headers = Checker(KEY, Now()), request()
    assert fault_of(checker, headers) is None
    assert fault_of(checker, headers) is Fault.REPLAY


@pytest.mark.parametrize("off_s", [-301.0, 301.0])
def test_a_message_of_another_time_is_refused(off_s: float) -> None:
    assert fault_of(Checker(KEY, Now()), request(at_s=NOW_S + off_s)) is Fault.TIME


@pytest.mark.parametrize("stamp", ["nan", "inf", "-inf", "", "soon", "１７９５"])
def test_what_is_no_time_is_refused(stamp: str) -> None:
    headers = {**request(), signing.TIME: stamp}
    assert fault_of(Checker(KEY, Now()), headers) in {Fault.TIME, Fault.MISSING}


def test_nothing_of_a_signed_message_can_be_changed() -> None:
    checker = Checker(KEY, Now())
    assert fault_of(checker, request(), body=b"{ }") is Fault.WRONG
    assert fault_of(checker, request(), path="/v1/files/x") is Fault.WRONG
    assert fault_of(checker, {**request(), signing.TIME: f"{NOW_S + 1:.6f}"}) is Fault.WRONG
    assert fault_of(checker, request(OTHER)) is Fault.WRONG
    assert fault_of(checker, {}) is Fault.MISSING
    assert fault_of(checker, request()) is None, "what was refused before does not use the message up"


def test_a_replay_is_known_for_as_long_as_its_time_would_be_believed() -> None:
    now = Now()
    checker = Checker(KEY, now)
    early = request(at_s=NOW_S + 299)
    assert fault_of(checker, early) is None
    now.at_s = NOW_S + 598
    assert fault_of(checker, early) is Fault.REPLAY
    now.at_s = NOW_S + 601
    assert fault_of(checker, early) is Fault.TIME


def test_an_answer_fits_its_request_alone() -> None:
    headers = signing.sign_reply(KEY, "asked", b"yes")
    signing.check_reply(KEY, "asked", headers, b"yes")
    for asked, body, key in (("another", b"yes", KEY), ("asked", b"no", KEY), ("asked", b"yes", OTHER)):
        with pytest.raises(Distrusted):
            signing.check_reply(key, asked, headers, body)
    with pytest.raises(Distrusted):
        signing.check_reply(KEY, "asked", {}, b"yes")


@given(st.integers(min_value=1, max_value=10_000), st.floats(min_value=0, max_value=3_600))
def test_a_wait_is_bounded_and_no_shorter_than_asked(tries: int, asked_s: float) -> None:
    found = wait_s(tries, asked_s=asked_s)
    assert max(1.0, asked_s) <= found <= max(MOST_S, asked_s)
