"""The router over a link that is only a list: what it says, to whom, and what it refuses."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from hall_server.ids import RandomIds
from hall_server.mqtt.link import Message
from hall_server.mqtt.router import DeviceRouter
from tests.fakes.mqtt_hall import HALL, HandClock, Registry, Watch, describe


class ListLink:
    """A link that keeps what is published."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any], bool]] = []
        self.handler: Callable[[Message], None] = lambda message: None
        self.listeners: list[Callable[[], None]] = []
        self.news = Watch()
        self.is_connected = True

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        self.said.append((topic.removeprefix(f"hall/{HALL}/dev/"), json.loads(payload or b"{}"), retain))
        self.news(topic)

    def subscribe(self, topic_filter: str) -> None:
        assert topic_filter == f"hall/{HALL}/dev/+/up/#"

    def on_message(self, handler: Callable[[Message], None]) -> None:
        self.handler = handler

    def on_connect(self, listener: Callable[[], None]) -> None:
        self.listeners.append(listener)

    def hear(self, device: str, channel: str, payload: bytes, *, retained: bool = False) -> None:
        self.handler(Message(f"hall/{HALL}/dev/{device}/up/{channel}", payload, retained))


def routed() -> tuple[DeviceRouter, ListLink, HandClock]:
    link, clock = ListLink(), HandClock()
    router = DeviceRouter(
        hall=HALL, link=link, gate=Registry("d1", "d2"), clock=clock, ids=RandomIds(), describe=describe
    )
    return router, link, clock


def test_a_picture_is_said_only_when_it_changes_and_again_on_every_connection() -> None:
    router, link, _ = routed()
    assert router.show("d1", {"number": "A001"})
    assert not router.show("d1", {"number": "A001"})
    assert router.show("d1", {"number": "A002"})
    for listener in link.listeners:
        listener()
    assert [payload["picture"]["number"] for _, payload, _ in link.said] == ["A001", "A002", "A002"]
    assert all(topic == "d1/down/show" and retained for topic, _, retained in link.said)
    sequence = [payload["seq"] for _, payload, _ in link.said]
    assert sequence[0] < sequence[1] == sequence[2]


def test_a_bad_request_is_answered_with_its_id_and_its_place() -> None:
    router, link, _ = routed()
    refused = Watch()
    router.on_bad_input(refused)
    link.hear("d1", "request", b'{"id": "r1", "do": "a", "extra": 1}')
    link.hear("d1", "request", b"\xff")
    assert [(topic, payload["id"], payload["error"]) for topic, payload, _ in link.said] == [
        (
            "d1/down/reply",
            "r1",
            {
                "code": "payload.unknown_field",
                "message": "zh-CN payload.unknown_field",
                "fields": {"field": "extra"},
            },
        ),
        ("d1/down/reply", None, link.said[1][1]["error"]),
    ]
    assert router.bad_input("d1") == {"payload.unknown_field": 1, "payload.not_json": 1}
    assert refused.seen[0] == ("d1", "payload.unknown_field", {"field": "extra"})


def test_an_unknown_device_leaves_no_trace() -> None:
    router, link, _ = routed()
    for number in range(100):
        link.hear(f"stranger-{number}", "state", b'{"status": "online"}')
        link.hear(f"stranger-{number}", "request", b"{")
    assert router.all_presence() == []
    assert link.said == []


def test_who_says_too_much_is_not_heard_for_a_while() -> None:
    router, link, clock = routed()
    for _ in range(70):
        link.hear("d1", "request", b"{")
    assert router.bad_input("d1") == {"payload.not_json": 60, "device.too_many_messages": 10}
    assert len(link.said) == 60
    clock.move(1)
    link.hear("d1", "request", b"{")
    assert router.bad_input("d1")["payload.not_json"] == 61


@pytest.mark.gen_test
async def test_the_same_request_while_it_is_under_way_is_begun_once() -> None:
    router, link, _ = routed()
    begun: list[str] = []
    go = asyncio.Event()

    async def slow(device_id: str, request_id: str, args: dict[str, Any]) -> bytes:
        begun.append(request_id)
        await go.wait()
        return b'{"already": "json"}'

    router.on_request("slow", slow)
    for _ in range(3):
        link.hear("d1", "request", b'{"id": "r1", "do": "slow"}')
    await asyncio.sleep(0)
    go.set()
    await link.news.until(bool)
    assert begun == ["r1"]
    assert link.said == [("d1/down/reply", {"id": "r1", "ok": True, "result": {"already": "json"}}, False)]
    await router.stop()


@pytest.mark.gen_test
async def test_too_many_requests_under_way_are_refused() -> None:
    router, link, _ = routed()

    async def never(device_id: str, request_id: str, args: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    router.on_request("never", never)
    for number in range(20):
        link.hear("d1", "request", b'{"id": "r%d", "do": "never"}' % number)
    assert [payload["error"]["code"] for _, payload, _ in link.said] == ["device.too_many_requests"] * 4
    await router.stop()


@pytest.mark.gen_test
async def test_a_broken_handler_answers_and_breaks_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    router, link, _ = routed()

    async def broken(device_id: str, request_id: str, args: dict[str, Any]) -> None:
        raise ZeroDivisionError

    router.on_request("broken", broken)
    link.hear("d1", "request", b'{"id": "r1", "do": "broken"}')
    await link.news.until(bool)
    assert link.said[0][1]["error"]["code"] == "server.failed"
    assert "ZeroDivisionError" in caplog.text


def test_a_report_that_ends_no_command_reaches_the_listeners() -> None:
    router, link, _ = routed()
    reports = Watch()
    router.on_report(reports)
    command = router.command("d1", "print", ttl_s=60)
    link.hear("d1", "report", f'{{"id": "{command}", "what": "done"}}'.encode())
    link.hear("d1", "report", b'{"id": "x1", "what": "paper", "detail": {"left": "near_end"}}')
    ((device_id, report),) = reports.seen
    assert (device_id, report.what, report.detail) == ("d1", "paper", {"left": "near_end"})


def test_a_removed_device_is_forgotten_everywhere() -> None:
    router, link, _ = routed()
    router.show("d1", {"number": "A001"})
    router.command("d1", "print", ttl_s=60)
    link.hear("d1", "state", b'{"status": "online"}')
    router.forget("d1")
    assert router.presence("d1") is None
    assert router.waiting("d1") == []
    assert [said for said in link.said[-2:]] == [("d1/down/show", {}, True), ("d1/up/state", {}, True)]
