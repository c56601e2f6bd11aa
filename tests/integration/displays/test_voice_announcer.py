"""Announcements as one WAV: clips first, then the engine, rendered once, judged before they are kept."""

import asyncio
import math
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tornado.ioloop import IOLoop

from displays.voice.announcer import Announcer, VoiceSettings
from displays.voice.chime import chime
from displays.voice.clips import PROMPTS, ClipBank
from displays.voice.engine import VOICES, Pyttsx3Engine
from displays.voice.errors import VoiceFailed, VoiceUnavailable
from displays.voice.spoken import call_text
from displays.voice.waves import Sound, read_sound, silence, write_sound

ZH, EN = call_text("A001", "3", "zh"), call_text("A001", "3", "en")
BOTH = {"zh": ZH, "en": EN}


class CountingEngine(Pyttsx3Engine):
    """The real engine, and what it was asked."""

    def __init__(self, *, languages: tuple[str, ...] = ("zh", "en")) -> None:
        super().__init__(deadline_s=30, start_deadline_s=30, voices={lang: VOICES[lang] for lang in languages})
        self.asked: list[str] = []

    async def render(self, text: str, lang: str, path: Path) -> None:
        self.asked.append(text)
        await super().render(text, lang, path)


class BrokenEngine:
    """Writes one and the same sound for everything."""

    def __init__(self, sound: Sound | None) -> None:
        self.sound = sound

    def style(self, lang: str) -> str | None:
        return "broken"

    async def render(self, text: str, lang: str, path: Path) -> None:
        write_anything(path, self.sound)

    async def close(self) -> None:
        """Nothing was started."""


def write_anything(path: Path, sound: Sound | None) -> None:
    if sound is None:
        path.write_bytes(b"not a wave")
    else:
        write_sound(path, sound)


Start = Callable[..., CountingEngine]


@pytest.fixture
def start(io_loop: IOLoop) -> Iterator[Start]:
    """Makes engines and closes them."""
    engines: list[CountingEngine] = []

    def make(**how: tuple[str, ...]) -> CountingEngine:
        engines.append(CountingEngine(**how))
        return engines[-1]

    yield make
    for engine in engines:
        io_loop.run_sync(engine.close)


