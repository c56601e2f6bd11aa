"""The deeds of managers today, as the log shows them and as they are taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hall_queue.model import PauseReason
from hall_queue.notices.messages import EmergencyRaised, NoticeBroadcast


class DeedKind(StrEnum):
    """What was done."""

    PINNED = "pinned"  # 置顶
    UNPINNED = "unpinned"
    MOVED = "moved"  # 调整
    REASSIGNED = "reassigned"  # 调整窗口业务
    LINE_CLOSED = "line_closed"
    LINE_OPENED = "line_opened"
    WINDOW_OPENED = "window_opened"
    WINDOW_PAUSED = "window_paused"
    WINDOW_RESUMED = "window_resumed"
    WINDOW_CLOSED = "window_closed"
    RULES_SAVED = "rules_saved"
    NOTICE_BROADCAST = "notice_broadcast"
    NOTICE_WITHDRAWN = "notice_withdrawn"
    EMERGENCY_RAISED = "emergency_raised"
    EMERGENCY_LIFTED = "emergency_lifted"


@dataclass(frozen=True, slots=True)
class Waited:
    """Where a ticket waited."""

    line: str
    matter: str | None
    window: str | None
    staff: str | None


@dataclass(frozen=True, slots=True)
class Skills:
    """What a window served."""

    lines: tuple[str, ...]
    matters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sat:
    """Who sat at a window, and why it paused."""

    staff: str | None
    why: PauseReason | None = None


Before = Waited | Skills | Sat | NoticeBroadcast | EmergencyRaised | None
"""What a deed must know to be taken back."""


@dataclass(slots=True, kw_only=True)
class Deed:
    """One deed.

    Attributes:
        id: its place in the journal.
        target: id of the ticket, line, window, notice or emergency.
        after: where that can tell whether things have moved on meanwhile.
        undoes, undone_by: the deeds on the other side of an undo.
    """

    id: str
    at: datetime
    by: str
    kind: DeedKind
    target: str
    reason: str
    before: Before = None
    after: Before = None
    undoes: str | None = None
    undone_by: str | None = None
