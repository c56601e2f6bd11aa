"""The real hall on a disk that takes its time; with ``--hasty`` it acknowledges before the commit, which it must not.

Run as a program: the negative control of the kill test. Only the order of acknowledgement and commit differs.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "queue")]

import run  # noqa: E402  # after the path is set
from hall_server.database import connections  # noqa: E402
from hall_server.server import Server  # noqa: E402

COMMIT_S = 0.02  # a hall's PC with an old disk


def slow_down() -> None:
    """Let each transaction take as long as an old disk does."""
    transact = connections.Database.transact

    async def slow(self: Any, statements: Any) -> None:
        await asyncio.sleep(COMMIT_S)  # the disk is what is played here; nothing is waited for
        await transact(self, statements)

    connections.Database.transact = slow  # type: ignore[method-assign]  # the disk that is played


def be_hasty() -> None:
    """Answer at once and hope."""

    async def hasty(_: Server, __: object) -> None:
        return

    Server._safe = hasty  # type: ignore[method-assign,assignment]  # the protection that is taken away


if __name__ == "__main__":
    slow_down()
    if "--hasty" in sys.argv:
        sys.argv.remove("--hasty")
        be_hasty()
    sys.exit(run.main(["hall", "--demo", *sys.argv[1:]]))
