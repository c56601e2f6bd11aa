"""What the pages of those who file by themselves are told; of nobody but the person who asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from cases.applying.afterwards import RATED, BoxSeen
from cases.applying.model import Held, Lack, LicenceUsed, Stage
from cases.applying.verifying import LICENCE
from cases.catalogue.model import CaseType, Channel, Edition
from cases.desk.codes import verify_code
from cases.desk.pictures import EditionPicture, NeedsPicture
from cases.documents.site import verify_address
from cases.forms import Party
from cases.model import Case, Delivery, Gap, Outcome, State
from cases.neighbours.payments import PaymentShown
from cases.progress.picture import ProgressSeen, progress

if TYPE_CHECKING:
    from cases.applying.room import Applying


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """`POST · GET /api/v1/applicant/session`: whoever is identified.

    Attributes:
        masked: the ID number with stars. until: when the session is over, unless something is done before.
        xsrf: goes into the header ``X-XSRFToken`` of every writing request.
    """

    masked: str
    how: str
    machine: str
    until: datetime
    xsrf: str


class MatterLine(msgspec.Struct, frozen=True, kw_only=True):
    """A matter that may be applied for by oneself."""

    id: str
    name: str
    name_en: str
    department: str
    department_name: str
    department_name_en: str
    case_type: CaseType
    channels: tuple[Channel, ...]
    words: tuple[str, ...]


class MattersOpen(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/applications/matters`."""

    matters: list[MatterLine]


class PageSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A page; ``path``: where its picture is."""

    sha256: str
    material: str
    width: int
    height: int
    size: int
    path: str


class CaseSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an application.

    Attributes:
        code: the query code. gaps: with ``state: correction``: exactly what is to be handed in anew.
        path: of the page of its progress, number and code behind ``#``.
        checks: document → address of the page that verifies it, for the code that is printed with it; of the licence
            under ``licence``.
        payments: what was asked for; box: where the result lies, and what opens it.
        has_licence: it can be downloaded. can_rate, rated: 1 to 5, None: not.
        result_needs: ``card``: the result is there, and needs a card or a proved phone; "": nothing.
    """

    id: str
    number: str
    code: str
    state: State
    received_at: datetime
    gaps: tuple[Gap, ...]
    progress: ProgressSeen
    path: str
    checks: dict[str, str]
    payments: tuple[PaymentShown, ...]
    box: BoxSeen | None
    has_licence: bool
    result_needs: Literal["", "card"]
    can_rate: bool
    rated: int | None


class Payments(msgspec.Struct, frozen=True, kw_only=True):
    """`GET · POST …/pay`: every order, the oldest first."""

    payments: tuple[PaymentShown, ...]


