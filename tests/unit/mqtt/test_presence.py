"""Presence by what a device says, and by its silence."""

from datetime import timedelta

from hall_server.mqtt.presence import SILENCE_S, PresenceTable, Standing
from hall_server.mqtt.topics import State, Status
from tests.fakes.mqtt_hall import HandClock, Watch

ONLINE = State(status=Status.ONLINE, kind="board")
OFFLINE = State(status=Status.OFFLINE, kind="board")


def table() -> tuple[PresenceTable, HandClock, Watch]:
    clock, heard = HandClock(), Watch()
    presence = PresenceTable(clock=clock)
    presence.listen(heard)
    return presence, clock, heard


def statuses(heard: Watch) -> list[str]:
    return [presence.status for presence in heard.seen]


def test_a_silent_device_is_taken_for_hung_and_comes_back_with_a_word() -> None:
    presence, clock, heard = table()
    presence.state("d1", ONLINE)
    clock.move(SILENCE_S - 1)
    presence.sweep()
    assert statuses(heard) == ["online"]
    clock.move(1)
    presence.sweep()
    presence.heard("d1")
    assert statuses(heard) == ["online", "offline", "online"]


def test_heartbeats_change_nothing_but_the_time_last_seen() -> None:
    presence, clock, heard = table()
    presence.state("d1", ONLINE)
    began = clock.now()
    clock.move(10)
    presence.state("d1", ONLINE)
    known = presence.of("d1")
    assert known is not None
    assert (known.since, known.last_seen) == (began, began + timedelta(seconds=10))
    assert len(heard.seen) == 1


def test_the_last_will_counts_at_once() -> None:
    presence, _, heard = table()
    presence.state("d1", ONLINE)
    presence.state("d1", OFFLINE)
    assert statuses(heard) == ["online", "offline"]


def test_what_the_broker_remembers_is_unknown_until_heard() -> None:
    presence, clock, heard = table()
    presence.remembered("d1", ONLINE)
    assert statuses(heard) == ["unknown"]
    clock.move(SILENCE_S)
    presence.sweep()
    assert statuses(heard) == ["unknown", "offline"]


def test_what_the_broker_remembers_never_outdoes_what_was_heard() -> None:
    presence, _, heard = table()
    presence.state("d1", ONLINE)
    presence.remembered("d1", OFFLINE)
    assert statuses(heard) == ["online"]


def test_a_fault_stays_a_fault_while_the_device_talks() -> None:
    presence, _, _ = table()
    presence.state("d1", State(status=Status.FAULT, detail={"paper": "out"}))
    presence.heard("d1")
    known = presence.of("d1")
    assert known is not None
    assert known.status is Standing.FAULT


def test_the_clock_of_the_device_is_compared() -> None:
    presence, clock, _ = table()
    presence.state("d1", State(status=Status.ONLINE, at=clock.now() + timedelta(seconds=90)))
    known = presence.of("d1")
    assert known is not None
    assert known.clock_skew_s == 90
