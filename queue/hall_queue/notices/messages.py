"""What is wanted of notices and emergencies, and what happens to them; both outlast midnight and restarts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from hall_queue.causes import Cause
from hall_queue.notices.model import EmergencyKind, NoticeKind
from hall_server.messages import Command, LastingEvent


class BroadcastNotice(Command, frozen=True, kw_only=True):
    """Show a notice in some zones, or in the whole hall, until a time."""

    zh: str
    en: str = ""
    zones: tuple[str, ...] = ()
    kind: NoticeKind = NoticeKind.INFO
    until: datetime
    reason: str


class WithdrawNotice(Command, frozen=True, kw_only=True):
    """Take a notice off the screens before its time."""

    notice: str
    reason: str


class RaiseEmergency(Command, frozen=True, kw_only=True):
    """Tell everybody that something has happened; an earlier emergency is replaced. Empty texts: the kind's own."""

    kind: EmergencyKind
    zh: str = ""
    en: str = ""
    do_zh: str = ""
    do_en: str = ""
    stops_issuing: bool = True
    stops_calling: bool | None = None
    reason: str


class LiftEmergency(Command, frozen=True, kw_only=True):
    """Tell everybody that it is over."""

    reason: str


class NoticeEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to one notice."""

    notice: str

    @property
    def subject(self) -> str:
        """The notice."""
        return f"notice:{self.notice}"


class NoticeBroadcast(NoticeEvent, frozen=True, kw_only=True):
    """A notice is shown from now on; ``cause``: why the hall wrote it by itself."""

    type: ClassVar[str] = "notice.broadcast"
    version: ClassVar[int] = 2
    zh: str
    en: str
    zones: tuple[str, ...]
    kind: NoticeKind
    until: datetime
    reason: str
    cause: Cause | None = None


class NoticeWithdrawn(NoticeEvent, frozen=True, kw_only=True):
    """A notice is no longer shown; ``cause``: why the hall took it off by itself."""

    type: ClassVar[str] = "notice.withdrawn"
    version: ClassVar[int] = 2
    reason: str
    cause: Cause | None = None


class EmergencyEvent(LastingEvent, frozen=True, kw_only=True):
    """Something that happened to one emergency."""

    emergency: str

    @property
    def subject(self) -> str:
        """The emergency."""
        return f"emergency:{self.emergency}"


class EmergencyRaised(EmergencyEvent, frozen=True, kw_only=True):
    """Every screen of the hall says so from now on."""

    type: ClassVar[str] = "emergency.raised"
    kind: EmergencyKind
    zh: str
    en: str
    do_zh: str
    do_en: str
    stops_issuing: bool
    stops_calling: bool
    reason: str


class EmergencyLifted(EmergencyEvent, frozen=True, kw_only=True):
    """It is over."""

    type: ClassVar[str] = "emergency.lifted"
    reason: str


EVENTS = (NoticeBroadcast, NoticeWithdrawn, EmergencyRaised, EmergencyLifted)
