"""Health for supervisors and figures for Prometheus."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterable

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from hall_server.errors import Forbidden, Unavailable
from hall_server.identity import Role
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import PUBLIC, Kind, Route, Verb

LAG_STEP_S = 1.0
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Metrics:
    """The figures of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}  # routes are few
        self.requests = Counter(
            "onedoor_http_requests",
            "Requests by route and status",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "onedoor_http_seconds", "Time to answer", ["route"], registry=self.registry, buckets=_BUCKETS
        )
        self.clients = Gauge("onedoor_live_clients", "Clients of the live feed", registry=self.registry)
        self.frames = Gauge("onedoor_live_frames", "Frames given to clients since the start", registry=self.registry)
        self.journal = Gauge("onedoor_journal_seq", "Last committed event", registry=self.registry)
        self.lag = Gauge("onedoor_loop_lag_seconds", "How late the event loop runs its timers", registry=self.registry)

    def count(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        key = (route, method, status)
        found = self._children.get(key)
        if found is None:
            found = self._children[key] = (self.requests.labels(route, method, str(status)), self.seconds.labels(route))
        found[0].inc()
        found[1].observe(seconds)

    async def watch_lag(self) -> None:
        """Measure for ever how late the loop is."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_STEP_S
            await asyncio.sleep(LAG_STEP_S)
            self.lag.set(max(0.0, loop.time() - due))


class Health(msgspec.Struct, frozen=True):
    """Whether it is well."""

    ok: bool


class HealthHandler(ApiHandler):
    """``/healthz``: the process answers."""

    async def get(self) -> None:
        """Answer."""
        self.answer(Health(ok=True))


class ReadyHandler(ApiHandler):
    """``/readyz``: the journal is read and can be written."""

    async def get(self) -> None:
        """Answer 503 while commands would be refused.

        Raises:
            Unavailable: ``server.not_ready``.
        """
        if not self.server.ready or self.server.journal.failure is not None:
            raise Unavailable("server.not_ready")
        self.answer(Health(ok=True))


class MetricsHandler(ApiHandler):
    """``/metrics``, for this machine and for administrators."""

    async def get(self) -> None:
        """Write the figures.

        Raises:
            Forbidden: ``metrics.not_here``.
        """
        if not (_is_loopback(self.request.remote_ip) or self.actor.may(Role.ADMIN)):
            raise Forbidden("metrics.not_here")
        metrics = self.web.metrics
        metrics.clients.set(self.server.live.clients)
        metrics.frames.set(self.server.live.frames_sent)
        metrics.journal.set(self.server.journal.committed)
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(metrics.registry))


def routes() -> Iterable[Route]:
    """The routes of this module."""
    for path, handler, summary in (
        ("/healthz", HealthHandler, "The process answers"),
        ("/readyz", ReadyHandler, "Commands are taken; 503 otherwise"),
    ):
        yield Route(path, handler, {"GET": Verb(access=PUBLIC, summary=summary, reply=Health)})
    verb = Verb(access=PUBLIC, summary="Figures for Prometheus; this machine and administrators", media="text/plain")
    yield Route("/metrics", MetricsHandler, {"GET": verb}, kind=Kind.API)


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
