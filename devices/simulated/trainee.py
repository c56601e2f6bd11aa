"""A window that a person works at while everything around is simulated, and how well they did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean
from typing import Any

from devices.simulated.ledger import Ledger


@dataclass(slots=True)
class Lesson:
    """What a trainee did; spans in real seconds.

    Attributes:
        calls: visitors called. recalls, passed, held: keys pressed. finished: visits ended at the window.
        gaps_s: from the end of one visitor to the call of the next, while somebody waited.
        services_s: from the start to the end.
    """

    calls: int = 0
    recalls: int = 0
    finished: int = 0
    passed: int = 0
    held: int = 0
    gaps_s: list[float] = field(default_factory=list)
    services_s: list[float] = field(default_factory=list)


class Trainee:
    """Watches the desk of one window; the ledger learns what happens there, as from any window."""

    def __init__(self, window: str, ledger: Ledger, end: Callable[[str, str, str], None]) -> None:
        """``end(window, ticket, why)``: sends the visitor away from there."""
        self.window = window
        self.lesson = Lesson()
        self._ledger = ledger
        self._end = end
        self._before: dict[str, Any] | None = None
        self._free_since: datetime | None = None

    def see(self, desk: dict[str, Any]) -> None:
        """Look at the desk; what has changed since the last look is what the trainee did."""
        before, self._before = self._before, desk
        now, was = desk["ticket"], before["ticket"] if before else None
        if was is not None and (now is None or now["id"] != was["id"]):
            self._ended(was, desk)
        if now is None:
            waits = desk["waiting"] and desk["window"]["state"] == "idle"
            self._free_since = (self._free_since or _moment(desk["window"]["since"])) if waits else None
        elif was is None or was["id"] != now["id"]:
            self._called(now)
        elif now["calls"] > was["calls"]:
            self.lesson.recalls += now["calls"] - was["calls"]

    def report(self) -> Iterator[str]:
        """How they did, in both languages."""
        did = self.lesson
        yield f"— training at {self.window} 培训成绩 —"
        yield f"tickets called 呼叫 {did.calls}, finished 办结 {did.finished}, held 挂起 {did.held}"
        yield f"recalls 重呼 {did.recalls}, passes 过号 {did.passed}"
        yield f"mean gap to the next call 平均叫号间隔 {_mean(did.gaps_s)}"
        yield f"mean service 平均办理 {_mean(did.services_s)}"

    def _called(self, ticket: dict[str, Any]) -> None:
        self.lesson.calls += 1
        called_at = ticket["called_at"]
        if self._free_since is not None and called_at is not None:
            self.lesson.gaps_s.append(max(0.0, (_moment(called_at) - self._free_since).total_seconds()))
        self._free_since = None
        self._ledger.called(ticket["id"], ticket["number"], self.window)

    def _ended(self, was: dict[str, Any], desk: dict[str, Any]) -> None:
        id_ = was["id"]
        last = next((one for one in desk["recent"] if one["id"] == id_), None)
        state = last["state"] if last else ""
        if any(one["id"] == id_ for one in desk["held"]):
            self.lesson.held += 1
            why = "form"
        elif state == "passed" or any(one["id"] == id_ for one in desk["passed"]):
            self.lesson.passed += 1
            why = "passed"
        elif state == "done":
            self.lesson.finished += 1
            if was["started_at"] and last and last["at"]:
                self.lesson.services_s.append((_moment(last["at"]) - _moment(was["started_at"])).total_seconds())
            why = "done"
        else:  # sent on, or put back
            why = "on" if was["state"] == "serving" else "back"
        self._ledger.left(id_, "done" if why == "done" else None)
        self._end(self.window, id_, why)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _mean(seconds: list[float]) -> str:
    return f"{fmean(seconds):.0f} s" if seconds else "–"
