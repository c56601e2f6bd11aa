"""A Tornado server whose one handler reads a JSON body and answers JSON: what the web framework allows at most."""

from __future__ import annotations

import asyncio

import msgspec
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

ANSWER = {
    "id": "0" * 26,
    "number": "A001",
    "line": "l01",
    "ahead": 0,
    "wait_s": {"p50": 0, "p90": 0},
    "token": "0" * 22,
}


class Tickets(RequestHandler):
    """Answers."""

    def post(self) -> None:
        """Read and answer."""
        msgspec.json.decode(self.request.body)
        self.set_status(201)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(msgspec.json.encode(ANSWER))


async def main() -> None:
    """Listen on a free port until told to stop."""
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([("/api/v1/tickets", Tickets)], log_function=lambda handler: None))
    server.add_sockets(sockets)
    print(f"listening http={sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
