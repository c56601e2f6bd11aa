"""A real hall from its first start to its next: who may come in, who may not, what is said, and what stays."""

from __future__ import annotations

import re
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.hall_process import HallProcess
from tests.fakes.hall_talk import ROOT, Talker, books, run_verb

UNKNOWN = (404, "setup.unknown")
ADMIN = {"name": "zhangwei", "display_name": "张伟", "password": "Harbour-lantern-47"}
OPEN_ALWAYS = (
    "days = [" + '[{ open = "00:00", close = "24:00" }],' * 7 + "]\nfollows_calendar = false\nlast_ticket_minutes = 0\n"
)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`config/hall.toml` as it is shipped, with hours that let the test run by night, and on loopback."""
    text = (ROOT / "config" / "hall.toml").read_text("utf-8")
    text = text.replace('calendar = "calendar"', f'calendar = "{ROOT / "config" / "calendar"}"', 1)
    text = re.sub(r"^\[hours\]\n.*?(?=^\[\[)", f"[hours]\n{OPEN_ALWAYS}\n", text, count=1, flags=re.M | re.S)
    text = text.replace(
        "[settings]\n", '[settings]\nvoice = false\nhttp_host = "127.0.0.1"\nmqtt_host = "127.0.0.1"\n', 1
    )
    file = tmp_path_factory.mktemp("config") / "hall.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
def new_hall(config: Path, tmp_path: Path) -> Iterator[HallProcess]:
    """A hall that has never been started."""
    with HallProcess(tmp_path / "data", config=config, is_demo=False) as hall:
        yield hall


def until_said(hall: HallProcess, word: str) -> str:
    """The first line with a word that the hall prints after it listens."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := next((line for line in hall.said if word in line), None):
            return found
        time.sleep(0.01)
    raise AssertionError(hall.said)


def token_of(hall: HallProcess) -> str:
    """The secret of the one-time link."""
    address = urlsplit(until_said(hall, "/setup").split()[-1])
    assert address.path == "/setup"
    return parse_qs(address.query)["token"][0]


def test_the_first_line_names_the_ports_that_answer(new_hall: HallProcess) -> None:
    new_hall.start()
    assert re.fullmatch(r"listening http=\d+ mqtt=\d+", new_hall.said[0])
    assert Talker(new_hall.http_port).send("GET", "hall").body["id"] == "hall"


def test_the_one_time_link_makes_one_administrator(new_hall: HallProcess) -> None:
    new_hall.start()
    token, somebody = token_of(new_hall), Talker(new_hall.http_port)
    assert somebody.send("POST", "setup", {**ADMIN, "token": "x" * len(token)}).refusal == UNKNOWN
    made = somebody.send("POST", "setup", {**ADMIN, "token": token})
    assert made.status == 201
    assert set(made.body["roles"]) == {"admin", "manager"}
    assert somebody.send("GET", "staff").body["total"] == 1

    other = {"name": "lina", "display_name": "李娜", "password": "Copper-violin-83", "token": token}
    again = Talker(new_hall.http_port).send("POST", "setup", other)
    assert again.refusal == UNKNOWN
    assert somebody.send("GET", "staff").body["total"] == 1
    assert Talker(new_hall.http_port).sign_in(ADMIN).send("GET", "staff").status == 200


WRONG = [
    ({"display_name": "<b>张伟</b>"}, "display_name"),
    ({"display_name": ""}, "display_name"),
    ({"name": "张 伟"}, "name"),
    ({"password": "short"}, "password"),
    ({"password": "zhangwei-2026-a"}, "password"),
]


def test_what_is_wrong_in_the_setup_is_named_and_the_link_stays_good(new_hall: HallProcess) -> None:
    new_hall.start()
    token, before = token_of(new_hall), books(new_hall.data)
    somebody = Talker(new_hall.http_port)
    for wrong, field in WRONG:
        refused = somebody.send("POST", "setup", {**ADMIN, **wrong, "token": token})
        assert refused.status == 400, wrong
        assert field in refused.error["fields"]
    assert books(new_hall.data) == before
    assert somebody.send("POST", "setup", {**ADMIN, "token": token}).status == 201


def test_there_are_no_accounts_and_no_passwords_to_begin_with(new_hall: HallProcess) -> None:
    new_hall.start()
    token_of(new_hall)
    assert not (new_hall.data / "demo-accounts.json").exists()
    with closing(sqlite3.connect(f"file:{new_hall.data / 'hall.db'}?mode=ro", uri=True)) as database:
        assert database.execute("SELECT count(*) FROM accounts").fetchone() == (0,)
    somebody = Talker(new_hall.http_port)
    for name in ("admin", "manager", "root", "onedoor", ""):
        for password in ("", "admin", "password", "123456", "onedoor"):
            assert somebody.send("POST", "session", {"name": name, "password": password}).status in {401, 429}
    assert somebody.send("GET", "staff").refusal == (401, "session.missing")
    assert somebody.send("POST", "tickets", {"line": "general"}).refusal == (401, "session.missing")


