"""What is wanted of the announcer's recordings, and what happens to them; the sounds themselves lie in a folder."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from hall_server.messages import Command, LastingEvent

DIGEST = r"^[0-9a-f]{64}$"


class KeepTake(Command, frozen=True, kw_only=True):
    """Speak a prompt with a clip that lies in the store."""

    prompt: str
    text: Annotated[str, Meta(max_length=40)]
    digest: Annotated[str, Meta(pattern=DIGEST)]


class UndoTake(Command, frozen=True, kw_only=True):
    """Go back to the clip before, or to none."""

    prompt: str


class TakeKept(LastingEvent, frozen=True, kw_only=True):
    """A prompt is spoken with this clip from now on.

    Attributes:
        text: what is said in it.
        digest: SHA-256 of its file, which is its name in the store.
    """

    type: ClassVar[str] = "voice.take_kept"
    prompt: str
    text: str
    digest: str

    @property
    def subject(self) -> str:
        """The prompt."""
        return f"prompt:{self.prompt}"


class TakeUndone(LastingEvent, frozen=True, kw_only=True):
    """The last clip of a prompt is not used any more; the one before is, where there was one."""

    type: ClassVar[str] = "voice.take_undone"
    prompt: str
    digest: str

    @property
    def subject(self) -> str:
        """The prompt."""
        return f"prompt:{self.prompt}"
