"""Broadcasting and withdrawing notices, raising and lifting an emergency (domain rule 21)."""

from __future__ import annotations

from datetime import datetime, timedelta

from hall_queue.notices import messages as n
from hall_queue.notices.model import DEFAULTS
from hall_queue.notices.state import Notices
from hall_queue.notices.words import reason_of, written
from hall_server.directory.directory import Directory
from hall_server.errors import Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Role
from hall_server.outcome import Context, Outcome

TEXT_MOST = 120
"""Longest notice and headline, characters: what a board shows in two lines."""
DO_MOST = 200
"""Longest word of what to do, characters."""
SHOWN_MOST = 20
"""Notices at once: more than that nobody reads."""
LONGEST = timedelta(days=31)
"""A notice ends by itself after this at the latest."""


class NoticeHandlers:
    """Handlers of the commands about notices and emergencies."""

    def __init__(self, notices: Notices, directory: Directory) -> None:
        self._notices = notices
        self._directory = directory

    def broadcast(self, command: n.BroadcastNotice, context: Context) -> Outcome:
        """Show a notice. Replies with it.

        Raises:
            Forbidden: not a manager.
            Invalid: no text or reason, a text too long, an unknown zone, a time that is over or too far.
            Refused: ``notice.too_many``.
        """
        _require_manager(context)
        reason = reason_of(command.reason)
        self._check_place(command.zones)
        _check_until(command.until, context.now)
        if len(self._notices.shown(context.now)) >= SHOWN_MOST:
            raise Refused("notice.too_many", most=SHOWN_MOST)
        event = n.NoticeBroadcast(
            notice=context.ids.new(),
            zh=written(command.zh, field="zh", most=TEXT_MOST),
            en=written(command.en, field="en", most=TEXT_MOST * 2, is_needed=False),
            zones=tuple(dict.fromkeys(command.zones)),
            kind=command.kind,
            until=command.until,
            reason=reason,
        )
        return Outcome(events=(event,), reply=lambda: self._notices.notices[event.notice])

    def withdraw(self, command: n.WithdrawNotice, context: Context) -> Outcome:
        """Take a notice off.

        Raises:
            Forbidden: not a manager.
            Invalid: no reason.
            NotFound: it is not shown any more.
        """
        _require_manager(context)
        reason = reason_of(command.reason)
        found = self._notices.notices.get(command.notice)
        if found is None or found.until <= context.now:
            raise NotFound("notice.unknown", notice=command.notice)
        return Outcome(events=(n.NoticeWithdrawn(notice=found.id, reason=reason),), reply=lambda: found)

    def raise_(self, command: n.RaiseEmergency, context: Context) -> Outcome:
        """Raise an emergency; the newest word counts, also over an earlier emergency. Replies with it.

        Raises:
            Forbidden: not a manager.
            Invalid: no reason, or a text too long.
        """
        _require_manager(context)
        usual = DEFAULTS[command.kind]
        stops_calling = usual.stops_calling if command.stops_calling is None else command.stops_calling
        event = n.EmergencyRaised(
            emergency=context.ids.new(),
            kind=command.kind,
            zh=written(command.zh, field="zh", most=TEXT_MOST, is_needed=False) or usual.zh,
            en=written(command.en, field="en", most=TEXT_MOST * 2, is_needed=False) or _other(command.zh, usual.en),
            do_zh=written(command.do_zh, field="do_zh", most=DO_MOST, is_needed=False) or usual.do_zh,
            do_en=written(command.do_en, field="do_en", most=DO_MOST * 2, is_needed=False)
            or _other(command.do_zh, usual.do_en),
            stops_issuing=command.stops_issuing,
            stops_calling=stops_calling,
            reason=reason_of(command.reason),
        )
        return Outcome(events=(event,), reply=lambda: self._notices.emergency)

    def lift(self, command: n.LiftEmergency, context: Context) -> Outcome:
        """Lift the emergency. Replies with what is left: nothing.

        Raises:
            Forbidden: not a manager.
            Invalid: no reason.
            Refused: ``emergency.none``.
        """
        _require_manager(context)
        reason = reason_of(command.reason)
        present = self._notices.emergency
        if present is None:
            raise Refused("emergency.none")
        return Outcome(events=(n.EmergencyLifted(emergency=present.id, reason=reason),))

    def _check_place(self, zones: tuple[str, ...]) -> None:
        for zone in zones:
            if zone not in self._directory.zones:
                raise Invalid("notice.zone_unknown", field="zones", zone=zone)


def _other(own: str, usual: str) -> str:
    """The kind's usual English, but not beside a Chinese text of the manager's own that says something else."""
    return "" if own.strip() else usual


def _check_until(until: datetime, now: datetime) -> None:
    if until.tzinfo is None:
        raise Invalid("notice.until_without_zone", field="until")
    if until <= now:
        raise Invalid("notice.until_over", field="until")
    if until > now + LONGEST:
        raise Invalid("notice.until_too_far", field="until", days=LONGEST.days)


def _require_manager(context: Context) -> None:
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("hand.managers_only")
