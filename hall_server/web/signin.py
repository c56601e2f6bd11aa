"""Signing in and out, who one is, and making the first administrator."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from hall_server.directory.commands import SaveStaff
from hall_server.directory.model import Staff
from hall_server.errors import Unauthenticated
from hall_server.identity import SYSTEM, Role
from hall_server.web.accounts import Account
from hall_server.web.handlers import ApiHandler
from hall_server.web.passwords import check_rules
from hall_server.web.routes import PUBLIC, SIGNED_IN, Limit, Route, Verb, api
from hall_server.web.sessions import Session

SIGN_INS = Limit("session", per_s=2, burst=60)
"""Per address; a hall's desks can share one behind a proxy. The lock of an account is stricter."""


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name, password and, where the account has one, the authenticator's six digits."""

    name: str
    password: str
    code: str | None = None


class SetUp(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first administrator, with the token of the one-time link."""

    token: str
    name: str
    display_name: str
    password: str


class SignedIn(msgspec.Struct, frozen=True):
    """Who is signed in; ``xsrf`` goes into the header ``X-XSRFToken`` of every writing request."""

    id: str
    name: str
    display_name: str
    roles: tuple[str, ...]
    windows: tuple[str, ...]
    xsrf: str


class SessionHandler(ApiHandler):
    """``/api/v1/session``."""

    async def post(self) -> None:
        """Sign in; an older session of this browser ends."""
        wanted = self.read(SignIn)
        account = await self.web.accounts.sign_in(wanted.name, wanted.password, wanted.code)
        await self.begin(account)

    async def get(self) -> None:
        """Say who is signed in."""
        account = self.web.accounts.get(self.actor.id)
        if self.session is None or account is None:
            raise Unauthenticated("session.missing")
        self.set_hall_cookie("_xsrf", self.xsrf_text(self.session), httponly=False)
        self.answer(self._signed_in(account, self.session))

    async def delete(self) -> None:
        """Sign out."""
        if self.session is not None:
            await self.web.sessions.end(self.session)
        self.set_hall_cookie(self.web.sessions.cookie, "", httponly=True, max_age_s=0)
        self.set_hall_cookie("_xsrf", "", httponly=False, max_age_s=0)
        self.answer_nothing()

    async def begin(self, account: Account) -> None:
        """Begin a session and tell who it is."""
        if self.session is not None:
            await self.web.sessions.end(self.session)
        session, value = await self.web.sessions.begin(account)
        self.set_hall_cookie(self.web.sessions.cookie, value, httponly=True)
        self.set_hall_cookie("_xsrf", self.xsrf_text(session), httponly=False)
        self.answer(self._signed_in(account, session))

    def _signed_in(self, account: Account, session: Session) -> SignedIn:
        return SignedIn(
            id=account.id,
            name=account.name,
            display_name=account.display_name,
            roles=account.roles,
            windows=account.windows,
            xsrf=self.xsrf_text(session),
        )


class SetupHandler(SessionHandler):
    """``/api/v1/setup``."""

    async def post(self) -> None:
        """Make the administrator and sign them in; works once."""
        wanted = self.read(SetUp)
        accounts = self.web.accounts
        async with accounts.setting_up:
            await accounts.check_setup(wanted.token)
            id_, number = self.server.ids.new(), "1"
            accounts.check_name(wanted.name, id_=id_)
            accounts.check_display_name(wanted.display_name)
            check_rules(wanted.password, wanted.name)
            roles = (Role.ADMIN.value, Role.MANAGER.value)
            account = Account(
                id=id_,
                name=wanted.name,
                display_name=wanted.display_name,
                number=number,
                password="",  # save() puts the hash there
                roles=roles,
            )
            await self.server.execute(SaveStaff(item=Staff(id=id_, number=number, roles=roles)), actor=SYSTEM)
            account = await accounts.save(account, password=wanted.password)
            await accounts.use_setup()
        await self.begin(account)


def routes() -> Iterable[Route]:
    """The routes of this module."""
    yield api(
        "/api/v1/session",
        SessionHandler,
        post=Verb(access=PUBLIC, summary="Sign in", request=SignIn, reply=SignedIn, limit=SIGN_INS),
        get=Verb(access=SIGNED_IN, summary="Who is signed in", reply=SignedIn),
        delete=Verb(access=PUBLIC, summary="Sign out", status=204),
    )
    yield api(
        "/api/v1/setup",
        SetupHandler,
        post=Verb(
            access=PUBLIC,
            summary="Make the first administrator",
            request=SetUp,
            reply=SignedIn,
            status=201,
            limit=SIGN_INS,
        ),
    )
