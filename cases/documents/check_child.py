"""The process in which a stranger's file is checked: it may hang, grow and die without holding the server."""

from __future__ import annotations

import contextlib
import logging
import os
import sys

import msgspec

from cases.documents.signing import verify
from cases.documents.work import CheckWork, Seen
from hall_server.errors import Invalid

NICER = 10
"""Visitors are served meanwhile: the server's own process goes first."""


def main() -> int:
    """Check one file."""
    logging.disable(logging.CRITICAL)  # what libraries could say of a file may name people
    work = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=CheckWork)
    _bound(work)
    try:
        said = Seen(found=verify(work.pdf, work.roots, now=work.now))
    except Invalid:
        said = Seen(is_readable=False)
    except MemoryError:
        return 1
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    return 0


def _bound(work: CheckWork) -> None:
    """Let a file that is made to eat memory or time end this process and nothing else."""
    if hasattr(os, "nice"):
        os.nice(NICER)
    with contextlib.suppress(ImportError):  # Windows has no such bounds; the parent's deadline holds there too
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (work.memory_bytes, work.memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (work.cpu_s, work.cpu_s))


if __name__ == "__main__":
    sys.exit(main())
