"""A window takes a package in: one form and one copy of everything become those of each part; all of it, or nothing."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from cases.catalogue.model import Edition
from cases.desk.codes import salt
from cases.desk.filling import check_form, checked_party
from cases.desk.requests import SheetWanted as DeskSheet
from cases.desk.settling import check_staff
from cases.forms import Form, Party, PartyKind, sealed_bytes
from cases.model import Given
from cases.packages import merging, merging_forms
from cases.packages import messages as p
from cases.packages.awaited import awaited, given_later
from cases.packages.hall import Intake, Intakes, OpenedReply, check_window
from cases.packages.kinds import PackageKind, among
from cases.packages.noticing import carrier_of, others_gaps, touched
from cases.packages.pictures import Pictures
from cases.packages.requests import IntakeAsked, IntakeTaken, PackageSheet, PackageWanted
from hall_server.database.vault import Person
from hall_server.errors import DomainError, Invalid, NotFound, Refused
from hall_server.identity import Actor

if TYPE_CHECKING:
    from cases import Room
    from cases.desk.room import Desk
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server


@dataclass(frozen=True, kw_only=True)
class _Merged:
    """A package's parts and what they make together.

    Attributes:
        answers: by part. given: by part, without what the window hands in.
    """

    kind: PackageKind
    editions: dict[str, Edition]
    answers: dict[str, dict[str, tuple[str, ...]]]
    materials: tuple[merging.MergedMaterial, ...]
    fields: tuple[merging_forms.MergedField, ...]
    given: dict[str, tuple[Given, ...]]
    form: dict[str, Any]


class Window:
    """What a window does with packages, in the order in which nothing can be lost."""

    def __init__(self, server: Server, room: Room, pictures: Pictures, intakes: Intakes) -> None:
        self._intakes = intakes
        self._server = server
        self._room = room
        self._pictures = pictures
        self._turn = asyncio.Lock()

    async def take_in(self, wanted: PackageWanted, *, actor: Actor, command_id: str | None) -> OpenedReply:
        """Take a package in: parts that wait for nothing are accepted and handed over at once.

        Raises:
            Refused: ``package.no_city``: nobody would go on with it.
            DomainError: what is wrong with it; nothing has happened then, and the draft is as it was.
        """
        check_window(actor, wanted.window)
        if self._server.settings.city_url is None:
            raise Refused("package.no_city")
        if wanted.ticket and self._desk is not None:
            self._desk.settling.check_served(wanted.window, wanted.ticket)
        stands = self._room.cases.get(wanted.intake).edition if wanted.intake else ""
        merged = self._merged(wanted.kind, wanted.answers, wanted.part_answers, stands=stands)
        wanted = self._checked(wanted, merged)
        about = f"{actor}:{command_id or self._server.ids.new()}"
        fields = merging_forms.spread_fields(merged.editions, wanted.fields, merged.kind.same)
        forms = {
            part: _form(wanted, one.key, fields[part], self._salt(about, part)) for part, one in merged.editions.items()
        }
        whole = _form(wanted, merged.kind.id, wanted.fields, self._salt(about, ""))
        given = merging.spread_given(merged.editions, merged.materials, await self._given(wanted.given))
        command = p.OpenPackage(
            kind=merged.kind.id,
            editions={part: edition.key for part, edition in merged.editions.items()},
            answers=wanted.answers,
            part_answers=merged.answers,
            given={part: (*given[part], *merged.given[part]) for part in merged.editions},
            forms={part: _name(one) for part, one in forms.items()},
            form=_name(whole),
            ticket=wanted.ticket,
            window=wanted.window,
            applicant=await self._person(wanted.applicant),
            agent=await self._person(wanted.agent) if wanted.agent else None,
            delivery=wanted.delivery,
            deliver_at=wanted.deliver_at,
            owed_until=wanted.owed_until,
            intake=wanted.intake,
        )
        if wanted.notice:
            return await self._tell(wanted, merged, command, forms, actor, command_id)
        before = self._intakes.get(wanted.intake) if wanted.intake else None
        opened = await self._opened(command, [*forms.values(), whole], actor, command_id)
        await self._afterwards(wanted, command)
        if before is not None:
            await asyncio.to_thread(self._federation.attachments.erase, before.draft)
        return opened

    async def go_on(self, case: str, asked: IntakeAsked, actor: Actor) -> IntakeTaken:
        """What a package with a notice holds so far, for whoever came to complete it; that it is read is on record.

        Raises:
            NotFound: ``package.no_intake``, ``case.unknown``. DomainError: as the desk, which opens the form.
        """
        intake, known = self._intakes.get(case), self._room.cases.get(case)
        if self._desk is None or known.is_over:
            raise NotFound("package.no_intake", case=case)
        await self._desk.people.open_form(asked.window, asked.ticket, known, actor)
        return IntakeTaken(
            intake=case,
            number=intake.number,
            kind=intake.kind,
            content=await self._draft(intake),
            gaps=known.notices[-1].gaps if known.notices else (),
        )

    async def sheet(self, kind: str, wanted: PackageSheet, *, actor: Actor, command_id: str | None) -> bytes:
        """Put the merged form before the visitor, to be read, confirmed and signed; gives the reply as JSON.

        Raises:
            NotFound: ``package.kind_unknown``. DomainError: as the room of confirmations says.
        """
        check_staff(actor, wanted.window)
        if self._desk is None:
            raise NotFound("package.kind_unknown", kind=kind)
        merged = self._merged(kind, wanted.answers, wanted.part_answers)
        english = wanted.language.startswith("en") and merged.kind.name_en
        sheet = DeskSheet(
            ticket=wanted.ticket,
            edition=merged.kind.id,
            applicant=wanted.applicant,
            fields=wanted.fields,
            materials=wanted.materials,
            replaces=wanted.replaces,
            language=wanted.language,
        )
        title = merged.kind.name_en if english else merged.kind.name
        handing = self._server.rooms["cases_handing"]
        reply: bytes = await handing.show(
            wanted.window, sheet, matter=None, title=title, form=merged.form, actor=actor, command_id=command_id
        )
        return reply

    async def papers(self, cases: Iterable[str], actor: Actor) -> bytes:
        """All documents of some cases behind each other as one PDF, to be printed in one go.

        Raises:
            NotFound: ``case_desk.no_papers``: there are none. DomainError: as of the single document.
        """
        desk = self._desk
        if desk is None:
            raise NotFound("case_desk.no_papers", number="")
        found: list[bytes] = []
        for id_ in cases:
            case = self._room.cases.get(id_)
            check_staff(actor, case.window or "")
            found += [await desk.paper(case, paper.document) for paper in case.papers]
        if not found:
            raise NotFound("case_desk.no_papers", number="")
        async with self._turn:  # the library is not to be used by two at once
            return await asyncio.to_thread(_bound, found)

    # -- inside

    @property
    def _desk(self) -> Desk | None:
        """The desk of acceptance; a hall of tests may have none."""
        return self._server.rooms.get("cases_desk")

    @property
    def _federation(self) -> Federation:
        found: Federation = self._server.rooms["federation"]
        return found

    async def _draft(self, intake: Intake) -> PackageWanted:
        content = await asyncio.to_thread(self._federation.attachments.read, intake.draft)
        _, wanted = msgspec.json.decode(content, type=tuple[str, PackageWanted])
        return wanted

    async def _tell(
        self,
        wanted: PackageWanted,
        merged: _Merged,
        command: p.OpenPackage,
        forms: Mapping[str, bytes],
        actor: Actor,
        command_id: str | None,
    ) -> OpenedReply:
        """Give the one notice; what was filled in so far is kept sealed for going on with it."""
        before = self._intakes.get(wanted.intake) if wanted.intake else None
        held = (await self._draft(before)).given if before is not None else ()
        carrier = self._carrier(wanted, merged)
        given = await self._given(wanted.given)
        kept = msgspec.structs.replace(wanted, given=given, ticket=None, notice=False, intake=None)
        draft = msgspec.json.encode([self._salt(str(actor), command_id or self._server.ids.new()), kept])
        fields = {name: getattr(command, name) for name in command.__struct_fields__}
        noticed = p.NoticePackage(
            **fields,
            gaps=others_gaps(merged.materials, given, carrier),
            touched=touched(merged.materials, held, given),
            draft=_name(draft),
        )
        opened = await self._opened(noticed, [forms[carrier], draft], actor, command_id)
        if before is not None and before.draft != noticed.draft:
            await asyncio.to_thread(self._federation.attachments.erase, before.draft)
        pages = frozenset(copy.sha256 for one in given for copy in one.copies)
        if wanted.ticket and self._desk is not None:
            await self._desk.drafts.wipe(wanted.window, wanted.ticket, used=pages)
        return opened

    def _carrier(self, wanted: PackageWanted, merged: _Merged) -> str:
        """The part whose case carries the notice: the one that carried the last one, where there was one."""
        members = among(merged.kind.needed(wanted.answers), set(merged.editions))
        first = carrier_of(members, merged.editions, merged.kind.lead)
        stands = self._room.cases.get(wanted.intake).edition if wanted.intake else ""
        return next((part for part, one in merged.editions.items() if one.key == stands), first)

    def _merged(
        self,
        kind_id: str,
        answers: dict[str, tuple[str, ...]],
        part_answers: dict[str, tuple[str, ...]],
        *,
        stands: str = "",
    ) -> _Merged:
        """``stands``: the edition that a case came in under; its part keeps it."""
        kind = self._pictures.kind_of(kind_id)
        editions = self._pictures.editions(kind, answers)
        kept = self._room.editions.get(stands) if stands else None
        if kept is not None:
            editions = {part: kept if one.matter == kept.matter else one for part, one in editions.items()}
        merging.check_answers(editions, part_answers)
        split = merging.spread_answers(editions, part_answers)
        comes = awaited(kind.needed(answers), editions)
        return _Merged(
            kind=kind,
            editions=editions,
            answers=split,
            materials=merging.materials(editions, split, kind.same, comes),
            fields=merging_forms.fields(editions, kind.same, comes),
            given=given_later(editions, split, comes),
            form=merging_forms.form(editions, kind.same, comes),
        )

    def _checked(self, wanted: PackageWanted, merged: _Merged) -> PackageWanted:
        """The parties in their own form, and every part's form as its own schema wants it.

        Raises:
            Invalid: ``case_desk.party``, ``case_desk.form`` with the merged fields' names.
        """
        faults: dict[str, object] = {}
        later = {(use.part, use.id) for one in merged.fields if not one.is_required for use in one.uses}
        ids = {(use.part, use.id): one.id for one in merged.fields for use in one.uses}
        spread = merging_forms.spread_fields(merged.editions, wanted.fields, merged.kind.same)
        for part, edition in merged.editions.items():
            for path, word in _faults(edition, spread[part]).items():
                name, *rest = path.split(".")[1:] or [""]
                if word != "missing" or rest or (part, name) not in later:
                    faults[".".join(("fields", ids.get((part, name), name), *rest))] = word
        unknown = set(wanted.fields) - {one.id for one in merged.fields}
        faults |= {f"fields.{name}": "unknown" for name in sorted(unknown)}
        applicant = checked_party(wanted.applicant, "applicant")
        agent = checked_party(wanted.agent, "agent") if wanted.agent else None
        if faults:
            raise Invalid("case_desk.form", **faults)
        return msgspec.structs.replace(wanted, applicant=applicant, agent=agent)

    async def _given(self, given: tuple[Given, ...]) -> tuple[Given, ...]:
        return given if self._desk is None else await self._desk.given(given)

    async def _opened(
        self, command: p.OpenPackage, forms: list[bytes], actor: Actor, command_id: str | None
    ) -> OpenedReply:
        """Keep the forms, then decide; what nobody was told of is not kept."""
        there = {one: await asyncio.to_thread(self._federation.attachments.has, _name(one)) for one in forms}
        for form in forms:
            await self._federation.keep(form)
        try:
            reply = await self._server.execute(command, actor=actor, command_id=command_id)
        except DomainError:
            for form in [one for one, was_there in there.items() if not was_there]:
                await asyncio.to_thread(self._federation.attachments.erase, _name(form))
            raise
        return msgspec.json.decode(reply, type=OpenedReply)

    async def _afterwards(self, wanted: PackageWanted, command: p.OpenPackage) -> None:
        """Bring forms and pages to the city, those of parts that still wait too; the draft is done with.

        The same request sent again brings them again: a power cut in between loses nothing.
        """
        pages = [copy.sha256 for given in command.given.values() for one in given for copy in one.copies]
        for sha256 in dict.fromkeys((command.form, *command.forms.values(), *pages)):
            await self._federation.bring(sha256)
        if wanted.ticket and self._desk is not None:
            await self._desk.drafts.wipe(wanted.window, wanted.ticket, used=frozenset(pages))

    def _salt(self, about: str, part: str) -> str:
        """The same request again makes the same bytes."""
        return salt(self._server.keys.ticket, f"{about}:{part}" if part else about)

    async def _person(self, party: Party) -> str | None:
        """The opaque id of a person; an organisation has none in the vault."""
        if party.kind is not PartyKind.PERSON or not party.id_number:
            return None
        return await self._server.vault.person(Person(id_number=party.id_number, phone=party.phone or None))


def _form(wanted: PackageWanted, edition: str, fields: Mapping[str, Any], salted: str) -> bytes:
    form = Form(salt=salted, edition=edition, applicant=wanted.applicant, agent=wanted.agent, fields=dict(fields))
    return sealed_bytes(form)


def _name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _faults(edition: Edition, fields: dict[str, Any]) -> dict[str, Any]:
    try:
        check_form(edition, fields)
    except Invalid as exc:
        return exc.fields
    return {}


def _bound(papers: list[bytes]) -> bytes:
    """One PDF of many; blocks."""
    import pypdfium2  # type: ignore[import-untyped]  # no annotations; here: only who prints needs it

    out = io.BytesIO()
    with pypdfium2.PdfDocument.new() as whole:
        for paper in papers:
            with pypdfium2.PdfDocument(paper) as one:
                whole.import_pages(one)
        whole.save(out)
    return out.getvalue()
