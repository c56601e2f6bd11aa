"""The city's commands, as an operator types them."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from scripts.city_server import CityServer
from tests.fakes.city_databases import address_for

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def city(tmp_path: Path) -> CityServer:
    return CityServer(tmp_path / "city", database=address_for(tmp_path / "city") or None)


def test_a_city_says_where_it_listens_writes_its_accounts_and_ends_in_order(city: CityServer) -> None:
    city.start()
    try:
        assert city.said[0] == f"listening http={city.port} mqtt=0"
        with urllib.request.urlopen(  # noqa: S310  # the test's own server
            city.address + "/readyz", timeout=20
        ) as answer:
            assert answer.status == 200
        file = city.data / "demo-accounts.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        written = json.loads(file.read_text())
        assert {"admin", "manager", "staff"} == set(written)
        assert {one["name"] for one in written["staff"]} >= {"editor", "supervisor", "examiner", "leader"}
    finally:
        assert city.stop() == 0


def test_halls_are_registered_while_the_city_runs_and_the_token_is_shown_once(city: CityServer) -> None:
    city.start()
    try:
        token = city.register("east", "东厅")
        assert len(token) >= 40
        assert city.verb("renew", "east")[0].rpartition(" ")[2] != token
        assert city.verb("list") == ["east  new  东厅  behind 0"]
        assert city.verb("place", "east", "31.2", "121.5") == ["east is on the map"]
        with pytest.raises(RuntimeError, match=r"federation\.known"):
            city.register("east", "东厅")
        with pytest.raises(RuntimeError, match=r"federation\.not_quarantined"):
            city.verb("epoch", "east", "--reason", "restored")
        with pytest.raises(RuntimeError, match="city-hall add ID NAME"):
            city.verb("add", "east")
    finally:
        city.stop()


def test_a_folder_without_a_city_gets_none_by_registering_a_hall(tmp_path: Path) -> None:
    command = [
        sys.executable,
        str(ROOT / "run.py"),
        "city-hall",
        "add",
        "east",
        "东厅",
        "--data",
        str(tmp_path / "wrong"),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, "city.none_here" in ended.stderr) == (2, True)
    assert not (tmp_path / "wrong").exists()


def test_one_command_shows_a_hall_its_city_and_a_second_hall_and_ends_all(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "run.py"), "demo-city", "--data", str(tmp_path / "demo"), "--port", "0"]
    command += ["--mqtt-port", "0", "--city-port", "0", "--hall-b-port", "0"]
    with (tmp_path / "demo.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, stderr=log)
    too_late = threading.Timer(100, process.kill)
    too_late.start()
    try:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        assert said[0].startswith("listening http=")
        while "OneDoor hall B" not in said[-1]:
            said.append(process.stdout.readline())
            assert said[-1], (tmp_path / "demo.log").read_text()
            assert "did not start" not in said[-1], (tmp_path / "demo.log").read_text()
        shown = next(line for line in said if line.startswith("OneDoor city centre"))
        address = shown.split()[3]
        accounts = json.loads((tmp_path / "demo-city" / "demo-accounts.json").read_text())
        assert _linked(address, accounts["manager"]) == 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        too_late.cancel()
        process.kill()
        process.communicate()


def _linked(address: str, account: dict[str, str]) -> int:
    """How many halls the board shows as linked, once there are two."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    body = json.dumps({"name": account["name"], "password": account["password"]}).encode()
    signing_in = urllib.request.Request(  # noqa: S310  # the test's own server
        f"{address}/api/v1/session", body, {"Content-Type": "application/json"}, method="POST"
    )
    opener.open(signing_in, timeout=20).close()
    linked = 0
    for _ in range(200):
        with opener.open(f"{address}/api/v1/city/board", timeout=20) as answer:
            linked = json.load(answer)["totals"]["linked"]
        if linked == 2:
            break
        threading.Event().wait(0.1)  # another process links up: nothing here can be awaited
    return linked
