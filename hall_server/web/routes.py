"""Routes and who may use them; the audit that keeps a server with an unguarded route from starting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, PathMatches
from tornado.web import RequestHandler

from hall_server.identity import Actor, Role

WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
BODY_LIMIT = 64 * 1024
"""Largest request body in bytes, where a route says nothing else."""


class Unguarded(Exception):
    """A route does not say who may use it, or an API route does not say what it takes and gives."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use something; ``roles`` None means everyone."""

    roles: frozenset[Role] | None

    def admits(self, actor: Actor) -> bool:
        """Whether the actor may."""
        return self.roles is None or actor.may(*self.roles)

    @property
    def is_public(self) -> bool:
        """Whether nobody needs to sign in."""
        return self.roles is None

    def __or__(self, other: Access) -> Access:
        """Whoever one of the two admits."""
        if self.roles is None or other.roles is None:
            return PUBLIC
        return Access(self.roles | other.roles)


def roles(*names: Role) -> Access:
    """Access for those who have one of these roles."""
    return Access(frozenset(names))


PUBLIC = Access(None)
DEVICE = roles(Role.DEVICE)
STAFF = roles(Role.STAFF, Role.MANAGER)
MANAGER = roles(Role.MANAGER, Role.ADMIN)
ADMIN = roles(Role.ADMIN)
SIGNED_IN = roles(
    *(Role.STAFF, Role.MANAGER, Role.ADMIN),
    *(Role.EXAMINER, Role.LEADER, Role.SUPERVISOR, Role.EDITOR),
)


class Kind(Enum):
    """What a route gives, which decides how it speaks of errors and what may be kept in caches."""

    API = "api"  # JSON
    PAGE = "page"  # HTML of a screen
    STATIC = "static"  # files a page loads
    LIVE = "live"  # WebSocket


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one visitor's address may use the routes of a group; signed-in people and devices are not counted.

    Attributes:
        group: routes with the same group share the count.
        per_s: requests a second, in the long run.
        burst: requests at once.
    """

    group: str
    per_s: float
    burst: int


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One method of a route.

    Attributes:
        access: who may.
        summary: one line for the interface's documentation.
        request: the struct of the body, or None where there is no body.
        reply: type of the answer; None: answered without a body (204) or, with ``media``, not with JSON.
        status: of the answer.
        query: name → meaning of each query parameter.
        media: media type of the answer.
    """

    access: Access
    summary: str = ""
    request: Any = None
    reply: Any = None
    status: int = 200
    query: Mapping[str, str] = field(default_factory=dict)
    media: str = "application/json"
    limit: Limit | None = None


@dataclass(frozen=True)
class Route:
    """An address and its verbs.

    Attributes:
        path: regular expression; ``{name}`` stands for an id, ``{name:regex}`` for something else. What is named
            reaches the handler's method as keyword argument.
        verbs: by method, such as ``{"GET": Verb(…)}``. Methods without a verb are answered 405.
        options: keyword arguments for the handler's ``initialize``, besides ``web`` and ``route``.
        is_last: answers what no route of this path has taken, with 405.
    """

    path: str
    handler: type[RequestHandler]
    verbs: Mapping[str, Verb]
    kind: Kind = Kind.API
    body_limit: int = BODY_LIMIT
    options: Mapping[str, Any] = field(default_factory=dict)
    is_last: bool = False

    @property
    def pattern(self) -> str:
        """The path as a regular expression with named groups."""
        return _PARAMETER.sub(lambda found: f"(?P<{found[1]}>{found[2] or _ID})", self.path) + "$"

    @property
    def template(self) -> str:
        """The path for people and metrics: ``/api/v1/windows/{window}``."""
        return _PARAMETER.sub(lambda found: f"{{{found[1]}}}", self.path)

    @property
    def parameters(self) -> list[str]:
        """Names of what the path holds, in order."""
        return [found[1] for found in _PARAMETER.finditer(self.path)]


def api(path: str, handler: type[RequestHandler], *, body_limit: int = BODY_LIMIT, **verbs: Verb) -> Route:
    """A JSON route: ``api("/api/v1/hall", HallHandler, get=Verb(access=PUBLIC, reply=HallView))``."""
    return Route(path, handler, {name.upper(): verb for name, verb in verbs.items()}, body_limit=body_limit)


def joined(found: Iterable[Route]) -> list[Route]:
    """The routes, followed by one for each path that answers 405 and names the methods of all its routes."""
    every = list(found)
    allowed: dict[str, dict[str, Verb]] = {}
    for route in every:
        allowed.setdefault(route.path, {}).update(route.verbs)
    lasts = {route.path: route for route in every}
    return every + [replace(route, verbs=allowed[path], is_last=True) for path, route in lasts.items()]


class Match(Matcher):
    """Whether a request is a route's: by path and, so that several routes may share a path, by method."""

    def __init__(self, route: Route) -> None:
        self._path = PathMatches(route.pattern)
        self._methods = None if route.is_last else {*route.verbs, *(["HEAD"] if "GET" in route.verbs else [])}

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """The handler's arguments, or None."""
        if self._methods is not None and request.method not in self._methods:
            return None
        return self._path.match(request)


def audit(routes: Iterable[Route]) -> None:
    """Refuse routes that do not say who may use them or what they carry.

    Raises:
        Unguarded: names every such route.
    """
    faults = [f"{route.template}: {fault}" for route in routes for fault in _faults(route)]
    if faults:
        raise Unguarded("; ".join(faults))


def _faults(route: Route) -> Iterable[str]:
    if not route.verbs:
        yield "has no verb"
    for method, verb in route.verbs.items():
        if not isinstance(getattr(verb, "access", None), Access):
            yield f"{method} has no access"
        elif getattr(route.handler, method.lower()) is getattr(RequestHandler, method.lower()):
            yield f"{method} is not handled"
        elif route.kind is Kind.API and not verb.summary:
            yield f"{method} has no summary"
        elif route.kind is Kind.API and verb.reply is None and verb.status != 204 and verb.media == "application/json":
            yield f"{method} does not say what it answers"


_ID = r"[A-Za-z0-9_.~-]{1,80}"
_PARAMETER = re.compile(r"\{([a-z]\w*)(?::((?:[^{}]|\{[^{}]*\})+))?\}")
