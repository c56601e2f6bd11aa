"""What server and device say to each other: the same over both brokers."""

import asyncio
import json
import signal
from typing import Any

import pytest

from hall_server.errors import Refused
from hall_server.mqtt.router import DeviceRouter
from hall_server.mqtt.simulated import RequestRefused
from hall_server.mqtt.topics import Status
from tests.fakes.mqtt_hall import (
    HALL,
    Broker,
    Watch,
    device,
    device_process,
    ended,
    served,
    server_link,
    simulate,
    tool,
)


class Tickets:
    """A handler that keeps first replies by command id, as the journal does."""

    def __init__(self) -> None:
        self.replies: dict[tuple[str, str], dict[str, Any]] = {}

    def install(self, router: DeviceRouter) -> None:
        router.on_request("ticket.issue", self.issue)
        router.on_request("window.call", self.call)

    async def issue(self, device_id: str, request_id: str, args: dict[str, Any]) -> object:
        number = f"A{len(self.replies) + 1:03}"
        return self.replies.setdefault((device_id, request_id), {"number": number, "line": args["line"]})

    async def call(self, device_id: str, request_id: str, args: dict[str, Any]) -> object:
        raise Refused("line.closed", line=args["line"])


@pytest.mark.gen_test
async def test_a_rebooted_screen_shows_the_present_picture(broker: Broker) -> None:
    async with served(broker) as router:
        async with device(broker, "d1") as first:
            router.show("d1", {"number": "A001"})
            await first.shown(bool)
        router.show("d1", {"number": "A002"})
        async with device(broker, "d1") as rebooted:
            assert await rebooted.shown(bool) == {"number": "A002"}


@pytest.mark.gen_test
async def test_a_request_is_answered_and_the_same_id_gets_the_same_reply(broker: Broker) -> None:
    tickets = Tickets()
    async with served(broker, prepare=tickets.install), device(broker, "d1") as kiosk, device(broker, "d2") as other:
        first = await kiosk.request("ticket.issue", {"line": "a"}, request_id="r1")
        assert first == {"number": "A001", "line": "a"}
        assert await kiosk.request("ticket.issue", {"line": "a"}, request_id="r1") == first
        assert (await other.request("ticket.issue", {"line": "b"}, request_id="r1"))["number"] == "A002"


@pytest.mark.gen_test
async def test_a_refusal_has_the_shape_of_http(broker: Broker) -> None:
    async with served(broker, prepare=Tickets().install), device(broker, "d1") as kiosk:
        with pytest.raises(RequestRefused) as refused:
            await kiosk.request("window.call", {"line": "a"})
        assert (refused.value.code, refused.value.message) == ("line.closed", "zh-CN line.closed")
        assert refused.value.fields == {"line": "a"}
        with pytest.raises(RequestRefused) as unknown:
            await kiosk.request("no.such.verb")
        assert unknown.value.code == "request.unknown"


@pytest.mark.gen_test
async def test_a_command_is_done_once_and_its_end_is_told(broker: Broker) -> None:
    done: list[dict[str, Any]] = []
    ends = Watch()

    async def speak(do: str, args: dict[str, Any]) -> dict[str, Any]:
        done.append({"do": do, **args})
        return {"took_s": 1.5}

    async with served(broker, prepare=lambda router: router.on_command_end(ends)) as router:
        async with device(broker, "d1", on_command=speak):
            command = router.command("d1", "speak", {"text": "请 A001"}, ttl_s=30)
            (end,) = await ends.until(bool)
        assert (end.id, end.end, end.detail) == (command, "done", {"took_s": 1.5})
        assert done == [{"do": "speak", "text": "请 A001"}]
        assert router.waiting("d1") == []


@pytest.mark.gen_test
async def test_a_command_waits_for_a_device_that_is_away(broker: Broker) -> None:
    ends = Watch()
    async with served(broker, prepare=lambda router: router.on_command_end(ends)) as router:
        router.command("d1", "beep", ttl_s=30)
        async with device(broker, "d1") as late:
            await ends.until(bool)
            assert late.commands_done == 1


@pytest.mark.gen_test
async def test_a_killed_device_is_seen_at_once(broker: Broker) -> None:
    heard = Watch()
    async with served(broker, prepare=lambda router: router.on_presence(heard)):
        process = await device_process(broker, "d1", keepalive_s=30)
        await heard.until(lambda seen: bool(seen) and seen[-1].status == "online")
        process.kill()
        await heard.until(lambda seen: seen[-1].status == "offline")  # long before any keepalive
        await ended(process)


