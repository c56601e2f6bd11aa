"""Addresses of the enquiry table and of its manager's page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from cases.enquiry import messages as m
from cases.enquiry import pictures as p
from cases.enquiry import requests as q
from cases.enquiry.model import ComplaintState, Policy, PolicyPage
from cases.progress.asking import plain_number
from hall_queue.appointments.pictures import AppointmentPicture
from hall_queue.appointments.requests import CheckInWanted
from hall_queue.people import PersonGiven, checked
from hall_server.directory.directory import Directory
from hall_server.errors import Invalid, NotFound
from hall_server.identity import Role
from hall_server.messages import Command
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from cases.enquiry.room import EnquiryRoom

PAGES = Path(__file__).parent / "pages"
ROOM = "enquiry"
READING = Limit(group="enquiry", per_s=5, burst=120)
ASKING = Limit(group="enquiry asking", per_s=0.5, burst=30)
COMPLAINING = Limit(group="complaints", per_s=0.05, burst=10)
PER_NUMBER = Limit(group="complaint number", per_s=0.05, burst=10)
"""Of one number from wherever: nobody tries codes from many addresses at once."""
WRONG_CODES = Limit(group="enquiry wrong codes", per_s=1 / 60, burst=30)
"""Six digits wear thin where many numbers are tried: whoever was wrong so often waits, whatever number they name."""
UPLOAD_MOST = 10 * 1024 * 1024
TEXTS_MOST = 256 * 1024
A_DAY_S = 86_400
PAGE, PAGE_MOST = 50, 200
PAGED = {"limit": "so many at most", "offset": "after so many"}
_T = TypeVar("_T")


class PagesTaken(msgspec.Struct, frozen=True, kw_only=True):
    """Pages of an upload, to be sent with the policy."""

    pages: tuple[PolicyPage, ...]


class _Handler(ApiHandler):
    room: EnquiryRoom

    @property
    def directory(self) -> Directory:
        """The hall's own data."""
        return self.room.server.directory

    @contextmanager
    def counting_wrong_codes(self) -> Iterator[None]:
        """Count what was not found; whoever guesses is told nothing any more, be it right or wrong.

        Raises:
            TooMany: ``rate.exceeded``.
        """
        self.web.limiter.check(WRONG_CODES, self.origin)
        try:
            yield
        except NotFound:
            self.web.limiter.take(WRONG_CODES, self.origin)
            raise

    def page_of(self, every: Sequence[_T]) -> Sequence[_T]:
        """The part of a list that is asked for."""
        limit = self.number("limit", default=PAGE, least=1, most=PAGE_MOST)
        offset = self.number("offset", default=0, most=1_000_000)
        return every[offset : offset + limit]

    def listed(self, policies: Sequence[Policy], today: date) -> p.PolicyList:
        """A page of policies."""
        lines = tuple(p.listed(one, self.directory, today) for one in self.page_of(policies))
        return p.PolicyList(policies=lines, total=len(policies))

    async def lasting(self, command: Command) -> bytes:
        """Do something that a manager wants done."""
        return await self.server.execute(command, actor=self.actor, command_id=self.command_id)


class StartHandler(_Handler):
    """`GET /api/v1/enquiry`."""

    async def get(self) -> None:
        """What the start page and the screen saver need."""
        picture = self.room.enquiry.picture
        self.answer(p.Saver(picture=f"/api/v1/media/{picture}" if picture else "", has_hotline=self.room.has_hotline))


class WindowsHandler(_Handler):
    """`…/windows`."""

    async def get(self) -> None:
        """The windows and who sits there."""
        queue = self.room.server.rooms["hall_queue"]
        seen = p.windows_seen(queue, self.directory, self.room.server.settings.pad_staff)
        await self.server.settled()
        self.answer(seen)


class FeesHandler(_Handler):
    """`…/fees`."""

    async def get(self) -> None:
        """The fee list."""
        self.answer(p.fee_list(self.room.cases.editions, self.directory, self.room.today))


