"""What makes a sound heard: a command that plays WAV, or a folder that collects the sounds."""

from __future__ import annotations

import array
import asyncio
import contextlib
import io
import math
import os
import shlex
import sys
import wave
from pathlib import Path
from typing import Protocol

from devices.gateway.protocols.errors import HardwareError

GRACE_S = 5.0
"""A player that is still at it so long after the sound's own length hangs."""
FILES = "file:"
COMMAND = "command:"
_KNOWN = {"aplay": ("aplay", "-q", "-"), "paplay": ("paplay",)}
_DEVICE = {"aplay": "-D", "paplay": "-d"}


class NoSound(HardwareError):
    """It cannot be heard; ``code`` says why: ``no_player``, ``no_sound_card``, ``player_hangs``, ``not_wav``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Player(Protocol):
    """Where sounds go."""

    async def play(self, wav: bytes) -> None:
        """Play a sound to its end.

        Raises:
            NoSound: it was not heard, or not to its end.
        """
        ...

    async def probe(self) -> None:
        """Find out whether a sound would be heard.

        Raises:
            NoSound: it would not.
        """
        ...


def player(address: str) -> Player:
    """The player of an address: ``aplay``, ``aplay:plughw:1,0``, ``paplay:SINK``, ``command:…`` or ``file:FOLDER``.

    A command gets the sound on its standard input.

    Raises:
        ValueError: it is none of these.
    """
    name, _, rest = address.partition(":")
    if address.startswith(FILES) and rest:
        return FolderPlayer(Path(rest))
    if address.startswith(COMMAND) and (words := shlex.split(rest)):
        return CommandPlayer(tuple(words))
    if name not in _KNOWN:
        raise ValueError("expected aplay, paplay, command:COMMAND or file:FOLDER")
    first, *others = _KNOWN[name]
    return CommandPlayer((first, *((_DEVICE[name], rest) if rest else ()), *others))


def length_s(wav: bytes) -> float:
    """How long a sound is, seconds.

    Raises:
        NoSound: ``not_wav``.
    """
    with _read(wav) as sound:
        return sound.getnframes() / sound.getframerate()


def at_volume(wav: bytes, volume: float) -> bytes:
    """The sound as loud as wanted, 0 to 1; only 16-bit sounds, as the hall's are, can be made softer.

    Raises:
        NoSound: ``not_wav``.
    """
    volume = min(max(volume, 0.0), 1.0)
    with _read(wav) as sound:
        params, frames = sound.getparams(), sound.readframes(sound.getnframes())
    if volume == 1.0 or params.sampwidth != 2:
        return wav
    samples = array.array("h", frames[: len(frames) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    softer = array.array("h", (int(sample * volume) for sample in samples))
    if sys.byteorder == "big":
        softer.byteswap()
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setparams(params)
        out.writeframes(softer.tobytes())
    return made.getvalue()


def silence(seconds: float = 0.05, rate: int = 22_050) -> bytes:
    """A sound that nobody hears, to try a player with."""
    return _written(array.array("h", bytes(2 * int(rate * seconds))), rate)


def chime(rate: int = 22_050) -> bytes:
    """Three notes that a person hears: which loudspeaker it is, and that it is not the amplifier that is off."""
    notes = [(hz, n) for hz in (523, 659, 784) for n in range(rate * 2 // 5)]
    swell = [math.sin(math.pi * n / (rate * 2 // 5)) * math.sin(math.tau * hz * n / rate) for hz, n in notes]
    return _written(array.array("h", (round(12_000 * value) for value in swell)), rate)


def _written(samples: array.array[int], rate: int) -> bytes:
    if sys.byteorder == "big":
        samples.byteswap()
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return made.getvalue()


class CommandPlayer:
    """Gives sounds to a command, one process for each."""

    def __init__(self, words: tuple[str, ...], *, grace_s: float = GRACE_S) -> None:
        """``words``: the command; no shell reads them."""
        self._words, self._grace_s = words, grace_s

    async def play(self, wav: bytes) -> None:
        """Run the command until it has ended."""
        within_s = length_s(wav) + self._grace_s
        none = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *self._words, stdin=asyncio.subprocess.PIPE, stdout=none, stderr=none
            )
        except OSError as exc:
            raise NoSound("no_player") from exc
        try:
            async with asyncio.timeout(within_s):
                await process.communicate(wav)
        except TimeoutError as exc:
            raise NoSound("player_hangs") from exc
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            raise NoSound("no_sound_card")

    async def probe(self) -> None:
        """Play silence."""
        await self.play(silence())


class FolderPlayer:
    """Keeps sounds as numbered files, for a hall without loudspeakers and for tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def play(self, wav: bytes) -> None:
        """Write the next file."""
        length_s(wav)
        await asyncio.to_thread(self._write, wav)

    async def probe(self) -> None:
        """Look whether files can be written."""
        if not await asyncio.to_thread(os.access, self._folder, os.W_OK):
            raise NoSound("no_folder")

    def _write(self, wav: bytes) -> None:
        try:
            number = 1 + len(list(self._folder.glob("*.wav")))
            part = self._folder / f"{number:05}.part"
            part.write_bytes(wav)
            part.rename(self._folder / f"{number:05}.wav")
        except OSError as exc:
            raise NoSound("no_folder") from exc


def _read(wav: bytes) -> wave.Wave_read:
    try:
        sound = wave.open(io.BytesIO(wav), "rb")  # noqa: SIM115 - the caller closes it
        if sound.getframerate() <= 0:
            raise NoSound("not_wav")
    except (wave.Error, EOFError) as exc:
        raise NoSound("not_wav") from exc
    return sound
