"""Two halls and a city, each a process: a card at one shows what the other accepted; and with the cables cut."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from websockets.asyncio.client import connect

from hall_server.clock import SystemClock
from hall_server.ids import RandomIds
from hall_server.mqtt.simulated import SimulatedDevice
from scripts.hall_process import HallRefused
from tests.fakes.cases_desk import NAME, NUMBER, OTHER
from tests.fakes.founded_hall import FoundedHall
from tests.fakes.linked_town import NAMES, A, B, Hall, Town

pytestmark = pytest.mark.long

WINDOW, MATTER = "w01", "城乡居民参保登记"
AGAIN_S, WITHIN_S = 1.0, 120.0


@pytest.fixture
def town(checkout: Path, founded_hall: FoundedHall, tmp_path: Path) -> Iterator[Town]:
    """Everything runs; it must end in order."""
    config = checkout / "config"
    text = (config / "demo_hall.toml").read_text("utf-8")
    for name in ("catalogue", "calendar"):
        text = text.replace(f'{name} = "', f'{name} = "{config}/', 1)
    described = tmp_path / "described.toml"
    described.write_text(text, "utf-8")
    made = Town(tmp_path, described, founded_hall.copy(tmp_path / A)).start()
    yield made
    assert made.stop() == [0, 0, 0]


def accepted(hall: Hall) -> str:
    """A case of the card's holder that a window of a hall takes in and accepts; its number."""
    anybody, manager, clerk = hall.process.caller(), hall.manager(), hall.staff_at(WINDOW)
    matter = until(lambda: named(clerk.get("applications/matters?channel=phone")["matters"]))
    with contextlib.suppress(HallRefused):  # it is open already
        clerk.post(f"windows/{WINDOW}/open")
    line = anybody.get("matters?line=business&limit=1")["matters"][0]
    ticket = anybody.post("tickets", {"matter": line["id"], "channel": "kiosk"})
    manager.post(f"windows/{WINDOW}/call", {"ticket": ticket["id"], "reason": "test"})
    clerk.post(f"windows/{WINDOW}/start")
    found = clerk.post("cases", wanted(clerk.get(f"cases/editions/{matter['id']}"), ticket["id"]))
    return str(found["case"]["number"])


