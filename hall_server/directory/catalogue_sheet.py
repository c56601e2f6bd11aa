"""Turns a CSV or XLSX file into rows of cells, marking the cells that cannot be trusted; knows nothing of matters."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

FILE_LIMIT_BYTES = 20 * 1024 * 1024
UNPACKED_LIMIT_BYTES = 200 * 1024 * 1024
EXACT_DIGITS = 15  # a spreadsheet's number keeps no more
REPLACED = "\N{REPLACEMENT CHARACTER}"
FORMULA_SIGNS = ("=", "+", "-", "@")


class Cell(msgspec.Struct, frozen=True):
    """A cell's text, trimmed, and its fault: ``formula``, ``encoding``, ``not_text`` or ``digits_lost``."""

    text: str
    fault: str = ""


class SheetRow(msgspec.Struct, frozen=True):
    """A row with its number (the first is 1); ``fault`` where its cells could not be told apart."""

    number: int
    cells: tuple[Cell, ...]
    fault: str = ""


class UnreadableSheet(Exception):
    """The file as a whole cannot be read; ``reason`` is a stable word, ``detail`` says what was found."""

    def __init__(self, reason: str, detail: str) -> None:
        """Keep the reason and the detail."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def read_sheet(path: Path) -> Iterator[SheetRow]:
    """Yield the rows of a file, told apart by its content and not by its name.

    Raises:
        UnreadableSheet: missing, too large, not a table, or in an unknown encoding.
    """
    try:
        size = path.stat().st_size
        if size > FILE_LIMIT_BYTES:
            raise UnreadableSheet("too_large", f"{size} bytes, at most {FILE_LIMIT_BYTES}")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableSheet("unreadable", error.strerror or type(error).__name__) from error
    if content.startswith(b"PK"):
        return _xlsx_rows(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableSheet("unreadable", "an old .xls or an encrypted workbook: save it as .xlsx or CSV")
    return _csv_rows(decode(content))


def decode(content: bytes) -> str:
    """Decode UTF-8 (with or without a mark), UTF-16 with a mark, or GB18030.

    A file that is almost wholly UTF-8 stays UTF-8, its broken letters replaced, so that one damaged byte is reported
    in its own cell and does not turn every name into other characters.

    Raises:
        UnreadableSheet: ``encoding``.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    text = content.decode("utf-8-sig", errors="replace")
    broken = text.count(REPLACED)
    if not broken or broken * 20 <= sum(not letter.isascii() for letter in text):
        return text
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise UnreadableSheet("encoding", f"neither UTF-8 nor GB18030 at byte {error.start}") from error


def _csv_rows(text: str) -> Iterator[SheetRow]:
    if "\0" in text:
        raise UnreadableSheet("unreadable", "not a table: it holds NUL characters")
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield SheetRow(number, (), f"csv_syntax: {error}")
        else:
            yield SheetRow(number, tuple(_text_cell(text) for text in row))


def _text_cell(text: str) -> Cell:
    text = text.strip()
    if text.startswith(FORMULA_SIGNS):
        return Cell(text, "formula")
    return Cell(text, "encoding" if REPLACED in text else "")


def _xlsx_rows(content: bytes) -> Iterator[SheetRow]:
    from openpyxl import load_workbook  # here: it takes 0.2 s and 20 MB, and most starts import nothing

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > UNPACKED_LIMIT_BYTES:
            raise UnreadableSheet("too_large", f"{unpacked} bytes unpacked, at most {UNPACKED_LIMIT_BYTES}")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        rows = [
            SheetRow(number, tuple(_typed_cell(cell.value, cell.data_type) for cell in row))
            for number, row in enumerate(book.worksheets[0].iter_rows(), start=1)
        ]
        book.close()
    except UnreadableSheet:
        raise
    except Exception as error:  # openpyxl raises whatever a broken XML part leads it into
        raise UnreadableSheet("unreadable", f"not a workbook: {type(error).__name__}") from error
    return iter(rows)


def _typed_cell(value: object, data_type: str) -> Cell:
    if value is None:
        return Cell("")
    if data_type in ("f", "e"):
        return Cell(str(value), "formula")
    if isinstance(value, str):
        return _text_cell(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Cell(str(value), "not_text")
    text = str(int(value)) if float(value).is_integer() else str(value)
    return Cell(text, "digits_lost" if len(text) > EXACT_DIGITS else "")
