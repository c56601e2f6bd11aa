"""What the hall says is measured with an independent means: every template of the demonstration hall, in each language.

The espeak-ng program (not the library that speaks) is given the same words: its phonemes must be Mandarin, and its own
sound must rise and fall as the hall's does. A wrong voice, half a file and silence are told apart, see the controls.
"""

from __future__ import annotations

import itertools
import re
import subprocess
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from displays.speech.book import VoiceBook
from displays.speech.rule_events import HALL, VoiceRulesSaved
from displays.speech.sentences import Speech
from displays.voice import Announcer, Pyttsx3Engine, VoiceSettings
from displays.voice.pronunciation import for_espeak
from displays.voice.waves import FULL_SCALE, Sound, block_powers, loudness_db, read_sound, silence
from hall_server.messages import Recorded
from hall_server.server import Server
from tests.fakes.hall import MORNING, opened

PROGRAM = {"zh": "cmn-latn-pinyin", "en": "en", "yue": "yue"}
"""Language → voice of the program."""

LEAST_ALIKE = 0.9
"""Correlation of two envelopes: the same words by the same voice reach 0.99, by another 0.4 at most."""
UNIT_S = (0.12, 0.75)
"""Seconds for each syllable, at 150 words a minute."""
LONGEST_GAP_S = 0.6

PLACES = 100
VOWELS = re.compile(r"[aeiou]+", re.IGNORECASE)


def envelope(sound: Sound) -> list[float]:
    """How loud it is over its length, from its first to its last word, at 100 places."""
    powers = block_powers(sound, block_s=0.01)
    heard = [place for place, power in enumerate(powers) if power > max(powers) / 1_000]
    levels = [power**0.5 for power in powers[heard[0] : heard[-1] + 1]]
    edges = [place * len(levels) // PLACES for place in range(PLACES + 1)]
    return [sum(levels[a : max(a + 1, b)]) / max(1, b - a) for a, b in itertools.pairwise(edges)]


def likeness(one: list[float], other: list[float]) -> float:
    """Pearson's correlation."""
    a, b = sum(one) / len(one), sum(other) / len(other)
    both = sum((x - a) * (y - b) for x, y in zip(one, other, strict=True))
    return float(both / (sum((x - a) ** 2 for x in one) * sum((y - b) ** 2 for y in other)) ** 0.5)


def of_the_program(words: str, voice: str, folder: Path) -> Sound:
    path = folder / "program.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-s", "150", "-w", str(path), words], check=True, capture_output=True)
    return read_sound(path)


def phonemes(words: str, voice: str) -> str:
    done = subprocess.run(["espeak-ng", "-v", voice, "-q", "-x", words], capture_output=True, text=True, check=True)
    return done.stdout


def syllables(text: str, lang: str) -> int:
    if lang == "yue":
        return len(re.findall(r"\w", text))
    return len(for_espeak(text, lang).replace(",", "").split()) if lang == "zh" else len(VOWELS.findall(text))


def longest_gap_s(sound: Sound) -> float:
    powers = block_powers(sound, block_s=0.01)
    heard = "".join("#" if power > max(powers) / 1_000 else "." for power in powers).strip(".")
    return max((len(gap) for gap in heard.split("#")), default=0) * 0.01


def faults(sound: Sound, text: str, lang: str, folder: Path) -> list[str]:
    """What is wrong with a sound that should be this text; nothing where all is well."""
    if sound.peak < 1_000:
        return ["silent"]
    words = for_espeak(text, lang)
    found = []
    if sound.peak >= FULL_SCALE:
        found.append("clipped")
    least, most = (bound * syllables(text, lang) for bound in UNIT_S)
    if not least <= sound.length_s <= most + 0.5:
        found.append(f"length {sound.length_s:.2f} s for {syllables(text, lang)} syllables")
    if longest_gap_s(sound) > LONGEST_GAP_S:
        found.append("a hole")
    alike = likeness(envelope(sound), envelope(of_the_program(words, PROGRAM[lang], folder)))
    if alike < LEAST_ALIKE:
        found.append(f"another voice or other words ({alike:.2f})")
    if lang == "zh" and "(en)" in phonemes(words, PROGRAM["zh"]):
        found.append("English in it")
    return found


