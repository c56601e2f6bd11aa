"""The desk: everything a window does with a case, in the order in which nothing can be lost."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from cases.catalogue.model import Edition
from cases.catalogue.situations import check_answers
from cases.desk.codes import query_code, salt
from cases.desk.drafts import Drafts
from cases.desk.filling import check_form, checked_party
from cases.desk.messages import SettleCase, Then
from cases.desk.people import People
from cases.desk.pictures import CasePicture, Pictures
from cases.desk.pledges import PAPER, Pledges
from cases.desk.requests import CaseWanted, Decision, FormAnew, StepWanted
from cases.desk.scans import Scans, media_of
from cases.desk.settling import Settling, check_staff
from cases.forms import Form, sealed_bytes
from cases.messages import CaseHandedOver, ReceiveCase
from cases.model import Case, Copy, Given, Mode, State
from cases.state import code_goes_by
from hall_server.database.vault import Person
from hall_server.errors import DomainError, Invalid, NotFound, Refused
from hall_server.identity import Actor, Role
from hall_server.messages import Recorded

if TYPE_CHECKING:
    from cases import Room
    from hall_queue.room import Room as QueueRoom
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server

COPIES_MOST = 120
PACKAGE = "package:"


class Papers(Protocol):
    """Makes the documents of cases; `cases.documents` is one."""

    async def make(self, case_id: str, document_id: str) -> str:
        """Make a document, keep it sealed and put it on record; gives its SHA-256. The same again makes nothing new."""
        ...


@dataclass
class Desk:
    """``server.rooms["cases_desk"]``.

    Attributes:
        papers: who makes the documents; None until a room that does has come.
    """

    server: Server
    queue: QueueRoom
    room: Room
    federation: Federation
    drafts: Drafts
    scans: Scans
    people: People
    settling: Settling
    pictures: Pictures
    pledges: Pledges
    posts: Callable[[Actor, str], Any]
    papers: Papers | None = None

    # -- a case

    async def receive(self, wanted: CaseWanted, *, actor: Actor, command_id: str | None) -> CasePicture:
        """Take an application in and decide on it at once.

        Raises:
            DomainError: what is wrong with it; nothing has happened then, and the draft is as it was.
        """
        check_staff(actor, wanted.window)
        edition = self.edition(wanted.edition)
        check_answers(edition, wanted.answers)
        form = self._form(wanted, edition, actor, command_id)
        pledge = await self._pledge(wanted, edition, wanted.ticket)
        given = await self.given(wanted.given)
        content = sealed_bytes(form)
        was_there = await self._has(content)
        sha256 = await self.federation.keep(content)
        receive = ReceiveCase(
            edition=wanted.edition,
            ticket=wanted.ticket,
            window=wanted.window,
            applicant=await self._person(form),
            agent=await self._agent(form),
            form=sha256,
            answers=wanted.answers,
            given=given,
            delivery=wanted.delivery,
        )
        try:
            case = await self._settle(self._command(wanted, receive=receive, pledge=pledge), actor, command_id)
        except DomainError:
            if not was_there:  # nobody was told of it, so nobody needs it
                await asyncio.to_thread(self.federation.attachments.erase, sha256)
            raise
        used = frozenset(copy.sha256 for one in given for copy in one.copies)
        await self.drafts.wipe(wanted.window, wanted.ticket, used=used)
        return self.picture(case, actor)

    async def step(self, case: str, wanted: StepWanted, *, actor: Actor, command_id: str | None) -> CasePicture:
        """Take a step of a case that is there; after a notice of corrections the form may come anew.

        Raises:
            Refused: ``case_desk.form_not_now``. DomainError: as the step itself; nothing has happened then.
        """
        known = self.room.cases.get(case)
        self._check_alone(known, wanted.then)
        pledge = await self._pledge(wanted, self.edition(known.edition), self._served(actor, known))
        given = await self.given(wanted.given)
        content = self._anew(known, wanted.form, actor, command_id) if wanted.form else b""
        was_there = not content or await self._has(content)
        form = await self.federation.keep(content) if content else ""
        command = self._command(wanted, pledge=pledge)
        command = msgspec.structs.replace(command, case=case, seen=wanted.seen, given=given, form=form)
        try:
            return self.picture(await self._settle(command, actor, command_id), actor)
        except DomainError:
            if not was_there:
                await asyncio.to_thread(self.federation.attachments.erase, form)
            raise

    def _check_alone(self, case: Case, then: Then) -> None:
        """A case that carries a package's notice is gone on with together with the whole package.

        Raises:
            Refused: ``package.together``.
        """
        if self._is_intake(case) and then is not Then.REFUSE:
            raise Refused("package.together", case=case.id)

    async def form_to_correct(self, case: Case, window: str, ticket: str, actor: Actor) -> Form:
        """The sealed form of a case that is to be corrected, for whoever is served; on record first.

        Raises:
            Refused: ``case_desk.form_not_now``. DomainError: as `People.open_form`.
        """
        if case.state is not State.CORRECTION or not case.form:
            raise Refused("case_desk.form_not_now", case=case.id)
        return await self.people.open_form(window, ticket, case, actor)

    def picture(self, case: Case, actor: Actor) -> CasePicture:
        """A case as somebody sees it."""
        found = self.pictures.case(
            case,
            code=self.code_of(code_goes_by(case.query_digest, case.number)) if actor.may(Role.STAFF) else "",
            posts=self.posts(actor, case.department),
            who=str(actor),
            writer=f"hall:{self.server.settings.hall}",
            now=self.server.now(),
        )
        is_waiting = case.state in {State.RECEIVED, State.CORRECTION}
        return msgspec.structs.replace(found, is_intake=is_waiting and self._is_intake(case))

    def _is_intake(self, case: Case) -> bool:
        intakes = self.server.rooms.get("package_intakes")
        return intakes is not None and case.id in intakes.by_case

    def code_of(self, number: str) -> str:
        """The query code of a case of this hall."""
        return query_code(self.server.keys.ticket, number)

    def edition(self, key: str) -> Edition:
        """An edition by its key.

        Raises:
            NotFound: ``edition.unknown``.
        """
        found = self.room.editions.get(key)
        if found is None:
            raise NotFound("edition.unknown", edition=key)
        return found

    def matter_of_consent(self, key: str) -> str:
        """What a person agrees to the use of a licence for: an edition, or a kind of package (``package:ID``).

        Raises:
            NotFound: ``edition.unknown``.
        """
        if key.removeprefix(PACKAGE) in self.server.rooms.get("packages", {}) and key.startswith(PACKAGE):
            return key
        return self.edition(key).key

    def holding(self, matter: str) -> Edition:
        """The edition under which a matter is accepted today.

        Raises:
            NotFound: ``case_desk.no_edition``.
        """
        found = self.room.editions.holding(matter, self.today)
        if found is None:
            raise NotFound("case_desk.no_edition", matter=matter)
        return found

    @property
    def today(self) -> date:
        """The day by the hall's clock."""
        return self.room.service.terms.day(self.server.now())

    def case_number_of(self, ticket: str, matter: str | None) -> str | None:
        """Number of the case that was received on a ticket for a matter, the last one; None where there is none."""
        found = [one for one in self.room.cases.of_ticket(ticket) if matter is None or one.matter == matter]
        return found[-1].number if found else None

    async def given(self, given: tuple[Given, ...]) -> tuple[Given, ...]:
        """What was handed in, each page as it really lies here.

        Raises:
            Invalid: ``case_desk.copy_unknown``, ``case_desk.copies_many``.
        """
        if sum(len(one.copies) for one in given) > COPIES_MOST:
            raise Invalid("case_desk.copies_many", field="given", most=COPIES_MOST)
        return tuple([await self._with_copies(one) for one in given])

    # -- papers

    async def paper(self, case: Case, document: str) -> bytes:
        """A document of a case, made now where it was not yet.

        Raises:
            NotFound: ``case.paper_unknown``, ``case_desk.no_papers``.
        """
        found = next((one for one in case.papers if one.document == document), None)
        if found is None:
            raise NotFound("case.paper_unknown", case=case.id, document=document)
        sha256 = found.sha256
        if not sha256:
            if self.papers is None:
                raise NotFound("case_desk.no_papers", number=found.number)
            sha256 = await self.papers.make(case.id, document)
        return await asyncio.to_thread(self.federation.attachments.read, sha256)

    # -- after the commit

    def handed_over(self, recorded: Recorded) -> None:
        """Bring the form and the pages of a case to the city that goes on with it, now or when there is a link."""
        event = recorded.event
        if not isinstance(event, CaseHandedOver) or event.writer != "city":
            return
        case = self.room.cases.by_id.get(event.case)
        if case is not None:
            self.server.spawn(self._bring(case), f"attachments of case {case.number}")

    async def bring_all(self) -> None:
        """Offer once more what belongs to the cases the city has: a power cut may have come between."""
        for case in list(self.room.cases.by_id.values()):
            if case.writer == "city" and not case.is_over and case.hall == self.server.settings.hall:
                await self._bring(case)

    async def _bring(self, case: Case) -> None:
        copies = [copy.sha256 for one in case.given.values() for copy in one.copies]
        papers = [one.sha256 for one in case.papers]
        pledge = case.pledge if case.pledge != PAPER else ""
        for sha256 in filter(None, [case.form, pledge, *copies, *papers]):
            if await asyncio.to_thread(self.federation.attachments.has, sha256):  # not what was made at the city
                await self.federation.bring(sha256)

    # -- inside

    async def _settle(self, command: SettleCase, actor: Actor, command_id: str | None) -> Case:
        reply = await self.server.execute(command, actor=actor, command_id=command_id)
        return msgspec.json.decode(reply, type=Case)

    def _served(self, actor: Actor, case: Case) -> str | None:
        """The ticket at the window of the case, or at another one of whoever acts."""
        windows = [*([case.window] if case.window in actor.windows else []), *actor.windows]
        return next((held for one in windows if one and (held := self.queue.queue.desk(one).ticket)), None)

    async def _pledge(self, wanted: Decision, edition: Edition, ticket: str | None) -> str:
        return await self.pledges.signed(edition, ticket, wanted.pledge) if wanted.mode is Mode.PLEDGE else ""

    def _command(self, wanted: Decision, *, receive: ReceiveCase | None = None, pledge: str = "") -> SettleCase:
        has_city = self.server.settings.city_url is not None
        return SettleCase(
            then=wanted.then,
            receive=receive,
            gaps=wanted.gaps,
            mode=wanted.mode,
            owed_until=wanted.owed_until,
            pledge=pledge,
            reason=wanted.reason,
            authority=wanted.authority,
            remedies=wanted.remedies,
            hands_over=has_city if wanted.hands_over is None else wanted.hands_over,
        )

    def _anew(self, case: Case, wanted: FormAnew, actor: Actor, command_id: str | None) -> bytes:
        if case.state is not State.CORRECTION:
            raise Refused("case_desk.form_not_now", case=case.id)
        return sealed_bytes(self._form(wanted, self.edition(case.edition), actor, command_id))

    def _form(self, wanted: CaseWanted | FormAnew, edition: Edition, actor: Actor, command_id: str | None) -> Form:
        applicant = checked_party(wanted.applicant, "applicant")
        agent = checked_party(wanted.agent, "agent") if wanted.agent else None
        check_form(edition, wanted.fields)
        key = self.server.keys.ticket
        return Form(
            salt=salt(key, f"{actor}:{command_id}") if command_id else secrets.token_hex(16),
            edition=edition.key,
            applicant=applicant,
            agent=agent,
            fields=wanted.fields,
        )

    async def _person(self, form: Form) -> str:
        phone = form.applicant.phone or None
        return await self.server.vault.person(Person(id_number=form.applicant.id_number, phone=phone))

    async def _agent(self, form: Form) -> str | None:
        if form.agent is None:
            return None
        return await self.server.vault.person(Person(id_number=form.agent.id_number, phone=form.agent.phone or None))

    async def _has(self, content: bytes) -> bool:
        return await asyncio.to_thread(self.federation.attachments.has, hashlib.sha256(content).hexdigest())

    async def _with_copies(self, given: Given) -> Given:
        copies = [
            await asyncio.to_thread(self._copy, copy.sha256, page) for page, copy in enumerate(given.copies, start=1)
        ]
        return msgspec.structs.replace(given, copies=tuple(copies))

    def _copy(self, sha256: str, page: int) -> Copy:
        attachments = self.federation.attachments
        try:
            size, head = attachments.size(sha256), attachments.read(sha256, most=16)
        except DomainError as exc:
            raise Invalid("case_desk.copy_unknown", field="given") from exc
        return Copy(sha256=sha256, size=size, media=media_of(head), page=page)
