"""The bank of recorded clips."""

import math
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from displays.voice.clips import GAPS_S, PAUSE, PROMPTS, ClipBank, clip_tokens, gaps_of
from displays.voice.errors import BadWave, VoiceFailed
from displays.voice.spoken import call_text
from displays.voice.waves import Sound, write_sound

Record = Callable[..., ClipBank]


def voice(rate: int, hz: float, length_s: float) -> Sound:
    return Sound(
        rate, array("h", (round(20_000 * math.cos(math.tau * hz * n / rate)) for n in range(int(length_s * rate))))
    )


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """Makes a bank in which each prompt has its own pitch."""

    def make(*names: str, rate: int = 22_050, length_s: float = 0.3) -> ClipBank:
        for place, name in enumerate(names):
            write_sound(tmp_path / f"{name}.wav", voice(rate, 150 + 10 * place, length_s))
        return ClipBank.open(tmp_path)

    return make


def test_every_prompt_has_its_own_text_and_a_plain_file_name() -> None:
    assert len(set(PROMPTS.values())) == len(PROMPTS)
    assert all(name.replace("_", "").isascii() and name == name.lower() for name in PROMPTS)


def test_the_handbook_names_every_prompt(checkout: Path) -> None:
    handbook = (checkout / "docs" / "voice.md").read_text(encoding="utf-8")
    assert [name for name in PROMPTS if not name.startswith("letter_") and f"`{name}`" not in handbook] == []
    assert "`letter_a` … `letter_z`" in handbook


def test_a_call_is_told_in_clips() -> None:
    assert clip_tokens(call_text("A001", "3", "zh")) == (
        *("qing", "letter_a", "ling", "ling", "yi", "hao", "dao", "san", "haochuangkou"),
    )


def test_the_longest_prompt_wins_and_punctuation_is_a_pause_within_a_sentence() -> None:
    assert clip_tokens("到，十二号窗口。") == ("dao", PAUSE, "shi", "er", "haochuangkou")


def test_a_text_with_an_unrecorded_word_is_not_for_clips(record: Record) -> None:
    tokens = clip_tokens(call_text("A001", "婚姻登记室", "zh"))
    assert tokens is None
    assert not record(*PROMPTS).can_say(tokens)


def test_a_bank_says_what_it_has_and_names_what_is_missing(record: Record) -> None:
    bank = record("qing", "hao", "yi")
    assert bank.can_say(("qing", "yi", "hao"))
    assert not bank.can_say(("qing", "er", "hao"))
    assert not bank.can_say(())
    assert "er" in bank.missing
    assert "yi" not in bank.missing
    with pytest.raises(VoiceFailed) as caught:
        bank.say(("qing", "er"))
    assert caught.value.fields["missing"] == ["er"]


def test_a_full_bank_says_every_call_to_a_numbered_window(record: Record) -> None:
    bank = record(*PROMPTS)
    assert bank.missing == ()
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        for window in (1, 10, 12, 20, 47, 99, 101):
            assert bank.can_say(clip_tokens(call_text(f"{letter}0123456789", str(window), "zh", yao=window % 2 == 0)))


def test_clips_are_joined_with_gaps_and_without_clicks(record: Record) -> None:
    bank = record("qing", "yi", "hao")
    said = bank.say(("qing", "yi", "yi", "hao"))
    steps = [abs(b - a) for a, b in zip([0, *said.samples], [*said.samples, 0], strict=False)]

    _, gaps = gaps_of(("qing", "yi", "yi", "hao"))
    assert gaps[1:] == [GAPS_S["digit", "digit"], GAPS_S["digit", "hao"]]
    assert said.length_s == pytest.approx(4 * 0.3 + sum(gaps), abs=0.002)
    assert max(steps) < 2_000  # a bare join of these clips steps by 20,000


def test_a_new_recording_is_another_sound(record: Record) -> None:
    before = record("qing").digest(("qing",))
    assert record("qing").digest(("qing",)) == before
    assert record("qing", length_s=0.4).digest(("qing",)) != before


def test_a_clip_of_another_rate_is_named(record: Record, tmp_path: Path) -> None:
    record("qing", "hao")
    write_sound(tmp_path / "yi.wav", voice(48_000, 200, 0.3))
    with pytest.raises(BadWave) as caught:
        ClipBank.open(tmp_path)
    assert caught.value.fields["file"] == "yi.wav"
    assert "48000 Hz" in str(caught.value.fields["reason"])


def test_an_empty_clip_is_named(record: Record, tmp_path: Path) -> None:
    write_sound(tmp_path / "qing.wav", Sound(22_050, array("h")))
    with pytest.raises(BadWave) as caught:
        ClipBank.open(tmp_path)
    assert caught.value.fields["file"] == "qing.wav"


def test_no_folder_is_an_empty_bank(tmp_path: Path) -> None:
    assert ClipBank.open(tmp_path / "none").missing == tuple(PROMPTS)