@pytest.mark.gen_test
async def test_a_stopped_device_is_seen_by_its_keepalive(broker: Broker) -> None:
    heard = Watch()
    async with served(broker, prepare=lambda router: router.on_presence(heard)):
        process = await device_process(broker, "d1", keepalive_s=1)
        await heard.until(lambda seen: bool(seen) and seen[-1].status == "online")
        process.send_signal(signal.SIGSTOP)
        await heard.until(lambda seen: seen[-1].status == "offline", within_s=60)
        process.send_signal(signal.SIGCONT)
        await heard.until(lambda seen: seen[-1].status == "online")
        await ended(process)


@pytest.mark.gen_test
async def test_a_device_says_goodbye_and_tells_of_faults(broker: Broker) -> None:
    heard = Watch()
    async with served(broker, prepare=lambda router: router.on_presence(heard)) as router:
        async with device(broker, "d1") as printer:
            printer.say_state(Status.FAULT, {"paper": "out"})
            await heard.until(lambda seen: bool(seen) and seen[-1].status == "fault")
            presence = router.presence("d1")
            assert presence is not None
            assert (presence.kind, presence.detail) == ("window-screen", {"paper": "out"})
        await heard.until(lambda seen: seen[-1].status == "offline")


@pytest.mark.gen_test
async def test_what_the_broker_remembers_of_a_device_is_not_taken_for_now(broker: Broker) -> None:
    async with device(broker, "d1") as screen:
        other = server_link(broker, "other")
        told = Watch()
        other.subscribe(f"hall/{HALL}/dev/+/up/#")
        other.on_message(told)
        other.start()
        await told.until(bool)
        await other.stop()
        heard = Watch()
        async with served(broker, prepare=lambda router: router.on_presence(heard)):
            await heard.until(bool)
            assert heard.seen[0].status == "unknown"
            assert heard.seen[0].last_seen is None
            screen.say_state(Status.ONLINE)
            await heard.until(lambda seen: seen[-1].status == "online")


@pytest.mark.gen_test
async def test_everything_is_said_again_after_the_broker_forgot_it(broker: Broker) -> None:
    heard = Watch()
    async with (
        served(broker, prepare=lambda router: router.on_presence(heard)) as router,
        device(broker, "d1") as screen,
    ):
        router.show("d1", {"number": "A001"})
        router.show("d2", {"number": "B001"})
        await screen.shown(bool)
        screen.picture = None
        await broker.stop()
        await broker.start()
        assert await asyncio.wait_for(screen.shown(bool), 20) == {"number": "A001"}
        late = simulate(broker, "d2")
        late.start()
        assert await asyncio.wait_for(late.shown(bool), 20) == {"number": "B001"}
        await late.stop()


@pytest.mark.gen_test
async def test_the_link_sends_at_once(broker: Broker) -> None:
    link = server_link(broker)
    link.start()
    await link.connected()
    assert link.sends_at_once()
    await link.stop()


@pytest.mark.gen_test
async def test_mosquittos_own_tools_play_a_device(broker: Broker) -> None:
    heard, tickets = Watch(), Tickets()

    def prepare(router: DeviceRouter) -> None:
        tickets.install(router)
        router.on_presence(heard)

    up, down = f"hall/{HALL}/dev/d1/up", f"hall/{HALL}/dev/d1/down"
    async with served(broker, prepare=prepare) as router:
        state = await tool(
            *("mosquitto_pub", broker, "d1", "-q", "1", "-r", "-t", f"{up}/state"),
            *("-m", '{"status": "online", "kind": "kiosk", "firmware": "2.1"}'),
        )
        assert await state.wait() == 0
        await heard.until(lambda seen: bool(seen) and seen[-1].firmware == "2.1")
        router.show("d1", {"number": "A007"})
        shown = await tool("mosquitto_sub", broker, "d1", "-q", "1", "-C", "1", "-t", f"{down}/show")
        output, _ = await shown.communicate()
        assert json.loads(output)["picture"] == {"number": "A007"}
        # One tool cannot listen and speak as one client; mosquitto_rr can.
        asked = await tool(
            *(
                "mosquitto_rr",
                broker,
                "d1",
                "-V",
                "mqttv311",
                "-q",
                "1",
                "-W",
                "10",
                "-t",
                f"{up}/request",
                "-e",
                f"{down}/reply",
            ),
            *("-m", '{"id": "r1", "do": "ticket.issue", "args": {"line": "a"}}'),
        )
        output, errors = await asked.communicate()
        assert json.loads(output) == {"id": "r1", "ok": True, "result": {"number": "A001", "line": "a"}}, errors
