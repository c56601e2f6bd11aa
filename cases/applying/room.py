"""Filing by oneself: what an application is while it is filled in, and who may see it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakValueDictionary

import msgspec

from cases.applying.carrying import Text, carried, names_of
from cases.applying.checking import Checked, Checker, lack
from cases.applying.keeping import Applications, put_into
from cases.applying.messages import OwnUse, UseOwnData
from cases.applying.model import Application, Held, Lack, LicenceUsed, OwnKnown, Stage
from cases.applying.prefilling import Values, of_case, of_day, of_licence, of_party, prefilled
from cases.applying.requests import ApplicationSaved
from cases.applying.sessions import Session
from cases.catalogue.model import Channel, Edition, Supply
from cases.desk.filling import IDENTITY_CARD
from cases.desk.licences import NoLicences
from cases.forms import Party, PartyKind
from cases.model import Case
from hall_server.database.vault import Person, masked
from hall_server.errors import DomainError, Forbidden, Invalid, NotFound, Refused
from hall_server.identity import Actor, visitor

if TYPE_CHECKING:
    from cases import Room
    from cases.applying.afterwards import Afterwards
    from cases.applying.filing import Filing
    from cases.applying.identifying import Identifying
    from cases.applying.owning import Sight
    from cases.applying.sessions import Sessions
    from cases.applying.verifying import Verifying
    from cases.desk.people import People
    from cases.desk.room import Desk
    from cases.desk.scans import Scans
    from hall_server.server import Server

OPEN_MOST = 20
"""Drafts one person may have at a time."""


class Applying:
    """``server.rooms["applying"]``."""

    def __init__(
        self,
        server: Server,
        desk: Desk,
        applications: Applications,
        scans: Scans,
        sessions: Sessions,
        identifying: Identifying,
    ) -> None:
        self.server = server
        self.desk = desk
        self.applications = applications
        self.scans = scans
        self.sessions = sessions
        self.identifying = identifying
        self.filing: Filing
        self.afterwards: Afterwards
        self.verifying: Verifying
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def room(self) -> Room:
        """The cases of this hall."""
        return self.desk.room

    @property
    def people(self) -> People:
        """Earlier cases and licences of people."""
        return self.desk.people

    @property
    def today(self) -> date:
        """The day by the hall's clock."""
        return self.desk.today

    def turn(self, id_: str) -> asyncio.Lock:
        """One after the other: whoever changes an application."""
        return self._turns.setdefault(id_, asyncio.Lock())

    def say(self, key: str, language: str) -> str:
        """A text."""
        return self.server.locales.text(key, language)

    # -- matters

    def matters(self, channel: Channel) -> list[Edition]:
        """What may be applied for on a channel today."""
        found = (self.room.editions.holding(one.matter, self.today) for one in self.room.editions)
        held = {one.key: one for one in found if one is not None and channel in one.channels}
        return sorted(held.values(), key=lambda one: one.matter)

    def open_for(self, matter: str, channel: Channel) -> Edition:
        """The edition under which a matter is applied for on a channel.

        Raises:
            NotFound: ``case_desk.no_edition``. Refused: ``applying.not_here``.
        """
        edition = self.desk.holding(matter)
        if channel not in set(edition.channels) - {Channel.WINDOW}:
            raise Refused("applying.not_here", matter=matter, channels=list(edition.channels))
        return edition

    def edition(self, application: Application) -> Edition:
        """The edition an application was filled in under."""
        return self.desk.edition(application.edition)

    # -- a draft

    async def begin(self, session: Session, matter: str, answers: dict[str, tuple[str, ...]]) -> Held:
        """Begin an application, or go on with the draft that the person has of the matter.

        Raises:
            NotFound: ``case_desk.no_edition``. Refused: ``applying.not_here``, ``applying.drafts_many``.
        """
        async with self.turn(f"begin {session.person}"):
            return await self._begin(session, matter, answers)

    async def _begin(self, session: Session, matter: str, answers: dict[str, tuple[str, ...]]) -> Held:
        edition = self.open_for(matter, session.machine.channel)
        sight = await self.identifying.sight(session)
        mine = [one for one in await self.applications.of(session.person) if sight.goes_on(one.application)]
        drafts = [one for one in mine if one.application.stage is Stage.DRAFT]
        known = next((one for one in drafts if one.application.matter == matter), None)
        if known is not None:
            return await self.load(session.person, known.id)
        if len(drafts) >= OPEN_MOST:
            raise Refused("applying.drafts_many", most=OPEN_MOST)
        now, id_ = self.server.now(), self.server.ids.new()
        applicant, values = await self._whoever(session, id_)
        application = Application(
            matter=matter,
            edition=edition.key,
            channel=session.machine.channel,
            how=session.how,
            phone=session.phone,
            begun_at=now,
            changed_at=now,
            answers=answers,
            applicant=applicant,
            form=prefilled(edition, {}, {**values, **of_party("applicant", applicant)}),
        )
        return await self.applications.put(
            session.person, Held(id=id_, revision=0, application=application), application
        )

    async def all_of(self, session: Session) -> list[Held]:
        """All that somebody may see of the person's."""
        sight = await self.identifying.sight(session)
        return [one for one in await self.applications.of(session.person) if sight.shows(one.application)]

    async def check_shown(self, session: Session, id_: str) -> None:
        """Refuse an application that another phone began, as if there were none.

        Raises:
            NotFound: ``applying.unknown``.
        """
        held = await self.applications.get(session.person, id_)
        if not (await self.identifying.sight(session)).shows(held.application):
            raise NotFound("applying.unknown")

    async def load(self, person: str, id_: str) -> Held:
        """An application as it stands now: what was sent is known, what changed outside is taken in.

        Raises:
            NotFound: ``applying.unknown``.
        """
        held = await self.applications.get(person, id_)
        if held.application.stage is Stage.SENDING:
            held = await self.filing.finish(person, held)
        if held.application.stage is Stage.SENT:
            return await self.filing.opened_for_correction(person, held)
        edition = self.room.editions.holding(held.application.matter, self.today)
        if edition is None or edition.key == held.application.edition:
            return held
        before = self.room.editions.get(held.application.edition)
        words = (self.say("applying.lack.left_out", "zh-CN"), self.say("applying.lack.left_out", "en"))
        changed = carried(held.application, edition, Text(names_of(before), words))
        return await self.applications.put(person, held, changed)

    async def save(self, session: Session, id_: str, wanted: ApplicationSaved) -> Held:
        """Take over what was filled in; what is not said stays.

        Raises:
            Refused: ``applying.changed``, ``applying.sent``, ``applying.not_asked``.
        """
        async with self.turn(id_):
            held = await self.load(session.person, id_)
            if held.revision != wanted.seen:
                raise Refused("applying.changed", seen=held.revision)
            wishes = await self._wishes(session, wanted)
            changes = {name: value for name, value in wishes.items() if getattr(held.application, name) != value}
            if changes:
                self._check_changes(held, changes)
            return await self._put(session, held, msgspec.structs.replace(held.application, **changes))

    async def _wishes(self, session: Session, wanted: ApplicationSaved) -> dict[str, Any]:
        """What somebody filled in, as the application has it."""
        said = {name: getattr(wanted, name) for name in ("answers", "form", "shared", "delivery")}
        found = {name: value for name, value in said.items() if value is not None}
        if wanted.applicant is not None:
            found |= await self._parties(session, wanted.applicant, wanted.agent)
        return found

    def _check_changes(self, held: Held, changes: dict[str, Any]) -> None:
        """Refuse what may not be changed any more; after a notice of corrections, what it does not ask for."""
        before = held.application
        if before.stage is Stage.SENT and {"answers", "delivery"} & set(changes):
            raise Refused("applying.sent", number=before.number)
        for material in set(before.shared) ^ set(changes.get("shared", before.shared)):
            self.filing.check_open(held, material=material)
        self.filing.check_open(held, form=bool(set(changes) - {"shared"}))

    async def forget(self, session: Session, id_: str) -> None:
        """Throw a draft away.

        Raises:
            Refused: ``applying.sent``.
        """
        async with self.turn(id_):
            held = await self.load(session.person, id_)
            if held.application.stage is not Stage.DRAFT:
                raise Refused("applying.sent", number=held.application.number)
            await self.applications.wipe(session.person, held)

    # -- pages

    async def add_page(self, session: Session, id_: str, material: str, content: bytes) -> Held:
        """Take a picture or a PDF in as pages of a material.

        Raises:
            Invalid: ``applying.material``, or what is wrong with the file, with the field ``materials.ID``.
            Refused: ``case_desk.scans_many``, ``applying.sent``, ``applying.not_asked``.
        """
        async with self.turn(id_):
            held = await self.load(session.person, id_)
            self._material(held, material, Supply.SCAN)
            self.filing.check_open(held, material=material)
            await self._claim(session, held)
            try:
                await self.scans.take(session.person, id_, content, into=put_into(material))
            except (Invalid, Refused) as exc:
                raise type(exc)(exc.code, **{**exc.fields, "field": f"materials.{material}"}) from exc
            return await self.applications.get(session.person, id_)

    async def drop_page(self, session: Session, id_: str, sha256: str) -> Held:
        """Take a page out.

        Raises:
            NotFound: ``case_desk.scan_unknown``. Refused: ``applying.sent``, ``applying.not_asked``.
        """
        async with self.turn(id_):
            held = await self.load(session.person, id_)
            material = next((one for one, pages in held.application.pages.items() if sha256 in pages), "")
            if not material:
                raise NotFound("case_desk.scan_unknown")
            self.filing.check_open(held, material=material)
            rest = tuple(one for one in held.application.pages[material] if one != sha256)
            pages = {**held.application.pages, material: rest}
            held = await self._put(session, held, msgspec.structs.replace(held.application, pages=pages))
            await self.scans.remove(session.person, id_, sha256)
            return held

    async def page(self, session: Session, id_: str, sha256: str) -> tuple[bytes, str]:
        """A page and its media type.

        Raises:
            NotFound: ``applying.unknown``, ``case_desk.scan_unknown``.
        """
        held = await self.applications.get(session.person, id_)
        if held.scan(sha256) is None:
            raise NotFound("case_desk.scan_unknown")
        return await self.scans.read(sha256)

    # -- what is there already

    async def known(self, session: Session) -> OwnKnown:
        """The person's earlier cases and licences, as they may be shown before they agree.

        Licences of the register, and cases that others filed, are for whoever is surely the person; nobody else makes
        the hall ask for them.
        """
        is_sure = await self.identifying.is_sure(session)
        found = await self.people.known_of(session.person, await self._person(session) if is_sure else None)
        need: Literal["", "card"] = "" if is_sure or isinstance(self.people.licences, NoLicences) else "card"
        shown = await self._may_reuse(session, (one.id for one in found.earlier))
        earlier = [one for one in found.earlier if one.id in shown]
        return OwnKnown(earlier=earlier, licences=found.licences, licences_need=need)

    async def reuse(self, session: Session, id_: str, licence: str) -> Held:
        """Use a licence of the register, as its holder has just agreed; that stands in the journal first.

        Raises:
            NotFound: ``case_desk.licence_unknown``. Refused: ``applying.licence_card``, ``applying.sent``.
        """
        async with self.turn(id_):
            held = await self.load(session.person, id_)
            if not await self.identifying.is_sure(session):
                raise Refused("applying.licence_card", licence="card")
            found = next(
                (one for one in await self.people.register(await self._person(session)) if one.id == licence), None
            )
            if found is None:
                raise NotFound("case_desk.licence_unknown")
            edition = self.edition(held.application)
            fit = [one.id for one in edition.materials if one.licence == found.kind and Supply.LICENCE in one.supplies]
            open_ = [one for one in fit if self.filing.is_open(held, material=one)]
            self.filing.check_open(held, material=fit[0] if fit and not open_ else "")
            await self._note(session, OwnUse.LICENCE, id_, licence)
            used = LicenceUsed(
                id=found.id,
                kind=found.kind,
                name=found.name,
                number_masked=masked(found.number),
                valid_until=found.valid_until,
                agreed_at=self.server.now(),
            )
            form = held.application.form
            if self.filing.is_open(held, form=True):
                form = prefilled(edition, form, of_licence(found.kind, found.fields))
            licences = {**held.application.licences, **dict.fromkeys(open_, used)}
            changed = msgspec.structs.replace(held.application, licences=licences, form=form)
            return await self._put(session, held, changed)

    async def give_back(self, session: Session, id_: str, licence: str) -> Held:
        """Use a licence no longer.

        Raises:
            Refused: ``applying.sent``.
        """
        async with self.turn(id_):
            held = await self.load(session.person, id_)
            kept = {
                material: one
                for material, one in held.application.licences.items()
                if one.id != licence or not self.filing.is_open(held, material=material)
            }
            self.filing.check_open(held)
            return await self._put(session, held, msgspec.structs.replace(held.application, licences=kept))

    async def take_form(self, session: Session, id_: str, case: str) -> Held:
        """Fill in what is empty from an earlier case of the very person.

        Raises:
            NotFound: ``case.unknown``, ``case_desk.form_gone``. Refused: ``applying.sent``.
        """
        async with self.turn(id_):
            held = await self.load(session.person, id_)
            self.filing.check_open(held, form=True)
            values = await self._earlier(session, id_, case)
            form = prefilled(self.edition(held.application), held.application.form, values)
            return await self._put(session, held, msgspec.structs.replace(held.application, form=form))

    # -- the check

    async def check(self, person: str, held: Held) -> Checked:
        """Everything that is missing or wrong, at once, of an application of somebody."""
        edition = self.edition(held.application)
        if held.application.stage is Stage.SENT:
            missing = await self.filing.lacking_in_correction(held)
        else:
            missing = self.checker(held, edition).everything()
            missing += await self._twice(person, held.application)
        return Checked(missing=missing, left_out=list(held.application.left_out))

    def checker(self, held: Held, edition: Edition) -> Checker:
        """The rules of an application."""
        return Checker(held.application, edition, self.today, self.say)

    def actor(self, person: str) -> Actor:
        """As whom somebody acts on their own cases."""
        return visitor(f"applicant-{person}")

    async def paper(self, case: Case, document: str) -> bytes:
        """A document of a case as PDF, made now where it was not yet.

        Raises:
            NotFound: ``case.paper_unknown``, ``progress.paper_elsewhere``.
        """
        found: bytes = await self.server.rooms["progress"].paper(case, document)
        return found

    def rate(self, case: Case) -> str:
        """Where a case can be rated; "" where it cannot."""
        found: str = self.server.rooms["progress"].rate(case)
        return found

    # -- inside

    async def _twice(self, person: str, application: Application) -> list[Lack]:
        """An open case of the same matter, of the same applicant.

        Whoever is not surely the person is told of their own only: else anybody could ask whether somebody has a case.
        """
        known = [
            one
            for applicant in await self._applicant_ids(application)
            for one in self.room.cases.of_applicant(applicant)
            if one.matter == application.matter and not one.is_over
        ]
        if not known:
            return []
        sight = await self.identifying.sight_of(person, application)
        own = await self._cases_in(person, sight)
        mine = [one for one in known if one.id in own or (sight.is_sure and one.applicant == person)]
        if mine:
            return [lack("matter", "open_case", {"matter": (mine[0].number, mine[0].number)}, self.say)]
        if not sight.is_sure:
            return []
        return [msgspec.structs.replace(lack("matter", "open_case_theirs", {}, self.say), code="open_case")]

    async def _applicant_ids(self, application: Application) -> list[str]:
        if not application.applicant.id_number:
            return []
        person = Person(id_number=application.applicant.id_number.strip().upper())
        found = await self.server.vault.known(person)
        return [found] if found else []

    async def _put(self, session: Session, held: Held, application: Application) -> Held:
        changed = msgspec.structs.replace(application, changed_at=self.server.now())
        sight = await self.identifying.sight(session)
        return await self.applications.put(session.person, held, sight.claimed(session, changed))

    async def _claim(self, session: Session, held: Held) -> None:
        """What its owner goes on with is seen by no phone any more that they have not proved."""
        if (await self.identifying.sight(session)).claimed(session, held.application) is not held.application:
            await self._put(session, held, held.application)

    async def _cases_in(self, person: str, sight: Sight) -> frozenset[str]:
        """The cases that became of what may be seen."""
        shown = (one.application for one in await self.applications.of(person) if sight.shows(one.application))
        return frozenset(one.case for one in shown if one.case)

    async def _may_reuse(self, session: Session, cases: Iterable[str]) -> frozenset[str]:
        """Those of the person's earlier cases that somebody may see and fill in from."""
        sight = await self.identifying.sight(session)
        return frozenset(cases) if sight.is_sure else frozenset(cases) & await self._cases_in(session.person, sight)

    async def _whoever(self, session: Session, id_: str) -> tuple[Party, Values]:
        """The person as far as the hall knows them: number, phone, and what their last form here says."""
        number = (await self._person(session)).id_number or ""
        phone = await self.identifying.phone_of(session)
        party = Party(name=session.name, id_kind=IDENTITY_CARD, id_number=number, phone=phone, address=session.address)
        known = (await self.people.known_of(session.person, None)).earlier
        shown = await self._may_reuse(session, (one.id for one in known))
        last = next((one.id for one in known if one.id in shown), "")
        values: Values = of_day(self.today)
        if session.name:
            values = {**values, **of_party("reader", party)}
        if last:
            try:
                values = {**values, **await self._earlier(session, id_, last)}
            except DomainError:
                return party, values  # its form is gone
        name, address = party.name or values.get("case.name", ""), party.address or values.get("case.address", "")
        return msgspec.structs.replace(party, name=name, address=address), values

    async def _earlier(self, session: Session, id_: str, case: str) -> dict[str, Any]:
        row = await self.people.row(case)
        if row.applicant != session.person or not await self._may_reuse(session, (case,)):
            raise Forbidden("case_desk.other_person")
        await self._note(session, OwnUse.FORM, id_, case)
        return of_case(await self.people.form(row.form))

    async def _person(self, session: Session) -> Person:
        return await self.server.vault.open(session.person)

    async def _parties(self, session: Session, wanted: Party, agent: Party | None) -> dict[str, Any]:
        """Who applies: the person themselves, or an organisation that they act for."""
        own = {"id_kind": IDENTITY_CARD, "id_number": (await self._person(session)).id_number or ""}
        if wanted.kind is PartyKind.PERSON:
            return {"applicant": msgspec.structs.replace(wanted, **own), "agent": None}
        acting = msgspec.structs.replace(agent or Party(name=""), kind=PartyKind.PERSON, **own)
        return {"applicant": wanted, "agent": acting}

    async def _note(self, session: Session, use: OwnUse, id_: str, about: str) -> None:
        command = UseOwnData(use=use, person=session.person, application=id_, about=about)
        await self.server.execute(command, actor=self.actor(session.person))

    def _material(self, held: Held, material: str, supply: Supply) -> None:
        found = self.edition(held.application).material(material)
        if found is None or supply not in found.supplies:
            raise Invalid("applying.material", material="unknown")