class ApplicationSeen(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/applications/{id}`.

    Attributes:
        seen: goes with the next change. stage: ``draft``, ``sending`` or ``sent``.
        form: what is filled in, by the JSON Schema ``edition.form``.
        open_parts: with corrections: what may be changed now, ``materials.ID`` and ``form``; else null.
        left_out: what no longer fits since the matter has changed.
        closed: the matter cannot be applied for any more, and why: ``matter_closed``, ``matter_window``; else "".
    """

    id: str
    seen: int
    stage: Stage
    channel: Channel
    begun_at: datetime
    changed_at: datetime
    edition: EditionPicture
    needs: NeedsPicture
    answers: dict[str, tuple[str, ...]]
    applicant: Party
    agent: Party | None
    form: dict[str, Any]
    pages: list[PageSeen]
    licences: dict[str, LicenceUsed]
    shared: tuple[str, ...]
    delivery: Delivery
    left_out: tuple[Lack, ...]
    closed: str
    open_parts: list[str] | None
    case: CaseSeen | None


class ApplicationLine(msgspec.Struct, frozen=True, kw_only=True):
    """An application in a list; ``number`` and ``state`` of the case it became."""

    id: str
    matter: str
    name: str
    name_en: str
    stage: Stage
    begun_at: datetime
    changed_at: datetime
    number: str
    state: State | None


class ApplicationList(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /api/v1/applications`: a page of one's own, and how many there are."""

    items: list[ApplicationLine]
    total: int


class Submitted(msgspec.Struct, frozen=True, kw_only=True):
    """`POST …/submit`: the case; ``receipt``: where 接收回执 is."""

    case: str
    number: str
    code: str
    path: str
    receipt: str
    received_at: datetime
    due: date | None


class Pictures:
    """Makes them."""

    def __init__(self, applying: Applying) -> None:
        self._applying = applying
        self._desk = applying.desk

    def matter(self, edition: Edition) -> MatterLine:
        """A matter in the list."""
        full = self._desk.pictures.edition(edition)
        return MatterLine(
            id=edition.matter,
            name=edition.name,
            name_en=edition.name_en or edition.name,
            department=edition.department,
            department_name=full.department_name,
            department_name_en=full.department_name_en,
            case_type=edition.case_type,
            channels=edition.channels,
            words=edition.words,
        )

    async def application(self, held: Held, *, is_sure: bool) -> ApplicationSeen:
        """One in full; ``is_sure``: whoever asks is the person for sure."""
        application = held.application
        edition = self._applying.edition(application)
        case = await self._applying.filing.case(application) if application.case else None
        return ApplicationSeen(
            id=held.id,
            seen=held.revision,
            stage=application.stage,
            channel=application.channel,
            begun_at=application.begun_at,
            changed_at=application.changed_at,
            edition=self._desk.pictures.edition(edition),
            needs=self._desk.pictures.needs(edition, application.answers, self._applying.server.now()),
            answers=application.answers,
            applicant=application.applicant,
            agent=application.agent,
            form=application.form,
            pages=list(self._pages(held)),
            licences=application.licences,
            shared=application.shared,
            delivery=application.delivery,
            left_out=application.left_out,
            closed=self._closed(held, edition),
            open_parts=self._open_parts(held, edition),
            case=await self.case(case, edition, is_sure=is_sure) if case else None,
        )

    async def line(self, held: Held) -> ApplicationLine:
        """One in a list."""
        application = held.application
        edition = self._applying.edition(application)
        case = await self._applying.filing.case(application) if application.case else None
        return ApplicationLine(
            id=held.id,
            matter=application.matter,
            name=edition.name,
            name_en=edition.name_en or edition.name,
            stage=application.stage,
            begun_at=application.begun_at,
            changed_at=application.changed_at,
            number=application.number,
            state=case.state if case else None,
        )

    async def submitted(self, id_: str, case: Case) -> Submitted:
        """What somebody is told who has sent theirs."""
        seen = await self.case(case, self._desk.edition(case.edition), is_sure=False)
        return Submitted(
            case=case.id,
            number=case.number,
            code=seen.code,
            path=seen.path,
            receipt=f"/api/v1/applications/{id_}/receipt.pdf",
            received_at=case.received_at,
            due=seen.progress.due,
        )

    async def case(self, case: Case, edition: Edition, *, is_sure: bool) -> CaseSeen:
        """What became of one; the result itself is for the person."""
        code, after = self._desk.code_of(case.number), self._applying.afterwards
        rated, box = after.level(case), after.box(case)
        has_licence = bool(case.licence_file) and case.outcome is Outcome.GRANTED
        seen = progress(
            case,
            edition,
            self._applying.room.service.terms,
            self._applying.server.now(),
            rate=self._applying.rate(case),
            writes_here=case.writer == f"hall:{self._applying.server.settings.hall}",
            notices=None,
        )
        return CaseSeen(
            id=case.id,
            number=case.number,
            code=code,
            state=case.state,
            received_at=case.received_at,
            gaps=case.notices[-1].gaps if case.state is State.CORRECTION and case.notices else (),
            progress=seen,
            path=f"/progress#number={case.number}&code={code}",
            checks=dict(self._checks(case)),
            payments=await after.payments(case),
            box=box if is_sure else None,
            has_licence=has_licence and is_sure,
            result_needs="card" if (box is not None or has_licence) and not is_sure else "",
            can_rate=case.state in RATED and rated is None,
            rated=rated,
        )

    def _checks(self, case: Case) -> Iterator[tuple[str, str]]:
        settings, key = self._applying.server.settings, self._applying.server.keys.ticket
        named = {one.document: one.document for one in case.papers} | {LICENCE: f"{LICENCE}:{case.id}"}
        for name, document in named.items():
            yield name, verify_address(settings.public_url or "", case.number, verify_code(key, document))

    def _pages(self, held: Held) -> list[PageSeen]:
        return [
            PageSeen(
                sha256=sha256,
                material=material,
                width=mark.width,
                height=mark.height,
                size=mark.size,
                path=f"/api/v1/applications/{held.id}/pages/{sha256}",
            )
            for material, pages in held.application.pages.items()
            for sha256 in pages
            if (mark := held.scan(sha256)) is not None
        ]

    def _closed(self, held: Held, edition: Edition) -> str:
        if held.application.stage is not Stage.DRAFT:
            return ""
        return next((one.code for one in self._applying.checker(held, edition).matter()), "")

    def _open_parts(self, held: Held, edition: Edition) -> list[str] | None:
        filing = self._applying.filing
        if held.application.stage is not Stage.SENT or not filing.is_open(held):
            return None
        found = [f"materials.{one.id}" for one in edition.materials if filing.is_open(held, material=one.id)]
        return [*found, *(["form"] if filing.is_open(held, form=True) else [])]
