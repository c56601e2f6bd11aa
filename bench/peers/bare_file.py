"""A bare Tornado that serves one file and nothing else: the limit of a ready announcement."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler


async def main(file: Path) -> None:
    """Listen on a free port until told to stop."""
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([(r"/(.*)", StaticFileHandler, {"path": str(file.parent)})]))
    server.add_sockets(sockets)
    print(f"listening http={sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
