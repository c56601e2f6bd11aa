"""Reads a file of matters, reports every bad row, and plans what it would change in the directory."""

import hashlib
from base64 import b32encode
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from hall_server.directory.catalogue_file import CatalogueFile, CatalogueRow, RowFault
from hall_server.directory.catalogue_sheet import Cell, SheetRow, UnreadableSheet, read_sheet
from hall_server.directory.checks import check
from hall_server.directory.directory import Directory, Item
from hall_server.directory.events import DirectoryEvent, saved
from hall_server.directory.grouping import Grouping, MatterNote
from hall_server.directory.model import Department, Matter, TaskType
from hall_server.directory.wording import CODE_LIMIT, NAME_LIMIT, text_fault
from hall_server.errors import Invalid, Refused

ROWS_LIMIT = 50_000
SHOWN_LENGTH = 60
# The English name is the one of the reports; the others are what spreadsheets of halls call the same thing.
COLUMNS: dict[str, tuple[str, ...]] = {
    "department": ("部门", "部门名称", "实施部门", "所属部门", "实施主体"),
    "group": ("分组", "事项分组", "主项名称", "大项名称"),
    "item_name": ("name", "事项名称", "办理项名称", "业务办理项名称"),
    "item_code": ("code", "事项编码", "实施编码", "业务办理项编码"),
    "task_type": ("type", "事项类型", "类型"),
    "department_code": ("部门编码", "实施主体编码"),
    "area_code": ("区划编码", "行政区划", "行政区划编码", "区域编码"),
}
REQUIRED = ("department", "item_name", "item_code", "task_type")
LIMITS = {"department": 60, "item_code": CODE_LIMIT, "department_code": CODE_LIMIT, "area_code": CODE_LIMIT}
TASK_TYPE_NAMES = {
    "行政许可": TaskType.LICENCE,
    "行政处罚": TaskType.PENALTY,
    "行政强制": TaskType.COERCION,
    "行政征收": TaskType.LEVY,
    "行政给付": TaskType.PAYMENT,
    "行政检查": TaskType.INSPECTION,
    "行政确认": TaskType.CONFIRMATION,
    "行政奖励": TaskType.REWARD,
    "行政裁决": TaskType.RULING,
    "其他行政权力": TaskType.OTHER_POWER,
    "公共服务": TaskType.PUBLIC_SERVICE,
}


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do: the events in order, and the rows that do not fit this hall."""

    events: tuple[DirectoryEvent, ...] = ()
    faults: tuple[RowFault, ...] = ()
    departments_added: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def read(path: Path) -> CatalogueFile:
    """Read a CSV or XLSX file of matters.

    Returns:
        The good rows, and a fault for everything that is wrong; never raises for what a file holds.
    """
    try:
        rows = read_sheet(path)
        header = next(rows, SheetRow(1, ()))
        places, faults = _read_header(header)
        if faults:
            return CatalogueFile(faults=tuple(faults), is_fatal=True)
        return _read_body(rows, places, width=len(header.cells))
    except UnreadableSheet as error:
        fault = RowFault(row=0, column="", reason=error.reason, detail=error.detail)
        return CatalogueFile(faults=(fault,), is_fatal=True)


def plan(directory: Directory, rows: Iterable[CatalogueRow], grouping: Grouping | None = None) -> Plan:
    """Plan the import of good rows; the directory is not changed, and a hall that has them all gets no event.

    A matter the hall has is found by its code and gets name, group, type and department from the file; what its
    manager set (line, guidance, frequent, English name, switched off) stays. Matters missing from the file stay too.
    """
    return _Planner(directory.copy(), grouping or Grouping()).run(rows)


def matter_id(code: str) -> str:
    """Derive a matter's id from its item code: "m" and 50 bits of SHA-256, safe in addresses and topics."""
    return "m" + _digest(code)


def department_id(name: str) -> str:
    """Derive the id of a department that the grouping does not name."""
    return "d" + _digest(name)


def _digest(text: str) -> str:
    return b32encode(hashlib.sha256(text.encode()).digest())[:10].decode().lower()


def _read_header(header: SheetRow) -> tuple[dict[str, int], list[RowFault]]:
    found = [cell.text for cell in header.cells]
    known = {synonym: column for column, names in COLUMNS.items() for synonym in (column, *names)}
    places: dict[str, int] = {}
    faults: list[RowFault] = []
    for place, text in enumerate(found):
        column = known.get(text.casefold().replace(" ", "_"))
        if column in places:
            faults.append(RowFault(row=1, column=column, reason="column_twice", detail=_shown(text)))
        elif column is not None:
            places[column] = place
    listed = ", ".join(text for text in found if text) or "nothing"
    for column in REQUIRED:
        if column not in places:
            detail = f"wanted {column} or {'/'.join(COLUMNS[column])}; found {listed[:400]}"
            faults.append(RowFault(row=1, column=column, reason="column_missing", detail=detail))
    return places, faults


def _read_body(rows: Iterator[SheetRow], places: dict[str, int], *, width: int) -> CatalogueFile:
    good: list[CatalogueRow] = []
    faults: list[RowFault] = []
    row_of_code: dict[str, int] = {}
    for sheet_row in rows:
        if not sheet_row.fault and not any(cell.text for cell in sheet_row.cells):
            continue
        if len(good) + len(faults) >= ROWS_LIMIT:
            faults.append(RowFault(row=sheet_row.number, column="", reason="too_many", detail=f"most {ROWS_LIMIT}"))
            return CatalogueFile(faults=tuple(faults), is_fatal=True)
        cells = _named_cells(sheet_row, places)
        wrong = [*_shape_faults(sheet_row, width), *_row_faults(sheet_row.number, cells, row_of_code)]
        faults.extend(wrong)
        if not wrong:
            good.append(_good_row(sheet_row.number, cells))
    if not good and not faults:
        return CatalogueFile(faults=(RowFault(row=2, column="", reason="no_rows"),), is_fatal=True)
    return CatalogueFile(rows=tuple(good), faults=tuple(faults))


