"""What espeak will really say, read from its phonemes: Mandarin with its tones, letters by name, nothing in English.

Asked of both libraries that may speak in a hall: the system's, by its espeak-ng program, and espeakng-loader's.
"""

import csv
import ctypes
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import espeakng_loader
import pytest

from displays.voice.pronunciation import LETTERS, for_espeak
from displays.voice.spoken import call_text

Phonemes = Callable[[str, list[str]], list[str]]
"""(voice, lines) → the phonemes of each line, in espeak's own notation."""

CONTOURS = {"1": {"55"}, "2": {"35"}, "3": {"214", "21"}, "4": {"51"}, "5": {"11", "22", "33", "44"}}
"""Tone number → pitch contours that espeak writes for it."""


def of_the_program(voice: str, lines: list[str]) -> list[str]:
    program = shutil.which("espeak-ng")
    assert program, "the espeak-ng program is needed: apt-get install espeak-ng"
    said = []
    for line in lines:
        done = subprocess.run([program, "-v", voice, "-q", "-x", line], capture_output=True, text=True, check=True)
        said.append(" ".join(done.stdout.split()))
    return said


def of_the_bundled_library(voice: str, lines: list[str]) -> list[str]:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    assert library.espeak_Initialize(1, 1000, espeakng_loader.get_data_path().encode(), 0) > 0
    assert library.espeak_SetVoiceByName(voice.encode()) == 0
    return [" ".join(_clauses(library, line)) for line in lines]


def _clauses(library: ctypes.CDLL, line: str) -> list[str]:
    text, clauses = ctypes.c_char_p(line.encode()), []
    while text.value is not None:
        clauses.append(library.espeak_TextToPhonemes(ctypes.byref(text), 1, 0).decode())
    return clauses


@pytest.fixture(params=[of_the_program, of_the_bundled_library])
def phonemes_of(request: pytest.FixtureRequest) -> Phonemes:
    """One of the two libraries."""
    found: Phonemes = request.param
    return found


def is_mandarin(pinyin: str, phonemes: str) -> bool:
    """Whether each syllable is there with its tone, and none is read by the English rules."""
    tones = re.findall(r"[a-z]+(\d)", pinyin)
    contours = re.findall(r"\d+", phonemes)
    return (
        "(en)" not in phonemes and len(contours) == len(tones) and all(map(is_tone, tones, [*tones[1:], ""], contours))
    )


def is_tone(tone: str, following: str, contour: str) -> bool:
    """A third tone before another is said as a second."""
    return contour in CONTOURS[tone] or (tone == following == "3" and contour == "35")


def test_digits_are_spoken_in_mandarin_with_their_tones(phonemes_of: Phonemes) -> None:
    assert phonemes_of("cmn-latn-pinyin", ["ling2 ling2 yi1"]) == ["l'i35N_| l'i35N_| j'i55_|"]


def test_a_call_is_spoken_in_mandarin_syllable_by_syllable(phonemes_of: Phonemes) -> None:
    pinyin = for_espeak(call_text("B120", "13", "zh"), "zh")
    [phonemes] = phonemes_of("cmn-latn-pinyin", [pinyin])
    assert is_mandarin(pinyin, phonemes), phonemes


def test_the_check_fails_where_pinyin_is_read_as_english(phonemes_of: Phonemes) -> None:
    """The control: the English voice always, and Debian 12's `cmn`, the trap that `cmn-latn-pinyin` avoids."""
    pinyin = for_espeak(call_text("B120", "13", "zh"), "zh")
    assert not is_mandarin(pinyin, phonemes_of("en", [pinyin])[0])
    version = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    if phonemes_of is of_the_program and "1.51" in version:
        assert not is_mandarin(pinyin, phonemes_of("cmn", [pinyin])[0])


def test_letters_have_their_chinese_names(phonemes_of: Phonemes) -> None:
    said = phonemes_of("cmn-latn-pinyin", [for_espeak(letter, "zh") for letter in LETTERS])
    wrong = [
        (pinyin, phonemes)
        for pinyin, phonemes in zip(LETTERS.values(), said, strict=True)
        if not is_mandarin(pinyin, phonemes)
    ]
    assert wrong == []
    assert len(set(said)) == len(LETTERS)


def test_every_letter_is_a_letter_in_english(phonemes_of: Phonemes) -> None:
    said = phonemes_of("en", [for_espeak(f"Ticket {letter} zero", "en") for letter in LETTERS])
    assert len(set(said)) == len(LETTERS)
    assert "'eI" in said[0]
    # The control: unspelt, the letter A is the article.
    assert "'eI" not in phonemes_of("en", ["Ticket A zero"])[0]


def test_everything_a_real_hall_is_called_is_spoken_in_mandarin(phonemes_of: Phonemes, checkout: Path) -> None:
    """The departments and the matters of a real district, each character once: 1.52 reads a bare xiong as English."""
    with next((checkout / "config").rglob("catalogue_qianfeng.csv")).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    names = {row["department"] for row in rows} | {row["item_name"] for row in rows}
    syllables = sorted({syllable for name in names for syllable in for_espeak(name, "zh").replace(",", "").split()})
    assert len(syllables) > 300
    lines = [" ".join(syllables[start : start + 20]) for start in range(0, len(syllables), 20)]
    said = phonemes_of("cmn-latn-pinyin", lines)
    wrong = [(line, phonemes) for line, phonemes in zip(lines, said, strict=True) if not is_mandarin(line, phonemes)]
    assert wrong == []


@pytest.mark.parametrize("hanzi", ["雄", "琼", "炯", "穷", "兄", "女", "略", "儿", "嗯"])
def test_syllables_that_espeak_stumbles_over_are_respelt(phonemes_of: Phonemes, hanzi: str) -> None:
    pinyin = for_espeak(hanzi, "zh")
    [phonemes] = phonemes_of("cmn-latn-pinyin", [pinyin])
    assert is_mandarin(pinyin, phonemes), phonemes
