"""Engines in order: one that hangs is replaced by the next within the call, rests, and is known by its health."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from displays.voice import Announcer, EngineName, Engines, EngineState, VoiceFailed, VoiceSettings, VoiceUnavailable
from displays.voice.engine_process import NoVoice, chosen
from tests.fakes.voices import ScriptedEngine

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SAPI, ESPEAK, CLIPS = EngineName.SAPI, EngineName.ESPEAK, EngineName.CLIPS
FIRST_SAPI = VoiceSettings(languages=("zh",), with_chime=False, orders={"zh": (CLIPS, SAPI, ESPEAK)})
TEXT = "请 A 零零一 号到 三号窗口"


def engines(**found: ScriptedEngine) -> Engines:
    return Engines({EngineName(name): engine for name, engine in found.items()}, now=lambda: NOW)


@pytest.mark.gen_test
async def test_the_first_in_order_speaks_and_the_others_are_not_asked(tmp_path: Path) -> None:
    sapi, espeak = ScriptedEngine("sapi"), ScriptedEngine("espeak")
    both = engines(sapi=sapi, espeak=espeak)
    rendered = await Announcer(both, tmp_path, settings=FIRST_SAPI).rendered({"zh": TEXT})
    assert rendered.by == {"zh": SAPI}
    assert (sapi.asked, espeak.asked) == ([TEXT], [])
    assert both.health()[SAPI].state is EngineState.OK
    assert both.health()[ESPEAK].state is EngineState.UNTRIED


@pytest.mark.parametrize(
    ("error", "state", "replaced"),
    [
        (VoiceFailed(reason="hung"), EngineState.HUNG, 1),
        (VoiceFailed(reason="died"), EngineState.FAILED, 1),
        (VoiceUnavailable(reason="no voice for zh-CN"), EngineState.NO_VOICE, 0),
    ],
)
@pytest.mark.gen_test
async def test_the_next_takes_over_within_the_same_call(
    tmp_path: Path, error: VoiceFailed, state: EngineState, replaced: int
) -> None:
    both = engines(sapi=ScriptedEngine("sapi", error), espeak=ScriptedEngine("espeak"))
    rendered = await Announcer(both, tmp_path, settings=FIRST_SAPI).rendered({"zh": TEXT})
    assert rendered.by == {"zh": ESPEAK}
    health = both.health()[SAPI]
    assert (health.state, health.replaced, health.last_error, health.failed_at) == (
        *(state, replaced, error.fields["reason"], NOW),
    )


@pytest.mark.gen_test
async def test_of_five_calls_at_once_only_one_waits_for_an_engine_that_hangs(tmp_path: Path) -> None:
    sapi = ScriptedEngine("sapi", VoiceFailed(reason="hung"))
    announcer = Announcer(engines(sapi=sapi, espeak=ScriptedEngine("espeak")), tmp_path, settings=FIRST_SAPI)
    found = await asyncio.gather(*(announcer.rendered({"zh": f"{TEXT}{n}"}) for n in "一二三四五"))
    assert [one.by for one in found] == [{"zh": ESPEAK}] * 5
    assert len(sapi.asked) == 1, "it rests while another can speak"


@pytest.mark.gen_test
async def test_an_engine_that_hung_is_asked_again_where_nobody_else_can(tmp_path: Path) -> None:
    sapi = ScriptedEngine("sapi", VoiceFailed(reason="hung"))
    announcer = Announcer(engines(sapi=sapi), tmp_path, settings=FIRST_SAPI)
    with pytest.raises(VoiceFailed):
        await announcer.rendered({"zh": TEXT})
    sapi.error = None
    assert (await announcer.rendered({"zh": TEXT})).by == {"zh": SAPI}
    assert announcer.engines.health()[SAPI].state is EngineState.OK


@pytest.mark.gen_test
async def test_silence_is_no_speech_and_the_next_engine_is_asked(tmp_path: Path) -> None:
    both = engines(sapi=ScriptedEngine("sapi", peak=0), espeak=ScriptedEngine("espeak"))
    rendered = await Announcer(both, tmp_path, settings=FIRST_SAPI).rendered({"zh": TEXT})
    assert rendered.by == {"zh": ESPEAK}
    assert both.health()[SAPI].last_error == "silent"


@pytest.mark.gen_test
async def test_what_a_worse_engine_said_does_not_stay_when_the_better_one_is_back(tmp_path: Path) -> None:
    sapi = ScriptedEngine("sapi", VoiceFailed(reason="died"))
    announcer = Announcer(engines(sapi=sapi, espeak=ScriptedEngine("espeak")), tmp_path, settings=FIRST_SAPI)
    worse = await announcer.rendered({"zh": TEXT})
    sapi.error = None
    better = await announcer.rendered({"zh": TEXT})
    assert (worse.by["zh"], better.by["zh"]) == (ESPEAK, SAPI)
    assert worse.path != better.path


@pytest.mark.gen_test
async def test_an_order_without_an_engine_leaves_it_out(tmp_path: Path) -> None:
    espeak = ScriptedEngine("espeak")
    announcer = Announcer(engines(espeak=espeak), tmp_path)
    only = VoiceSettings(languages=("zh",), orders={"zh": (CLIPS, EngineName.BROWSER)})
    with pytest.raises(VoiceUnavailable):
        await announcer.rendered({"zh": TEXT}, only)
    assert espeak.asked == []


class Voice:
    """A voice as pyttsx3's sapi5 driver lists it."""

    def __init__(self, key: str, name: str, languages: list[str] | None = None) -> None:
        self.id = rf"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Speech\Voices\Tokens\{key}"
        self.name, self.languages = name, languages or []


ZIRA = Voice("TTS_MS_EN-US_ZIRA_11.0", "Microsoft Zira Desktop - English (United States)")
HUIHUI = Voice("TTS_MS_ZH-CN_HUIHUI_11.0", "Microsoft Huihui Desktop - Chinese (Simplified)")
TRACY = Voice("TTS_MS_ZH-HK_TRACY_11.0", "Microsoft Tracy Desktop - Chinese(Traditional, HongKong SAR)")
OLD = Voice("MSLili", "Lili", ["0x804"])


def test_windows_voice_is_one_of_the_language_and_never_another() -> None:
    assert chosen([ZIRA, TRACY, HUIHUI], "zh-CN") == HUIHUI.id
    assert chosen([ZIRA, OLD], "zh-CN") == OLD.id
    assert chosen([HUIHUI, TRACY, ZIRA], "zh-HK") == TRACY.id
    assert chosen([HUIHUI, ZIRA], "en") == ZIRA.id
    assert chosen([ZIRA, HUIHUI], "Huihui") == HUIHUI.id
    for voices in ([ZIRA], [TRACY], []):
        with pytest.raises(NoVoice):
            chosen(voices, "zh-CN")
