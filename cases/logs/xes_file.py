"""Reads a XES log (IEEE 1849) event by event, without holding more of it than one trace."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast
from xml.parsers import expat

from cases.logs.csv_file import CUT
from cases.logs.faults import FaultCode, Faults
from cases.logs.fields import CASE_PREFIX, Entries, Entry, wanted
from cases.logs.mapping import Columns
from hall_server.errors import Invalid

CHUNK = 256 * 1024
_TOKEN_MOST = 16 * 1024 * 1024
"""A tag longer than this is no log; the parser holds a tag whole."""
_HELD_MOST = 20_000
_PART_GIVEN = "\0"
"""Stands in a trace whose first events are given out already; no key is called so."""
_ATTRIBUTES = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})


class XesFile:
    """A XES log; attributes inside attributes are named ``outer/inner``.

    Attributes:
        seen: the mapped keys that the file has; empty_traces: traces without an event.
    """

    encoding = "xml"
    separator = ""

    def __init__(self, path: Path, columns: Columns, faults: Faults) -> None:
        self._path = path
        self._faults = faults
        keys = wanted(columns)
        self._width = len(keys)
        self._places: dict[str, list[tuple[int, int]]] = {}
        for place, names in enumerate(keys):
            for rank, name in enumerate(names):
                self._places.setdefault(name, []).append((place, rank))
        self._found: set[str] = set()
        self.empty_traces = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._ready: list[Entry] = []
        self._held: list[Entry] = []
        self._path_in: list[str] = []
        self._trace: dict[str, str] | None = None
        self._event: dict[str, str] | None = None
        self._line = 0
        self._depth = 0

    @property
    def seen(self) -> tuple[str, ...]:
        """The mapped keys that were found."""
        return tuple(sorted(self._found))

    def entries(self) -> Entries:
        """Its events; where the file breaks off, what came before stands."""
        try:
            with self._open() as file:
                yield from self._read(file)
        except CUT as exc:
            yield from self._rest()
            self._faults.add(
                self._parser.CurrentLineNumber, self._path.name, FaultCode.CUT_OFF, str(exc), ends_file=True
            )
        except expat.ExpatError as exc:
            yield from self._rest()
            self._faults.add(exc.lineno, self._path.name, FaultCode.XML, str(exc), ends_file=True)
        except OSError as exc:
            raise Invalid("log.unreadable", field="file", file=self._path.name, reason=str(exc)) from exc

    def _read(self, file: BinaryIO) -> Iterator[Entry]:
        fed = 0
        while chunk := file.read(CHUNK):
            fed += len(chunk)
            self._parser.Parse(chunk, False)
            if fed - self._parser.CurrentByteIndex > _TOKEN_MOST:
                raise Invalid("log.tag_too_long", field="file", line=self._parser.CurrentLineNumber)
            yield from self._ready
            self._ready.clear()
        self._parser.Parse(b"", True)
        yield from self._rest()

    def _rest(self) -> Iterator[Entry]:
        self._flush()
        yield from self._ready
        self._ready.clear()

    def _open(self) -> BinaryIO:
        if self._path.suffix.lower() == ".gz":
            return cast("BinaryIO", gzip.open(self._path, "rb"))
        return self._path.open("rb")

    # -- what the parser tells

    def _doctype(self, *_: object) -> None:
        raise Invalid("log.doctype", field="file", line=self._parser.CurrentLineNumber)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag[tag.rfind(" ") + 1 :]
        self._depth += 1
        if name in _ATTRIBUTES:
            key = attributes.get("key", "")
            self._path_in.append(key)
            self._attribute(key, attributes.get("value", ""))
        elif name == "event":
            self._event, self._line = {}, self._parser.CurrentLineNumber
            self._path_in.clear()
        elif name == "trace":
            self._trace = {}
            self._path_in.clear()
        elif self._depth == 1 and name != "log":
            raise Invalid("log.no_xes", field="file", tag=name)

    def _attribute(self, key: str, value: str) -> None:
        inside = self._event if self._event is not None else self._trace
        if inside is None:
            return
        if len(self._path_in) > 1:
            key = "/".join(self._path_in)
        if self._event is None:
            key = CASE_PREFIX + key
        if key in self._places:
            inside[key] = value.strip()

    def _end(self, tag: str) -> None:
        name = tag[tag.rfind(" ") + 1 :]
        self._depth -= 1
        if name in _ATTRIBUTES:
            if self._path_in:
                self._path_in.pop()
        elif name == "event":
            self._ended()
        elif name == "trace":
            self.empty_traces += not self._held and self._trace is not None and _PART_GIVEN not in self._trace
            self._flush()
            self._trace = None

    def _ended(self) -> None:
        if self._event is None:
            return
        values = [""] * self._width
        self._fill(values, self._event)
        self._found.update(self._event)
        self._held.append(Entry(self._line, values))
        self._event = None
        if len(self._held) >= _HELD_MOST:
            self._flush()
            if self._trace is not None:
                self._trace[_PART_GIVEN] = "1"

    def _fill(self, values: list[str], found: dict[str, str]) -> None:
        """Put values in their places; of several keys for one place the first one named in the mapping."""
        best: dict[int, int] = {}
        for key, value in found.items():
            for place, rank in self._places.get(key, ()):
                if value and rank < best.get(place, 1_000):
                    best[place] = rank
                    values[place] = value

    def _flush(self) -> None:
        """Give the trace's events out with what the trace says of itself, before its events or after them."""
        trace = self._trace or {}
        self._found.update(key for key in trace if key != _PART_GIVEN)
        whole = [""] * self._width
        self._fill(whole, trace)
        for entry in self._held:
            values = [mine or theirs for mine, theirs in zip(entry.values, whole, strict=True)]
            self._ready.append(Entry(entry.line, values))
        self._held.clear()