def named(matters: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((one for one in matters if one["name"] == MATTER), None)


def until(holds: Callable[[], Any]) -> Any:
    """What comes between processes, where no event can be awaited."""
    for _ in range(round(WITHIN_S / AGAIN_S)):
        if found := holds():
            return found
        time.sleep(AGAIN_S)
    raise AssertionError("it never came")


def wanted(edition: dict[str, Any], ticket: str) -> dict[str, Any]:
    """Everything that the matter asks for."""
    fields = {"name": NAME, "id_number": NUMBER, "phone": "13800138000", "address": "牌坊路7号", "year": 2027}
    return {
        "window": WINDOW,
        "ticket": ticket,
        "edition": edition["key"],
        "applicant": {"name": NAME, "id_number": NUMBER, "phone": "13800138000"},
        "fields": fields,
        "answers": {one["id"]: [one["options"][0]["id"]] for one in edition["questions"] if not one["asked_if"]},
        "given": [
            {"material": one["id"], "supply": "form" if "form" in one["supplies"] else "paper"}
            for one in edition["materials"]
            if one["needed"] == "required"
        ],
        "then": "accept",
    }


class Table:
    """An enquiry table of a hall with a card reader beside it."""

    def __init__(self, hall: Hall, id_: str) -> None:
        manager = hall.manager()
        self._hall, self._id = hall, id_
        self._table, self._reader = (
            manager.post("devices", {"kind": kind, "zone": "z1"}) for kind in ("enquiry", "idreader")
        )
        manager.put(f"devices/{self._reader['id']}/kiosk", {"kiosk": self.id})

    @property
    def id(self) -> str:
        """The table's, as a device."""
        return str(self._table["id"])

    @property
    def _basic(self) -> dict[str, str]:
        words = f"{self._table['id']}:{self._table['credential']}".encode()
        return {"Authorization": "Basic " + base64.b64encode(words).decode()}

    def shows(self, number: str, holds: Callable[[dict[str, Any]], bool] = lambda seen: True) -> dict[str, Any]:
        """What a card shows, once that is as it should be: what hall and city tell each other takes its time."""
        return asyncio.run(self._shows(number, holds))

    async def _shows(self, number: str, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        device = SimulatedDevice(
            hall=self._id,
            device_id=self._reader["id"], kind="idreader", host="127.0.0.1", port=self._hall.process.mqtt_port,
            password=self._reader["credential"], clock=SystemClock(), ids=RandomIds(),
        )  # fmt: skip
        device.start()
        try:
            async with asyncio.timeout(WITHIN_S):
                await device.link.connected()
                seen = await self._asked(device, number)
                while not holds(seen):
                    await asyncio.sleep(AGAIN_S)  # what other processes do sets no event here
                    seen = await self._asked(device, number)
                return seen
        finally:
            await device.stop()

    async def _asked(self, device: SimulatedDevice, number: str) -> dict[str, Any]:
        live = f"ws://127.0.0.1:{self._hall.process.http_port}/api/v1/live?topics=identity/{self._table['id']}"
        async with connect(live, additional_headers=self._basic) as feed:
            await device.request("identity.read", {"id_number": number})
            async for message in feed:
                if (card := _card(json.loads(message))) is not None:
                    break
        body = json.dumps({"card": card})
        url = f"{self._hall.address}/api/v1/enquiry/cases"
        request = HTTPRequest(url, method="POST", headers=self._basic, body=body, request_timeout=30)
        found: dict[str, Any] = json.loads((await AsyncHTTPClient(force_instance=True).fetch(request)).body)
        return found


def _card(frame: dict[str, Any]) -> str | None:
    said = frame.get("event") or {}
    return str(said["card"]) if "card" in said else None


def on_record(town: Town) -> list[dict[str, Any]]:
    """What the city has written down of halls that asked."""
    with contextlib.closing(sqlite3.connect(f"file:{town.city.data / 'city.db'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT payload FROM journal WHERE type = 'progress.cases_asked' ORDER BY seq")
        return [json.loads(payload) for (payload,) in rows]


def numbers(seen: dict[str, Any]) -> list[str]:
    return sorted(one["number"] for one in seen["cases"])


def test_a_card_shows_the_cases_of_all_halls_and_says_what_is_missing_without_the_city(town: Town) -> None:
    a, b = town.a, town.b
    there = accepted(b)
    table = Table(a, A)
    seen = table.shows(NUMBER, lambda seen: bool(seen["cases"]))
    assert (numbers(seen), seen["halls"], seen["missing"], seen["behind"]) == ([there], {there: NAMES[B]}, "", [])
    assert (seen["cases"][0]["state"], seen["masked"]) == ("accepted", "110*************2X")
    assert not any(secret in json.dumps(seen, ensure_ascii=False) for secret in (NAME, NUMBER, "13800138000"))
    here = accepted(a)
    seen = table.shows(NUMBER, lambda seen: len(seen["cases"]) == 2)
    assert (numbers(seen), seen["halls"]) == (sorted([here, there]), {there: NAMES[B]})
    assert table.shows(OTHER)["cases"] == []

    # The city writes down who asked, at which machine, and no number of anybody.
    asked = on_record(town)
    assert {(one["hall"], one["machine"]) for one in asked} == {(A, table.id)}
    assert len({one["mark"] for one in asked}) == 2
    assert NUMBER not in json.dumps(asked)

    # Hall B is cut off: what it told before stands, and its name is said.
    b.cable.cut()
    seen = table.shows(NUMBER, lambda seen: bool(seen["behind"]))
    assert (numbers(seen), seen["behind"]) == (sorted([here, there]), [NAMES[B]])

    # Hall A itself is cut off: its own cases, and that others are missing; then all again.
    a.cable.cut()
    seen = table.shows(NUMBER, lambda seen: bool(seen["missing"]))
    assert (numbers(seen), seen["halls"], seen["missing"]) == ([here], {}, "city")
    a.cable.mend()
    b.cable.mend()
    seen = table.shows(NUMBER, lambda seen: not seen["missing"] and not seen["behind"])
    assert numbers(seen) == sorted([here, there])