class PoliciesHandler(_Handler):
    """`…/policies`."""

    async def get(self) -> None:
        """The policies that are shown."""
        today = self.room.today
        shown = self.room.enquiry.shown(today)
        self.answer(self.listed(shown, today))


class _PolicyHandler(_Handler):
    def holding(self, policy: str) -> Policy:
        """A policy that holds today; managers read those that are over too.

        Raises:
            NotFound: ``enquiry.policy_unknown``; ``enquiry.policy_over`` with its last day.
        """
        known, today = self.room.enquiry.policy(policy), self.room.today
        if known.until is not None and not known.is_shown(today) and not self.actor.may(Role.MANAGER, Role.ADMIN):
            raise NotFound("enquiry.policy_over", until=known.until.isoformat())
        return known


class PolicyHandler(_PolicyHandler):
    """`…/policies/{policy}`."""

    async def get(self, policy: str) -> None:
        """A policy in full.

        Raises:
            NotFound: ``enquiry.policy_unknown``; ``enquiry.policy_over``: it no longer holds.
        """
        self.answer(p.in_full(self.holding(policy), self.directory, self.room.today))


class PageHandler(_PolicyHandler):
    """`…/policies/{policy}/pages/{page}`."""

    async def get(self, policy: str, page: str) -> None:
        """A page as a picture; its address changes with what is on it, and no browser keeps it beyond its last day."""
        known = self.holding(policy)
        place, _, hash_ = page.partition("-")
        content = await self.room.page(known, int(place))
        if not known.pages[int(place)].sha256.startswith(hash_):
            raise NotFound("enquiry.page_unknown")
        self.set_header("Content-Type", "image/png" if content.startswith(b"\x89PNG") else "image/jpeg")
        lasts = known.until is None or known.until > self.room.today
        self.set_header("Cache-Control", f"public, max-age={A_DAY_S}, immutable" if lasts else "no-store")
        self.finish(content)


class CardCasesHandler(_Handler):
    """`…/cases`."""

    async def post(self) -> None:
        """The cases of whoever's card lies on the reader beside the machine."""
        number = self.room.number_on(self.read(q.CardGiven).card, self.actor, self.command_id)
        self.answer(await self.room.cases_of(number, self.actor.id))


class AppointmentHandler(_Handler):
    """`…/appointment`."""

    async def post(self) -> None:
        """An appointment, looked at only.

        Raises:
            Invalid: ``enquiry.code_needed``: a phone alone says too little of who asks.
        """
        wanted = self.read(q.AppointmentAsked)
        if wanted.phone and not wanted.code:
            raise Invalid("enquiry.code_needed", field="code")
        number = self.room.number_on(wanted.card, self.actor, self.command_id) if wanted.card else None
        asked = CheckInWanted(qr=wanted.qr, phone=wanted.phone, code=wanted.code, id_number=number)
        given = checked(PersonGiven(phone=wanted.phone)) if wanted.phone and not wanted.qr else None
        if given is not None and given.phone:  # as it is looked up, however it is written
            self.web.limiter.take(PER_NUMBER, given.phone)
        with self.counting_wrong_codes():
            found = await self.room.appointment_of(asked)
        self.answer(found)


class ComplaintsHandler(_Handler):
    """`…/complaints`."""

    async def get(self) -> None:
        """A page of them, for managers: what waits longest comes first, then what is answered, the newest first."""
        known = self.room.enquiry.complaints.values()
        waits = sorted((one for one in known if one.state is not ComplaintState.ANSWERED), key=lambda one: one.at)
        over = sorted((one for one in known if one.state is ComplaintState.ANSWERED), key=lambda one: one.at)
        every = (*waits, *reversed(over))
        held = tuple([await self.room.held(one) for one in self.page_of(every)])
        self.answer(p.ComplaintsHeld(complaints=held, total=len(every), waiting=len(waits)))

    async def post(self) -> None:
        """Complain."""
        wanted = self.read(q.ComplaintWanted)
        self.answer(await self.room.complain(wanted, self.actor, self.command_id), status=201)


