"""Who waits to be let in: codes that end, wrong ones that slow down, answers that are given once."""

import pytest

from devices.model import DeviceKind
from devices.pairing import (
    CODE_LENGTH,
    FREE_TRIES,
    HOLDS_S,
    LETTERS,
    MOST_EACH,
    MOST_WAITING,
    QUIET_S,
    LetIn,
    Pairings,
)
from hall_server.errors import NotFound, Refused, TooMany, Unavailable
from tests.fakes.hall import CountedIds, HandClock

LET_IN = LetIn(device="pad-w01", generation=1, asked_as=("staff:m", None))


def pairings() -> tuple[Pairings, HandClock]:
    clock = HandClock()
    return Pairings(clock=clock, ids=CountedIds()), clock


def test_a_code_is_short_and_has_no_letter_that_looks_like_another() -> None:
    waits, _ = pairings()
    codes = [waits.ask(DeviceKind.PAD, model="", firmware="", who=str(n))[0].code for n in range(MOST_WAITING)]
    assert {len(code) for code in codes} == {CODE_LENGTH}
    assert len(set(codes)) == len(codes)
    assert not set("".join(codes)) - set(LETTERS)
    assert not set(LETTERS) & set("0OQ1IL2Z5S8BG")


def test_a_code_may_be_typed_small_and_with_spaces() -> None:
    waits, _ = pairings()
    shown, _ = waits.ask(DeviceKind.PAD, model="", firmware="")
    typed = f" {shown.code[:3].lower()}-{shown.code[3:].lower()} "
    assert waits.find(typed, who="m").id == shown.id


def test_the_answer_is_given_once_and_only_for_the_secret() -> None:
    waits, _ = pairings()
    shown, secret = waits.ask(DeviceKind.PAD, model="", firmware="")
    assert waits.collect(shown.id, secret) is None
    waits.accepted(shown.id, LET_IN)
    with pytest.raises(NotFound):
        waits.collect(shown.id, "wrong")
    assert waits.collect(shown.id, secret) == LET_IN
    with pytest.raises(NotFound):
        waits.collect(shown.id, secret)


def test_a_code_ends_after_ten_minutes() -> None:
    waits, clock = pairings()
    shown, secret = waits.ask(DeviceKind.PAD, model="", firmware="")
    clock.forward(seconds=HOLDS_S - 1)
    assert waits.find(shown.code, who="m") == shown
    clock.forward(seconds=1)
    assert waits.waiting() == []
    with pytest.raises(NotFound):
        waits.find(shown.code, who="m")
    with pytest.raises(NotFound):
        waits.collect(shown.id, secret)


def filled(waits: Pairings) -> list[tuple[str, str]]:
    """All room is taken, each place from another address; gives ids and secrets."""
    asked = [waits.ask(DeviceKind.PAD, model="", firmware="", who=str(n)) for n in range(MOST_WAITING)]
    return [(shown.id, secret) for shown, secret in asked]


def test_who_waits_is_bounded_and_room_comes_back_with_time() -> None:
    waits, clock = pairings()
    filled(waits)
    with pytest.raises(Unavailable):
        waits.ask(DeviceKind.PAD, model="", firmware="")
    clock.forward(seconds=HOLDS_S)
    waits.ask(DeviceKind.PAD, model="", firmware="")


def test_who_floods_from_one_address_keeps_nobody_else_out() -> None:
    waits, _ = pairings()
    for _ in range(MOST_EACH):
        waits.ask(DeviceKind.PAD, model="", firmware="", who="flood")
    with pytest.raises(Unavailable):
        waits.ask(DeviceKind.PAD, model="", firmware="", who="flood")
    waits.ask(DeviceKind.PAD, model="", firmware="", who="kiosk")


def test_one_that_asks_no_more_gives_its_place_up_when_all_are_taken() -> None:
    waits, clock = pairings()
    [quiet, *others] = filled(waits)
    clock.forward(seconds=QUIET_S)
    for pairing, secret in others:
        assert waits.collect(pairing, secret) is None
    waits.ask(DeviceKind.PAD, model="", firmware="", who="new")
    with pytest.raises(NotFound):
        waits.collect(*quiet)
    with pytest.raises(Unavailable):
        waits.ask(DeviceKind.PAD, model="", firmware="", who="newer")


def test_wrong_codes_are_counted_and_slow_down_whoever_types_them_alone() -> None:
    waits, clock = pairings()
    shown, _ = waits.ask(DeviceKind.PAD, model="", firmware="")
    for _ in range(FREE_TRIES):
        with pytest.raises(NotFound):
            waits.find("XXXXXX", who="thief")
    with pytest.raises(TooMany) as slowed:
        waits.find(shown.code, who="thief")
    assert slowed.value.fields["retry_s"] == 2
    assert waits.find(shown.code, who="manager") == shown
    clock.forward(seconds=2)
    with pytest.raises(NotFound):
        waits.find("XXXXXX", who="thief")
    with pytest.raises(TooMany) as slower:
        waits.find(shown.code, who="thief")
    assert slower.value.fields["retry_s"] == 4
    assert waits.wrong_codes == FREE_TRIES + 1


def test_control_without_the_pace_every_code_could_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pairings, "_check_pace", lambda self, who: None)
    waits, _ = pairings()
    tries = 0
    for _ in range(1_000):
        with pytest.raises(NotFound):
            waits.find("XXXXXX", who="thief")
        tries += 1
    assert tries == 1_000


def test_who_is_turned_away_is_told_so() -> None:
    waits, _ = pairings()
    shown, secret = waits.ask(DeviceKind.PAD, model="", firmware="")
    waits.turn_away(shown.id)
    with pytest.raises(NotFound):
        waits.collect(shown.id, secret)
    other, _ = waits.ask(DeviceKind.PAD, model="", firmware="")
    waits.accepted(other.id, LET_IN)
    with pytest.raises(Refused):
        waits.turn_away(other.id)