@asynccontextmanager
async def speaking(folder: Path) -> AsyncIterator[tuple[Server, Speech, Announcer, Pyttsx3Engine]]:
    engine = Pyttsx3Engine(deadline_s=30, start_deadline_s=30)
    async with opened(folder / "hall") as server:
        speech = Speech(VoiceBook(server.settings), server.directory, ZoneInfo(server.settings.timezone))
        try:
            yield server, speech, Announcer(engine, folder / "voice"), engine
        finally:
            await engine.close()


def bare(lang: str) -> VoiceSettings:
    return VoiceSettings(languages=(lang,), with_chime=False)


@pytest.mark.parametrize("lang", ["zh", "en", "yue"])
@pytest.mark.gen_test
async def test_every_lines_call_is_said_as_it_is_written(tmp_path: Path, lang: str) -> None:
    async with speaking(tmp_path) as (server, speech, announcer, _):
        wrong: dict[str, list[str]] = {}
        for place, line in enumerate(server.directory.lines_in_order()):
            window = str((1, 2, 10, 12, 20, 21, 35, 47, 99, 108)[place % 10])
            number = f"{line.prefix}{place * 107 + 12:03}"
            texts = speech.call(number, window, zone=line.zone, line=line.id, matter=None, languages=(lang,))
            sound = read_sound(await announcer.audio_for(texts, bare(lang)))
            if found := faults(sound, texts[lang], lang, tmp_path):
                wrong[texts[lang]] = found
            assert loudness_db(sound) == pytest.approx(-20, abs=1.5)
        assert wrong == {}


@pytest.mark.gen_test
async def test_a_sentence_with_line_matter_and_corrections_is_said_as_it_is_written(tmp_path: Path) -> None:
    async with speaking(tmp_path) as (_, speech, announcer, _engine):
        values = {
            "templates": {
                "zh": "请办理{line}的 {number} 号，到 {window} 号窗口",
                "en": "{line}, ticket {number}, {window}",
            },
            "fixes": [{"language": "zh", "word": "税务", "say": "shui4 wu4"}],
        }
        event = VoiceRulesSaved(place=HALL, values=speech.book.plan({HALL: values})[HALL])
        speech.book.apply(Recorded(seq=1, at=MORNING, business_day=MORNING.date(), event=event, actor="staff:m01"))
        texts = speech.call("C018", "10", zone="z3", line="tax", matter=None)
        assert texts["zh"] == "请办理[税务|shui4 wu4]的 C 零一八 号，到 十号窗口"
        for lang, text in texts.items():
            sound = read_sound(await announcer.audio_for({lang: text}, bare(lang)))
            assert faults(sound, text, lang, tmp_path) == []


@pytest.mark.gen_test
async def test_the_measure_tells_wrong_from_right(tmp_path: Path) -> None:
    """Negative controls: an English voice that reads pinyin, half a file, silence, a hole, a clipped sound."""
    async with speaking(tmp_path) as (_, speech, announcer, _engine):
        text = speech.call("A018", "3", zone="z1", line="business", matter=None, languages=("zh",))["zh"]
        right = read_sound(await announcer.audio_for({"zh": text}, bare("zh")))
        pinyin = for_espeak(text, "zh")
        assert faults(right, text, "zh", tmp_path) == []
        assert faults(of_the_program(pinyin, "en", tmp_path), text, "zh", tmp_path) != []
        half = Sound(right.rate, right.samples[: len(right.samples) // 2])
        assert any("other words" in fault for fault in faults(half, text, "zh", tmp_path))
        assert faults(silence(3, rate=22_050), text, "zh", tmp_path) == ["silent"]
        middle = len(right.samples) // 2
        hole = Sound(right.rate, right.samples[:middle] + array("h", bytes(2 * right.rate)) + right.samples[middle:])
        assert "a hole" in faults(hole, text, "zh", tmp_path)
        loud = Sound(right.rate, array("h", [max(-FULL_SCALE, min(FULL_SCALE, 9 * one)) for one in right.samples]))
        assert "clipped" in faults(loud, text, "zh", tmp_path)
        assert "(en)" in phonemes("qing3 hello yi1", "cmn") or "(en)" in phonemes(pinyin, "cmn")
