"""A manager sets and hears the voice, an announcer records it: a real browser whose microphone plays a file."""

from __future__ import annotations

import math
import re
import wave
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from scripts.hall_process import Caller, HallProcess
from tests.browser.chromium import ARGUMENTS, WITHIN_MS, chromium
from tests.browser.waiting import resized

pytestmark = pytest.mark.browser

OFFICE = (1440, 900)
REFUSED = re.compile(r"^(400|409) (PATCH|POST) |status of (400|409) ")
RATE = 48_000
HEARD_S, LOOP_S = 0.5, 2.0


def spoken(path: Path, *, level: float = 0.5) -> Path:
    """Something like a vowel in the middle of silence; the browser plays it round and round as its microphone."""
    count = round(HEARD_S * RATE)
    vowel = [
        round(
            32_767
            * level
            * math.sin(math.pi * n / count) ** 0.5
            * sum(math.sin(math.tau * 170 * k * n / RATE) / k for k in range(1, 6))
            / 2
        )
        for n in range(count)
    ]
    vowel = [max(-32_767, min(32_767, sample)) for sample in vowel]
    samples = array("h", bytes(2 * round(RATE * (LOOP_S - HEARD_S) / 2)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((samples + array("h", vowel) + samples).tobytes())
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium with a microphone that says the same word for ever."""
    word = spoken(tmp_path_factory.mktemp("microphone") / "word.wav")
    arguments = [
        *ARGUMENTS,
        *("--autoplay-policy=no-user-gesture-required", "--use-fake-device-for-media-stream"),
        *("--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={word}"),
    ]
    expect.set_options(timeout=WITHIN_MS)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(whole=True), args=arguments)


@pytest.fixture
def manager(hall: HallProcess) -> Caller:
    """The hall's manager, signed in."""
    return hall.caller().sign_in(hall.accounts["manager"])


def prompt(manager: Caller, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in manager.get("voice/prompts")["prompts"] if one["name"] == name)
    return found


def rule(manager: Caller, name: str) -> Any:
    return next(one for one in manager.get("voice")["rules"] if one["name"] == name)


def test_an_announcer_records_a_prompt_and_the_hall_speaks_with_it(manager: Caller, visit: Any) -> None:
    one = visit(OFFICE, "zh-CN", manager)
    page = one.open("/manager/voice/record")
    expect(page.locator("#text")).to_have_text("请")
    page.locator("#announcer").fill("王小华")
    page.locator("#p-yi").click()
    expect(page.locator("#text")).to_have_text("一")
    for _ in range(8):  # the word comes round and round: a take that begins in its middle is refused, and made again
        page.locator("#record").click()
        for level in ("good", "low"):  # the word is heard … and is over; looked at in every frame, since it is short
            page.wait_for_function("(level) => document.querySelector('.meter').dataset.level === level", arg=level)
        with page.expect_response(re.compile(r"/prompts/yi/take$")) as answered:
            page.locator("#record").click()
        if answered.value.ok:
            break
        expect(page.locator("#verdict .notice--bad")).to_be_visible()
    expect(page.locator("#verdict .notice--ok")).to_be_visible()
    expect(page.locator("#kept")).to_contain_text("王小华")
    expect(page.locator("#progress")).to_contain_text("1 /")
    take = prompt(manager, "yi")["take"]
    assert (take["announcer"], 0.4 < take["length_s"] < 0.8) == ("王小华", True)
    page.locator("#hear").click()
    page.locator("#undo").click()
    expect(page.locator("#kept")).to_have_count(0)
    assert prompt(manager, "yi")["take"] is None
    assert [said for said in one.complaints if not REFUSED.search(said)] == []


def test_a_bad_recording_is_told_in_words_and_another_file_can_be_given(
    manager: Caller, visit: Any, tmp_path: Path
) -> None:
    one = visit(OFFICE, "en", manager)
    page = one.open("/manager/voice/record")
    page.locator("#p-er").click()
    page.set_input_files("#file", spoken(tmp_path / "loud.wav", level=5))
    expect(page.locator("#verdict .notice--bad")).to_contain_text("Too loud")
    page.set_input_files("#file", spoken(tmp_path / "good.wav"))
    expect(page.locator("#verdict .notice--ok")).to_be_visible()
    assert prompt(manager, "er")["take"] is not None
    page.locator("#next").click()
    expect(page.locator("#text")).not_to_have_text("二")
    assert [said for said in one.complaints if not REFUSED.search(said)] == []


def test_without_a_safe_address_the_page_says_why_and_takes_files(manager: Caller, visit: Any) -> None:
    one = visit(OFFICE, "zh-CN", manager)
    one.page.add_init_script("Object.defineProperty(globalThis, 'isSecureContext', { value: false })")
    page = one.open("/manager/voice/record")
    expect(page.locator("#insecure")).to_contain_text("https")
    expect(page.locator("#record")).to_have_count(0)
    expect(page.locator("label[for='file']")).to_be_visible()
    assert one.complaints == []


def test_a_manager_hears_a_draft_saves_it_with_a_reason_and_sees_it_hold(manager: Caller, visit: Any) -> None:
    one = visit(OFFICE, "zh-CN", manager)
    page = one.open("/manager/voice")
    page.locator("#v-templates-zh").fill("{number} 号请到 {window} 号窗口")
    page.locator("#listen-number").fill("A111")
    page.locator("#listen").click()
    expect(page.locator(".heard__text").first).to_have_text("A 一一一 号请到 一号窗口")
    expect(page.locator("html")).to_have_attribute("data-plays", re.compile(r"/api/v1/voice/[0-9a-f]{32}\.wav$"))
    assert rule(manager, "templates")["value"] == {}
    page.locator("#reason").fill("更顺口")
    page.locator("#save").click()
    expect(page.locator("#bar")).to_be_hidden()
    assert rule(manager, "templates")["value"] == {"zh": "{number} 号请到 {window} 号窗口"}
    expect(page.locator(".top__last")).to_contain_text("更顺口")
    assert one.complaints == []


def test_a_refusal_stands_at_its_rule_and_names_the_placeholder(manager: Caller, visit: Any) -> None:
    one = visit(OFFICE, "en", manager)
    page = one.open("/manager/voice")
    page.locator("#v-templates-en").fill("Ticket {nmber}")
    page.locator("#reason").fill("a try")
    page.locator("#save").click()
    expect(page.locator("[data-error='templates']")).to_contain_text("{nmber}")
    expect(page.locator("#v-templates-en")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#bar")).to_be_visible()
    assert [said for said in one.complaints if not REFUSED.search(said)] == []


def test_a_zone_has_its_own_quiet_hours_and_the_hall_does_not(manager: Caller, visit: Any) -> None:
    one = visit(OFFICE, "zh-CN", manager)
    page = one.open("/manager/voice#zone%3Az1")
    page.locator("#own-quiet_hours").check()
    page.locator("#v-quiet_hours").click()
    page.locator("#v-quiet_hours-begin-0").fill("00:00")
    page.locator("#v-quiet_hours-end-0").fill("24:00")
    page.locator("#listen").click()
    expect(page.locator("[data-quiet='true']")).to_be_visible()
    page.locator("#reason").fill("旁边在开会")
    page.locator("#save").click()
    expect(page.locator("#bar")).to_be_hidden()
    found = rule(manager, "quiet_hours")
    assert (found["value"], found["places"]) == ([], {"zone:z1": [{"begin": "00:00", "end": "24:00"}]})
    assert one.complaints == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("path", ["/manager/voice", "/manager/voice/record"])
def test_nothing_runs_off_the_side(manager: Caller, visit: Any, language: str, path: str) -> None:
    one = visit(OFFICE, language, manager)
    page = one.open(path)
    expect(page.locator("#listen, #text").first).to_be_visible()
    wider = (
        "() => [document.documentElement, document.querySelector('#main')].map((o) => o.scrollWidth - o.clientWidth)"
    )
    for size in ((1024, 768), (1440, 900), (1920, 1080)):
        resized(page, size)
        assert max(page.evaluate(wider)) <= 0, size
    assert one.complaints == []


VOICES = """
globalThis.spoken = [];
const voice = (name, lang, localService = true) => ({ name, lang, localService, voiceURI: name });
const all = VOICES;
class Utterance { constructor(text) { this.text = text; } }
Object.defineProperty(globalThis, "SpeechSynthesisUtterance", { value: Utterance });
Object.defineProperty(globalThis, "speechSynthesis", { value: {
  getVoices: () => all, cancel() {}, addEventListener() {},
  speak(one) {
    const said = document.documentElement.dataset;
    said.spoken = `${said.spoken ?? ""}${one.voice.name}:${one.text}|`;
    setTimeout(() => one.onend());
  },
} });
"""


@pytest.mark.parametrize(
    ("voices", "expected"),
    [
        ("voice('Zira', 'en-US'), voice('Huihui', 'zh-CN'), voice('Tracy', 'zh-HK')", "Huihui:"),
        ("voice('Zira', 'en-US'), voice('Tracy', 'zh-HK')", None),
        ("voice('Zira', 'en-US'), voice('eSpeak Mandarin', 'zh-CN')", None),
        ("voice('Zira', 'en-US'), voice('Net', 'zh-CN', false), voice('Yaoyao', 'zh_CN')", "Yaoyao:"),
    ],
)
def test_a_page_speaks_chinese_with_a_real_mandarin_voice_and_never_with_an_english_one(
    manager: Caller, visit: Callable[..., Any], voices: str, expected: str | None
) -> None:
    one = visit(OFFICE, "zh-CN", manager)
    one.page.add_init_script(VOICES.replace("VOICES", f"[{voices}]"))
    page = one.open("/manager/voice#line%3Atax")
    page.locator("#v-templates-zh, #own-templates").first.wait_for()
    page.locator("#listen").click()
    expect(page.locator(".heard__text").first).to_be_visible()
    root = page.locator("html")
    if expected:
        expect(root).to_have_attribute("data-spoken", re.compile(rf"^{expected}[^:]*C 零一八.*\|Zira:Ticket C .*\|$"))
        expect(root).not_to_have_attribute("data-plays", re.compile(r"/api/v1/voice/"))
    else:
        expect(root).to_have_attribute("data-plays", re.compile(r"/api/v1/voice/"))
        expect(root).not_to_have_attribute("data-spoken", re.compile("."))
