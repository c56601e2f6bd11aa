"""Filing by oneself over HTTP: who it is, applications with their pages, sending, correcting, taking back.

Why this long: one short class for every address, beside each other.
"""

from __future__ import annotations

from datetime import timedelta
from http.cookies import Morsel
from typing import Any

import msgspec

from cases.applying.afterwards import BoxSeen, channel_of
from cases.applying.checking import Checked
from cases.applying.identifying import CodeSent, DemoMessage
from cases.applying.messages import How
from cases.applying.model import Held, OwnKnown
from cases.applying.pictures import (
    Applicant,
    ApplicationList,
    ApplicationSeen,
    MattersOpen,
    Payments,
    Pictures,
    Submitted,
)
from cases.applying.requests import (
    ApplicationSaved,
    ApplicationWanted,
    BoxCode,
    CaseRated,
    CodeWanted,
    LicenceWanted,
    Nothing,
    PhoneProved,
    SessionWanted,
    WithdrawWanted,
)
from cases.applying.room import Applying
from cases.applying.sessions import LONGEST, Machine, Session
from cases.catalogue.model import Channel
from cases.desk.scans import UPLOAD_MOST
from cases.flow import PaperKind
from cases.model import Case
from evaluation.requests import RatingWanted
from evaluation.service import RatingMade
from hall_server.errors import Invalid, NotFound, Refused, Unauthenticated
from hall_server.identity import Actor, Role, visitor
from hall_server.web import security
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import MANAGER, PUBLIC, WRITING, Limit, Route, Verb

BASE = "/api/v1/applications"
ONE = f"{BASE}/{{id}}"
APPLICANT = "/api/v1/applicant"
SHA = "{sha256:[0-9a-f]{64}}"
FORM_MOST = 256 * 1024
CODES = Limit(group="applicant codes", per_s=0.2, burst=20)
SIGN_INS = Limit(group="applicant sessions", per_s=0.5, burst=30)
WORK = Limit(group="applications", per_s=30, burst=200)
"""Per address; the phones of a hall can share one."""
XSRF = "_xsrf_applicant"
"""Beside the cookie of the staff's pages: whoever files in a browser where somebody is signed in disturbs nobody."""
CARD_FRESH = timedelta(minutes=3)
"""So long after a card was read its holder may prove their phone with it."""
PAGE, PAGE_MOST = 50, 200
PAGED = {"limit": "so many at most", "offset": "after so many"}
UPLOADS = Limit(group="application pages", per_s=3, burst=60)
PER_NUMBER = Limit(group="applicant number", per_s=1 / 600, burst=8)
"""Of one ID number and phone from wherever: eight messages at once, then one in ten minutes."""
PER_ASKER = Limit(group="applicant number, asker", per_s=1 / 600, burst=8)
"""Of one ID number from one place: nobody finds out by trying which phone belongs to somebody."""
PER_PHONE = Limit(group="applicant phone", per_s=1 / 600, burst=16)
"""To one phone, with whatever numbers: a family shares one, and nobody is buried in messages."""


