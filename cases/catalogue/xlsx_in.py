"""Reads editions from a workbook; every fault names its cell, and a formula is never believed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import msgspec

from cases.catalogue.checks import check
from cases.catalogue.faults import Fault, shown
from cases.catalogue.matters_file import MattersRead
from cases.catalogue.model import Edition
from cases.catalogue.sheets import MATTER, MATTERS, PARTS, Column, Sheet, Unread
from hall_server.directory.catalogue_import import matter_id
from hall_server.directory.catalogue_sheet import UNPACKED_LIMIT_BYTES
from hall_server.web.bodies import named_fault

ROWS_MOST, COLUMNS_MOST = 20_000, 40
_INSIDE = "所属情形"

Line = tuple[int, dict[str, Any]]
"""A row's number and its cells by column name."""


def read_xlsx(content: bytes) -> MattersRead:
    """The matters of a workbook; never raises for what it holds."""
    try:
        return _Reading(_sheets(content)).run()
    except _Unusable as exc:
        return MattersRead(faults=(Fault(matter="", field="file", code=exc.args[0], value=shown(exc.args[1])),))


class _Unusable(Exception):
    """The file as a whole: its code, what was found."""


def _sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    from openpyxl import load_workbook  # here: it takes 0.2 s and 20 MB, and most starts read none

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_LIMIT_BYTES:
                raise _Unusable("file_too_large", UNPACKED_LIMIT_BYTES)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        known = {sheet.name for sheet in (MATTERS, *PARTS)}
        found = {
            name: [
                tuple(_cell(cell.value, cell.data_type) for cell in row)
                for row in page.iter_rows(max_row=ROWS_MOST + 1, max_col=COLUMNS_MOST)
            ]
            for name, page in zip(book.sheetnames, book.worksheets, strict=True)
            if name in known
        }
        book.close()
    except _Unusable:
        raise
    except Exception as exc:  # openpyxl raises whatever a broken XML part leads it into
        raise _Unusable("file_not_workbook", type(exc).__name__) from exc
    if MATTERS.name not in found:
        raise _Unusable("sheet_missing", MATTERS.name)
    if any(len(rows) > ROWS_MOST for rows in found.values()):
        raise _Unusable("too_many", ROWS_MOST)
    return found


def _cell(value: object, data_type: str) -> str | Unread:
    """The text of a cell; what cannot be one is kept as its fault."""
    if value is None:
        return ""
    if data_type in ("f", "e"):
        return Unread("cell_formula")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else Unread("cell_number")
    return value.strip() if isinstance(value, str) else Unread("cell_not_text")


