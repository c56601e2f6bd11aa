"""What happens to the directory; each event holds the whole new record."""

from typing import ClassVar, TypeAlias

from hall_server.directory.directory import Item
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
from hall_server.messages import LastingEvent


class HallSaved(LastingEvent, frozen=True, kw_only=True):
    """The hall got its name or its classes of priority."""

    type: ClassVar[str] = "directory.hall_saved"
    item: Hall
    reason: str = ""

    @property
    def subject(self) -> str:
        """The hall."""
        return f"hall:{self.item.id}"


class ZoneSaved(LastingEvent, frozen=True, kw_only=True):
    """A zone was made or changed."""

    type: ClassVar[str] = "directory.zone_saved"
    item: Zone

    @property
    def subject(self) -> str:
        """The zone."""
        return f"zone:{self.item.id}"


class LineSaved(LastingEvent, frozen=True, kw_only=True):
    """A line was made or changed."""

    type: ClassVar[str] = "directory.line_saved"
    item: Line

    @property
    def subject(self) -> str:
        """The line."""
        return f"line:{self.item.id}"


class WindowSaved(LastingEvent, frozen=True, kw_only=True):
    """A window was made or changed."""

    type: ClassVar[str] = "directory.window_saved"
    item: Window

    @property
    def subject(self) -> str:
        """The window."""
        return f"window:{self.item.id}"


class DepartmentSaved(LastingEvent, frozen=True, kw_only=True):
    """A department was made or changed."""

    type: ClassVar[str] = "directory.department_saved"
    item: Department

    @property
    def subject(self) -> str:
        """The department."""
        return f"department:{self.item.id}"


class MatterSaved(LastingEvent, frozen=True, kw_only=True):
    """A matter was made or changed."""

    type: ClassVar[str] = "directory.matter_saved"
    item: Matter

    @property
    def subject(self) -> str:
        """The matter."""
        return f"matter:{self.item.id}"


class StaffSaved(LastingEvent, frozen=True, kw_only=True):
    """Somebody's number, roles or windows changed."""

    type: ClassVar[str] = "directory.staff_saved"
    item: Staff

    @property
    def subject(self) -> str:
        """The member of staff."""
        return f"staff:{self.item.id}"


class HoursSaved(LastingEvent, frozen=True, kw_only=True):
    """The hall's opening hours changed."""

    type: ClassVar[str] = "directory.hours_saved"
    item: Hours
    reason: str = ""

    @property
    def subject(self) -> str:
        """The hours, of which there is one set."""
        return "hours:hall"


class CalendarSaved(LastingEvent, frozen=True, kw_only=True):
    """The holidays of a year were announced or corrected."""

    type: ClassVar[str] = "directory.calendar_saved"
    item: CalendarYear

    @property
    def subject(self) -> str:
        """The year."""
        return f"calendar:{self.item.year}"


DirectoryEvent: TypeAlias = (
    HallSaved
    | ZoneSaved
    | LineSaved
    | WindowSaved
    | DepartmentSaved
    | MatterSaved
    | StaffSaved
    | HoursSaved
    | CalendarSaved
)

DIRECTORY_EVENTS: tuple[type[DirectoryEvent], ...] = (
    HallSaved,
    ZoneSaved,
    LineSaved,
    WindowSaved,
    DepartmentSaved,
    MatterSaved,
    StaffSaved,
    HoursSaved,
    CalendarSaved,
)


def saved(item: Item, *, reason: str = "") -> DirectoryEvent:
    """Return the event that says this record was saved, for the hall and its hours with the reason."""
    match item:
        case Hall():
            return HallSaved(item=item, reason=reason)
        case Zone():
            return ZoneSaved(item=item)
        case Line():
            return LineSaved(item=item)
        case Window():
            return WindowSaved(item=item)
        case Department():
            return DepartmentSaved(item=item)
        case Matter():
            return MatterSaved(item=item)
        case Staff():
            return StaffSaved(item=item)
        case Hours():
            return HoursSaved(item=item, reason=reason)
        case CalendarYear():
            return CalendarSaved(item=item)
