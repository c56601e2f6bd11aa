"""Guidance as a visitor's page asks for it: themes, matters, needs, packages, the sample, the list on paper."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPResponse

from cases.catalogue.founding import found_hall
from cases.catalogue.messages import TakeEdition
from cases.catalogue.model import EditionState
from devices.gateway.printing.blocks import PAPER
from devices.gateway.printing.layout import laid_out
from devices.gateway.printing.slip import Listing
from devices.messages import RegisterDevice
from devices.model import DeviceKind
from hall_server.identity import SYSTEM
from hall_server.mqtt.credentials import credential
from hall_server.server import Server
from tests.fakes.hall import running

ROOT = Path(__file__).resolve().parents[3]
PLAIN = "病残津贴申领"


@dataclass
class Asking:
    """Asks one running hall."""

    server: Server
    port: int
    loop: asyncio.AbstractEventLoop

    def answer(self, path: str, body: Any = None, *, by: str = "") -> HTTPResponse:
        """What the hall answers a visitor, or a device."""
        given: dict[str, Any] = {"method": "POST", "body": msgspec.json.encode(body)} if body is not None else {}
        if by:
            generation = self.server.device_gate.generation(by) or 1
            password = credential(self.server.keys.device, by, generation)
            given |= {"auth_username": by, "auth_password": password}
        asked = AsyncHTTPClient().fetch(f"http://127.0.0.1:{self.port}{path}", raise_error=False, **given)
        return self.loop.run_until_complete(asked)

    def ask(self, path: str, body: Any = None, *, status: int = 200) -> Any:
        """The same as JSON."""
        found = self.answer(f"/api/v1/guidance{path}", body)
        assert found.code == status, found.body
        return msgspec.json.decode(found.body)

    def matter(self, name: str) -> str:
        """Id of a matter by name."""
        return next(one.id for one in self.server.directory.matters.values() if one.name.startswith(name))

    def device(self, kind: str) -> str:
        """A device that is let in at zone z5."""
        command = RegisterDevice(kind=DeviceKind(kind), zone="z5")
        reply = self.loop.run_until_complete(self.server.execute(command, actor=SYSTEM))
        return str(msgspec.json.decode(reply)["id"])

    def put(self, matter: str, **changes: Any) -> None:
        """Change a matter's newest edition, as the city would."""
        newest = self.server.rooms["cases"].editions.newest(matter)
        changed = msgspec.structs.replace(newest, **changes)
        self.loop.run_until_complete(self.server.execute(TakeEdition(edition=changed), actor=SYSTEM))


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """One hall with the shipped matters."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        begun = running(tmp_path_factory.mktemp("guidance"))
        server, port = loop.run_until_complete(begun.__aenter__())
        loop.run_until_complete(found_hall(server, ROOT / "config" / "matters"))
        yield Asking(server, port, loop)
        loop.run_until_complete(begun.__aexit__(None, None, None))


def test_everyday_words_lead_to_matters_and_packages(hall: Asking) -> None:
    themes = {one["id"]: one for one in hall.ask("/themes")["themes"]}
    assert themes["business"]["package"] == "restaurant"
    birth = themes["birth"]
    assert any("出生" in one["name"] and one["plain"] for one in birth["matters"])
    for theme in themes.values():
        for led in theme["matters"]:
            assert hall.ask(f"/matters/{led['id']}")["matter"]["id"] == led["id"]


def test_a_matter_in_full_says_where_how_long_what_it_costs_and_on_what_it_rests(hall: Asking) -> None:
    found = hall.ask(f"/matters/{hall.matter('食品(含保健食品)经营许可核发')}")
    assert found["standing"] == "open"
    assert found["line"]["id"] == "business"
    assert found["zone"]["name"] == "企业服务区"
    assert found["windows"]
    assert (found["edition"]["statute_workdays"], found["edition"]["promise_workdays"]) == (20, 9)
    assert found["edition"]["laws"][0]["article"]
    assert found["edition"]["has_form"]
    assert found["ways"]["ticket"]
    assert found["ways"]["appointment"] in (True, False)


def test_answers_make_the_list_exact_and_a_stop_is_said(hall: Asking) -> None:
    food = hall.matter("食品(含保健食品)经营许可核发")
    begun = hall.ask(f"/matters/{food}/needs", {})
    assert begun["next"] == "who"
    answers = {"who": ["agent"], "kind": ["catering"], "online": ["no"], "pledge": ["no"]}
    whole = hall.ask(f"/matters/{food}/needs", {"answers": answers})
    assert whole["next"] is None
    assert {"proxy", "agent-id", "health"} <= {one["id"] for one in whole["materials"]}
    assert hall.ask(f"/matters/{food}/needs", {"answers": {"kind": ["packaged"]}})["stop"]
    assert hall.ask(f"/matters/{food}/needs", {"answers": {"kind": ["x"]}}, status=400)["error"]["code"]


def test_what_nobody_has_written_is_said_plainly_and_can_be_taken_along_all_the_same(hall: Asking) -> None:
    plain = hall.matter(PLAIN)
    found = hall.ask(f"/matters/{plain}")
    assert (found["standing"], found["edition"]) == ("unwritten", None)
    assert found["department"]["name"]
    assert hall.ask(f"/matters/{plain}/needs", {}, status=404)["error"]["code"] == "guidance.not_written"
    made = hall.ask("/lists", {"matter": plain})
    shown = hall.ask(f"/lists/{made['token']}")
    assert shown["materials"] == []
    assert (shown["promise_workdays"], shown["is_written"]) == (None, False)
    assert hall.answer(f"/api/v1/guidance/lists/{made['token']}/list.pdf").body.startswith(b"%PDF")


def test_one_list_for_a_package(hall: Asking) -> None:
    found = hall.ask("/packages/restaurant")
    assert found["matter"]
    begun = hall.ask("/packages/restaurant/needs", {})
    assert begun["next"] == "size"
    answers, parts = {"size": ["large"], "sign": ["no"]}, {}
    for _ in range(20):
        now = hall.ask("/packages/restaurant/needs", {"answers": answers, "part_answers": parts})
        if now["next"] is None:
            break
        question = next(one for one in now["ask"] if one["id"] == now["next"])
        parts[question["id"]] = [question["options"][0]["id"]]
    assert now["next"] is None
    assert {"register", "food", "fire"} <= {one["id"] for one in now["parts"]}
    made = hall.ask("/lists", {"package": "restaurant", "answers": answers, "part_answers": parts, "language": "en"})
    shown = hall.ask(f"/lists/{made['token']}")
    assert shown["title"] == "Open a restaurant"
    assert len(shown["materials"]) == len(now["materials"])
    assert hall.answer(f"/api/v1/guidance/lists/{made['token']}/list.pdf").body.startswith(b"%PDF")


def test_the_form_is_filled_in_with_values_of_nobody(hall: Asking) -> None:
    food = hall.matter("食品(含保健食品)经营许可核发")
    sample = hall.answer(f"/api/v1/guidance/matters/{food}/form.pdf?sample=1")
    empty = hall.answer(f"/api/v1/guidance/matters/{food}/form.pdf?lang=en")
    assert sample.headers["Content-Type"] == "application/pdf"
    assert sample.body.startswith(b"%PDF")
    assert empty.body.startswith(b"%PDF")
    assert sample.body != empty.body
    assert hall.answer(f"/api/v1/guidance/matters/{hall.matter(PLAIN)}/form.pdf").code == 404


def test_a_list_has_a_code_for_the_phone_and_only_a_machine_of_the_hall_prints_it(hall: Asking) -> None:
    made = hall.ask("/lists", {"matter": hall.matter("居民身份证办理"), "language": "zh-CN"})
    assert made["path"] == f"/l/{made['token']}"
    code = hall.answer(made["qr"])
    assert code.headers["Content-Type"] == "image/svg+xml"
    assert hall.answer(f"/api/v1/guidance/lists/{made['token']}/print", {}).code == 401
    assert hall.ask(f"/lists/{'A' * 40}", status=404)["error"]["code"] == "guidance.list_unknown"
    assert hall.ask("/lists", {"matter": "nothing"}, status=404)["error"]["code"] == "matter.unknown"


def test_a_list_comes_out_of_the_printer_beside_the_machine_that_asks(hall: Asking) -> None:
    made = hall.ask("/lists", {"matter": hall.matter("居民身份证办理"), "language": "zh-CN"})
    kiosk = hall.device("kiosk")
    assert hall.answer(f"/api/v1/guidance/lists/{made['token']}/print", {}, by=kiosk).code == 409  # no printer yet
    printer = hall.device("printer")
    answered = hall.answer(f"/api/v1/guidance/lists/{made['token']}/print", {}, by=kiosk)
    assert answered.code == 200, answered.body
    job = msgspec.json.decode(answered.body)
    router = hall.server.router
    assert router is not None
    [command] = router.open_commands(printer)
    sheet = msgspec.convert(command.args["sheet"], Listing)
    assert sheet.title == "居民身份证办理（包括临时）"
    assert sheet.address is not None
    assert sheet.address.endswith(made["path"])
    assert any(isinstance(line, str) and line.startswith("1. ") for line in sheet.lines)
    assert laid_out(sheet, PAPER[58])
    went = msgspec.json.decode(hall.answer(f"/api/v1/guidance/prints/{job['job']}", by=kiosk).body)
    assert went["state"] == "sent"
    assert hall.answer("/api/v1/guidance/prints/none", by=kiosk).code == 404


def test_a_matter_that_stops_while_somebody_looks_says_so_and_the_list_at_home_too(hall: Asking) -> None:
    matter = hall.matter("城乡居民参保登记")
    before = hall.ask(f"/matters/{matter}")
    made = hall.ask("/lists", {"matter": matter})
    hall.put(matter, state=EditionState.SUSPENDED, suspended_from=hall.server.business_day)
    refused = hall.ask(f"/matters/{matter}/needs", {"edition": before["edition"]["key"]}, status=409)
    assert refused["error"]["code"] == "guidance.suspended"
    assert hall.ask(f"/matters/{matter}")["standing"] == "suspended"
    assert not hall.ask(f"/matters/{matter}")["ways"]["ticket"]
    shown = hall.ask(f"/lists/{made['token']}")
    assert shown["standing"] == "suspended"
    assert shown["materials"]
    successor = hall.matter("医保电子凭证申领")
    hall.put(matter, state=EditionState.CANCELLED, valid_until=None, successors=(successor,))
    gone = hall.ask(f"/matters/{matter}")
    assert gone["standing"] == "cancelled"
    assert [one["id"] for one in gone["successors"]] == [successor]
    tomorrow = hall.server.business_day + timedelta(days=1)
    hall.put(matter, state=EditionState.PUBLISHED, valid_from=tomorrow, suspended_from=None)
    assert hall.ask(f"/matters/{matter}")["since"] == tomorrow.isoformat()