class ApplicantHandler(ApiHandler):
    """A handler of this room; ``applicant`` is whoever is identified, None: nobody."""

    applying: Applying
    pictures: Pictures
    applicant: Session | None = None

    async def check_request(self) -> None:
        """Refuse as every route does, and a write without the session's token."""
        await super().check_request()
        value = self.get_cookie(self.cookie)
        if value:
            self.applicant = await self._found(value)
        if self.applicant is not None and self.request.method in WRITING:
            security.check_xsrf(self.applicant_xsrf(self.applicant), self.request.headers.get("X-XSRFToken"))
        if self.applicant is not None and "id" in self.path_kwargs:
            await self.applying.check_shown(self.applicant, self.path_kwargs["id"])

    async def _identify(self) -> None:
        """A machine of the hall by its credential; staff who are signed in here are visitors like others."""
        if self.request.headers.get("Authorization", "").startswith("Basic "):
            await super()._identify()
        else:
            self.actor = visitor(self.address)

    async def _found(self, value: str) -> Session | None:
        """The cookie's session; one whose phone was outranked meanwhile ends here."""
        session = await self.applying.sessions.find(value, device=self.device)
        if session is None or await self.applying.identifying.stands(session):
            return session
        await self.applying.sessions.end(session)
        return None

    @property
    def device(self) -> str:
        """The hall's machine that asks; "" where it is somebody's own."""
        return self.actor.id if self.actor.kind is Role.DEVICE else ""

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return f"{'__Host-' if self.web.sessions.has_tls else ''}onedoor_applicant"

    @property
    def who(self) -> Session:
        """Whoever is identified.

        Raises:
            Unauthenticated: ``applying.nobody``; ``session.expired``.
        """
        if self.applicant is not None:
            return self.applicant
        if self.get_cookie(self.cookie):
            raise Unauthenticated("session.expired")
        raise Unauthenticated("applying.nobody")

    @property
    def by_card(self) -> str:
        """The person whose card began the session a moment ago; "" where none did.

        A phone is proved with it: whoever finds a session that somebody left open has no time for it.
        """
        session = self.applicant
        if session is None or session.how is not How.CARD or self.applying.server.now() - session.begun_at > CARD_FRESH:
            return ""
        return session.person

    @property
    def as_applicant(self) -> Actor:
        """As whom they act on their own cases."""
        return self.applying.actor(self.who.person)

    async def case(self, id_: str) -> Case:
        """The case that one of their applications became.

        Raises:
            NotFound: ``applying.unknown``. Refused: ``applying.not_sent``.
        """
        async with self.applying.turn(id_):
            held = await self.applying.load(self.who.person, id_)
        return await self.applying.filing.case(held.application)

    async def number_on_card(self) -> str:
        """The ID number of whoever's card began the session."""
        return (await self.applying.server.vault.open(self.who.person)).id_number or ""

    def seen(self, session: Session) -> Applicant:
        """Who is identified, and the token of their writes."""
        xsrf = self.applicant_xsrf(session)
        self.set_hall_cookie(XSRF, xsrf, httponly=False)
        return Applicant(
            masked=session.masked, how=session.how, machine=session.machine, until=session.until, xsrf=xsrf
        )

    async def check_sure(self) -> None:
        """Let go on who surely is the person: results are handed to nobody else.

        Raises:
            Refused: ``applying.result_card``.
        """
        if not await self.applying.identifying.is_sure(self.who):
            raise Refused("applying.result_card", licence="card")

    def applicant_xsrf(self, session: Session) -> str:
        """The token that this session's writes must carry."""
        return security.xsrf_token(self.server.keys.cookie, bytes.fromhex(session.id))

    def keep_cookie(self, value: str, max_age_s: int | None) -> None:
        """Set the session's cookie: for this site's own pages only, and for no script."""
        morsel: Morsel[str] = Morsel()
        morsel.set(self.cookie, value, value)
        morsel.update({"path": "/", "samesite": "Strict"})
        morsel["httponly"], morsel["secure"] = True, self.web.sessions.has_tls
        if max_age_s is not None:
            morsel["max-age"] = str(max_age_s)
        self.add_header("Set-Cookie", morsel.OutputString())

    async def caught_up(self) -> None:
        """Wait until the table of cases shows what was just done."""
        server = self.applying.server
        await server.projector.reached(server.journal.committed)

    async def show(self, held: Held, *, status: int | None = None) -> None:
        """Answer with an application."""
        is_sure = await self.applying.identifying.is_sure(self.who)
        self.answer(await self.pictures.application(held, is_sure=is_sure), status=status)

    def send_file(self, content: bytes, media: str, name: str = "") -> None:
        """Send bytes that no cache keeps."""
        self.set_header("Content-Type", media)
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Disposition", f'inline; filename="{name}"' if name else "inline")
        self.finish(content)


