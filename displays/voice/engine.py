"""The speech engine: the port, and pyttsx3 in a child process that is replaced when it hangs or dies.

The same child serves espeak-ng and Windows' SAPI5: what differs is the driver's name and how voices are named.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from displays.voice.errors import VoiceFailed, VoiceUnavailable
from displays.voice.marks import respelt

log = logging.getLogger(__name__)

LONGEST_TEXT = 500
"""Characters of one phrase; a notice that is longer is no announcement."""

RETRY_S = 60.0
"""After the machine turned out to have no engine, the next look for one."""


class SpeechEngine(Protocol):
    """Turns a text into a WAV file."""

    def style(self, lang: str) -> str | None:
        """What makes the same text sound different (engine, voice, rate), or None for a language it does not speak."""

    async def render(self, text: str, lang: str, path: Path) -> None:
        """Speaks the text, which may hold the marks of `marks.py`, into the file.

        Raises:
            VoiceFailed: This phrase failed; the next may not.
            VoiceUnavailable: There is no engine, or none for the language.
        """

    async def close(self) -> None:
        """Ends what was started."""


class EspeakVoice(msgspec.Struct, frozen=True, kw_only=True):
    """One voice.

    Attributes:
        name: As espeak names it; of SAPI5 a part of the voice's name, or the language (`zh-CN`).
        rate: Words per minute, 80 to 450.
    """

    name: str
    rate: int


VOICES: Mapping[str, EspeakVoice] = {
    "zh": EspeakVoice(name="sit/cmn-Latn-pinyin", rate=150),
    "en": EspeakVoice(name="gmw/en", rate=150),
    "yue": EspeakVoice(name="sit/yue", rate=150),
}
"""`cmn` of espeak-ng 1.51 reads pinyin as English; `cmn-Latn-pinyin` is right in 1.51 and 1.52."""

SAPI_VOICES: Mapping[str, EspeakVoice] = {
    "zh": EspeakVoice(name="zh-CN", rate=180),
    "en": EspeakVoice(name="en", rate=180),
    "yue": EspeakVoice(name="zh-HK", rate=180),
}
"""The first voice of the language; a hall may name one (`Huihui`)."""

CHILD: Sequence[str] = (sys.executable, "-P", str(Path(__file__).with_name("engine_process.py")))


class _Ready(msgspec.Struct, frozen=True):
    ready: bool
    engine: str = ""
    reason: str = ""


class _Reply(msgspec.Struct, frozen=True):
    id: int
    ok: bool
    reason: str = ""
    missing: bool = False


class Pyttsx3Engine:
    """pyttsx3 in one child process, started with the first phrase, one phrase at a time.

    Args:
        deadline_s: For one phrase; beyond it the child is killed. None waits for ever: only the negative control of
            the fault test asks for that.
        start_deadline_s: For the start of a child, before its first phrase.
        voices: Language → voice.
        command: What is started as the child.
        driver: Of pyttsx3: `espeak` or `sapi5`.
    """

    def __init__(
        self,
        *,
        deadline_s: float | None = 10.0,
        start_deadline_s: float = 10.0,
        voices: Mapping[str, EspeakVoice] = VOICES,
        command: Sequence[str] = CHILD,
        driver: str = "espeak",
    ) -> None:
        self._deadline_s = deadline_s
        self._start_deadline_s = start_deadline_s
        self._voices = dict(voices)
        self._driver = driver
        self._command = (*command, driver)
        self._one_at_a_time = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._closed = False
        self._asked = 0
        self._missing: tuple[float, str] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.pid if self._child is not None else None

    def style(self, lang: str) -> str | None:
        """Driver, voice and rate."""
        voice = self._voices.get(lang)
        return f"{self._driver} {voice.name} {voice.rate}" if voice else None

    def use_voices(self, voices: Mapping[str, EspeakVoice]) -> None:
        """Takes other voices from the next phrase on."""
        self._voices = dict(voices)

    async def render(self, text: str, lang: str, path: Path) -> None:
        """Speaks the text into a WAV of 22,050 Hz.

        Raises:
            VoiceFailed: Nothing to say, too long, refused, hung (killed after `deadline_s`) or crashed.
            VoiceUnavailable: No engine on this machine, no voice for the language, or closed.
        """
        voice = self._voices.get(lang)
        if voice is None:
            raise VoiceUnavailable(reason="no voice for the language", lang=lang)
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise VoiceFailed(reason=f"a phrase has 1 to {LONGEST_TEXT} characters", length=len(text))
        given = text if self._driver == "espeak" else respelt(text)
        async with self._one_at_a_time:
            reply = await self._ask(
                {"text": given, "lang": lang, "voice": voice.name, "rate": voice.rate, "path": str(path)}
            )
        if reply.missing:
            raise VoiceUnavailable(reason=reply.reason, lang=lang)
        if not reply.ok:
            raise VoiceFailed(reason=reply.reason, lang=lang)

    async def close(self) -> None:
        """Ends the child; a phrase that is being rendered fails."""
        self._closed = True
        await self._end_child()

    async def _ask(self, request: dict[str, object]) -> _Reply:
        """Sends one request and reads its reply; whatever goes wrong, no child in an unknown state is left."""
        try:
            async with asyncio.timeout(self._start_deadline_s):
                child = await self._running()
            self._asked += 1
            async with asyncio.timeout(self._deadline_s):
                return await _exchange(child, {"id": self._asked, **request})
        except TimeoutError as exc:
            await self._end_child()
            log.warning("voice engine hung and was killed", extra={"action": "voice.hung"})
            raise VoiceFailed(reason="hung") from exc
        except (OSError, EOFError, ValueError) as exc:
            await self._end_child()
            log.warning("voice engine died: %s", exc, extra={"action": "voice.died"})
            raise VoiceFailed(reason="died") from exc
        except asyncio.CancelledError:
            await self._end_child()
            raise

    async def _running(self) -> asyncio.subprocess.Process:
        if self._closed:
            raise VoiceUnavailable(reason="closed")
        if self._child is None or self._child.returncode is not None:
            await self._end_child()
            self._refuse_while_missing()
            self._child = await self._started()
        return self._child

    def _refuse_while_missing(self) -> None:
        if self._missing and asyncio.get_running_loop().time() < self._missing[0]:
            raise VoiceUnavailable(reason=self._missing[1])
        self._missing = None

    async def _started(self) -> asyncio.subprocess.Process:
        """A child that said it can speak; its session is its own, so Ctrl-C reaches it through us only."""
        pipe = asyncio.subprocess.PIPE
        self._child = child = await asyncio.create_subprocess_exec(
            *self._command, stdin=pipe, stdout=pipe, start_new_session=True
        )
        ready = msgspec.json.decode(await _line(child), type=_Ready)
        if not ready.ready:
            await self._end_child()
            self._missing = asyncio.get_running_loop().time() + RETRY_S, ready.reason
            log.error("no voice engine: %s", ready.reason, extra={"action": "voice.unavailable"})
            raise VoiceUnavailable(reason=ready.reason)
        log.info("voice engine %s %s, pid %s", self._driver, ready.engine, child.pid, extra={"action": "voice.started"})
        return child

    async def _end_child(self) -> None:
        """SIGKILL also ends a stopped process; a child has nothing to save."""
        child, self._child = self._child, None
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        if child.stdin is not None:
            child.stdin.close()
        await child.wait()


async def _exchange(child: asyncio.subprocess.Process, request: dict[str, object]) -> _Reply:
    """Raises EOFError, OSError or ValueError when the child has ended or talks nonsense."""
    if child.stdin is None:
        raise EOFError("no pipe")
    child.stdin.write(msgspec.json.encode(request) + b"\n")
    await child.stdin.drain()
    reply = msgspec.json.decode(await _line(child), type=_Reply)
    if reply.id != request["id"]:
        raise ValueError(f"reply {reply.id} to request {request['id']}")
    return reply


async def _line(child: asyncio.subprocess.Process) -> bytes:
    line = await child.stdout.readline() if child.stdout is not None else b""
    if not line.endswith(b"\n"):
        raise EOFError("the child ended")
    return line
