"""How the link to the city is, for the manager's board."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from hall_server.federation.wire import CLOCK_OFF_S

OFFLINE_ALARM_S = 600.0
"""A link that is down for longer is an alarm; the hall works all the same."""


class LinkStatus(StrEnum):
    """How it is."""

    OFF = "off"  # no city is set
    OFFLINE = "offline"  # not connected; tried again by itself
    LINKED = "linked"  # connected
    QUARANTINED = "quarantined"  # the city takes nothing until its operator has looked


class LinkAlarm(msgspec.Struct, frozen=True, kw_only=True):
    """What the manager should look at; shaped as the dashboards' alarms."""

    code: str
    since: datetime | None
    fields: dict[str, str | int | None]
    href: str | None = None


class LinkState(msgspec.Struct, kw_only=True):
    """How the link is, changed by the link as it goes.

    Attributes:
        reason: code of what keeps it from being linked, such as ``federation.certificate``.
        since: since when it is in this status.
        acknowledged: the last seq that is safe at the city.
        refused: items that this hall could not take since it started; each is a conflict at the city.
        clock_off_s: the hall's clock minus the city's.
    """

    status: LinkStatus = LinkStatus.OFF
    reason: str | None = None
    since: datetime | None = None
    acknowledged: int = 0
    refused: int = 0
    last_refused: str | None = None
    clock_off_s: int = 0

    def alarms(self, now: datetime, committed: int) -> list[LinkAlarm]:
        """What the manager should look at.

        Args:
            now: the time. committed: the last seq of the hall's journal.
        """
        found: list[LinkAlarm] = []
        behind = max(0, committed - self.acknowledged)
        if self.status is LinkStatus.QUARANTINED:
            found.append(LinkAlarm(code="federation.quarantined", since=self.since, fields={"behind": behind}))
        elif self.status is LinkStatus.OFFLINE and self._is_long(now):
            fields: dict[str, str | int | None] = {"behind": behind, "reason": self.reason or "unreached"}
            found.append(LinkAlarm(code="federation.offline", since=self.since, fields=fields))
        if self.refused:
            fields = {"count": self.refused, "last": self.last_refused}
            found.append(LinkAlarm(code="federation.refused", since=None, fields=fields))
        if abs(self.clock_off_s) > CLOCK_OFF_S:
            found.append(LinkAlarm(code="federation.clock", since=None, fields={"off_s": self.clock_off_s}))
        return found

    def _is_long(self, now: datetime) -> bool:
        needs_somebody = self.reason not in (None, "unreached", "federation.busy", "database.unreachable")
        return self.since is not None and (needs_somebody or (now - self.since).total_seconds() >= OFFLINE_ALARM_S)
