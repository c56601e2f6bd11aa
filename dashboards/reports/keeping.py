"""Made reports lie as files beside the database, in folders by the month in which they were asked for."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from pathlib import Path

from dashboards.reports.model import Report
from hall_server.errors import Unavailable

FOLDER = "reports"
NEW = ".new"
"""What is being written; a process that died leaves it behind."""


class ReportFiles:
    """The folder of reports; readable by the server's user only, for they name staff."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, report: Report) -> Path:
        """Where a report lies."""
        return self.folder / f"{report.asked_at:%Y-%m}" / f"{report.id}.{report.format}"

    async def place(self, report: Report) -> Path:
        """Where it is to be written; its folder exists then.

        Raises:
            Unavailable: ``report.not_kept``: the disk does not take it.
        """
        path = self.path(report)
        try:
            await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True, mode=0o700)
        except OSError as exc:
            raise Unavailable("report.not_kept") from exc
        return path.with_name(path.name + NEW)

    async def keep(self, report: Report) -> None:
        """Put what was written in its place; it is on the disk when this returns.

        Raises:
            Unavailable: ``report.not_kept``.
        """
        try:
            await asyncio.to_thread(_rename, self.path(report))
        except OSError as exc:
            raise Unavailable("report.not_kept") from exc

    async def read(self, report: Report) -> bytes:
        """A report's bytes, as they were made.

        Raises:
            Unavailable: ``report.not_readable``: the file is gone or is another one.
        """
        try:
            content = await asyncio.to_thread(self.path(report).read_bytes)
        except OSError as exc:
            raise Unavailable("report.not_readable") from exc
        if await asyncio.to_thread(digest, content) != report.sha256:
            raise Unavailable("report.not_readable")
        return content

    async def drop(self, report: Report) -> None:
        """Remove a report's file, and what of it was being written."""
        await asyncio.to_thread(_unlink, self.path(report))

    async def sweep(self, known: set[str]) -> int:
        """Remove files of reports that are not kept; how many there were."""
        return await asyncio.to_thread(_sweep, self.folder, known)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner reads; it is on the disk when this returns."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _rename(path: Path) -> None:
    os.replace(path.with_name(path.name + NEW), path)
    if os.name == "nt":  # Windows has no descriptor of a folder
        return
    at = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)


def _unlink(path: Path) -> None:
    for one in (path, path.with_name(path.name + NEW)):
        with contextlib.suppress(OSError):
            one.unlink()


def _sweep(folder: Path, known: set[str]) -> int:
    found = [one for one in folder.glob("*/*") if one.name not in known] if folder.is_dir() else []
    for one in found:
        with contextlib.suppress(OSError):
            one.unlink()
    return len(found)