def test_the_link_of_a_hall_without_an_administrator_is_made_anew(new_hall: HallProcess) -> None:
    new_hall.start()
    old = token_of(new_hall)
    assert new_hall.stop() == 0
    new_hall.start()
    new = token_of(new_hall)
    somebody = Talker(new_hall.http_port)
    assert old != new
    assert somebody.send("POST", "setup", {**ADMIN, "token": old}).refusal == UNKNOWN
    assert somebody.send("POST", "setup", {**ADMIN, "token": new}).status == 201


def test_a_second_server_in_the_same_folder_is_refused_in_words(new_hall: HallProcess, config: Path) -> None:
    new_hall.start()
    before = books(new_hall.data)
    for verb in ("hall", "replay", "import-catalogue"):
        file = [ROOT / "config" / "catalogue" / "catalogue_qianfeng.csv"] if verb == "import-catalogue" else []
        second = run_verb(verb, *file, "--config", config, "--data", new_hall.data, "--port", 0, "--mqtt-port", 0)
        assert second.returncode == 2
        assert second.stdout == ""
        assert "另一个服务正在使用这个数据目录。 Another server is using this data folder." in second.stderr
        assert str(new_hall.data) in second.stderr
        assert "Traceback" not in second.stderr
    assert (new_hall.data / "views.db").exists()
    assert books(new_hall.data) == before
    assert Talker(new_hall.http_port).send("GET", "hall").status == 200


def test_a_stopped_hall_ends_well_is_sound_and_comes_back_with_everything(new_hall: HallProcess, config: Path) -> None:
    new_hall.start()
    admin = Talker(new_hall.http_port)
    assert admin.send("POST", "setup", {**ADMIN, "token": token_of(new_hall)}).status == 201
    assert admin.send("PATCH", "lines/general", {"name": "综合受理"}).status == 200
    first = admin.send("POST", "tickets", {"line": "general", "channel": "console", "person": {"phone": "13700000001"}})
    assert first.status == 201
    hall, board = _pictures(admin)

    assert new_hall.stop() == 0, new_hall.log
    assert run_verb("verify", "--data", new_hall.data).stdout.splitlines()[-1] == "sound"
    kept = books(new_hall.data)
    replayed = run_verb("replay", "--config", config, "--data", new_hall.data)
    assert (replayed.returncode, replayed.stdout) == (0, f"replayed {kept.rows} events\n")
    assert books(new_hall.data) == kept
    assert _tickets_in_views(new_hall.data) == [first.body["number"]]

    new_hall.start(http_port=new_hall.http_port)
    assert _pictures(admin) == (hall, board)  # the session is good as well
    assert not any("/setup" in line for line in new_hall.said)
    again = admin.send("POST", "tickets", {"line": "general", "channel": "console", "person": {"phone": "13700000001"}})
    assert again.refusal == (409, "ticket.duplicate")
    second = admin.send("POST", "tickets", {"line": "general", "channel": "console"})
    assert (first.body["number"], second.body["number"]) == ("A001", "A002")
    assert new_hall.stop() == 0


def _pictures(talker: Talker) -> tuple[object, object]:
    hall, board = talker.send("GET", "hall").body, talker.send("GET", "board?zone=z1").body
    hall.pop("now")
    for picture in (hall, board):
        for line in picture["lines"]:
            line.pop("wait_s")  # an estimate of the moment: it grows while somebody waits
    return hall, board


def _tickets_in_views(data: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{data / 'views.db'}?mode=ro", uri=True)) as database:
        return [number for (number,) in database.execute("SELECT number FROM tickets ORDER BY number")]


def test_sigterm_ends_a_busy_hall_in_order(new_hall: HallProcess) -> None:
    """With people connected; the hall's own deadline of 4.5 s is what ends it, so status 0 means that it was kept."""
    new_hall.start()
    pid = new_hall.pid
    watchers = [closing(_watcher(new_hall.http_port)) for _ in range(5)]
    try:
        opened = [watcher.__enter__() for watcher in watchers]
        assert all(b" 101 " in one.recv(64) for one in opened)
        assert new_hall.stop() == 0, new_hall.log
    finally:
        for watcher in watchers:
            watcher.__exit__(None, None, None)
    assert not Path(f"/proc/{pid}").exists()
    assert "Traceback" not in new_hall.log


def _watcher(port: int) -> socket.socket:
    """A board's line to the live feed, which it never reads."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(
        b"GET /api/v1/live?topics=board/z1 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    return line