class ComplaintHandler(_Handler):
    """`…/complaints/asked`."""

    async def post(self) -> None:
        """How far a complaint is."""
        wanted = self.read(q.ComplaintAsked)
        self.web.limiter.take(PER_NUMBER, plain_number(wanted.number))
        with self.counting_wrong_codes():
            known = self.room.asked_for(wanted.number, wanted.code)
        self.answer(await self.room.seen(known))


class TakeHandler(_Handler):
    """`…/complaints/{complaint}/take`."""

    async def post(self, complaint: str) -> None:
        """Look into it."""
        await self.lasting(m.TakeComplaint(complaint=complaint, seen=self.read(q.Seen).seen))
        self.answer(await self.room.held(self.room.enquiry.complaint(complaint)))


class AnswerHandler(_Handler):
    """`…/complaints/{complaint}/answer`."""

    async def post(self, complaint: str) -> None:
        """Answer it."""
        wanted = self.read(q.Answered)
        self.room.enquiry.complaint(complaint)
        answer = await self.room.keep_answer(wanted.answer, self.actor, self.command_id)
        await self.lasting(m.AnswerComplaint(complaint=complaint, seen=wanted.seen, answer=answer))
        self.answer(await self.room.held(self.room.enquiry.complaint(complaint)))


class OfficePoliciesHandler(_Handler):
    """`/api/v1/enquiry-policies`."""

    async def get(self) -> None:
        """All policies, those that are over too."""
        today, known = self.room.today, self.room.enquiry.policies.values()
        newest = sorted(known, key=lambda one: one.at, reverse=True)
        self.answer(self.listed(newest, today))

    async def post(self) -> None:
        """Put one up."""
        await self._put("")

    async def _put(self, policy: str) -> None:
        wanted = self.read(q.PolicyGiven)
        self.room.check_pages(wanted.pages)
        command = m.PutUpPolicy(policy=policy, **msgspec.structs.asdict(wanted))
        reply = await self.lasting(command)
        id_ = msgspec.json.decode(reply, type=_Id).id
        self.answer(p.in_full(self.room.enquiry.policy(id_), self.directory, self.room.today))


class OfficePolicyHandler(OfficePoliciesHandler):
    """`…/{policy}`."""

    async def get(self, policy: str) -> None:  # type: ignore[override]  # one of them
        """One in full, as it can be sent back."""
        known = self.room.enquiry.policy(policy)
        seen = p.in_full(known, self.directory, self.room.today)
        self.answer(p.PolicyHeld(kept=known.pages, **msgspec.structs.asdict(seen)))

    async def put(self, policy: str) -> None:
        """Put it up in the place of what is there."""
        await self._put(policy)


class TakeDownHandler(_Handler):
    """`…/{policy}/take-down`."""

    async def post(self, policy: str) -> None:
        """Take it down."""
        await self.lasting(m.TakeDownPolicy(policy=policy, reason=self.read(q.Because).reason))
        self.answer_nothing()


class UploadHandler(_Handler):
    """`…/pages`."""

    async def post(self) -> None:
        """Turn a PDF or a picture into pages."""
        self.answer(PagesTaken(pages=await self.room.take_pages(self.raw_body)), status=201)


class PictureHandler(_Handler):
    """`/api/v1/enquiry-picture`."""

    async def put(self) -> None:
        """Show another picture on the screen saver."""
        await self.lasting(m.SetPicture(picture=self.read(q.PictureWanted).picture))
        self.answer_nothing()


class _Id(msgspec.Struct, frozen=True):
    id: str


