"""A card at a reader becomes a ticket at the kiosk beside it, and its number stands nowhere on the way."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from devices.identity import VALID_S, Cards
from devices.identity_pairs import PairReader, Pairs
from devices.messages import RegisterDevice
from devices.model import DeviceKind
from devices.registry import DeviceRegistry
from hall_server.errors import Invalid, NotFound, Refused
from hall_server.identity import Role, device_actor
from hall_server.mqtt.credentials import SERVER_USER
from hall_server.mqtt.simulated import RequestRefused, SimulatedDevice
from hall_server.mqtt.topics import Status
from tests.fakes.device_hall import DeviceHall, device_hall
from tests.fakes.hall import HandClock
from tests.fakes.mqtt_hall import Watch
from tests.fakes.visits import Answer

NUMBER = "11010519491231002X"
OTHER = "440305199003071236"


async def reader_of(hall: DeviceHall, zone: str) -> SimulatedDevice:
    reader = await hall.do(RegisterDevice(kind=DeviceKind.ID_READER, zone=zone))
    made = hall.simulate(str(reader["id"]))
    made.start()
    await made.link.connected()
    return made


class Kiosk:
    """A kiosk that remembers what it is told."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.states: asyncio.Queue[str] = asyncio.Queue()

    async def __call__(self, do: str, args: dict[str, Any]) -> None:
        if do == "identity":
            self.told.put_nowait(args)
        if do == "reader":
            self.states.put_nowait(args["state"])


def zone_of(hall: DeviceHall) -> str:
    return next(iter(hall.server.directory.zones))


def line_of(hall: DeviceHall) -> str:
    return next(line.id for line in hall.server.directory.lines.values() if line.active)


@pytest.mark.gen_test(timeout=60)
async def test_a_card_gives_one_ticket_at_the_kiosk_beside_and_its_number_stands_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    kiosk = Kiosk()
    async with device_hall(tmp_path) as hall:
        zone, line = zone_of(hall), line_of(hall)
        machine = await hall.device("kiosk", zone, on_command=kiosk)
        reader = await reader_of(hall, zone)
        answer = await reader.request("identity.read", {"id_number": NUMBER})
        assert answer == {"kiosk": machine.device_id, "valid_s": VALID_S}
        told = await kiosk.told.get()
        assert told["masked"] == "110*************2X"

        wish = {"line": line, "person": {"card": told["card"]}}
        ticket = await machine.request("ticket.issue", wish, request_id="wish-000001")
        again = await machine.request("ticket.issue", wish, request_id="wish-000001")
        assert again == ticket
        with pytest.raises(RequestRefused) as refused:
            await machine.request("ticket.issue", wish, request_id="wish-000002")
        assert refused.value.code == "identity.used"

        person = hall.server.rooms["hall_queue"].queue.tickets[ticket["id"]].person
        assert (await hall.server.vault.open(person)).id_number == NUMBER
        async with overheard(hall) as heard:
            await reader.request("time")
            kept = await heard.until(answered)  # what the broker keeps comes before what is said now
        rows = await hall.server.database.fetch("SELECT payload FROM journal")
        replies = await hall.server.database.fetch("SELECT * FROM replies")
    said = [(message.topic.value, message.payload) for message in kept]
    assert any(message.retain for message in kept)
    for place in (said, rows, replies, caplog.text, [record.__dict__ for record in caplog.records]):
        assert NUMBER not in str(place)
    assert rows
    assert files_with(tmp_path, NUMBER.encode()) == []


@pytest.mark.gen_test(timeout=60)
async def test_a_number_passes_the_broker_once_and_is_not_kept(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        await hall.device("kiosk", zone_of(hall))
        reader = await reader_of(hall, zone_of(hall))
        async with overheard(hall) as heard:
            await reader.request("identity.read", {"id_number": NUMBER})
            await reader.request("time")
            passed = await heard.until(lambda seen: sum(map(is_reply, seen)) == 2)
    with_it = [message for message in passed if NUMBER.encode() in bytes(message.payload)]
    assert [(message.topic.value, message.retain) for message in with_it] == [
        (f"hall/demo/dev/{reader.device_id}/up/request", False)
    ]


@asynccontextmanager
async def overheard(hall: DeviceHall) -> AsyncIterator[Watch]:
    """All that passes the broker while this lasts, as somebody hears it who may hear everything."""
    broker = hall.server.rooms["devices"].mqtt.broker
    heard = Watch()

    async def listen(client: aiomqtt.Client) -> None:
        async for message in client.messages:
            heard(message)

    async with aiomqtt.Client(
        "127.0.0.1", hall.server.mqtt_port, username=SERVER_USER, password=broker.server_password, identifier="ears"
    ) as client:
        await client.subscribe("hall/demo/#", qos=1)
        task = asyncio.create_task(listen(client))
        yield heard
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def is_reply(message: aiomqtt.Message) -> bool:
    return message.topic.value.endswith("/down/reply")


def answered(heard: list[aiomqtt.Message]) -> bool:
    return any(map(is_reply, heard))


def files_with(folder: Path, text: bytes) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and text in file.read_bytes()]


