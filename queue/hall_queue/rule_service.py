"""Decides on changes of the rules: a manager, a reason, values that do not contradict each other; all or nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from hall_queue.rule_events import RulesSaved, SaveRules
from hall_queue.rulebook import Rulebook
from hall_server.directory.directory import Directory
from hall_server.directory.wording import text_fault
from hall_server.errors import Forbidden, Invalid, NotFound
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome

REASON_LIMIT = 200


class OwnRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the hall and those lines that were changed have set by themselves, after a change."""

    hall: dict[str, Any]
    lines: dict[str, dict[str, Any]]


class RuleService:
    """The handler of :class:`SaveRules`; what it decides holds from the next ticket or call on."""

    def __init__(self, rulebook: Rulebook, directory: Directory) -> None:
        self._rulebook = rulebook
        self._directory = directory

    def save(self, command: SaveRules, context: Context) -> Outcome:
        """Set rules; the same values again change nothing. Replies with :class:`OwnRules`.

        Raises:
            Forbidden: ``rules.managers_only``.
            Invalid: ``rules.needs_reason``, ``rules.reason_unfit``, ``rules.line_unknown`` (the guide desk's), or what
                :meth:`Rulebook.plan` refuses, with the field.
            NotFound: ``line.unknown``.
        """
        if not context.actor.may(Role.MANAGER, Role.ADMIN):
            raise Forbidden("rules.managers_only")
        reason = _reason(command.reason)
        changes = _changes(command)
        for line in changes:
            if line is not None and line not in self._directory.lines:
                raise NotFound("line.unknown", line=line)
        after = self._rulebook.plan(changes)
        self._check_guide_line(after.get(None, {}))
        events = tuple(
            RulesSaved(line=line, values=own, reason=reason)
            for line, own in after.items()
            if own != self._rulebook.changed.get(line, {})
        )
        return Outcome(events=events, reply=lambda: self._own(changes))

    def _check_guide_line(self, own: dict[str, Any]) -> None:
        guide = own.get("guide_line")
        if guide is not None and ((line := self._directory.lines.get(guide)) is None or not line.active):
            raise Invalid("rules.line_unknown", field="guide_line", value=guide[:60])

    def _own(self, changes: dict[str | None, dict[str, Any]]) -> OwnRules:
        changed = self._rulebook.changed
        lines = {line: changed.get(line, {}) for line in changes if line is not None}
        return OwnRules(hall=changed.get(None, {}), lines=lines)


def _changes(command: SaveRules) -> dict[str | None, dict[str, Any]]:
    changes: dict[str | None, dict[str, Any]] = {command.line: dict(command.values)}
    for line, values in command.lines.items():
        changes[line] = {**changes.get(line, {}), **values}
    return {line: values for line, values in changes.items() if values}


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise Invalid("rules.needs_reason", field="reason")
    if text_fault(reason, limit=REASON_LIMIT):
        raise Invalid("rules.reason_unfit", field="reason", limit=REASON_LIMIT)
    return reason
