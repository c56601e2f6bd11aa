"""A simulated sound card: a command that takes WAV on its standard input, as ``aplay -`` does.

``command:python -m devices.simulated.hardware.speaker FOLDER [--real-time]`` writes into FOLDER/heard, one line a
sound, when it began and ended and what it was; two at once would show there. While FOLDER/no-card stands there it fails
as aplay does without a card; while FOLDER/hangs stands there it never ends.
"""

from __future__ import annotations

import hashlib
import io
import sys
import time
import wave
from pathlib import Path


def main(folder: Path, *, in_real_time: bool) -> int:
    """Play standard input; the exit code of aplay."""
    begun = time.monotonic_ns()
    sound = sys.stdin.buffer.read()
    if (folder / "no-card").exists():
        sys.stderr.write("aplay: main:831: audio open error: No such file or directory\n")
        return 1
    while (folder / "hangs").exists():
        time.sleep(0.01)
    with wave.open(io.BytesIO(sound), "rb") as read:
        length_s, peak = read.getnframes() / read.getframerate(), _peak(read)
    if in_real_time:
        time.sleep(length_s)
    if peak:  # silence is nothing that was heard
        line = f"{begun} {time.monotonic_ns()} {hashlib.sha256(sound).hexdigest()[:16]} {length_s:.3f} {peak}\n"
        with (folder / "heard").open("a") as heard:
            heard.write(line)
    return 0


def _peak(read: wave.Wave_read) -> int:
    frames = read.readframes(read.getnframes())
    pairs = range(0, len(frames) - 1, 2)
    return max((abs(int.from_bytes(frames[at : at + 2], "little", signed=True)) for at in pairs), default=0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), in_real_time="--real-time" in sys.argv))
