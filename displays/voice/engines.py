"""The hall's engines in their order for each language, the health of each, and the way on when one hangs."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from displays.voice.engine import SpeechEngine
from displays.voice.errors import VoiceError, VoiceUnavailable

log = logging.getLogger(__name__)

REST_S = 30.0
"""A hung engine is left alone so long where another can speak; twice as long each further time in a row."""
LONGEST_REST_S = 600.0


class EngineName(StrEnum):
    """Who may speak."""

    CLIPS = "clips"  # the announcer's own recordings
    SAPI = "sapi"  # Windows' voices
    ESPEAK = "espeak"  # espeak-ng, which comes with the program
    BROWSER = "browser"  # the voice of the board's own machine


class EngineState(StrEnum):
    """How an engine is."""

    ABSENT = "absent"  # not for this machine: Windows' voices on Linux
    UNTRIED = "untried"
    OK = "ok"
    NO_VOICE = "no_voice"  # no engine on this machine, or no voice for the language
    HUNG = "hung"
    FAILED = "failed"  # died or refused


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an engine.

    Attributes:
        state: after its last phrase.
        spoken: phrases rendered since the start of the server.
        replaced: how often it hung or died and was started anew.
        last_error: reason of the last failure, empty where there was none; nothing personal.
        failed_at: when that was.
        spoke_at: when it last rendered a phrase.
        since: since when it has been in this state.
    """

    state: EngineState = EngineState.UNTRIED
    spoken: int = 0
    replaced: int = 0
    last_error: str = ""
    failed_at: datetime | None = None
    spoke_at: datetime | None = None
    since: datetime | None = None


class _Seat:
    """One engine with what is known of it."""

    def __init__(self, engine: SpeechEngine) -> None:
        self.engine = engine
        self.health = Health()
        self.turn = asyncio.Lock()
        self.hung_in_a_row = 0
        self.rests_until = 0.0


class Engines:
    """Renders with the first engine of a language's order that can.

    Args:
        engines: by name; what is not here is absent on this machine.
        now: aware time, for what people are shown.
    """

    def __init__(
        self, engines: Mapping[EngineName, SpeechEngine], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._seats = {name: _Seat(engine) for name, engine in engines.items()}
        self._now = now

    def style(self, name: EngineName, lang: str) -> str | None:
        """What makes this engine sound different from others; None where it does not speak the language."""
        seat = self._seats.get(name)
        return seat.engine.style(lang) if seat else None

    def may_speak(self, name: EngineName, lang: str, *, others: Sequence[EngineName]) -> bool:
        """Whether to ask an engine now: it knows the language, and it does not rest while another could be asked."""
        if self.style(name, lang) is None:
            return False
        return not self._rests(name) or not any(self.style(one, lang) and not self._rests(one) for one in others)

    def health(self) -> dict[EngineName, Health]:
        """Every engine of the program, also what this machine has not."""
        absent = Health(state=EngineState.ABSENT)
        names = (EngineName.SAPI, EngineName.ESPEAK)
        return {name: self._seats[name].health if name in self._seats else absent for name in names}

    async def render(self, name: EngineName, text: str, lang: str, path: Path, *, others: Sequence[EngineName]) -> None:
        """Have one engine speak into the file.

        Raises:
            VoiceFailed: it failed with this phrase.
            VoiceUnavailable: it is not there, or it hung a moment ago and another can speak.
        """
        seat = self._seats.get(name)
        if seat is None:
            raise VoiceUnavailable(reason="no such engine", engine=name)
        async with seat.turn:
            if not self.may_speak(name, lang, others=others):
                raise VoiceUnavailable(reason="rests", engine=name)
            try:
                await seat.engine.render(text, lang, path)
            except VoiceError as exc:
                self._failed(name, seat, exc)
                raise

    def spoke(self, name: EngineName) -> None:
        """Note that what an engine made was found to be speech."""
        seat = self._seats.get(name)
        if seat is None:
            return
        seat.hung_in_a_row, seat.rests_until = 0, 0.0
        health = seat.health
        now = self._now()
        since = health.since if health.state is EngineState.OK else now
        seat.health = msgspec.structs.replace(
            health, state=EngineState.OK, spoken=health.spoken + 1, spoke_at=now, since=since
        )

    def refused(self, name: EngineName, exc: VoiceError) -> None:
        """Note that what an engine made is no speech."""
        if seat := self._seats.get(name):
            self._failed(name, seat, exc)

    async def close(self) -> None:
        """End all of them."""
        await asyncio.gather(*(seat.engine.close() for seat in self._seats.values()))

    def _rests(self, name: EngineName) -> bool:
        seat = self._seats.get(name)
        return seat is not None and asyncio.get_running_loop().time() < seat.rests_until

    def _failed(self, name: EngineName, seat: _Seat, exc: VoiceError) -> None:
        reason = str(exc.fields.get("reason", exc.code))
        state = _state(exc, reason)
        now = self._now()
        if state is EngineState.HUNG:
            seat.hung_in_a_row += 1
            rest_s = min(LONGEST_REST_S, REST_S * 2 ** (seat.hung_in_a_row - 1))
            seat.rests_until = asyncio.get_running_loop().time() + rest_s
        seat.health = msgspec.structs.replace(
            seat.health,
            state=state,
            replaced=seat.health.replaced + int(reason in {"hung", "died"}),
            last_error=reason[:200],
            failed_at=now,
            since=seat.health.since if seat.health.state is state else now,
        )
        log.warning("voice engine %s: %s", name, reason, extra={"action": "voice.engine_failed"})


def _state(exc: VoiceError, reason: str) -> EngineState:
    if isinstance(exc, VoiceUnavailable):
        return EngineState.NO_VOICE
    return EngineState.HUNG if reason == "hung" else EngineState.FAILED
