"""What a file of matters holds once it is read: its good rows, and every fault by row, column and reason."""

import msgspec

from hall_server.directory.model import TaskType


class CatalogueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A good row; ``row`` is its number as a spreadsheet counts, the header being 1."""

    row: int
    department: str
    name: str
    code: str
    task_type: TaskType
    group: str = ""


class RowFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a row.

    Attributes:
        row: as a spreadsheet counts; 1 is the header, 0 the file itself.
        column: the column by its English name; empty where no single column is to blame.
        reason: one word of docs/catalogue-import.md, such as ``empty`` or ``duplicate``.
        detail: what was found, shortened.
    """

    row: int
    column: str
    reason: str
    detail: str = ""

    def __str__(self) -> str:
        """Name row, column and reason in one line for an operator's terminal."""
        place = f"row {self.row}" if self.row else "file"
        where = f"{place}, {self.column}" if self.column else place
        return f"{where}: {self.reason}" + (f" ({self.detail})" if self.detail else "")


class CatalogueFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of matters; ``is_fatal`` says that it could not be understood at all, so that skipping rows is no help."""

    rows: tuple[CatalogueRow, ...] = ()
    faults: tuple[RowFault, ...] = ()
    is_fatal: bool = False