def recorded(folder: Path, *, rate: int = 48_000) -> ClipBank:
    """A full bank; each prompt a tone of 0.25 s."""
    folder.mkdir()
    samples = array("h", (round(15_000 * math.sin(math.tau * 300 * n / rate)) for n in range(rate // 4)))
    for name in PROMPTS:
        write_sound(folder / f"{name}.wav", Sound(rate, samples))
    return ClipBank.open(folder)


def is_quiet(sound: Sound, at_s: float, *, for_s: float) -> bool:
    return not any(sound.samples[round(at_s * sound.rate) : round((at_s + for_s) * sound.rate)])


@pytest.mark.gen_test
async def test_both_languages_follow_the_chime_in_one_file(start: Start, tmp_path: Path) -> None:
    engine = start()
    announcer = Announcer(engine, tmp_path / "voice", settings=VoiceSettings(pause_s=0.4))
    whole = read_sound(await announcer.audio_for(BOTH))
    bare = VoiceSettings(with_chime=False, pause_s=0.4)
    zh = read_sound(await Announcer(engine, tmp_path / "voice", settings=bare).audio_for({"zh": ZH}))
    en = read_sound(await Announcer(engine, tmp_path / "voice", settings=bare).audio_for({"en": EN}))
    bell = chime(rate=whole.rate)

    assert whole.length_s == pytest.approx(bell.length_s + 0.4 + zh.length_s + 0.4 + en.length_s, abs=0.01)
    assert is_quiet(whole, bell.length_s + 0.01, for_s=0.38)
    assert is_quiet(whole, bell.length_s + 0.4 + zh.length_s + 0.01, for_s=0.38)
    assert engine.asked == [ZH, EN]


@pytest.mark.gen_test
async def test_the_same_phrase_asked_five_times_at_once_is_rendered_once(start: Start, tmp_path: Path) -> None:
    engine = start()
    announcer = Announcer(engine, tmp_path / "voice")
    paths = await asyncio.gather(*(announcer.audio_for(BOTH) for _ in range(5)))
    assert len(set(paths)) == 1
    assert sorted(engine.asked) == sorted([ZH, EN])
    assert announcer.find(paths[0].stem) == paths[0]


@pytest.mark.gen_test
async def test_different_calls_asked_at_once_are_different_files(start: Start, tmp_path: Path) -> None:
    announcer = Announcer(start(), tmp_path / "voice")
    texts = [{"zh": call_text(f"A{n:03}", "3", "zh")} for n in range(5)]
    paths = await asyncio.gather(*(announcer.audio_for(one) for one in texts))
    assert len({path.read_bytes() for path in paths}) == 5


@pytest.mark.gen_test
async def test_a_new_announcer_finds_what_an_earlier_one_rendered(start: Start, tmp_path: Path) -> None:
    engine = start()
    first = await Announcer(engine, tmp_path / "voice").audio_for(BOTH)
    engine.asked.clear()
    assert await Announcer(engine, tmp_path / "voice").audio_for(BOTH) == first
    assert engine.asked == []


@pytest.mark.gen_test
async def test_recorded_clips_speak_chinese_and_the_engine_what_they_cannot(start: Start, tmp_path: Path) -> None:
    engine = start()
    announcer = Announcer(engine, tmp_path / "voice", clips=recorded(tmp_path / "clips"))
    assert read_sound(await announcer.audio_for(BOTH)).rate == 48_000
    assert engine.asked == [EN]

    named = call_text("A001", "婚姻登记室", "zh")
    await announcer.audio_for({"zh": named})
    assert engine.asked == [EN, named]


@pytest.mark.gen_test
async def test_a_new_bank_is_heard_at_once(start: Start, tmp_path: Path) -> None:
    announcer = Announcer(start(), tmp_path / "voice")
    by_engine = await announcer.audio_for({"zh": ZH})
    announcer.use_clips(recorded(tmp_path / "clips"))
    assert (await announcer.audio_for({"zh": ZH})).read_bytes() != by_engine.read_bytes()


@pytest.mark.gen_test
async def test_clips_speak_where_no_engine_does(start: Start, tmp_path: Path) -> None:
    announcer = Announcer(start(languages=()), tmp_path / "voice", clips=recorded(tmp_path / "clips"))
    assert await announcer.audio_for(BOTH) == await announcer.audio_for({"zh": ZH})
    with pytest.raises(VoiceUnavailable):
        await announcer.audio_for({"en": EN})


@pytest.mark.parametrize(
    "sound", [silence(3, rate=22_050), Sound(22_050, array("h", [9_000] * 100)), Sound(22_050, array("h")), None]
)
@pytest.mark.gen_test
async def test_a_silent_short_or_broken_sound_is_not_kept(io_loop: IOLoop, tmp_path: Path, sound: Sound | None) -> None:
    announcer = Announcer(BrokenEngine(sound), tmp_path / "voice")
    with pytest.raises(VoiceFailed):
        await announcer.audio_for(BOTH)
    assert list((tmp_path / "voice").iterdir()) == []


@pytest.mark.parametrize("texts", [{}, {"zh": " "}, {"fr": "bonjour"}])
@pytest.mark.gen_test
async def test_nothing_to_say_is_an_error_and_no_chime(start: Start, tmp_path: Path, texts: dict[str, str]) -> None:
    with pytest.raises(VoiceFailed):
        await Announcer(start(), tmp_path / "voice").audio_for(texts)


@pytest.mark.parametrize("key", ["", "..", "../../etc/passwd", "A" * 32, "0" * 31, "0" * 32])
def test_a_name_that_was_never_given_out_finds_nothing(tmp_path: Path, key: str) -> None:
    assert Announcer(BrokenEngine(None), tmp_path).find(key) is None


@pytest.mark.gen_test
async def test_a_folder_that_cannot_be_written_fails_clearly(start: Start, tmp_path: Path) -> None:
    (tmp_path / "voice").write_text("a file stands where the folder should be")
    with pytest.raises(VoiceFailed, match="cannot be kept"):
        await Announcer(start(), tmp_path / "voice").audio_for({"zh": ZH})


@pytest.mark.gen_test
async def test_a_caller_that_leaves_does_not_stop_the_others(start: Start, tmp_path: Path) -> None:
    announcer = Announcer(start(), tmp_path / "voice")
    first = asyncio.create_task(announcer.audio_for({"zh": ZH}))
    second = asyncio.create_task(announcer.audio_for({"zh": ZH}))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).exists()
    with pytest.raises(asyncio.CancelledError):
        await first


@pytest.mark.gen_test
async def test_a_broken_file_in_the_cache_is_made_anew(start: Start, tmp_path: Path) -> None:
    announcer = Announcer(start(), tmp_path / "voice")
    whole = await announcer.audio_for({"zh": ZH})
    good = read_sound(whole).length_s
    for path in (tmp_path / "voice").iterdir():
        path.write_bytes(b"")
    whole.unlink()
    with pytest.raises(VoiceFailed, match="broken"):
        await announcer.audio_for({"zh": ZH})
    assert read_sound(await announcer.audio_for({"zh": ZH})).length_s == pytest.approx(good, abs=0.05)


@pytest.mark.gen_test
async def test_closing_ends_what_is_being_rendered(start: Start, tmp_path: Path) -> None:
    announcer = Announcer(start(), tmp_path / "voice")
    waiting = asyncio.create_task(announcer.audio_for({"zh": ZH}))
    await asyncio.sleep(0)
    await announcer.close()
    with pytest.raises(VoiceUnavailable):
        await waiting
