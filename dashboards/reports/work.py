"""What the hall gives the process that writes a report, and what that says back."""

from __future__ import annotations

import msgspec

from dashboards.reports.book import Book


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A book to be written as a file; ``path``: where."""

    book: Book
    format: str
    path: str


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the child: how much is done, 0 to 1; its last word: the file's size, pages and hash."""

    done: float = 0.0
    size: int = 0
    pages: int = 0
    sha256: str = ""
