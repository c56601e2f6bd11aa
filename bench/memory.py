"""Memory of a process and its children, from /proc."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_KB_PER_MB = 1024


class Memory(NamedTuple):
    """Resident memory, shared pages counted whole (RSS) and by their share (PSS), in MB of 1,048,576 bytes."""

    rss_mb: float
    pss_mb: float


def of_tree(pid: int) -> Memory:
    """The memory of a process and all its children."""
    found = [_of(one) for one in _tree(pid)]
    return Memory(sum(one.rss_mb for one in found), sum(one.pss_mb for one in found))


def _of(pid: int) -> Memory:
    fields = dict.fromkeys(("Rss", "Pss"), 0.0)
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines():
        name, _, rest = line.partition(":")
        if name in fields:
            fields[name] += int(rest.split()[0])
    return Memory(fields["Rss"] / _KB_PER_MB, fields["Pss"] / _KB_PER_MB)


def _tree(pid: int) -> Iterator[int]:
    """The process and its children's children, by parent ids."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += parents.get(one, [])
