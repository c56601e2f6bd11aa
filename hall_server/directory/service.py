"""Decides on the directory's commands: pure handlers that return events and never touch a disk or a socket."""

from collections.abc import Callable
from typing import Any

import msgspec

from hall_server.directory.catalogue_file import RowFault
from hall_server.directory.catalogue_import import matter_id, plan
from hall_server.directory.checks import check
from hall_server.directory.commands import (
    SAVE_COMMANDS,
    FoundHall,
    ImportCatalogue,
    SaveCommand,
    SaveHall,
    SaveHours,
)
from hall_server.directory.directory import Directory, Item
from hall_server.directory.events import DIRECTORY_EVENTS, DirectoryEvent, saved
from hall_server.directory.grouping import Grouping
from hall_server.directory.model import CalendarYear, Department, Hall, Hours, Matter, Staff, Window
from hall_server.directory.search import MatterSearch
from hall_server.errors import Forbidden, Invalid, Refused
from hall_server.identity import Role
from hall_server.messages import Command, Recorded
from hall_server.outcome import Context, Outcome

Handler = Callable[[Any, Context], Outcome]  # Any: each handler takes its own command


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did; ``skipped`` names every row that was left out."""

    rows: int
    departments_added: int
    added: int
    changed: int
    unchanged: int
    skipped: tuple[RowFault, ...] = ()


class DirectoryFold:
    """Keeps the live directory, and the search in it, true to the journal (the Fold port of the server)."""

    def __init__(self, directory: Directory, search: MatterSearch | None = None) -> None:
        """Fold into ``directory``, and into ``search`` where there is one."""
        self.types = frozenset(event.type for event in DIRECTORY_EVENTS)
        self._directory = directory
        self._search = search

    def apply(self, recorded: Recorded) -> None:
        """Put the record of an event into the directory; never refuses."""
        if not isinstance(recorded.event, DirectoryEvent):
            return
        item = recorded.event.item
        self._directory.apply(item)
        if self._search is not None:
            if isinstance(item, Matter):
                self._search.update(item)
            elif isinstance(item, Department):
                self._search.name_department(item.id, item.name)


class DirectoryService:
    """The handlers of the directory's commands."""

    def __init__(self, directory: Directory, *, grouping: Grouping | None = None) -> None:
        """Decide by what stands in ``directory``; ``grouping`` tells which line a new department belongs to."""
        self._directory = directory
        self._grouping = grouping or Grouping()

    def handlers(self) -> dict[type[Command], Handler]:
        """Return the one handler of each command, ready for ``Server.handle``."""
        found: dict[type[Command], Handler] = dict.fromkeys(SAVE_COMMANDS, self.save)
        found[ImportCatalogue] = self.import_catalogue
        found[FoundHall] = self.found
        return found

    def save(self, command: SaveCommand, context: Context) -> Outcome:
        """Save one record; the same record again changes nothing. Replies with the record.

        Raises:
            Forbidden: not a manager, or a manager who touches an administrator's entry.
            Invalid, Refused: as :func:`hall_server.directory.checks.check`.
        """
        _require_manager(context)
        item = self._with_id(command.item, context)
        if isinstance(item, Staff):
            self._require_power_over(item, context)
        check(self._directory, item)
        is_new = self._directory.current(item) != item
        reason = command.reason.strip() if isinstance(command, SaveHall | SaveHours) else ""
        return Outcome(events=(saved(item, reason=reason),) if is_new else (), reply=lambda: item)

    def found(self, command: FoundHall, context: Context) -> Outcome:
        """Begin the hall; the events were checked when its file was read. Replies with the hall.

        Raises:
            Forbidden: not a manager.
            Refused: ``directory.hall_exists``.
        """
        _require_manager(context)
        if self._directory.hall is not None:
            raise Refused("directory.hall_exists", hall=self._directory.hall.id)
        return Outcome(events=command.events, reply=lambda: self._directory.hall)

    def import_catalogue(self, command: ImportCatalogue, context: Context) -> Outcome:
        """Import a file of matters, whole or (``skip_bad``) its good rows; the same file again changes nothing.

        Raises:
            Forbidden: not a manager.
            Invalid: ``catalogue.unreadable`` or ``catalogue.bad_rows``, with every fault in ``faults``.
        """
        _require_manager(context)
        file = command.file
        if file.is_fatal:
            raise Invalid("catalogue.unreadable", field="file", faults=list(file.faults))
        grouping = self._grouping
        if command.fallback_line is not None:
            grouping = msgspec.structs.replace(grouping, fallback_line=command.fallback_line)
        made = plan(self._directory, file.rows, grouping)
        faults = tuple(sorted(file.faults + made.faults, key=lambda fault: fault.row))
        if faults and not command.skip_bad:
            raise Invalid("catalogue.bad_rows", field="file", faults=list(faults))
        report = ImportReport(
            rows=len(file.rows),
            departments_added=made.departments_added,
            added=made.added,
            changed=made.changed,
            unchanged=made.unchanged,
            skipped=faults,
        )
        return Outcome(events=made.events, reply=lambda: report)

    def _with_id(self, item: Item, context: Context) -> Item:
        if isinstance(item, Hall | Hours | CalendarYear) or item.id:
            return item
        if isinstance(item, Matter):
            return msgspec.structs.replace(item, id=matter_id(item.code))
        if isinstance(item, Window) and (name := f"w{item.number:02d}") not in self._directory.windows:
            return msgspec.structs.replace(item, id=name)
        return msgspec.structs.replace(item, id=context.ids.new())

    def _require_power_over(self, staff: Staff, context: Context) -> None:
        old = self._directory.staff.get(staff.id)
        roles = {*staff.roles, *(old.roles if old else ())}
        if Role.ADMIN.value in roles and not context.actor.may(Role.ADMIN, Role.SYSTEM):
            raise Forbidden("directory.role_above_own", field="roles", value=Role.ADMIN.value)


def _require_manager(context: Context) -> None:
    if not context.actor.may(Role.MANAGER, Role.ADMIN):
        raise Forbidden("directory.managers_only")
