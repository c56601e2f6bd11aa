"""The sealed form and scans of a case: masked until somebody says why they must see them, which is journalled first."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from cases.forms import Form, Party
from cases.model import Case
from city.desks.messages import FormRead, ReadForm
from hall_server.database.vault import masked
from hall_server.errors import Forbidden, Invalid, NotFound
from hall_server.identity import Actor
from hall_server.messages import Recorded
from hall_server.outcome import Context, Outcome

if TYPE_CHECKING:
    from city.server import City
    from hall_server.federation.attachments import Attachments

WHY = "desk why"
WHY_MOST = 200
HIDDEN = "••••"
PDF_MOST = 10 * 1024 * 1024


class FormShown(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a case.

    Attributes:
        is_masked: names and numbers are shortened, and what was filled in is hidden.
        is_here: False: it is still on its way from the hall, or there is none.
    """

    is_here: bool
    is_masked: bool
    applicant: Party | None = None
    agent: Party | None = None
    fields: dict[str, Any] = {}


class Readers:
    """Who has unmasked which case today (the Fold port of the host)."""

    types = frozenset({FormRead.type})

    def __init__(self) -> None:
        self._day: date | None = None
        self._pairs: set[tuple[str, str]] = set()

    def apply(self, recorded: Recorded) -> None:
        """Take one event in."""
        if recorded.business_day != self._day:
            self._day = recorded.business_day
            self._pairs.clear()
        if isinstance(recorded.event, FormRead):
            self._pairs.add((recorded.actor, recorded.event.case))

    def may(self, actor: Actor, case: str, today: date) -> bool:
        """Whether somebody has said today why they must see it."""
        return self._day == today and (str(actor), case) in self._pairs


class Forms:
    """Reads sealed files."""

    def __init__(self, city: City, readers: Readers) -> None:
        self._city = city
        self._readers = readers

    async def shown(self, case: Case, actor: Actor) -> FormShown:
        """The form, masked unless they have said why today."""
        may = self.may(actor, case.id)
        try:
            form = msgspec.json.decode(await self.file(case.form), type=Form) if case.form else None
        except (NotFound, Invalid, msgspec.MsgspecError):
            form = None
        if form is None:
            return FormShown(is_here=False, is_masked=not may)
        if may:
            return FormShown(
                is_here=True, is_masked=False, applicant=form.applicant, agent=form.agent, fields=form.fields
            )
        return FormShown(
            is_here=True,
            is_masked=True,
            applicant=_masked(form.applicant),
            agent=_masked(form.agent) if form.agent else None,
            fields=dict.fromkeys(form.fields, HIDDEN),
        )

    def may(self, actor: Actor, case: str) -> bool:
        """Whether somebody may see a case's data now."""
        return self._readers.may(actor, case, self._city.business_day)

    async def unmask(self, case: str, reason: str, actor: Actor, command_id: str | None) -> None:
        """Put on record who sees it and why; the words lie in the vault.

        Raises:
            Invalid: ``case.text_missing``, ``case.text_too_long``.
        """
        said = reason.strip()
        if not said:
            raise Invalid("case.text_missing", field="reason")
        if len(said) > WHY_MOST:
            raise Invalid("case.text_too_long", field="reason", most=WHY_MOST)
        why = f"{command_id}-{actor.id}" if command_id else self._city.ids.new()
        await self._city.vault.keep_text(WHY, why, said)
        await self._city.execute(ReadForm(case=case, why=why), actor=actor, command_id=command_id)

    async def scan(self, case: Case, sha256: str, actor: Actor) -> bytes:
        """A scan, paper, licence or signed pledge of a case.

        Raises:
            NotFound: ``desk.file_unknown``, it is none of this case's; or it is not here yet.
            Forbidden: ``desk.masked``: a scan shows whose it is, and they have not said why they must see it.
        """
        papers = {case.pledge, case.licence_file, *(paper.sha256 for paper in case.papers)}
        if sha256 in papers | {copy.sha256 for given in case.given.values() for copy in given.copies}:
            if not self.may(actor, case.id):
                raise Forbidden("desk.masked", case=case.id)
            return await self.file(sha256)
        raise NotFound("desk.file_unknown", sha256=sha256)

    async def keep_pdf(self, content: bytes) -> str:
        """Keep a licence's file; gives its SHA-256.

        Raises:
            Invalid: ``desk.no_pdf``.
        """
        if not content.startswith(b"%PDF-"):
            raise Invalid("desk.no_pdf", field="file")
        return await asyncio.to_thread(self._files.put, content)

    async def file(self, sha256: str) -> bytes:
        """A sealed file, opened.

        Raises:
            NotFound: ``federation.attachment_unknown``.
        """
        return await asyncio.to_thread(self._files.read, sha256)

    @property
    def _files(self) -> Attachments:
        found: Attachments = self._city.rooms["federation"].attachments
        return found


def read(command: ReadForm, context: Context) -> Outcome:
    """Decide that somebody may see a form: they said why."""
    return Outcome(events=(FormRead(case=command.case, why=command.why),))


def _masked(party: Party) -> Party:
    return Party(
        kind=party.kind,
        name=f"{party.name[:1]}{'*' * max(1, len(party.name) - 1)}" if party.name else "",
        id_kind=party.id_kind,
        id_number=masked(party.id_number),
        phone=masked(party.phone),
        address=HIDDEN if party.address else "",
        represented_by=f"{party.represented_by[:1]}**" if party.represented_by else "",
    )