class _Reading:
    """One workbook."""

    def __init__(self, sheets: dict[str, list[tuple[Any, ...]]]) -> None:
        self._sheets = sheets
        self._faults: list[Fault] = []
        self._raw: dict[str, dict[str, Any]] = {}
        self._places: dict[tuple[str, str, int], str] = {}

    def run(self) -> MattersRead:
        self._matters()
        for sheet in PARTS:
            self._parts(sheet)
        broken = {fault.matter for fault in self._faults}
        editions = [one for matter in self._raw if (one := self._edition(matter, matter in broken)) is not None]
        return MattersRead(editions=tuple(editions), faults=tuple(self._faults))

    def _matters(self) -> None:
        for number, cells in self._lines(MATTERS):
            code, key = cells.get("实施编码", ""), cells.get(MATTER, "")
            if isinstance(key, Unread):
                self._fault(MATTERS, number, 1, "", key.code, "")
                continue
            matter = key or (matter_id(code) if isinstance(code, str) and code else "")
            if not matter or matter in self._raw:
                self._fault(MATTERS, number, 1, "", "matter_twice" if matter else "cell_empty", matter)
                continue
            self._raw[matter] = {"matter": matter, **self._values(MATTERS, number, cells, matter, 0)}

    def _parts(self, sheet: Sheet) -> None:
        for number, cells in self._lines(sheet):
            key = cells.get(MATTER, "")
            matter = "" if isinstance(key, Unread) else key
            raw = self._raw.get(matter)
            if raw is None:
                code = key.code if isinstance(key, Unread) else "matter_unknown"
                self._fault(sheet, number, 1, matter, code, matter)
                continue
            kept = self._list(sheet, number, cells, raw, matter)
            if kept is not None:
                kept.append(self._values(sheet, number, cells, matter, len(kept) + 1))

    def _list(
        self, sheet: Sheet, number: int, cells: dict[str, Any], raw: dict[str, Any], matter: str
    ) -> list[Any] | None:
        """Where the part of a row goes."""
        if not sheet.inside:
            kept: list[Any] = raw.setdefault(sheet.field, [])
            return kept
        outer = next((one for one in raw.get(sheet.inside, ()) if one.get("id") == cells.get(_INSIDE)), None)
        if outer is None:
            self._fault(sheet, number, 2, matter, "question_unknown", cells.get(_INSIDE, ""))
            return None
        inner: list[Any] = outer.setdefault(sheet.field, [])
        return inner

    def _values(self, sheet: Sheet, number: int, cells: dict[str, Any], matter: str, part: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column in sheet.columns:
            text = cells.get(column.label, "")
            place = self._columns(sheet).get(column.label, 0)
            field = f"{sheet.field}.{column.key}" if sheet.field else column.key
            self._places[matter, field, part] = self._place(sheet, number, place)
            if text == "" and column.key not in _NEEDED:
                continue
            try:
                found[column.key] = _read(column, text)
            except Unread as exc:
                self._fault(sheet, number, place, matter, exc.code, "" if isinstance(text, Unread) else text)
        if part:
            self._places[matter, sheet.field, part] = self._place(sheet, number, 1)
        return found

    def _edition(self, matter: str, is_broken: bool) -> Edition | None:
        raw = self._raw[matter]
        for question in raw.get("questions", ()):
            question.setdefault("options", [])
        if is_broken:
            return None
        try:
            edition = msgspec.convert(raw, Edition)
        except msgspec.ValidationError as exc:
            [(field, reason)] = named_fault(str(exc)).items()
            name = str(raw.get("name", matter))
            self._faults.append(Fault(matter=name, field=field, code="field_wrong", value=shown(reason)))
            return None
        self._faults += [self._placed(matter, fault) for fault in check(edition)]
        return edition

    def _placed(self, matter: str, fault: Fault) -> Fault:
        field, row = fault.field, fault.row
        place = self._places.get((matter, field, row)) or self._places.get((matter, field.partition(".")[0], row), "")
        return msgspec.structs.replace(fault, place=place)

    def _lines(self, sheet: Sheet) -> Iterator[Line]:
        columns = self._columns(sheet)
        for number, row in enumerate(self._sheets.get(sheet.name, [])[1:], start=2):
            cells = {name: row[place - 1] if place <= len(row) else "" for name, place in columns.items()}
            if any(cell != "" for cell in cells.values()):
                yield number, cells

    def _columns(self, sheet: Sheet) -> dict[str, int]:
        """Places of the columns by label; a column may be named by its field too."""
        head = self._sheets.get(sheet.name, [()])[0] if self._sheets.get(sheet.name) else ()
        labels = {column.key: column.label for column in sheet.columns} | {"matter": MATTER, "question": _INSIDE}
        return {labels.get(str(name), str(name)): place for place, name in enumerate(head, start=1) if name}

    def _fault(self, sheet: Sheet, number: int, place: int, matter: str, code: str, value: object) -> None:
        self._faults.append(
            Fault(
                matter=matter,
                field=sheet.field or "matter",
                row=number,
                code=code,
                value=shown(value),
                place=self._place(sheet, number, place),
            )
        )

    @staticmethod
    def _place(sheet: Sheet, number: int, place: int) -> str:
        from openpyxl.utils import get_column_letter

        return f"{sheet.name}!{get_column_letter(place) if place else ''}{number}"


_NEEDED = frozenset({"code", "id", "when"})
"""Columns whose empty cell says something: there is no default to fall back on."""


def _read(column: Column, text: str | Unread) -> Any:
    if isinstance(text, Unread):
        raise text
    return column.way.read(text)