@pytest.mark.gen_test(timeout=60)
async def test_the_kiosks_page_hears_of_a_card_and_nobody_elses(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        zone = zone_of(hall)
        kiosk = await hall.register("kiosk", zone)
        reader = await reader_of(hall, zone)
        url = f"ws://127.0.0.1:{hall.port}/api/v1/live?topics=identity/{kiosk}"
        page = await websocket_connect(HTTPRequest(url, headers=basic(hall, kiosk)))
        assert msgspec.json.decode(await page.read_message() or b"")["snapshot"] == {}
        await reader.request("identity.read", {"id_number": NUMBER})
        event = msgspec.json.decode(await page.read_message() or b"")["event"]
        assert (event["type"], event["masked"]) == ("card", "110*************2X")
        page.close()
        for headers in (basic(hall, reader.device_id), {}):
            stranger = await websocket_connect(HTTPRequest(url, headers=headers))
            assert "snapshot" not in str(await stranger.read_message())
            stranger.close()


def basic(hall: DeviceHall, device: str) -> dict[str, str]:
    text = base64.b64encode(f"{device}:{hall.password(device)}".encode()).decode()
    return {"Authorization": f"Basic {text}"}


@pytest.mark.gen_test(timeout=60)
async def test_two_kiosks_need_a_word_of_the_manager(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        zone = zone_of(hall)
        await hall.register("kiosk", zone)
        second = await hall.register("kiosk", zone)
        reader = await reader_of(hall, zone)
        with pytest.raises(RequestRefused) as refused:
            await reader.request("identity.read", {"id_number": NUMBER})
        assert refused.value.code == "identity.which_kiosk"
        await hall.do(PairReader(reader=reader.device_id, kiosk=second))
        assert (await reader.request("identity.read", {"id_number": NUMBER}))["kiosk"] == second
        with pytest.raises(Invalid):
            await hall.do(PairReader(reader=second, kiosk=second))
        with pytest.raises(Invalid):
            await hall.do(PairReader(reader=reader.device_id, kiosk=reader.device_id))
        with pytest.raises(NotFound):
            await hall.do(PairReader(reader=reader.device_id, kiosk="kiosk-nowhere"))


@pytest.mark.gen_test(timeout=60)
async def test_a_wrong_number_is_refused_without_being_repeated(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        zone = zone_of(hall)
        kiosk = await hall.device("kiosk", zone)
        reader = await reader_of(hall, zone)
        with pytest.raises(RequestRefused) as refused:
            await reader.request("identity.read", {"id_number": "110105194912310021"})
        assert refused.value.code == "person.id_number"
        assert "110105194912310021" not in str((refused.value.fields, refused.value.message))
        with pytest.raises(RequestRefused) as refused:
            await kiosk.request("identity.read", {"id_number": NUMBER})
        assert refused.value.code == "device.may_not"


@pytest.mark.gen_test(timeout=60)
async def test_two_wishes_at_once_with_one_card_give_one_ticket(tmp_path: Path) -> None:
    """Control: the word is used where the number is decided on, and nowhere else."""
    kiosk = Kiosk()
    async with device_hall(tmp_path) as hall:
        machine = await hall.device("kiosk", zone_of(hall), on_command=kiosk)
        reader = await reader_of(hall, zone_of(hall))
        await reader.request("identity.read", {"id_number": NUMBER})
        lines = [line.id for line in hall.server.directory.lines.values() if line.active]
        card = (await kiosk.told.get())["card"]
        wishes = [
            machine.request("ticket.issue", {"line": line, "person": {"card": card}}, request_id=f"wish-00000{n}")
            for n, line in enumerate((*lines, *lines))
        ]
        answers = await asyncio.gather(*wishes, return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, RequestRefused)]
        tickets = hall.server.rooms["hall_queue"].queue.tickets
        assert (len(tickets), len(refused)) == (1, len(answers) - 1)
        assert {one.code for one in refused} <= {"identity.used", "ticket.duplicate", "device.too_many_requests"}


@pytest.mark.gen_test(timeout=60)
async def test_a_refused_wish_leaves_the_card_for_another(tmp_path: Path) -> None:
    kiosk = Kiosk()
    async with device_hall(tmp_path) as hall:
        machine = await hall.device("kiosk", zone_of(hall), on_command=kiosk)
        reader = await reader_of(hall, zone_of(hall))
        await reader.request("identity.read", {"id_number": NUMBER})
        person = {"card": (await kiosk.told.get())["card"]}
        with pytest.raises(RequestRefused, match=r"matter\.unknown"):
            await machine.request("ticket.issue", {"matter": "nowhere", "person": person})
        assert (await machine.request("ticket.issue", {"line": line_of(hall), "person": person}))["number"]


@pytest.mark.gen_test(timeout=60)
async def test_a_card_that_is_taken_away_is_forgotten_and_the_kiosk_hears_of_it(tmp_path: Path) -> None:
    kiosk = Kiosk()
    async with device_hall(tmp_path) as hall:
        machine = await hall.device("kiosk", zone_of(hall), on_command=kiosk)
        reader = await reader_of(hall, zone_of(hall))
        assert await kiosk.states.get() == "ready"
        reader.say_state(Status.ONLINE, {"card": "reading"})
        assert await kiosk.states.get() == "reading"
        await reader.request("identity.read", {"id_number": NUMBER})
        told = await kiosk.told.get()
        reader.say_state(Status.ONLINE, {"card": "none"})
        assert await kiosk.states.get() == "ready"
        with pytest.raises(RequestRefused, match=r"identity\.unknown"):
            await machine.request("ticket.issue", {"line": line_of(hall), "person": {"card": told["card"]}})
        await reader.request("identity.read", {"id_number": NUMBER})
        assert (await kiosk.told.get())["same"] is True
        await reader.request("identity.read", {"id_number": OTHER})
        assert (await kiosk.told.get())["same"] is False


@pytest.mark.gen_test(timeout=60)
async def test_a_kiosk_hears_what_is_wrong_with_a_card_and_with_its_reader(tmp_path: Path) -> None:
    kiosk = Kiosk()
    async with device_hall(tmp_path) as hall:
        await hall.device("kiosk", zone_of(hall), on_command=kiosk)
        reader = await reader_of(hall, zone_of(hall))
        assert await kiosk.states.get() == "ready"
        for said in ("wrong_kind", "unreadable", "refused"):
            reader.say_state(Status.ONLINE, {"card": said})
            assert await kiosk.states.get() == said
        reader.say_state(Status.FAULT, {"reason": "line_lost"})
        assert await kiosk.states.get() == "away"


@pytest.mark.gen_test(timeout=60)
async def test_a_kiosk_is_told_what_stands_beside_it(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        zone = zone_of(hall)
        kiosk = await hall.register("kiosk", zone)
        alone = {"device": kiosk, "name": "", "reader": None, "printer": None}
        assert (await beside(hall, kiosk)).body == alone
        reader = await reader_of(hall, zone)
        reader.say_state(Status.ONLINE, {"card": "none"})
        await hall.present(reader.device_id)
        printer = await hall.register("printer", zone)
        shown = (await beside(hall, kiosk)).body
        assert (shown["reader"], shown["printer"]) == ("ready", "ready")
        refused = await beside(hall, printer)
        assert (refused.code, refused.body["error"]["code"]) == (403, "device.may_not")
        assert (await hall.ask("GET", "/api/v1/kiosk/beside")).code in (401, 403)


@pytest.mark.gen_test(timeout=60)
async def test_a_manager_says_for_readers_and_printers_alike_beside_which_kiosk_they_stand(tmp_path: Path) -> None:
    async with device_hall(tmp_path) as hall:
        zone = zone_of(hall)
        kiosk = await hall.register("kiosk", zone)
        await hall.sign_in(Role.MANAGER)
        for kind in ("idreader", "printer"):
            path = f"/api/v1/devices/{await hall.register(kind, zone)}/kiosk"
            assert (await hall.ask("GET", path)).body["kiosk"] is None
            assert (await hall.ask("PUT", path, {"kiosk": kiosk})).body["kiosk"] == kiosk
            assert (await hall.ask("GET", path)).body["kiosk"] == kiosk
        wrong = await hall.ask("PUT", f"/api/v1/devices/{kiosk}/kiosk", {"kiosk": kiosk})
        assert wrong.body["error"]["code"] == "identity.not_a_reader"


async def beside(hall: DeviceHall, device: str) -> Answer:
    return await hall.ask("GET", "/api/v1/kiosk/beside", **basic(hall, device))


class OneKiosk(Pairs):
    """Every reader stands beside the same kiosk."""

    def __init__(self) -> None:
        super().__init__(DeviceRegistry())

    def kiosk_of(self, reader: str) -> str:
        return "kiosk-1"


@pytest.mark.gen_test
async def test_a_card_is_forgotten_after_a_minute_and_when_the_next_is_laid_on() -> None:
    clock, told = HandClock(), []
    cards = Cards(OneKiosk(), clock, lambda kiosk, what: told.append(what))
    reader, kiosk = device_actor("idreader-1", frozenset()), device_actor("kiosk-1", frozenset())
    first = await cards.read(reader, "r1", {"id_number": NUMBER})
    assert await cards.read(reader, "r1", {"id_number": NUMBER}) == first
    assert len(told) == 1
    assert cards.number(told[0]["card"], kiosk, "c1") == NUMBER
    with pytest.raises(Refused):
        cards.number(told[0]["card"], device_actor("kiosk-2", frozenset()), "c1")
    await cards.read(reader, "r2", {"id_number": OTHER})
    with pytest.raises(Refused):
        cards.number(told[0]["card"], kiosk, "c1")
    clock.forward(seconds=VALID_S - 1)
    assert cards.number(told[1]["card"], kiosk, None) == OTHER
    clock.forward(seconds=2)
    with pytest.raises(Refused, match="unknown"):
        cards.number(told[1]["card"], kiosk, None)
    assert NUMBER not in str(vars(cards))
    assert OTHER not in str({key: vars(held) for key, held in cards._held.items()})
