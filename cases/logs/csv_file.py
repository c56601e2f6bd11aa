"""Reads a CSV log row by row: encoding and separator found out, quoted line ends, each bad row named."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, TextIO, cast

from cases.logs.faults import FaultCode, Faults
from cases.logs.fields import Entries, Entry, wanted
from cases.logs.mapping import Columns, FileForm
from hall_server.errors import Invalid

SEPARATORS = (",", ";", "\t", "|")
_LOOK = 1024 * 1024
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HIGH = 0x80
_MOSTLY = 0.8
CUT = (EOFError, zlib.error, gzip.BadGzipFile)
"""What a compressed file raises that is cut off or broken."""


class CsvReader(Protocol):
    """What `csv.reader` gives."""

    line_num: int

    def __next__(self) -> list[str]:
        """The next row."""
        ...


class CsvFile:
    """A CSV log.

    Attributes:
        encoding, separator: as found.
        seen: the mapped columns that the file has.
    """

    def __init__(self, path: Path, form: FileForm, columns: Columns, faults: Faults) -> None:
        self._path = path
        self._faults = faults
        self._keys = wanted(columns)
        try:
            with _open_bytes(path) as file:
                begin = file.read(_LOOK)
        except (OSError, *CUT) as exc:
            raise Invalid("log.unreadable", field="file", file=path.name, reason=str(exc)) from exc
        self.encoding = encoding_of(begin) if form.encoding == "auto" else form.encoding
        try:
            head = begin.decode(self.encoding, "replace").lstrip("\ufeff")
        except LookupError as exc:
            raise Invalid("log.encoding_unknown", field="file.encoding", encoding=self.encoding) from exc
        given = form.separator.replace("\\t", "\t")
        self.separator = self._separator(head) if given == "auto" else given
        names = _names(head, self.separator)
        self._width = len(names)
        self._places = [[names.index(key) for key in keys if key in names] for keys in self._keys]
        self.seen = tuple(key for keys in self._keys for key in keys if key in names)
        for place, name in enumerate(("case", "activity", "time")):
            if not self._places[place]:
                shown = ", ".join(self._keys[place])
                raise Invalid("log.column_missing", field=f"columns.{name}", columns=shown, found=", ".join(names[:40]))

    def entries(self) -> Entries:
        """Its rows; what cannot be read is noted and left out."""
        try:
            with _open_text(self._path, self.encoding) as file:
                yield from self._rows(file)
        except CUT as exc:
            self._faults.add(0, self._path.name, FaultCode.CUT_OFF, str(exc), ends_file=True)

    def _rows(self, file: TextIO) -> Entries:
        reader = csv.reader(file, delimiter=self.separator)
        for begun, row in self._read(reader):
            if not row or (len(row) == 1 and not row[0].strip()):
                continue
            if len(row) != self._width:
                self._faults.add(begun, "*", FaultCode.COLUMNS, f"{len(row)} ≠ {self._width}")
                continue
            if not _is_sound(row):
                self._faults.add(begun, self._broken(row), FaultCode.ENCODING)
                continue
            yield Entry(begun, self._values(row))

    def _values(self, row: Sequence[str]) -> list[str]:
        found = []
        for places in self._places:
            value = ""
            for place in places:
                value = row[place].strip()
                if value:
                    break
            found.append(value)
        return found

    def _read(self, reader: CsvReader) -> Iterator[tuple[int, list[str]]]:
        """Rows with the line on which they begin, without the head; a field without an end is noted."""
        is_head = True
        while True:
            begun = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as exc:
                self._faults.add(begun, "*", FaultCode.CSV, str(exc))
                continue
            if not is_head:
                yield begun, row
            is_head = False

    def _broken(self, row: Sequence[str]) -> str:
        place = next(place for place, value in enumerate(row) if not _is_sound((value,)))
        return next(
            (key for keys, at in zip(self._keys, self._places, strict=True) for key in keys if place in at), "*"
        )

    def _separator(self, head: str) -> str:
        mapped = {key for keys in self._keys for key in keys}

        def fits(separator: str) -> tuple[int, int]:
            names = _names(head, separator)
            return len(mapped.intersection(names)), len(names)

        return max(SEPARATORS, key=fits)


def encoding_of(begin: bytes) -> str:
    """Which encoding bytes are in: a mark, else UTF-8, else GB18030 (high bytes in pairs), else cp1252."""
    for mark, name in _BOMS:
        if begin.startswith(mark):
            return name
    if _is_utf8(begin):
        return "utf-8"
    return "gb18030" if _comes_in_pairs(begin) else "cp1252"


def _is_utf8(begin: bytes) -> bool:
    """All of it but what the end cut through, and the odd broken row."""
    text = begin.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    high = sum(char > "\x7f" for char in text)
    return broken <= 1 or broken * 20 < high


def _comes_in_pairs(begin: bytes) -> bool:
    high = paired = 0
    for before, one, after in zip(b"\0" + begin, begin, begin[1:] + b"\0", strict=False):
        if one >= _HIGH:
            high += 1
            paired += before >= _HIGH or after >= _HIGH
    return bool(high) and paired / high >= _MOSTLY


def _names(head: str, separator: str) -> list[str]:
    return [name.strip() for name in next(csv.reader(head.splitlines(keepends=True), delimiter=separator), [])]


def _is_sound(row: Iterable[str]) -> bool:
    text = "".join(row)
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a byte that the encoding does not know was put in as a lone surrogate
        return False
    return True


def _open_bytes(path: Path) -> gzip.GzipFile:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rb")
    return cast("gzip.GzipFile", path.open("rb"))


def _open_text(path: Path, encoding: str) -> TextIO:
    if path.suffix.lower() == ".gz":
        return cast("TextIO", gzip.open(path, "rt", encoding=encoding, errors="surrogateescape", newline=""))
    return path.open("r", encoding=encoding, errors="surrogateescape", newline="")
