"""The web side of a server: its routes, accounts, sessions and the Tornado server that listens."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate, HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.routing import Rule
from tornado.web import Application, RequestHandler

from hall_server.web import live_socket, metrics, pages, routes, signin, texts
from hall_server.web.accounts import Accounts
from hall_server.web.body_time import BodyTime, HeadTime, sweep_forever
from hall_server.web.device_logins import DeviceLogins
from hall_server.web.handlers import BaseHandler, UnknownApiHandler
from hall_server.web.limits import Limiter
from hall_server.web.live import LiveHub
from hall_server.web.metrics import Metrics
from hall_server.web.pages import UnknownPageHandler
from hall_server.web.routes import PUBLIC, Kind, Route, Verb
from hall_server.web.security import Hosts
from hall_server.web.sessions import Sessions

if TYPE_CHECKING:
    from hall_server.web.locales import Locales
    from hall_server.web.ports import HallServer

DRAINED_BYTES = 64 * 1024 * 1024
"""Bodies up to this size are read to their end, so that who sends too much gets an answer; then the line is cut."""
PING_S = 15
_ANY = {method: Verb(access=PUBLIC) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}


class Web:
    """The base's own routes and the rooms'; ``start`` after the server is open, then ``listen``."""

    def __init__(self, server: HallServer) -> None:
        self.server = server
        self.accounts = Accounts(server)
        self.sessions = Sessions(server, self.accounts)
        self.device_logins = DeviceLogins(server)
        self.limiter = Limiter(server.clock)
        self.body_time, self.head_time = BodyTime(server.clock.monotonic), HeadTime(server.clock.monotonic)
        self.metrics = Metrics()
        self.hosts = Hosts(server.settings.trusted_hosts, server.settings.public_url)
        server.live = LiveHub(server)
        self._http: HTTPServer | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._own = [
            *signin.routes(),
            *texts.routes(),
            *metrics.routes(),
            live_socket.live_route(),
            *pages.base_routes(),
        ]
        server.locales.add(Path(__file__).parent / "locales")
        self.sessions.on_end.append(server.live.end_session)

    @property
    def locales(self) -> Locales:
        """The texts."""
        return self.server.locales

    @property
    def routes(self) -> list[Route]:
        """All routes; the first that matches a path answers."""
        return [*self._own, *self.server.routes]

    async def start(self) -> None:
        """Read the accounts and sessions, and let the live feed follow the bus.

        Raises:
            Unguarded: a route does not say who may use it; the server must not start.
        """
        routes.audit(self.routes)
        await self.accounts.load()
        await self.sessions.load()
        self.server.live.start()
        self._tasks = [
            asyncio.create_task(self.metrics.watch_lag(), name="loop lag"),
            asyncio.create_task(sweep_forever(self.body_time, self.head_time), name="late requests"),
        ]

    def listen(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> int:
        """Listen; gives the port, the one that was free where 0 was asked for. ``tls``: speak HTTPS."""
        sockets = bind_sockets(port, host)
        self._http = self.build()
        self._http.ssl_options = tls
        self._http.add_sockets(sockets)
        return int(sockets[0].getsockname()[1])

    def build(self) -> HTTPServer:
        """The Tornado server of all routes."""
        server = HTTPServer(self._application(), max_body_size=DRAINED_BYTES, max_header_size=16 * 1024)
        server.conn_params.header_timeout = None  # ``head_time`` cuts late ones for less; 0 would mean an hour there
        return server

    async def stop(self) -> None:
        """Take no more requests, close the live feed and end."""
        if self._http is not None:
            self._http.stop()
        await self.server.live.stop()
        if self._http is not None:
            await self._http.close_all_connections()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.accounts.close()

    def _application(self) -> Application:
        unknown_api = Route("/api/.*", UnknownApiHandler, _ANY)
        unknown_page = Route("/.*", UnknownPageHandler, _ANY, kind=Kind.PAGE)
        application = _HallApplication(
            [self._rule(route) for route in (*routes.joined(self.routes), unknown_api, unknown_page)],
            log_function=self._count,
            cross_origin_protection=True,
            websocket_ping_interval=PING_S,
            websocket_ping_timeout=PING_S,
            websocket_max_message_size=4096,
        )
        application.know(self.routes, self._options)
        application.body_time, application.head_time = self.body_time, self.head_time
        return application

    def _rule(self, route: Route) -> Rule:
        return Rule(routes.Match(route), route.handler, self._options(route), name=None)

    def _options(self, route: Route) -> dict[str, Any]:
        return {"web": self, "route": route, **route.options}

    def _count(self, handler: RequestHandler) -> None:
        if isinstance(handler, BaseHandler):
            self.metrics.count(
                route=handler.route_name,
                method=handler.request.method or "",
                status=handler.get_status(),
                seconds=handler.request.request_time(),
            )


class _HallApplication(Application):
    """Finds the routes whose path holds no parameter without trying one pattern after the other.

    Attributes:
        body_time, head_time: watch the bodies and the heads.
    """

    body_time: BodyTime
    head_time: HeadTime
    _exact: Mapping[tuple[str, str], tuple[type[RequestHandler], dict[str, Any]]] = {}

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """The next request of a connection is waited for."""
        self.head_time.begin(request_conn)
        return super().start_request(server_conn, request_conn)

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:  # Tornado's class for it is private
        """The handler of a request; ``transforms`` and the like come from Tornado."""
        self.head_time.come(request.connection)
        found = self._exact.get((request.method or "", request.path))
        if found is None:
            return self.body_time.watched(request, super().find_handler(request, **kwargs))
        handler, options = found
        return self.body_time.watched(request, self.get_handler_delegate(request, handler, options))

    def know(self, routes: Iterable[Route], options: Callable[[Route], dict[str, Any]]) -> None:
        """Learn the routes; the first of a path and method counts, as in the patterns."""
        exact: dict[tuple[str, str], tuple[type[RequestHandler], dict[str, Any]]] = {}
        for route in routes:
            if not route.parameters and re.fullmatch(r"[\w/-]+", route.path):
                for method in route.verbs:
                    exact.setdefault((method, route.path), (route.handler, options(route)))
        self._exact = exact


def routes_of(web: Web) -> Iterable[Route]:
    """The API routes, for their documentation."""
    return [route for route in web.routes if route.kind in (Kind.API, Kind.LIVE)]
