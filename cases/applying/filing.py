"""Sending, correcting, taking back: each happens once, however often it is sent and whenever the power goes.

What is sent is written into the application first, as the very command; then the command is executed under an id made
of the application's. Whoever finds an application on its way executes the same command again, and gets the first reply.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import msgspec

from cases.applying.carrying import names_of
from cases.applying.checking import as_fields, given_of, lack
from cases.applying.messages import SubmitApplication
from cases.applying.model import Application, Held, Lack, Stage
from cases.catalogue.model import Edition, Material, Supply
from cases.catalogue.situations import needs
from cases.desk.codes import salt
from cases.desk.filling import checked_party
from cases.forms import Form, Party, sealed_bytes
from cases.messages import CheckMaterials, ReceiveCase
from cases.model import Case, Copy, Given, State
from cases.own_words import OwnWords
from hall_server.database.vault import Person
from hall_server.errors import DomainError, Refused, Unavailable

if TYPE_CHECKING:
    from cases.applying.room import Applying
    from cases.neighbours.casework import Casework

log = logging.getLogger(__name__)


class Filing:
    """What happens to an application once it is sent."""

    def __init__(self, applying: Applying, casework: Casework) -> None:
        self._applying = applying
        self._server = applying.server
        self._desk = applying.desk
        self._casework = casework
        self._words = OwnWords(applying.server)

    # -- sending

    async def submit(self, person: str, id_: str) -> Case:
        """File it: the case that it became, the same one however often it is asked for.

        Raises:
            Refused: ``applying.incomplete``, with every part that is missing or wrong.
        """
        async with self._applying.turn(id_):
            held = await self._applying.load(person, id_)
            if held.application.stage is Stage.DRAFT:
                missing = (await self._applying.check(person, held)).missing
                if missing:
                    raise Refused("applying.incomplete", **as_fields(missing))
                held = await self._intend(person, held)
                held = await self.finish(person, held)
            return await self.case(held.application)

    async def supply(self, person: str, id_: str) -> Case:
        """Hand in what the notice of corrections asked for, once.

        Raises:
            Refused: ``applying.incomplete``; ``applying.not_asked``: nothing is asked for (any more).
        """
        async with self._applying.turn(id_):
            held = await self._applying.load(person, id_)
            case = await self.case(held.application)
            if case.state is not State.CORRECTION:
                if case.supplied_at is not None and case.state is State.RECEIVED:
                    return case  # sent twice
                raise Refused("applying.not_asked")
            missing = (await self._applying.check(person, held)).missing
            if missing:
                raise Refused("applying.incomplete", **as_fields(missing))
            command = await self._corrections(held, case)
            sending = msgspec.structs.replace(held.application, stage=Stage.SENDING, supplying=command)
            held = await self._applying.applications.put(person, held, sending)
            held = await self.finish(person, held)
            return await self.case(held.application)

    async def finish(self, person: str, held: Held) -> Held:
        """Execute what an application is on its way with; what is refused leaves it as it was before.

        Raises:
            DomainError: it is refused.
        """
        application = held.application
        command = application.submitting or application.supplying
        if command is None:
            return held
        try:
            reply = await self._server.execute(
                command, actor=self._applying.actor(person), command_id=_command_id(held)
            )
        except Unavailable:
            raise  # nobody knows what became of it: it stays on its way
        except DomainError:
            back = Stage.DRAFT if application.submitting else Stage.SENT
            undone = msgspec.structs.replace(application, stage=back, submitting=None, supplying=None)
            await self._applying.applications.put(person, held, undone)
            if application.submitting is not None:
                await asyncio.to_thread(self._desk.federation.attachments.erase, application.submitting.receive.form)
            raise
        case = msgspec.json.decode(reply, type=Case)
        sent = msgspec.structs.replace(
            application, stage=Stage.SENT, submitting=None, supplying=None, case=case.id, number=case.number
        )
        return await self._applying.applications.put(person, held, sent)

    async def finish_all(self) -> None:
        """After a start: what was on its way when the power went."""
        for person, held in await self._applying.applications.sending():
            try:
                async with self._applying.turn(held.id):
                    await self._applying.load(person, held.id)
            except DomainError as exc:
                log.warning("an application was refused: %s", exc.code, extra={"action": "applying.refused"})

    async def withdraw(self, person: str, id_: str, reason: str) -> Case:
        """Take it back; why lies in the vault.

        Raises:
            Refused: ``applying.not_sent``, ``progress.elsewhere``: another place goes on with the case.
        """
        held = await self._applying.load(person, id_)
        case = await self.case(held.application)
        if case.state is State.WITHDRAWN:
            return case
        if case.writer != self._casework.writer:
            raise Refused("progress.elsewhere")
        command_id = f"withdraw-{case.id}-{case.step}"
        await self._words.withdraw(
            self._casework, case, reason, actor=self._applying.actor(person), command_id=command_id
        )
        return await self.case(held.application)

    async def case(self, application: Application) -> Case:
        """The case an application became.

        Raises:
            Refused: ``applying.not_sent``.
        """
        if not application.case:
            raise Refused("applying.not_sent")
        return await self._casework.case(application.case)

    # -- corrections

    def is_open(self, held: Held, *, material: str = "", form: bool = False) -> bool:
        """Whether a material, or the form, may be changed now."""
        application = held.application
        if application.stage is Stage.DRAFT:
            return True
        asked = self._asked(application)
        if application.stage is not Stage.SENT or not asked:
            return False
        if not (material or form):
            return True
        edition = self._applying.edition(application)
        return material in asked if material else any(_is_form(edition, part) for part in asked)

    def check_open(self, held: Held, *, material: str = "", form: bool = False) -> None:
        """Refuse a change of what is sent, but for what a notice of corrections asks for.

        Raises:
            Refused: ``applying.sent``, ``applying.not_asked``.
        """
        if self.is_open(held, material=material, form=form):
            return
        if self._asked(held.application) and (material or form):
            raise Refused("applying.not_asked", field=f"materials.{material}" if material else "form")
        raise Refused("applying.sent", number=held.application.number)

    async def opened_for_correction(self, person: str, held: Held) -> Held:
        """With a new notice: what was wrong is taken out, so that it is handed in anew."""
        application = held.application
        case = self._desk.room.cases.by_id.get(application.case)
        if case is None or case.state is not State.CORRECTION or application.notice >= len(case.notices):
            return held
        asked = {gap.part for gap in case.notices[-1].gaps}
        fresh = msgspec.structs.replace(
            application,
            notice=len(case.notices),
            pages={one: pages for one, pages in application.pages.items() if one not in asked},
            licences={one: licence for one, licence in application.licences.items() if one not in asked},
            shared=tuple(one for one in application.shared if one not in asked),
        )
        return await self._applying.applications.put(person, held, fresh)

    async def lacking_in_correction(self, held: Held) -> list[Lack]:
        """What of the notice is not answered yet."""
        case, application = await self.case(held.application), held.application
        if case.state is not State.CORRECTION:
            return []
        edition = self._applying.edition(application)
        names = names_of(edition)
        checker = self._applying.checker(held, edition)
        asked = [gap.part for gap in case.notices[-1].gaps]
        found = [one for one in checker.materials() if one.part.partition(".")[2] in asked]
        if any(_is_form(edition, part) for part in asked):
            found += [*checker.parties(), *checker.form()]
            if not await self._changed_parts(held, case):
                found.append(lack("form", "unchanged", names, self._applying.say))
        return found

    def _asked(self, application: Application) -> frozenset[str]:
        """The parts that the case's open notice asks for."""
        case = self._desk.room.cases.by_id.get(application.case)
        if case is None or case.state is not State.CORRECTION or not case.notices:
            return frozenset()
        return frozenset(gap.part for gap in case.notices[-1].gaps)

    # -- the commands

    async def _intend(self, person: str, held: Held) -> Held:
        application, edition = held.application, self._applying.edition(held.application)
        form = self._form(held)
        receive = ReceiveCase(
            edition=edition.key,
            channel=application.channel,
            applicant=await self._person(form.applicant),
            agent=await self._person(form.agent) if form.agent else None,
            form=await self._desk.federation.keep(sealed_bytes(form)),
            answers=application.answers,
            given=self._given(held, needs(edition, application.answers).materials),
            delivery=application.delivery,
            received_at=self._server.now(),
        )
        command = SubmitApplication(application=held.id, receive=receive)
        sending = msgspec.structs.replace(application, stage=Stage.SENDING, submitting=command)
        return await self._applying.applications.put(person, held, sending)

    async def _corrections(self, held: Held, case: Case) -> CheckMaterials:
        edition = self._applying.edition(held.application)
        asked = self._asked(held.application)
        wanted = [one for one in edition.materials if one.id in asked]
        parts = await self._changed_parts(held, case)
        form = await self._desk.federation.keep(sealed_bytes(self._form(held))) if parts else ""
        return CheckMaterials(
            case=case.id, seen=case.step, given=self._given(held, wanted), form=form, parts=tuple(parts)
        )

    def _form(self, held: Held) -> Form:
        application = held.application
        return Form(
            salt=salt(self._server.keys.ticket, f"application:{held.id}:{application.notice}"),
            edition=application.edition,
            applicant=checked_party(application.applicant, "applicant"),
            agent=checked_party(application.agent, "agent") if application.agent else None,
            fields=application.form,
        )

    async def _changed_parts(self, held: Held, case: Case) -> list[str]:
        """What of the form is different from the one the case has."""
        try:
            before, now = await self._desk.people.form(case.form), self._form(held)
        except DomainError:
            return []
        names = {**before.fields, **now.fields}
        found = [f"form.{one}" for one in names if before.fields.get(one) != now.fields.get(one)]
        for who in ("applicant", "agent"):
            if getattr(before, who) != getattr(now, who):
                found.append(who)
        return found

    def _given(self, held: Held, materials: tuple[Material, ...] | list[Material]) -> tuple[Given, ...]:
        found = (given_of(held.application, one) for one in materials)
        return tuple(self._with_copies(held, one) for one in found if one is not None)

    def _with_copies(self, held: Held, given: Given) -> Given:
        if given.supply != Supply.SCAN:
            return given
        marks = [held.scan(one) for one in held.application.pages[given.material]]
        copies = tuple(
            Copy(sha256=one.sha256, size=one.size, media=one.media, page=page)
            for page, one in enumerate(filter(None, marks), start=1)
        )
        return msgspec.structs.replace(given, copies=copies)

    async def _person(self, party: Party) -> str:
        return await self._server.vault.person(Person(id_number=party.id_number, phone=party.phone or None))


def _is_form(edition: Edition, part: str) -> bool:
    """Whether a gap is one of what was filled in: a field, the form itself, or what the catalogue does not list."""
    material = edition.material(part)
    return material is None or Supply.FORM in material.supplies


def _command_id(held: Held) -> str:
    if held.application.submitting is not None:
        return f"application-{held.id}-{held.application.submitting.receive.form[:16]}"
    return f"supply-{held.id}-{held.application.notice}"