class CodeHandler(ApplicantHandler):
    """`POST /api/v1/applicant/code`."""

    async def post(self) -> None:
        """Send a code to a phone."""
        wanted = self.read(CodeWanted)
        own = await self.number_on_card() if self.by_card and not wanted.id_number else wanted.id_number
        number, phone = self.applying.identifying.asked(own, wanted.phone)
        self.web.limiter.take(PER_ASKER, f"{self.origin} {number}")
        self.web.limiter.take(PER_PHONE, phone)
        self.web.limiter.take(PER_NUMBER, f"{number} {phone}")
        card = self.by_card
        self.answer(
            await self.applying.identifying.send_code(
                number, wanted.phone, wanted.name, by_card=card, is_known=own != wanted.id_number
            )
        )


class SessionHandler(ApplicantHandler):
    """`POST · GET · DELETE /api/v1/applicant/session`."""

    async def post(self) -> None:
        """Begin; whoever was there before is gone."""
        wanted, card = self.read(SessionWanted), self.by_card
        if self.applicant is not None:
            await self.applying.sessions.end(self.applicant)
            self.applicant = None
        machine = Machine.TERMINAL if self.device else wanted.machine
        if wanted.card:
            made = await self.applying.identifying.by_card(wanted.card, self.actor, self.command_id)
        else:
            identifying = self.applying.identifying
            made = await identifying.by_code(
                wanted.id_number, wanted.code, machine, self.device, to=wanted.phone, by_card=card
            )
        session, value = made
        own = session.machine is not Machine.TERMINAL
        self.keep_cookie(value, int(LONGEST[session.machine].total_seconds()) if own else None)
        self.answer(self.seen(session))

    async def get(self) -> None:
        """Say who is identified."""
        self.answer(self.seen(self.who))

    async def delete(self) -> None:
        """End it."""
        if self.applicant is not None:
            await self.applying.sessions.end(self.applicant)
        self.keep_cookie("", 0)
        self.set_hall_cookie(XSRF, "", httponly=False, max_age_s=0)
        self.answer_nothing()


class PhoneHandler(ApplicantHandler):
    """`POST /api/v1/applicant/phone`."""

    async def post(self) -> None:
        """Prove a phone with the card that was just read; the session goes on.

        Raises:
            Refused: ``applying.card_again``: it was read too long ago; else as a code's.
        """
        wanted, who = self.read(PhoneProved), self.who
        if not self.by_card:
            raise Refused("applying.card_again", card="again")
        await self.applying.identifying.prove(who, await self.number_on_card(), wanted.code, wanted.phone)
        self.answer(self.seen(who))


class SimulatedHandler(ApplicantHandler):
    """`GET /api/v1/applicant/simulated`: a demonstration hall's short messages."""

    async def _identify(self) -> None:
        """As everywhere else: managers."""
        await super(ApplicantHandler, self)._identify()

    async def get(self) -> None:
        """The last codes.

        Raises:
            NotFound: ``applying.unknown``: this hall sends real messages.
        """
        if not self.server.settings.demo:
            raise NotFound("applying.unknown")
        self.answer(list(self.applying.identifying.shown))


class MattersHandler(ApplicantHandler):
    """`GET /api/v1/applications/matters`."""

    async def get(self) -> None:
        """What may be applied for by oneself."""
        text = self.words("channel", Channel.PHONE)
        if text not in set(Channel) - {Channel.WINDOW}:
            raise Invalid("query.invalid", field="channel")
        found = self.applying.matters(Channel(text))
        self.answer(MattersOpen(matters=[self.pictures.matter(one) for one in found]))


class ApplicationsHandler(ApplicantHandler):
    """`GET · POST /api/v1/applications`."""

    async def get(self) -> None:
        """Those of whoever asks, what was changed last first."""
        limit = self.number("limit", default=PAGE, least=1, most=PAGE_MOST)
        offset = self.number("offset", default=0, most=1_000_000)
        found = await self.applying.all_of(self.who)
        items = [await self.pictures.line(one) for one in found[offset : offset + limit]]
        self.answer(ApplicationList(items=items, total=len(found)))

    async def post(self) -> None:
        """Begin one, or go on with the draft of the matter."""
        wanted = self.read(ApplicationWanted)
        await self.show(await self.applying.begin(self.who, wanted.matter, wanted.answers))


