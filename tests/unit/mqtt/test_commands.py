"""Commands: sent again until reported, never after their time, never without bound."""

from hall_server.ids import RandomIds
from hall_server.mqtt.commands import LIMIT_PER_DEVICE, Commands
from hall_server.mqtt.topics import Command, Report
from tests.fakes.mqtt_hall import HandClock, Watch


def commands() -> tuple[Commands, HandClock, list[tuple[str, Command]], Watch]:
    clock, sent, ended = HandClock(), [], Watch()
    made = Commands(clock=clock, ids=RandomIds(), send=lambda device, command: sent.append((device, command)))
    made.listen(ended)
    return made, clock, sent, ended


def test_a_command_is_sent_again_with_growing_pauses_until_it_is_over() -> None:
    outgoing, clock, sent, ended = commands()
    outgoing.command("d1", "beep", {}, ttl_s=60)
    times = [0.0]
    for second in range(1, 70):
        clock.move(1)
        before = len(sent)
        outgoing.tick()
        if len(sent) > before:
            times.append(second)
    assert times == [0, 2, 6, 14, 29, 44, 59]
    assert [end.end for end in ended.seen] == ["expired"]
    assert len({command.until for _, command in sent}) == 1
    assert outgoing.tick() is None


def test_the_time_left_is_told_whatever_the_devices_clock_says() -> None:
    outgoing, clock, sent, _ = commands()
    outgoing.command("d1", "beep", {}, ttl_s=60)
    clock.move(40)
    outgoing.back("d1")
    assert [(command.until - command.at).total_seconds() for _, command in sent] == [60, 20]


def test_a_report_ends_it_once() -> None:
    outgoing, clock, sent, ended = commands()
    command = outgoing.command("d1", "beep", {}, ttl_s=60)
    assert not outgoing.reported("d2", Report(id=command, what="done"))
    assert not outgoing.reported("d1", Report(id=command, what="key"))
    assert outgoing.reported("d1", Report(id=command, what="done"))
    assert not outgoing.reported("d1", Report(id=command, what="done"))
    clock.move(30)
    outgoing.tick()
    assert len(sent) == 1
    assert [end.end for end in ended.seen] == ["done"]


def test_too_many_for_one_device_push_the_oldest_out() -> None:
    outgoing, _, _, ended = commands()
    issued = [outgoing.command("d1", "beep", {}, ttl_s=60) for _ in range(LIMIT_PER_DEVICE + 3)]
    assert outgoing.waiting("d1") == issued[3:]
    assert [end.end for end in ended.seen] == ["crowded"] * 3


def test_a_device_away_for_1500_commands_is_told_nothing_old() -> None:
    outgoing, clock, sent, _ = commands()
    for number in range(1_500):
        outgoing.command("d1", "speak", {"number": number}, ttl_s=60)
        clock.move(1)
        outgoing.tick()
    sent.clear()
    outgoing.back("d1")
    assert [command.args["number"] for _, command in sent] == list(range(1_441, 1_500))
