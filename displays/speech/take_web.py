"""The announcer's recordings over HTTP: what is to be read, a new recording, the one before, a clip to hear."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from displays.speech.prompts import Prompt, missing, prompts
from displays.speech.take_events import KeepTake, UndoTake
from displays.speech.take_service import KeptTake
from displays.speech.take_store import TakeAbout
from displays.voice.takes import LOUDNESS_DB, RATE, BadTake, made
from hall_server.errors import Invalid, NotFound, Refused, Unavailable
from hall_server.web.handlers import ApiHandler

if TYPE_CHECKING:
    from displays.voice_room import Voice


class TakeGiven(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recording: a WAV in base64, and who speaks."""

    wav: bytes
    announcer: Annotated[str, Meta(max_length=40)] = ""


class TakeShown(msgspec.Struct, frozen=True, kw_only=True):
    """The clip in use: its address, when and by whom it was read, how it was heard."""

    audio: str
    at: str
    announcer: str
    length_s: float
    heard_db: float
    over_noise_db: float | None


class PromptShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something to read.

    Attributes:
        needed: whether today's lines and windows need it; of: which, where not all.
        take: what is spoken now; None: nothing yet, or a file of the hall's own folder (``from_folder``).
        before: how many recordings one may go back to.
    """

    name: str
    text: str
    needed: bool
    of: tuple[str, ...]
    take: TakeShown | None
    from_folder: bool
    before: int


class PromptsPicture(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/voice/prompts`.

    Attributes:
        missing: names of needed prompts that nobody has read. rate: of every clip. loudness_db: likewise.
    """

    prompts: tuple[PromptShown, ...]
    missing: tuple[str, ...]
    rate: int
    loudness_db: float


class _TakesHandler(ApiHandler):
    """What the handlers of recordings share."""

    voice: Voice

    def found(self) -> tuple[Prompt, ...]:
        """All prompts of this hall."""
        return prompts(self.server.directory, self.voice.speech)

    def named(self, name: str) -> Prompt:
        """One of them.

        Raises:
            NotFound: ``voice.prompt_unknown``.
        """
        known = next((one for one in self.found() if one.name == name), None)
        if known is None:
            raise NotFound("voice.prompt_unknown", prompt=name[:60])
        return known

    async def shown(self, prompt: Prompt) -> PromptShown:
        """A prompt as the page shows it."""
        take = self.voice.takes.used.get(prompt.name)
        about = await asyncio.to_thread(self.voice.store.about, take.digest) if take else TakeAbout()
        clip = _take(take, about) if take else None
        return PromptShown(
            name=prompt.name,
            text=prompt.text,
            needed=prompt.needed,
            of=prompt.of,
            take=clip,
            from_folder=take is None and prompt.name in self.voice.recorded.recorded,
            before=self.voice.takes.before(prompt.name),
        )


def _take(take: KeptTake, about: TakeAbout) -> TakeShown:
    return TakeShown(
        audio=f"/api/v1/voice/takes/{take.digest}.wav",
        at=take.at,
        announcer=about.announcer,
        length_s=about.length_s,
        heard_db=about.heard_db,
        over_noise_db=about.over_noise_db,
    )


class PromptsHandler(_TakesHandler):
    """Everything to read."""

    async def get(self) -> None:
        """Answer with all prompts and what is recorded."""
        found = self.found()
        await self.server.settled()
        self.answer(
            PromptsPicture(
                prompts=tuple([await self.shown(one) for one in found]),
                missing=missing(found, self.voice.recorded.recorded),
                rate=RATE,
                loudness_db=LOUDNESS_DB,
            )
        )


class TakeHandler(_TakesHandler):
    """The recording of one prompt."""

    async def post(self, prompt: str) -> None:
        """Judge a recording, make a clip of it, keep it, and speak with it from now on."""
        known, given = self.named(prompt), self.read(TakeGiven)
        announcer = given.announcer.strip()
        if any(not letter.isprintable() for letter in announcer):
            raise Invalid("voice.announcer_unfit", field="announcer")
        try:
            take = await asyncio.to_thread(made, given.wav, known.text)
            about = TakeAbout(
                announcer=announcer,
                length_s=take.length_s,
                heard_db=take.heard_db,
                over_noise_db=take.over_noise_db,
            )
            digest = await asyncio.to_thread(self.voice.store.put, take.sound, about)
        except BadTake as exc:
            raise Refused(exc.code, **{"prompt": prompt, **exc.fields}) from exc
        except OSError as exc:
            raise Unavailable("voice.take_not_kept") from exc
        command = KeepTake(prompt=prompt, text=known.text, digest=digest)
        await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        await self.voice.reload()
        self.answer(await self.shown(known))

    async def delete(self, prompt: str) -> None:
        """Go back to the recording before, or to none."""
        known = self.named(prompt)
        await self.server.execute(UndoTake(prompt=prompt), actor=self.actor, command_id=self.command_id)
        await self.voice.reload()
        self.answer(await self.shown(known))


class ClipHandler(_TakesHandler):
    """A clip to hear."""

    async def get(self, digest: str) -> None:
        """Answer with the WAV."""
        path = await asyncio.to_thread(self.voice.store.path, digest)
        if path is None:
            raise NotFound("voice.unknown", sound=digest[:64])
        self.set_header("Content-Type", "audio/wav")
        self.finish(await asyncio.to_thread(path.read_bytes))
