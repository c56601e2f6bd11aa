"""What a manager approves for publication, and that it was approved; it outlasts midnight and restarts."""

from __future__ import annotations

from typing import ClassVar

from dashboards.efficiency.model import Publication
from hall_server.messages import Command, LastingEvent


class SetPublication(Command, frozen=True, kw_only=True):
    """Publish this and no more, for the reason given."""

    publication: Publication
    reason: str


class PublicationSet(LastingEvent, frozen=True, kw_only=True):
    """This is published from now on."""

    type: ClassVar[str] = "efficiency.publication_set"
    publication: Publication
    reason: str

    @property
    def subject(self) -> str:
        """The rules of publication."""
        return "rules:efficiency"


EVENTS = (PublicationSet,)
