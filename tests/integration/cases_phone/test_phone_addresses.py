"""What a phone needs before anything is seen: manifest, icons, worker; and numbers for people on the way over HTTP."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from cases.phone.web import PAGES
from hall_queue.rule_events import SaveRules
from hall_server.directory.commands import SaveHours
from hall_server.directory.model import Hours, Span
from hall_server.server import Server
from tests.fakes.confirming import Who
from tests.fakes.hall import HandClock, manager, running

IMPORT = re.compile(r"""^import (?:[^"]* from )?"([^"]+)";""", re.MULTILINE)
MOBILE = "13800138000"
DAY = (Span(open="09:30", close="17:00"),)


@asynccontextmanager
async def anybody(data: Path, **settings: Any) -> AsyncIterator[tuple[Server, Who]]:
    """A hall at nine o'clock on a Monday, and somebody with a phone."""
    async with running(data, clock=HandClock(), **settings) as (server, port):
        yield server, Who(port)


async def opens(server: Server) -> None:
    """Every day from half past nine, with numbers for people on the way."""
    hours = Hours(days=(DAY,) * 5 + ((),) * 2, last_ticket_minutes=15, follows_calendar=False)
    await server.execute(SaveHours(item=hours), actor=manager())
    await server.execute(SaveRules(values={"outside": True}, reason="试行"), actor=manager())


@pytest.mark.gen_test(timeout=60)
async def test_a_phone_finds_all_it_needs_to_keep_the_page(tmp_path: Path) -> None:
    async with anybody(tmp_path) as (server, who):
        led = await who.ask("GET", "/m/")
        assert led.code == 200
        manifest = msgspec.json.decode((await who.ask("GET", "/m/manifest.webmanifest")).body)
        assert server.directory.hall is not None
        assert manifest["name"] == server.directory.hall.name
        assert {one["purpose"] for one in manifest["icons"]} == {"any", "maskable"}
        for one in manifest["icons"]:
            icon = Image.open(io.BytesIO((await who.ask("GET", one["src"])).body))
            assert "x".join(map(str, icon.size)) == one["sizes"]
        worker = (await who.ask("GET", "/m/worker.js")).body.decode()
        assert re.search(r'const VERSION = "[0-9a-f]{16}";', worker)
        files = msgspec.json.decode(re.findall(r"const FILES = (\[.*\]);", worker)[0])
        missing = [one for one in files if (await who.ask("GET", one)).code != 200]
        assert missing == []
        assert {one for one in files if one.startswith("/api/")} == {"/api/v1/locales/en", "/api/v1/locales/zh-CN"}


def test_the_worker_keeps_every_module_that_the_page_loads() -> None:
    """A module that were left out would be missing on a bad link alone, where nobody tests."""
    from cases.phone.worker import worker
    from hall_server.web.locales import Locales

    root = Path(__file__).parents[3]
    script = worker(PAGES, Locales()).decode()
    kept = set(msgspec.json.decode(re.findall(r"const FILES = (\[.*\]);", script)[0]))
    folders = {
        "/static/": root / "hall_server/web/static",
        "/pages/cases_phone/": PAGES,
        "/pages/cases_desk/": root / "cases/desk/pages",
        "/pages/cases_guidance/": root / "cases/guidance/pages",
        "/pages/hall_queue/": root / "queue/hall_queue/pages",
    }
    left, seen = ["/pages/cases_phone/phone.js", "/static/notices.js"], set()
    while left:
        address = left.pop()
        if address in seen:
            continue
        seen.add(address)
        prefix = max((one for one in folders if address.startswith(one)), key=len)
        for found in IMPORT.findall((folders[prefix] / address.removeprefix(prefix)).read_text("utf-8")):
            left.append(found if found.startswith("/") else address.rpartition("/")[0] + found.removeprefix("."))
    assert seen <= kept, sorted(seen - kept)


@pytest.mark.gen_test(timeout=60)
async def test_the_next_seven_days_say_when_the_hall_is_open(tmp_path: Path) -> None:
    async with anybody(tmp_path) as (server, who):
        await opens(server)
        days = (await who.ask("GET", "/api/v1/hall/opening")).body["days"]
        assert [date.fromisoformat(one["day"]).weekday() for one in days] == list(range(7))
        assert [bool(one["spans"]) for one in days] == [True] * 5 + [False] * 2


@pytest.mark.gen_test(timeout=60)
async def test_who_is_on_the_way_takes_one_number_and_comes(tmp_path: Path) -> None:
    async with anybody(tmp_path, demo=False, open_ticketing=False) as (server, who):
        line = server.directory.lines_in_order()[0].id
        wanted = {"line": line, "person": {"phone": MOBILE}}
        assert (await who.ask("POST", "/api/v1/outside", wanted)).error == "outside.off"
        await opens(server)
        assert (await who.ask("POST", "/api/v1/tickets", wanted)).code == 401  # in the hall: only at its machines
        state = (await who.ask("GET", f"/api/v1/outside?line={line}")).body
        assert (state["allowed"], state["now"], state["come_s"]) == (True, True, 1_800)
        first = await who.ask("POST", "/api/v1/outside", wanted, Idempotency_Key="press-one")
        again = await who.ask("POST", "/api/v1/outside", wanted, Idempotency_Key="press-one")
        assert first.code == again.code == 201
        assert first.body["id"] == again.body["id"]
        second = await who.ask("POST", "/api/v1/outside", wanted)
        assert second.error == "ticket.duplicate"
        bad = {"line": line, "person": {"phone": "12"}}
        assert (await who.ask("POST", "/api/v1/outside", bad)).error == "person.phone"
        token = first.body["token"]
        page = (await who.ask("GET", f"/api/v1/tickets/{token}")).body
        assert page["here_by"].startswith("2026-11-23T")
        assert page["state"] == "waiting"
        wrong = await who.ask("POST", "/api/v1/outside/here", {"ticket": token, "code": "AAAAAAAAAA"})
        assert wrong.error == "outside.code_wrong"
        assert (await who.ask("GET", "/api/v1/outside/here.svg")).error == "ticketing.kiosks_only"
        assert MOBILE not in (tmp_path / "hall.db").read_bytes().decode("latin-1")
