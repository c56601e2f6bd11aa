"""The server's own sound card: one sound after another at its volume, and a player that hangs or is missing is told."""

import sys
from array import array
from datetime import UTC, datetime
from pathlib import Path

import pytest

from displays.speech import sound_card
from displays.speech.sound_card import SoundCard
from displays.voice.waves import Sound, read_sound, write_sound

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KEEPS = "import pathlib, sys; folder = pathlib.Path(sys.argv[1]); n = len(list(folder.iterdir()))\n"
KEEPS += "(folder / f'{n}.wav').write_bytes(sys.stdin.buffer.read())"


def player(program: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program, *arguments)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A tenth of a second at 10,000."""
    path = tmp_path / "sound.wav"
    write_sound(path, Sound(8_000, array("h", [10_000] * 800)))
    return path


@pytest.mark.gen_test
async def test_sounds_are_played_in_order_at_their_volume(tmp_path: Path, sound: Path) -> None:
    heard = tmp_path / "heard"
    heard.mkdir()
    card = SoundCard(now=lambda: NOW, player=player(KEEPS, str(heard)))
    for volume in (1.0, 0.5, 0.3):
        card.play(sound, volume)
    await card.idle()
    assert [read_sound(heard / f"{n}.wav").peak for n in range(3)] == [10_000, 5_000, 3_000]
    assert card.trouble == ""


@pytest.mark.gen_test
async def test_a_card_that_cannot_play_is_told_until_it_can(tmp_path: Path, sound: Path) -> None:
    broken = tmp_path / "broken"
    program = "import pathlib, sys; sys.stdin.buffer.read()\n"
    program += f"pathlib.Path({str(broken)!r}).exists() and sys.exit('no soundcards found')"
    card = SoundCard(now=lambda: NOW, player=player(program))
    broken.touch()
    card.play(sound, 1)
    await card.idle()
    assert (card.trouble, card.since) == ("no soundcards found", NOW)
    broken.unlink()
    card.play(sound, 1)
    await card.idle()
    assert (card.trouble, card.since) == ("", None)


@pytest.mark.gen_test
async def test_a_player_that_hangs_is_killed(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_card, "MORE_S", 0.2)
    card = SoundCard(now=lambda: NOW, player=player("import time; time.sleep(60)"))
    card.play(sound, 1)
    await card.idle()
    assert card.trouble == "hung"


@pytest.mark.gen_test
async def test_a_machine_without_a_player_says_so(tmp_path: Path, sound: Path) -> None:
    card = SoundCard(now=lambda: NOW, player=(str(tmp_path / "no-such-player"),))
    assert not card.is_there
    card.play(sound, 1)
    await card.idle()
    assert "no-such-player" in card.trouble
    card.play(tmp_path / "gone.wav", 1)
    await card.idle()
    assert card.trouble != ""
