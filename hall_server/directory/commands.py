"""What a manager may want of the directory; a record with an empty id is a new one."""

from hall_server.directory.catalogue_file import CatalogueFile
from hall_server.directory.events import DirectoryEvent
from hall_server.directory.model import (
    CalendarYear,
    Department,
    Hall,
    Hours,
    Line,
    Matter,
    Staff,
    Window,
    Zone,
)
from hall_server.messages import Command


class SaveHall(Command, frozen=True, kw_only=True):
    """Name the hall and its classes of priority."""

    item: Hall
    reason: str = ""


class SaveZone(Command, frozen=True, kw_only=True):
    """Make or change a zone."""

    item: Zone


class SaveLine(Command, frozen=True, kw_only=True):
    """Make or change a line."""

    item: Line


class SaveWindow(Command, frozen=True, kw_only=True):
    """Make or change a window."""

    item: Window


class SaveDepartment(Command, frozen=True, kw_only=True):
    """Make or change a department."""

    item: Department


class SaveMatter(Command, frozen=True, kw_only=True):
    """Make or change a matter."""

    item: Matter


class SaveStaff(Command, frozen=True, kw_only=True):
    """Make or change somebody's number, roles or windows."""

    item: Staff


class SaveHours(Command, frozen=True, kw_only=True):
    """Set the opening hours."""

    item: Hours
    reason: str = ""


class SaveCalendar(Command, frozen=True, kw_only=True):
    """Set the holidays of a year."""

    item: CalendarYear


class ImportCatalogue(Command, frozen=True, kw_only=True):
    """Take over a file of matters.

    Attributes:
        file: what :func:`hall_server.directory.catalogue_import.read` made of it.
        skip_bad: import the good rows of a file with bad ones; without it such a file changes nothing.
        fallback_line: the line of departments the hall does not know yet; without it their rows are bad.
    """

    file: CatalogueFile
    skip_bad: bool = False
    fallback_line: str | None = None


class FoundHall(Command, frozen=True, kw_only=True):
    """Begin a hall with what its file says (``hall_file.load_demo``); only where there is none yet."""

    events: tuple[DirectoryEvent, ...]


SaveCommand = (
    SaveHall | SaveZone | SaveLine | SaveWindow | SaveDepartment | SaveMatter | SaveStaff | SaveHours | SaveCalendar
)

SAVE_COMMANDS: tuple[type[SaveCommand], ...] = (
    SaveHall,
    SaveZone,
    SaveLine,
    SaveWindow,
    SaveDepartment,
    SaveMatter,
    SaveStaff,
    SaveHours,
    SaveCalendar,
)