class KnownHandler(ApplicantHandler):
    """`GET /api/v1/applications/known`, `GET …/{id}/licences`."""

    async def get(self, id: str = "") -> None:  # noqa: A002  # the path's name
        """Earlier cases and licences, before anybody agrees."""
        if id:
            await self.applying.load(self.who.person, id)
        await self.caught_up()
        self.answer(await self.applying.known(self.who))


class ApplicationHandler(ApplicantHandler):
    """`GET · PUT · DELETE /api/v1/applications/{id}`."""

    async def get(self, id: str) -> None:  # noqa: A002  # the path's name
        """One as it stands."""
        async with self.applying.turn(id):
            held = await self.applying.load(self.who.person, id)
        await self.show(held)

    async def put(self, id: str) -> None:  # noqa: A002  # the path's name
        """Keep what was filled in."""
        wanted = self.read(ApplicationSaved)
        await self.show(await self.applying.save(self.who, id, wanted))

    async def delete(self, id: str) -> None:  # noqa: A002  # the path's name
        """Throw a draft away, with its pages."""
        await self.applying.forget(self.who, id)
        self.answer_nothing()


class PagesHandler(ApplicantHandler):
    """`POST /api/v1/applications/{id}/pages?material=`."""

    async def post(self, id: str) -> None:  # noqa: A002  # the path's name
        """Take a file in; the body is the file."""
        who = self.who
        await self.show(await self.applying.add_page(who, id, self.words("material"), self.raw_body))


class PageHandler(ApplicantHandler):
    """`GET · DELETE /api/v1/applications/{id}/pages/{sha256}`."""

    async def get(self, id: str, sha256: str) -> None:  # noqa: A002  # the path's name
        """A page as a picture."""
        self.send_file(*await self.applying.page(self.who, id, sha256))

    async def delete(self, id: str, sha256: str) -> None:  # noqa: A002  # the path's name
        """Take a page out."""
        await self.show(await self.applying.drop_page(self.who, id, sha256))


class ReuseHandler(ApplicantHandler):
    """`POST · DELETE /api/v1/applications/{id}/reuse`."""

    async def post(self, id: str) -> None:  # noqa: A002  # the path's name
        """Use a licence as its holder agrees, or fill in from an earlier case."""
        wanted = self.read(LicenceWanted)
        if not wanted.consent:
            raise Invalid("applying.consent", consent="missing")
        if wanted.licence:
            await self.show(await self.applying.reuse(self.who, id, wanted.licence))
        elif wanted.case:
            await self.caught_up()
            await self.show(await self.applying.take_form(self.who, id, wanted.case))
        else:
            raise Invalid("body.invalid", licence="missing")

    async def delete(self, id: str) -> None:  # noqa: A002  # the path's name
        """Use a licence no longer."""
        await self.show(await self.applying.give_back(self.who, id, self.words("licence")))


class CheckHandler(ApplicantHandler):
    """`GET /api/v1/applications/{id}/check`."""

    async def get(self, id: str) -> None:  # noqa: A002  # the path's name
        """Everything that is missing, at once."""
        async with self.applying.turn(id):
            held = await self.applying.load(self.who.person, id)
        self.answer(await self.applying.check(self.who.person, held))


class SubmitHandler(ApplicantHandler):
    """`POST /api/v1/applications/{id}/submit`, `…/supply`."""

    async def post(self, id: str, step: str) -> None:  # noqa: A002  # the path's name
        """Send it, or what was asked for; the same again gives the same case."""
        self.read(Nothing)
        filing = self.applying.filing
        case = await (filing.submit if step == "submit" else filing.supply)(self.who.person, id)
        self.answer(await self.pictures.submitted(id, case))


