"""What waits to be published stays bounded and in order."""

from hall_server.mqtt.outbox import Outbox, Outgoing


def message(topic: str, payload: bytes, *, kept: bool = False) -> Outgoing:
    return Outgoing(topic, payload, 1, kept)


def test_of_a_retained_topic_the_newest_waits() -> None:
    outbox = Outbox(limit=10)
    for number in (b"1", b"2", b"3"):
        outbox.put(message("a", number, kept=True))
        outbox.put(message("b", number))
    assert [outbox.take().payload for _ in range(len(outbox))] == [b"3", b"1", b"2", b"3"]


def test_the_oldest_gives_way_and_is_counted() -> None:
    outbox = Outbox(limit=2)
    for number in (b"1", b"2", b"3"):
        outbox.put(message("b", number))
    outbox.put(message("a", b"p", kept=True))
    outbox.put(message("c", b"p", kept=True))
    outbox.put(message("d", b"p", kept=True))
    assert [outbox.take().topic for _ in range(len(outbox))] == ["c", "d"]
    assert outbox.dropped == 4
