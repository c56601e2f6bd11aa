"""A visitor takes a number, hears it called, is served and rates it: real pages, real devices, both brokers."""

from __future__ import annotations

import contextlib
import getpass
import io
import re
import shutil
import socket
import subprocess
import sys
import wave
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import HallProcess
from tests.browser.things import Thing, Things

pytestmark = pytest.mark.browser

KIOSK, BOARD, PHONE, SCREEN, PAD = (1080, 1920), (1920, 1080), (390, 844), (1280, 480), (1280, 800)
MATTER = "社会保障卡申领"
WINDOW, ZONE = "w05", "z2"
WINDOW_NAME, WINDOW_NUMBER = "社会保障卡窗口", "5号窗口"
AUDIBLE = 1_000  # of 32,767


@pytest.fixture(params=["embedded", "mosquitto"])
def whole_hall(
    request: pytest.FixtureRequest,
    new_hall: Callable[[], HallProcess],
    checkout: Path,
    quick_hall: Path,
    tmp_path: Path,
) -> Iterator[HallProcess]:
    """A hall with its own broker, and one with a Mosquitto beside it."""
    hall = new_hall()
    if request.param == "embedded":
        yield hall.start()
        return
    mosquitto = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if mosquitto is None:
        pytest.skip("mosquitto is not installed")
    hall.start().stop()  # founds the hall and its devices
    port = free_port()
    subprocess.run(
        [
            *(sys.executable, "-W", "ignore", str(checkout / "run.py"), "broker-config", "--config", str(quick_hall)),
            *("--data", str(hall.data), "--out", str(tmp_path / "broker"), "--mqtt-port", str(port)),
            *("--user", getpass.getuser()),  # whoever else Mosquitto would become may not look into a test's folder
        ],
        check=True,
    )
    with mosquitto_at(mosquitto, tmp_path / "broker" / "mosquitto.conf", tmp_path / "mosquitto.log"):
        yield hall.start(broker=f"127.0.0.1:{port}")
        hall.stop()


@contextlib.contextmanager
def mosquitto_at(program: str, configuration: Path, log: Path) -> Iterator[None]:
    """A Mosquitto that runs for as long as the block."""
    with log.open("wb") as out:
        broker = subprocess.Popen([program, "-c", str(configuration)], stdout=out, stderr=out)
    try:
        yield
        assert broker.poll() is None, log.read_text("utf-8")
    finally:
        broker.terminate()
        broker.wait(10)


