"""The voice over HTTP: its rules, a listen to what would be said, the announcer's recordings, and their two pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from displays.speech.listening import Heard, Listen, listened
from displays.speech.pictures import KEY, TOPIC, SpeechView, VoicePicture, VoicePictures
from displays.speech.rule_events import SaveVoiceRules
from displays.speech.rule_service import OwnVoiceRules
from displays.speech.take_web import ClipHandler, PromptsHandler, PromptShown, PromptsPicture, TakeGiven, TakeHandler
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import page_routes
from hall_server.web.routes import MANAGER, SIGNED_IN, Route, Verb

if TYPE_CHECKING:
    from displays.voice_room import Voice
    from hall_server.server import Server

PAGES = Path(__file__).parents[1] / "pages"
TAKE_BYTES = 5 * 1024 * 1024
"""Ten seconds of 48 kHz, 24 bits, two channels, in base64."""


class VoiceRulesChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules by place (``hall``, ``zone:{id}``, ``line:{id}``) and name, set together; null gives a rule back."""

    changes: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    reason: Annotated[str, Meta(max_length=400)] = ""


class VoiceRulesHandler(ApiHandler):
    """The rules of the voice."""

    async def get(self) -> None:
        """Answer with the picture that the live feed shows."""
        await self.answer_picture(TOPIC, KEY)

    async def patch(self) -> None:
        """Set some of them."""
        change = self.read(VoiceRulesChange)
        await self.run(SaveVoiceRules(changes=change.changes, reason=change.reason))


class ListenHandler(ApiHandler):
    """What the hall would say."""

    voice: Voice

    async def post(self) -> None:
        """Render a call as it would be heard, also with rules that are not saved yet."""
        wanted = self.read(Listen)
        heard = await listened(self.voice, self.server.directory, wanted)
        self.server.live.refresh(f"{TOPIC}/{KEY}")
        await asyncio.sleep(0)
        self.answer(heard)


def install(server: Server, voice: Voice, who: Callable[[str], str]) -> None:
    """Add the live view, the routes and the pages; ``who`` gives the name of a member of staff."""
    pictures = VoicePictures(voice, server.directory, who, ZoneInfo(server.settings.timezone))
    server.view(TOPIC, SpeechView(pictures))
    with_voice = {"voice": voice}
    shown = Verb(access=MANAGER, summary="Every rule of the voice, its engines and their health", reply=VoicePicture)
    changed = Verb(access=MANAGER, summary="Change rules of the voice", request=VoiceRulesChange, reply=OwnVoiceRules)
    listen = Verb(access=MANAGER, summary="Render a call as the hall would say it", request=Listen, reply=Heard)
    read = Verb(access=MANAGER, summary="What the announcer has read and is to read", reply=PromptsPicture)
    given = Verb(access=MANAGER, summary="A recording of a prompt (WAV, base64)", request=TakeGiven, reply=PromptShown)
    undone = Verb(access=MANAGER, summary="Go back to the recording before", reply=PromptShown)
    clip = Verb(access=MANAGER, summary="A recording as it is spoken", media="audio/wav")
    server.route(
        Route("/api/v1/voice", VoiceRulesHandler, {"GET": shown, "PATCH": changed}),
        Route("/api/v1/voice/listen", ListenHandler, {"POST": listen}, options=with_voice),
        Route("/api/v1/voice/prompts", PromptsHandler, {"GET": read}, options=with_voice),
        Route(
            "/api/v1/voice/prompts/{prompt}/take",
            TakeHandler,
            {"POST": given, "DELETE": undone},
            body_limit=TAKE_BYTES,
            options=with_voice,
        ),
        Route("/api/v1/voice/takes/{digest:[0-9a-f]+}.wav", ClipHandler, {"GET": clip}, options=with_voice),
        *page_routes(
            "displays",
            PAGES,
            {"/manager/voice": "voice-rules.html", "/manager/voice/record": "voice-record.html"},
            access=SIGNED_IN,
        ),
    )
