"""What every request goes through before a room's handler sees it, and how it is answered."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable
from functools import lru_cache
from http.cookies import Morsel
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec
from tornado.httputil import HTTPHeaders, format_timestamp
from tornado.web import HTTPError, RequestHandler, stream_request_body

from hall_server.errors import DomainError, Forbidden, Invalid, TooLarge, TooMany, Unauthenticated
from hall_server.identity import Actor, Role, keyed_text, visitor
from hall_server.messages import Command
from hall_server.origins import origin_of
from hall_server.web import bodies, faults, security
from hall_server.web.locales import choose_language
from hall_server.web.routes import WRITING, Route, Verb

if TYPE_CHECKING:
    from hall_server.web.app import Web
    from hall_server.web.ports import HallServer
    from hall_server.web.sessions import Session

T = TypeVar("T")

log = logging.getLogger(__name__)

_encoder = msgspec.json.Encoder()
_JSON = "application/json; charset=utf-8"
_COMMAND_ID = re.compile(r"[A-Za-z0-9_-]{8,80}")


NOBODY = visitor()


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    """What stands in ``Date``; made anew at each answer it took 10 us of a ticket's 300."""
    return format_timestamp(second)


class BaseHandler(RequestHandler):
    """Who asks, whether they may, and errors in one shape; for every kind of route.

    Attributes:
        web: the web side. server: the hall. route: the one that led here.
        actor: who asks; a visitor where nobody is signed in.
        session: the signed-in person's session, or None.
        keeps_session: whether a request keeps the session alive; one that a page makes by itself must not.
    """

    keeps_session: ClassVar[bool] = True
    _verb: Verb | None = None
    web: Web
    server: HallServer
    route: Route
    actor: Actor
    session: Session | None = None

    def initialize(self, *, web: Web, route: Route, **options: Any) -> None:
        """Take what the route gives."""
        self.web, self.server, self.route = web, web.server, route
        self.actor = NOBODY
        for name, value in options.items():
            setattr(self, name, value)

    def clear(self) -> None:
        """As Tornado's, but the date is written once a second, and no software is named."""
        self._headers = HTTPHeaders()
        self._headers["Content-Type"] = "text/html; charset=UTF-8"
        self._headers["Date"] = _date(int(time.time()))
        self.set_default_headers()
        self._write_buffer = []
        self._status_code, self._reason = 200, "OK"

    def set_default_headers(self) -> None:
        """Set the headers of every answer."""
        host = self.request.headers.get("Host", "")
        is_private = self.request.path.startswith("/api/")
        # set_header would look for forbidden characters in the same five texts at every answer: 5 us of a ticket's 300.
        self._headers.update(security.headers(host, is_private=is_private))

    async def prepare(self) -> None:
        """Refuse what may not pass: unknown host, nobody, the wrong one, too often, a forged write."""
        self.web.hosts.check(self.request.host)
        verb = self.verb
        await self._identify()
        self._admit(verb)
        if self.session is not None and self.request.method in WRITING:
            security.check_xsrf(self.xsrf_text(self.session), self.request.headers.get("X-XSRFToken"))
        if verb.limit is not None and self.actor.kind is Role.VISITOR:
            self.web.limiter.take(verb.limit, self.origin)

    @property
    def verb(self) -> Verb:
        """The verb of the request's method.

        Raises:
            Unanswered: the route has none.
        """
        if self._verb is None:
            method = self.request.method or ""
            verb = self.route.verbs.get("GET" if method == "HEAD" else method)
            if verb is None or self.route.is_last:
                self.set_header("Allow", ", ".join(self.route.verbs))
                raise faults.Unanswered("route.method")
            self._verb = verb
        return self._verb

    @property
    def language(self) -> str:
        """The language to answer in."""
        return choose_language(self.get_query_argument("lang", None), self.request.headers.get("Accept-Language"))

    @property
    def address(self) -> str:
        """Where the request comes from, as a keyed hash: apart from others, but no address of a person."""
        return keyed_text(self.server.keys.session, self.request.remote_ip or "")[:12]

    @property
    def origin(self) -> str:
        """What limits count: the address, of IPv6 its network; as a keyed hash like `address`."""
        return keyed_text(self.server.keys.session, origin_of(self.request.remote_ip or ""))[:12]

    def xsrf_text(self, session: Session) -> str:
        """The token that this session's writes must carry."""
        return security.xsrf_token(self.server.keys.cookie, session.id)

    def check_trusted_origin(self, origin: str) -> bool:
        """Refuse other sites' writes, also those that need no session."""
        return origin.split("://")[-1].lower() == self.request.host.lower()

    async def _identify(self) -> None:
        header = self.request.headers.get("Authorization", "")
        if header.startswith("Basic "):
            self.actor = self.web.device_logins.actor(header.removeprefix("Basic "))
            return
        self.actor = visitor(self.address)
        if value := self.get_cookie(self.web.sessions.cookie):
            found = await self.web.sessions.find(value, keeps=self.keeps_session)
            if found is not None:
                self.session, self.actor = found
                self.web.sessions.came_from(self.session, self.request.remote_ip or "", self.address)

    def _admit(self, verb: Verb) -> None:
        if verb.access.admits(self.actor):
            return
        if self.actor.kind is Role.VISITOR:
            has_cookie = self.get_cookie(self.web.sessions.cookie) is not None
            raise Unauthenticated("session.expired" if has_cookie else "session.missing")
        raise Forbidden("role.missing", roles=sorted(verb.access.roles or ()))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Keep refusals out of the log; a fault is logged where its id is made."""

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answer with the error's own status."""
        info = kwargs.get("exc_info")
        error = faults.as_domain_error(info[1] if info else None, status_code)
        if isinstance(error, faults.Fault):
            log.error(
                "fault %s in %s", error.fields["id"], self.route_name, exc_info=info, extra={"action": "web.fault"}
            )
        super().send_error(error.status, error=error)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write the error's shape."""
        error: DomainError = kwargs["error"]
        if isinstance(error, TooMany) and "retry_s" in error.fields:
            self.set_header("Retry-After", str(error.fields["retry_s"]))
        if isinstance(error, faults.Unanswered):
            self.set_header("Allow", ", ".join(self.route.verbs))
        self.set_header("Cache-Control", "no-store")
        self.write_fault(error)

    def write_fault(self, error: DomainError) -> None:
        """Write an error as JSON; pages have their own way."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(_encoder.encode(faults.body(error, self.web.locales, self.language)))

    @property
    def route_name(self) -> str:
        """The route for logs and metrics, without what its path holds."""
        return self.route.template

    def set_hall_cookie(self, name: str, value: str, *, httponly: bool, max_age_s: int | None = None) -> None:
        """Set a cookie for this site only, over TLS only where the hall has it."""
        morsel: Morsel[str] = Morsel()
        morsel.set(name, value, value)
        morsel.update({"path": "/", "samesite": "Lax"})
        morsel["httponly"], morsel["secure"] = httponly, self.web.sessions.has_tls
        if max_age_s is not None:
            morsel["max-age"] = str(max_age_s)
        self.add_header("Set-Cookie", morsel.OutputString())


@stream_request_body
class ApiHandler(BaseHandler):
    """A JSON route's handler; a room writes ``async def post(self, window: str)`` and uses what stands here.

    The body is taken as it comes, so that one that is too large is refused with an answer and not with silence.
    """

    most_bytes: ClassVar[int | None] = None

    async def prepare(self) -> None:
        """Refuse as every route does, and a body that says that it is too large.

        A refusal waits until the body has been read: Tornado cuts the connection of a request that is answered before
        its end, and a client that is still sending then sees a broken line instead of the answer.
        """
        self._raw = bytearray()
        self._is_too_large = False
        try:
            await self.check_request()
        except (DomainError, HTTPError) as exc:
            if not self._is_body_coming:
                raise
            self._is_too_large = True
            self._refuse_later(exc)

    async def check_request(self) -> None:
        """Refuse what may not pass.

        Raises:
            DomainError: why.
        """
        length = self.request.headers.get("Content-Length", "")
        if length.isdigit() and int(length) > self.route.body_limit:
            raise TooLarge("body.too_large", most_bytes=self.route.body_limit)
        await super().prepare()

    @property
    def _is_body_coming(self) -> bool:
        """Whether the client sends a body without waiting for leave. Source: RFC 9110 10.1.1."""
        headers = self.request.headers
        has_body = headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in headers
        return has_body and headers.get("Expect", "").lower() != "100-continue"

    def _refuse_later(self, error: Exception) -> None:
        """Let the verb, which Tornado calls when the body has been read, do nothing but refuse."""

        async def refuse(*_: str, **__: str) -> None:
            raise error

        setattr(self, (self.request.method or "").lower(), refuse)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Collect the body up to the route's limit; what comes beyond is dropped."""
        if len(self._raw) + len(chunk) > self.route.body_limit:
            self._is_too_large = True
            self._raw.clear()
        elif not self._is_too_large:
            self._raw += chunk
        return None

    @property
    def raw_body(self) -> bytes:
        """The body as it came.

        Raises:
            TooLarge: ``body.too_large``.
        """
        if self._is_too_large:
            raise TooLarge("body.too_large", most_bytes=self.route.body_limit)
        return bytes(self._raw)

    def read(self, kind: type[T]) -> T:
        """The body as a struct, the one the route's verb names as its request; an empty body counts as ``{}``.

        Raises:
            Invalid: ``body.broken``, or ``body.invalid`` with the fields' paths.
        """
        if kind is not self.verb.request:
            raise TypeError(f"{self.route.template} does not say that it takes {kind}")
        return bodies.parse(self.raw_body, kind)

    @property
    def command_id(self) -> str | None:
        """The caller's ``Idempotency-Key``.

        Raises:
            Invalid: ``idempotency.invalid``.
        """
        given = self.request.headers.get("Idempotency-Key")
        if given is not None and not _COMMAND_ID.fullmatch(given):
            raise Invalid("idempotency.invalid", least=8, most=80)
        return given

    async def run(self, command: Command, *, status: int | None = None) -> None:
        """Execute a command as the caller and answer with its reply, once it is committed."""
        reply = await self.server.execute(command, actor=self.actor, command_id=self.command_id)
        self._answer_bytes(reply, self.verb.status if status is None else status)

    def answer(self, value: object, *, status: int | None = None) -> None:
        """Answer with a value msgspec can encode."""
        self._answer_bytes(_encoder.encode(value), self.verb.status if status is None else status)

    async def answer_picture(self, name: str, key: str) -> None:
        """Answer with the same picture that the live feed shows, once everything in it is committed."""
        picture = self.server.live.picture(name, key, self.actor)
        await self.server.settled()
        self._answer_bytes(picture, self.verb.status)

    def answer_nothing(self) -> None:
        """Answer 204."""
        self.set_status(204)
        self.clear_header("Content-Type")
        self.finish()

    def number(self, name: str, *, default: int, least: int = 0, most: int = 1000) -> int:
        """A whole number of the query.

        Raises:
            Invalid: ``query.invalid`` with the field's name.
        """
        text = self.get_query_argument(name, None)
        if text is None or not text.strip():
            return default
        if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
            raise Invalid("query.invalid", field=name, least=least, most=most)
        return int(text)

    def words(self, name: str, default: str = "") -> str:
        """A text of the query, at most 200 characters."""
        return self.get_query_argument(name, default)[:200]

    def _answer_bytes(self, reply: bytes, status: int) -> None:
        self.set_status(status)
        self._headers["Content-Type"] = _JSON  # as in ``set_default_headers``: nothing forbidden stands in it
        self.finish(reply)


class UnknownApiHandler(ApiHandler):
    """Answers for addresses that no route has."""

    async def check_request(self) -> None:
        """Refuse, whoever asks."""
        raise HTTPError(404)