class WithdrawHandler(ApplicantHandler):
    """`POST /api/v1/applications/{id}/withdraw`."""

    async def post(self, id: str) -> None:  # noqa: A002  # the path's name
        """Take it back."""
        wanted = self.read(WithdrawWanted)
        await self.applying.filing.withdraw(self.who.person, id, wanted.reason)
        await self.show(await self.applying.load(self.who.person, id))


class PayHandler(ApplicantHandler):
    """`GET · POST /api/v1/applications/{id}/pay`."""

    async def get(self, id: str) -> None:  # noqa: A002  # the path's name
        """The orders of the case."""
        self.answer(Payments(payments=await self.applying.afterwards.payments(await self.case(id))))

    async def post(self, id: str) -> None:  # noqa: A002  # the path's name
        """What is to be paid, and where."""
        self.read(Nothing)
        self.answer(Payments(payments=await self.applying.afterwards.pay(await self.case(id))))


class LicenceHandler(ApplicantHandler):
    """`GET /api/v1/applications/{id}/licence.pdf`."""

    async def get(self, id: str) -> None:  # noqa: A002  # the path's name
        """The licence as a file."""
        case = await self.case(id)
        await self.check_sure()
        self.send_file(await self.applying.afterwards.licence(case), "application/pdf", f"{case.number}.pdf")


class CollectHandler(ApplicantHandler):
    """`POST /api/v1/applications/{id}/collect`."""

    async def post(self, id: str) -> None:  # noqa: A002  # the path's name
        """Take the result out of its box."""
        wanted, case = self.read(BoxCode), await self.case(id)
        await self.check_sure()
        self.answer(await self.applying.afterwards.collect(case, wanted.code, self.as_applicant))


class RatingHandler(ApplicantHandler):
    """`POST /api/v1/applications/{id}/rating`."""

    async def post(self, id: str) -> None:  # noqa: A002  # the path's name
        """Rate what was done."""
        wanted, case = self.read(CaseRated), await self.case(id)
        is_machine = self.who.machine is Machine.TERMINAL and bool(self.device)
        said = msgspec.structs.asdict(wanted)
        rating = RatingWanted(**said, matter=case.matter, channel=channel_of("terminal" if is_machine else "phone"))
        actor = self.actor if is_machine else self.as_applicant
        self.answer(msgspec.Raw(await self.applying.afterwards.rate(case, rating, actor, self.command_id)))


class PaperHandler(ApplicantHandler):
    """`GET /api/v1/applications/{id}/receipt.pdf`, `…/papers/{document}.pdf`."""

    async def get(self, id: str, document: str = "") -> None:  # noqa: A002  # the path's name
        """A document of the case; hand-over slips are not for visitors.

        Raises:
            NotFound: ``case.paper_unknown``.
        """
        case = await self.case(id)
        papers = [one for one in case.papers if one.kind != PaperKind.TRANSFER]
        found = next(
            (one for one in papers if one.document == document or (not document and one.kind == PaperKind.RECEIPT)),
            None,
        )
        if found is None:
            raise NotFound("case.paper_unknown", case=case.id, document=document)
        self.send_file(await self.applying.paper(case, found.document), "application/pdf", f"{case.number}.pdf")