def _named_cells(sheet_row: SheetRow, places: dict[str, int]) -> dict[str, Cell]:
    if sheet_row.fault:
        return {}
    cells = sheet_row.cells
    return {column: cells[place] if place < len(cells) else Cell("") for column, place in places.items()}


def _shape_faults(sheet_row: SheetRow, width: int) -> Iterator[RowFault]:
    if sheet_row.fault:
        reason, _, detail = sheet_row.fault.partition(": ")
        yield RowFault(row=sheet_row.number, column="", reason=reason, detail=detail)
    elif any(cell.text for cell in sheet_row.cells[width:]):
        yield RowFault(row=sheet_row.number, column="", reason="extra_cells", detail=f"more than {width}")


def _row_faults(row: int, cells: dict[str, Cell], row_of_code: dict[str, int]) -> Iterator[RowFault]:
    for column, cell in cells.items():
        if reason := _cell_fault(column, cell):
            yield RowFault(row=row, column=column, reason=reason, detail=_shown(cell.text))
    code = cells["item_code"].text if cells else ""
    if code and row_of_code.setdefault(code, row) != row:
        detail = f"first in row {row_of_code[code]}"
        yield RowFault(row=row, column="item_code", reason="duplicate", detail=detail)


def _cell_fault(column: str, cell: Cell) -> str | None:
    if cell.fault:
        return cell.fault
    limit = LIMITS.get(column, NAME_LIMIT)
    if fault := text_fault(cell.text, limit=limit, may_be_empty=column not in REQUIRED):
        return fault
    if column == "task_type" and _task_type(cell.text) is None:
        return "unknown_task_type"
    return None


def _task_type(text: str) -> TaskType | None:
    if text in TASK_TYPE_NAMES:
        return TASK_TYPE_NAMES[text]
    if text.isascii() and text.isdigit() and len(text) <= 2:
        return next((known for known in TaskType if known == int(text)), None)
    return None


def _good_row(row: int, cells: dict[str, Cell]) -> CatalogueRow:
    task_type = _task_type(cells["task_type"].text)
    if task_type is None:
        raise AssertionError("a row without faults has a known type")
    return CatalogueRow(
        row=row,
        department=cells["department"].text,
        name=cells["item_name"].text,
        code=cells["item_code"].text,
        task_type=task_type,
        group=cells["group"].text if "group" in cells else "",
    )


def _shown(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else "·" for letter in text)
    return plain if len(plain) <= SHOWN_LENGTH else plain[: SHOWN_LENGTH - 1] + "…"


class _Planner:
    """Works on its own copy of the directory, so that each row sees what the rows before it made."""

    def __init__(self, directory: Directory, grouping: Grouping) -> None:
        self._directory = directory
        self._grouping = grouping
        self._events: list[DirectoryEvent] = []
        self._faults: list[RowFault] = []
        self._counts = {"departments_added": 0, "added": 0, "changed": 0, "unchanged": 0}

    def run(self, rows: Iterable[CatalogueRow]) -> Plan:
        for row in rows:
            try:
                self._take(row)
            except (Invalid, Refused) as error:
                column = str(error.fields.get("field", ""))
                self._faults.append(RowFault(row=row.row, column=column, reason=error.code, detail=_shown(row.name)))
        return Plan(events=tuple(self._events), faults=tuple(self._faults), **self._counts)

    def _take(self, row: CatalogueRow) -> None:
        known = self._directory.department_by_name(row.department)
        department = known or self._new_department(row.department)
        if department is None:
            self._faults.append(
                RowFault(row=row.row, column="department", reason="unknown_department", detail=row.department)
            )
            return
        if known is None:
            self._save(department, "departments_added")
        old = self._directory.matter_by_code(row.code)
        matter = self._new_matter(row, department) if old is None else self._changed_matter(old, row, department)
        if old is None and (taken := self._directory.matters.get(matter.id)) is not None:
            self._faults.append(RowFault(row=row.row, column="item_code", reason="id_collision", detail=taken.code))
        elif matter == old:
            self._counts["unchanged"] += 1
        else:
            self._save(matter, "added" if old is None else "changed")

    def _save(self, item: Item, count: str) -> None:
        check(self._directory, item)
        self._directory.apply(item)
        self._events.append(saved(item))
        self._counts[count] += 1

    def _new_department(self, name: str) -> Department | None:
        if name in self._grouping.departments:
            return self._grouping.departments[name]
        if self._grouping.fallback_line is None:
            return None
        return Department(id=department_id(name), name=name, line=self._grouping.fallback_line)

    def _new_matter(self, row: CatalogueRow, department: Department) -> Matter:
        note = self._grouping.notes.get(row.code) or MatterNote(code=row.code)
        return Matter(
            id=matter_id(row.code),
            code=row.code,
            name=row.name,
            name_en=note.name_en,
            department=department.id,
            line=note.line or department.line,
            task_type=row.task_type,
            group=row.group,
            frequent=note.frequent,
            express=note.express,
            guidance=note.guidance,
        )

    def _changed_matter(self, old: Matter, row: CatalogueRow, department: Department) -> Matter:
        line = old.line
        if department.id != old.department and line == self._directory.departments[old.department].line:
            line = department.line
        return msgspec.structs.replace(
            old, name=row.name, group=row.group, task_type=row.task_type, department=department.id, line=line
        )