def routes(room: EnquiryRoom) -> list[Route]:
    """All of them."""
    options: dict[str, object] = {"room": room}

    def api(path: str, handler: type[_Handler], *, body_limit: int = TEXTS_MOST, **verbs: Verb) -> Route:
        known = {name.upper(): verb for name, verb in verbs.items()}
        return Route(f"/api/v1/enquiry{path}", handler, known, options=options, body_limit=body_limit)

    def read(
        summary: str, reply: object = None, media: str = "application/json", query: dict[str, str] | None = None
    ) -> Verb:
        return Verb(access=PUBLIC, summary=summary, reply=reply, media=media, limit=READING, query=query or {})

    def ask(summary: str, request: object, reply: object) -> Verb:
        return Verb(access=PUBLIC, summary=summary, request=request, reply=reply, limit=ASKING)

    def manage(
        summary: str,
        request: object = None,
        reply: object = None,
        status: int = 200,
        query: dict[str, str] | None = None,
    ) -> Verb:
        return Verb(access=MANAGER, summary=summary, request=request, reply=reply, status=status, query=query or {})

    complain = Verb(
        access=PUBLIC,
        summary="Complain",
        request=q.ComplaintWanted,
        reply=p.ComplaintReceipt,
        status=201,
        limit=COMPLAINING,
    )
    return [
        api("", StartHandler, get=read("What the enquiry table begins with", p.Saver)),
        api("/windows", WindowsHandler, get=read("Windows and who sits there", p.WindowsSeen)),
        api("/fees", FeesHandler, get=read("What matters cost", p.FeeList)),
        api("/policies", PoliciesHandler, get=read("Policies on show", p.PolicyList, query=PAGED)),
        api("/policies/{policy}", PolicyHandler, get=read("A policy", p.PolicySeen)),
        api(
            "/policies/{policy}/pages/{page:\\d{1,3}-[0-9a-f]{12}}",
            PageHandler,
            get=read("A page of a policy", media="image/png"),
        ),
        api("/cases", CardCasesHandler, post=ask("The cases of a card's holder", q.CardGiven, p.CasesSeen)),
        api("/appointment", AppointmentHandler, post=ask("An appointment", q.AppointmentAsked, AppointmentPicture)),
        api(
            "/complaints",
            ComplaintsHandler,
            get=manage("Complaints", reply=p.ComplaintsHeld, query=PAGED),
            post=complain,
        ),
        api("/complaints/asked", ComplaintHandler, post=ask("A complaint", q.ComplaintAsked, p.ComplaintSeen)),
        api("/complaints/{complaint}/take", TakeHandler, post=manage("Look into a complaint", q.Seen, p.ComplaintHeld)),
        api(
            "/complaints/{complaint}/answer",
            AnswerHandler,
            post=manage("Answer a complaint", q.Answered, p.ComplaintHeld),
        ),
        api(
            "-policies",
            OfficePoliciesHandler,
            get=manage("All policies", reply=p.PolicyList, query=PAGED),
            post=manage("Put a policy up", q.PolicyGiven, p.PolicySeen),
        ),
        api(
            "-policies/pages",
            UploadHandler,
            body_limit=UPLOAD_MOST,
            post=manage("Pages of a policy", reply=PagesTaken, status=201),
        ),
        api(
            "-policies/{policy}",
            OfficePolicyHandler,
            get=manage("A policy", reply=p.PolicyHeld),
            put=manage("Put it up anew", q.PolicyGiven, p.PolicySeen),
        ),
        api(
            "-policies/{policy}/take-down",
            TakeDownHandler,
            post=manage("Take a policy down", q.Because, status=204),
        ),
        api("-picture", PictureHandler, put=manage("Picture of the screen saver", q.PictureWanted, status=204)),
        *page_routes(ROOM, PAGES, {"/enquiry": "enquiry.html"}),
        *page_routes(ROOM, PAGES, {"/manager/enquiry": "office.html"}, access=MANAGER),
        file_route(ROOM, PAGES),
    ]