def free_port() -> int:
    """A port nobody listens on just now; Mosquitto cannot take port 0 and say which it got."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def things(whole_hall: HallProcess) -> Iterator[dict[str, Thing]]:
    """The window's screen and pad and the zone's speaker, over MQTT, by kind."""
    with Things("demo", whole_hall.mqtt_port) as all_:
        wanted = {"window_screen": "window", "pad": "window", "speaker": "zone"}
        here = {"window": WINDOW, "zone": ZONE}
        yield {
            kind: all_.connect(
                next(
                    one
                    for one in whole_hall.accounts["devices"]
                    if one["kind"].replace("-", "_") == kind and one.get(place) == here[place]
                )
            )
            for kind, place in wanted.items()
        }


def test_a_visitor_is_called_served_and_heard(whole_hall: HallProcess, things: dict[str, Thing], opener: Any) -> None:
    visit = opener(whole_hall)
    visits = [visit(size) for size in (KIOSK, BOARD, PHONE, SCREEN, PAD, (1366, 768), (1440, 900))]
    kiosk, board, phone, screen, pad, console, manager = (one.page for one in visits)

    visits[1].open(f"/board/{ZONE}")
    expect(board.locator("body[data-ready=true]")).to_be_attached()
    visits[3].open(f"/window-screen/{WINDOW}")
    expect(screen.locator("window-screen[data-state=closed]")).to_be_visible()
    visits[4].open(f"/pad/{WINDOW}")
    expect(pad.locator(".idle--stopped")).to_be_visible()

    # Kiosk: the tile, the button. The third tap is the visitor's own "done".
    visits[0].open("/kiosk")
    kiosk.locator(".k-tile", has_text=MATTER).click()
    with kiosk.expect_response("**/api/v1/tickets") as taken:
        kiosk.locator("#take").click()
    ticket = taken.value.json()
    expect(kiosk.locator(".k-ticket__number")).to_have_text(ticket["number"])
    expect(kiosk.locator(".k-qr img")).to_have_js_property("complete", True)
    kiosk.locator("#done").click()
    expect(kiosk.locator("body[data-view=home]")).to_be_attached()

    # Phone: the address of the QR code.
    visits[2].open(f"/t/{ticket['token']}")
    expect(phone.locator("body[data-state=waiting]")).to_be_attached()
    expect(phone.locator(".p-number__value")).to_have_text(ticket["number"])
    expect(phone.locator(".p-place__value")).to_contain_text("0")

    # Console: sign in, open, call, each by key.
    sign_in(console, visits[5], account_of(whole_hall, WINDOW), "/console")
    expect(console.locator("od-desk[data-state=closed]")).to_be_visible()
    console.keyboard.press("o")
    expect(console.locator("od-desk[data-state=idle]")).to_be_visible()
    expect(console.locator("od-ahead")).to_contain_text(ticket["number"])
    things["window_screen"].shows(lambda picture: picture and picture["window"]["state"] == "idle")
    console.keyboard.press(" ")
    expect(console.locator(".ticket__number")).to_have_text(ticket["number"])

    # The call is seen everywhere …
    expect(board.locator(f".call--now[data-number={ticket['number']}]")).to_contain_text(WINDOW_NAME)
    expect(screen.locator(".ws__number")).to_have_text(ticket["number"])
    expect(pad.locator(".serving--calling .serving__number")).to_have_text(ticket["number"])
    expect(phone.locator("body[data-state=called] .p-call__window")).to_contain_text(WINDOW_NUMBER)
    for kind in ("window_screen", "pad"):
        picture = things[kind].shows(lambda picture: picture and picture["ticket"])
        assert (picture["ticket"]["number"], picture["ticket"]["state"]) == (ticket["number"], "called")
    # … and heard: by the board, which plays a real sound, and by the speaker of the zone.
    expect(board.locator("html")).to_have_attribute("data-plays", re.compile("/api/v1/voice/"))
    assert_spoken(whole_hall, board.locator("html").get_attribute("data-plays") or "")
    do, args = things["speaker"].is_told()
    assert do == "speak"
    assert ticket["number"][0] in args["text"]

    # Recall, with the same number heard again.
    recall = console.locator("[data-act=recall]")
    expect(recall).to_be_enabled()
    console.keyboard.press("r")
    things["window_screen"].shows(lambda picture: picture["ticket"] and picture["ticket"]["calls"] == 2)
    assert things["speaker"].is_told()[0] == "speak"
    expect(phone.locator(".p-call__calls")).to_be_visible()

    console.keyboard.press("s")
    expect(phone.locator("body[data-state=serving]")).to_be_attached()
    expect(screen.locator("window-screen[data-state=serving]")).to_be_visible()
    expect(board.locator(f".call--now[data-number={ticket['number']}]")).to_have_count(0)
    console.keyboard.press("f")
    expect(phone.locator("body[data-state=done]")).to_be_attached()

    # The pad asks, on the page and over MQTT; one touch rates.
    asked = things["pad"].shows(lambda picture: picture and picture["rating"])
    assert asked["rating"]["number"] == ticket["number"]
    pad.locator("#level-1").click()
    pad.locator("#why-skip").click()  # what it is about may be left out
    expect(pad.locator(".idle--thanks")).to_be_visible()
    things["pad"].shows(lambda picture: picture["rating"] is None)
    expect(phone.locator(".p-thanks")).to_be_visible()

    sign_in(manager, visits[6], whole_hall.accounts["manager"], "/manager")
    expect(manager.locator(".satisfaction__rate")).to_have_text("100%")
    manager.locator(f"#tile-{WINDOW}").click()
    expect(manager.locator("h2", has_text=WINDOW_NAME)).to_be_visible()
    expect(manager.locator(".behind__figures dd").first).to_have_text("1")
    expect(manager.locator("#window-tickets")).to_contain_text(ticket["number"])

    assert [one.complaints for one in visits] == [[]] * len(visits)


def test_the_pad_over_mqtt_rates_as_its_page_does(whole_hall: HallProcess, things: dict[str, Thing]) -> None:
    staff = whole_hall.caller().sign_in(account_of(whole_hall, WINDOW))
    matter = next(one for one in staff.get("hall")["frequent"] if one["name"] == MATTER)
    ticket = whole_hall.caller().post("tickets", {"matter": matter["id"], "channel": "kiosk"})
    staff.post(f"windows/{WINDOW}/open")
    for verb in ("call", "start", "finish"):
        staff.post(f"windows/{WINDOW}/{verb}")
    asked = things["pad"].shows(lambda picture: picture and picture["rating"])
    given = things["pad"].asks("rating.give", {"ticket": asked["rating"]["ticket"], "level": 2})
    assert given["level"] == 2
    assert whole_hall.caller().get(f"tickets/{ticket['token']}")["rating"]["level"] == 2


def account_of(hall: HallProcess, window: str) -> dict[str, str]:
    """The member of staff who sits at a window."""
    found: dict[str, str] = next(one for one in hall.accounts["staff"] if one["window"] == window)
    return found


def sign_in(page: Page, visit: Any, account: dict[str, str], path: str) -> None:
    """Sign in at the door that the wanted page leads to."""
    visit.open(path)
    page.locator("input[name=name]").fill(account["name"])
    page.locator("input[name=password]").fill(account["password"])
    page.locator("#submit").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def assert_spoken(hall: HallProcess, url: str) -> None:
    """The sound is a WAV that is loud enough to be heard, and about as long as a call takes to say."""
    sound = hall.caller().fetch("/" + url.partition("//")[2].partition("/")[2])
    with wave.open(io.BytesIO(sound)) as wav:
        length_s = wav.getnframes() / wav.getframerate()
        frames = array("h", wav.readframes(wav.getnframes()))
    assert 2 < length_s < 20
    assert max(map(abs, frames)) > AUDIBLE
    loud = sum(1 for one in frames[::50] if abs(one) > AUDIBLE / 4)
    assert loud > len(frames) / 50 / 10, "mostly silence"
