"""The folder of finished sounds."""

import os
from array import array
from pathlib import Path

import pytest

from displays.voice.cache import CacheFolder
from displays.voice.waves import Sound, read_sound

ONE_KB = Sound(22_050, array("h", [1_000] * 490))


def opened(folder: Path, *, max_bytes: int = 1_000_000) -> CacheFolder:
    cache = CacheFolder(folder, max_bytes=max_bytes)
    cache.open()
    return cache


def used_at(path: Path, second: int) -> None:
    os.utime(path, (second, second))


def test_a_kept_sound_is_found_and_nothing_else_is(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    assert cache.find("a") is None
    path = cache.keep("a", ONE_KB)
    assert cache.find("a") == path
    assert read_sound(path) == ONE_KB
    assert os.listdir(tmp_path) == ["a.wav"]


def test_beyond_its_size_the_least_recently_used_goes(tmp_path: Path) -> None:
    cache = opened(tmp_path, max_bytes=3_200)
    for second, key in enumerate("abc"):
        used_at(cache.keep(key, ONE_KB), second)
    cache.find("a")
    cache.keep("d", ONE_KB)
    assert sorted(os.listdir(tmp_path)) == ["a.wav", "c.wav", "d.wav"]


def test_what_was_just_kept_stays_even_if_it_is_too_large(tmp_path: Path) -> None:
    cache = opened(tmp_path, max_bytes=100)
    cache.keep("a", ONE_KB)
    cache.keep("b", ONE_KB)
    assert os.listdir(tmp_path) == ["b.wav"]


def test_what_an_earlier_run_left_unfinished_is_removed_once(tmp_path: Path) -> None:
    opened(tmp_path).unfinished("old").write_bytes(b"half")
    cache = opened(tmp_path)
    assert os.listdir(tmp_path) == []
    cache.unfinished("new").write_bytes(b"being written")
    cache.open()
    assert cache.unfinished("new").exists()


def test_a_sound_that_cannot_be_kept_leaves_nothing(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(OSError, match=r"a\.wav"):
        cache.keep("a", ONE_KB)
    assert os.listdir(tmp_path) == ["a.wav"]


def test_a_folder_deleted_meanwhile_is_made_again(tmp_path: Path) -> None:
    cache = opened(tmp_path / "voice")
    (tmp_path / "voice").rmdir()
    cache.open()
    assert cache.keep("a", ONE_KB).exists()