def routes(applying: Applying, pictures: Pictures) -> list[Route]:
    """The room's addresses."""
    options: dict[str, Any] = {"applying": applying, "pictures": pictures}

    def api(path: str, handler: type[ApplicantHandler], body: int = FORM_MOST, **verbs: Verb) -> Route:
        return Route(
            path, handler, {name.upper(): verb for name, verb in verbs.items()}, body_limit=body, options=options
        )

    return [
        api(f"{APPLICANT}/code", CodeHandler, post=_verb("Send a code to a phone", CodeWanted, CodeSent, CODES)),
        api(
            f"{APPLICANT}/session",
            SessionHandler,
            post=_verb("Say who one is, by code or card", SessionWanted, Applicant, SIGN_INS),
            get=_verb("Who is identified", reply=Applicant),
            delete=_verb("End it", status=204),
        ),
        api(
            f"{APPLICANT}/phone",
            PhoneHandler,
            post=_verb("Prove one's phone with the card that was just read", PhoneProved, Applicant, SIGN_INS),
        ),
        api(
            f"{APPLICANT}/simulated",
            SimulatedHandler,
            get=Verb(access=MANAGER, summary="Codes of a demonstration hall", reply=list[DemoMessage]),
        ),
        api(
            f"{BASE}/matters",
            MattersHandler,
            get=_verb(
                "What may be applied for by oneself", reply=MattersOpen, query={"channel": "online, terminal, phone"}
            ),
        ),
        api(f"{BASE}/known", KnownHandler, get=_verb("One's earlier cases and licences", reply=OwnKnown)),
        api(
            BASE,
            ApplicationsHandler,
            get=_verb("One's applications", reply=ApplicationList, query=PAGED),
            post=_verb("Begin an application, or go on with its draft", ApplicationWanted, ApplicationSeen),
        ),
        api(f"{ONE}/licences", KnownHandler, get=_verb("Licences that could be used", reply=OwnKnown)),
        api(
            f"{ONE}/pages",
            PagesHandler,
            UPLOAD_MOST,
            post=_verb(
                "A picture or a PDF; the body is the file",
                reply=ApplicationSeen,
                limit=UPLOADS,
                query={"material": "of which material"},
            ),
        ),
        api(
            f"{ONE}/pages/{SHA}",
            PageHandler,
            get=Verb(access=PUBLIC, summary="A page as a picture", media="image/*", limit=WORK),
            delete=_verb("Take a page out", reply=ApplicationSeen),
        ),
        api(
            f"{ONE}/reuse",
            ReuseHandler,
            post=_verb("Use a licence, as its holder agrees, or an earlier form", LicenceWanted, ApplicationSeen),
            delete=_verb("Use a licence no longer", reply=ApplicationSeen, query={"licence": "its id"}),
        ),
        api(f"{ONE}/check", CheckHandler, get=_verb("Everything that is missing", reply=Checked)),
        api(f"{ONE}/{{step:(?:submit|supply)}}", SubmitHandler, post=_verb("Send it, once", Nothing, Submitted)),
        api(f"{ONE}/withdraw", WithdrawHandler, post=_verb("Take it back", WithdrawWanted, ApplicationSeen)),
        api(
            f"{ONE}/pay",
            PayHandler,
            get=_verb("What was asked for and paid", reply=Payments),
            post=_verb("What is to be paid, and where", Nothing, Payments),
        ),
        api(f"{ONE}/collect", CollectHandler, post=_verb("Take the result out of its box", BoxCode, BoxSeen, SIGN_INS)),
        api(f"{ONE}/rating", RatingHandler, post=_verb("Rate what was done", CaseRated, RatingMade)),
        api(f"{ONE}/licence\\.pdf", LicenceHandler, get=_pdf("The licence")),
        api(f"{ONE}/receipt\\.pdf", PaperHandler, get=_pdf("The receipt")),
        api(
            f"{ONE}/papers/{{document:[A-Za-z0-9_~-]{{1,80}}}}\\.pdf", PaperHandler, get=_pdf("A document of the case")
        ),
        api(
            ONE,
            ApplicationHandler,
            get=_verb("An application", reply=ApplicationSeen),
            put=_verb("Keep what is filled in, sealed", ApplicationSaved, ApplicationSeen),
            delete=_verb("Throw a draft away", status=204),
        ),
    ]


def _verb(
    summary: str,
    request: Any = None,
    reply: Any = None,
    limit: Limit = WORK,
    *,
    status: int = 200,
    query: dict[str, str] | None = None,
) -> Verb:
    return Verb(
        access=PUBLIC, summary=summary, request=request, reply=reply, status=status, query=query or {}, limit=limit
    )


def _pdf(summary: str) -> Verb:
    return Verb(access=PUBLIC, summary=summary, media="application/pdf", limit=WORK)
