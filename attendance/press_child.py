"""The child process in which sheets are made: a book of msgpack on standard input, a file on standard output."""

from __future__ import annotations

import sys

import msgspec

from attendance.press import NO_FONT
from attendance.sheet_files import xlsx
from attendance.sheet_pdf import pdf
from attendance.sheet_table import Book, Paper
from hall_server.errors import Unavailable


def main(kind: str, paper: str) -> int:
    """Make one file."""
    book = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Book)
    try:
        made = xlsx(book) if kind == "xlsx" else pdf(book, Paper(paper))
    except Unavailable:
        return NO_FONT
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
