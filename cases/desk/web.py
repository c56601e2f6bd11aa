"""The desk of a window over HTTP: matters in full, the draft, pages, a person's data; and the room's addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from cases.desk.cases_web import (
    CaseHandler,
    CasesHandler,
    FormHandler,
    FormShown,
    PaperHandler,
    PledgeHandler,
    SlipHandler,
    StepHandler,
)
from cases.desk.drafts import ScanMark
from cases.desk.handing import Handing
from cases.desk.handler import DeskHandler
from cases.desk.licences import Licence
from cases.desk.people import Known, Shown, Taken
from cases.desk.pictures import (
    CaseList,
    CasePicture,
    DeskPicture,
    DraftPicture,
    EditionPicture,
    NeedsPicture,
    TicketPicture,
)
from cases.desk.requests import (
    CardWanted,
    CaseWanted,
    DraftWanted,
    FormTaken,
    FormWanted,
    KnownWanted,
    LicenceAgreed,
    NeedsWanted,
    PersonWanted,
    ScanTurned,
    SheetWanted,
    StepWanted,
    TicketNamed,
)
from cases.desk.room import Desk
from cases.desk.scans import UPLOAD_MOST
from cases.desk.settling import check_staff
from evaluation.confirmation.service import SheetMoved
from hall_server.errors import NotFound
from hall_server.federation.state import LinkStatus
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import SIGNED_IN, Limit, Route, Verb, api

PAGES = Path(__file__).parent / "pages"
BASE = "/api/v1/cases"
DESK = f"{BASE}/desk/{{window}}"
SHA = "{sha256:[0-9a-f]{64}}"
FORM_MOST = 256 * 1024
"""Bytes of a form or a draft: more than anybody types in a visit."""
_LOOKS = Limit(group="case lists", per_s=20, burst=60)


class ScansTaken(msgspec.Struct, frozen=True, kw_only=True):
    """The pages an upload became."""

    pages: list[ScanMark]


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """The revision that stands now."""

    revision: int


# -- matters


class EditionHandler(DeskHandler):
    """`GET /api/v1/cases/editions/{matter}`."""

    async def get(self, matter: str) -> None:
        """Answer with the edition that holds today."""
        self.answer(self.desk.pictures.edition(self.desk.holding(matter)))


class NeedsHandler(DeskHandler):
    """`POST /api/v1/cases/editions/{matter}/needs`."""

    async def post(self, matter: str) -> None:
        """Answer with what the answers so far lead to."""
        wanted = self.read(NeedsWanted)
        picture = self.desk.pictures.needs(self.desk.holding(matter), wanted.answers, self.desk.server.now())
        self.answer(picture)


# -- the desk


class StateHandler(DeskHandler):
    """`GET /api/v1/cases/desk/{window}`."""

    async def get(self, window: str) -> None:
        """Answer with what the page begins with."""
        check_staff(self.actor, window)
        desk = self.desk
        place = desk.server.directory.windows[window]
        held = desk.queue.queue.tickets.get(desk.queue.queue.desk(window).ticket or "")
        draft = await desk.drafts.get(window, held.id) if held else None
        link = desk.federation.state()
        await desk.server.settled()
        self.answer(
            DeskPicture(
                window=window,
                window_number=place.number,
                window_name=place.name,
                window_name_en=place.name_en,
                now=desk.server.now().astimezone(ZoneInfo(desk.server.settings.timezone)),
                today=desk.today,
                ticket=await self._ticket(held),
                draft=DraftPicture(**msgspec.structs.asdict(draft)) if draft else None,
                here=[desk.picture(one, self.actor) for one in desk.room.cases.of_ticket(held.id)] if held else [],
                matters=sorted(one.matter for one in desk.room.editions if self._holds(one.matter, one.key)),
                has_city=desk.server.settings.city_url is not None,
                is_linked=link.status is LinkStatus.LINKED,
                prints=bool(self.handing.printers(window)),
                demo=desk.server.settings.demo,
            )
        )

    async def _ticket(self, held: Any) -> TicketPicture | None:
        if held is None:
            return None
        return TicketPicture(
            id=held.id,
            number=held.number,
            state=held.state.value,
            matter=held.matter,
            matters=tuple(one.matter for one in held.matters),
            person=await self.desk.people.masked(held.id),
        )

    def _holds(self, matter: str, key: str) -> bool:
        found = self.desk.room.editions.holding(matter, self.desk.today)
        return found is not None and found.key == key


class DraftHandler(DeskHandler):
    """`PUT · DELETE /api/v1/cases/desk/{window}/draft`."""

    async def put(self, window: str) -> None:
        """Keep what is typed."""
        check_staff(self.actor, window)
        wanted = self.read(DraftWanted)
        self.desk.settling.check_served(window, wanted.ticket)
        kept = await self.desk.drafts.save(window, wanted.ticket, wanted.content, seen=wanted.revision)
        self.answer(Saved(revision=kept.revision))

    async def delete(self, window: str) -> None:
        """Forget it, with its pages."""
        check_staff(self.actor, window)
        await self.desk.drafts.wipe(window, self.words("ticket"))
        self.answer_nothing()


class ScansHandler(DeskHandler):
    """`POST /api/v1/cases/desk/{window}/scans`."""

    async def post(self, window: str) -> None:
        """Take a file in; the body is the file."""
        check_staff(self.actor, window)
        ticket = self.words("ticket")
        self.desk.settling.check_served(window, ticket)
        self.answer(ScansTaken(pages=list(await self.desk.scans.take(window, ticket, self.raw_body))))


class ScanHandler(DeskHandler):
    """`GET · DELETE /api/v1/cases/desk/{window}/scans/{sha256}`."""

    async def get(self, window: str, sha256: str) -> None:
        """Send a page: of the draft, or of a case that is worked on."""
        check_staff(self.actor, window)
        if not await self._is_here(window, sha256):
            raise NotFound("case_desk.scan_unknown")
        content, media = await self.desk.scans.read(sha256)
        self.set_header("Content-Type", media)
        self.set_header("Cache-Control", "private, no-store")
        self.set_header("Content-Disposition", "inline")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(content)

    async def delete(self, window: str, sha256: str) -> None:
        """Take a page out of the draft."""
        check_staff(self.actor, window)
        await self.desk.scans.remove(window, self.words("ticket"), sha256)
        self.answer_nothing()

    async def _is_here(self, window: str, sha256: str) -> bool:
        held = self.desk.queue.queue.desk(window).ticket
        draft = await self.desk.drafts.get(window, held) if held else None
        if draft is not None and any(one.sha256 == sha256 for one in draft.scans):
            return True
        cases = self.desk.room.cases.by_id.values()  # every clerk may go on with each of them
        return any(copy.sha256 == sha256 for case in cases for one in case.given.values() for copy in one.copies)


class TurnHandler(DeskHandler):
    """`POST …/scans/{sha256}/turn`."""

    async def post(self, window: str, sha256: str) -> None:
        """Turn a page."""
        check_staff(self.actor, window)
        wanted = self.read(ScanTurned)
        self.answer(await self.desk.scans.turn(window, wanted.ticket, sha256, wanted.quarters))


class PersonHandler(DeskHandler):
    """`POST …/person`."""

    async def post(self, window: str) -> None:
        """Unmask the ticket's person."""
        check_staff(self.actor, window)
        wanted = self.read(PersonWanted)
        self.answer(await self.desk.people.show(window, wanted.ticket, wanted.why, self.actor))


class CardHandler(DeskHandler):
    """`POST …/card`."""

    async def post(self, window: str) -> None:
        """What the card on the window's reader says."""
        check_staff(self.actor, window)
        wanted = self.read(CardWanted)
        self.answer(await self.desk.people.card(window, wanted.ticket, wanted.card, self.actor))


class KnownHandler(DeskHandler):
    """`POST …/known`."""

    async def post(self, window: str) -> None:
        """What may be taken over of a person."""
        check_staff(self.actor, window)
        wanted = self.read(KnownWanted)
        self.desk.settling.check_served(window, wanted.ticket)
        await self.caught_up()
        self.answer(await self.desk.people.known(wanted.ticket, wanted.id_number))


class ReuseHandler(DeskHandler):
    """`POST …/reuse`."""

    async def post(self, window: str) -> None:
        """Take an earlier case's form over."""
        check_staff(self.actor, window)
        wanted = self.read(FormTaken)
        await self.caught_up()
        people = self.desk.people
        self.answer(await people.take_form(window, wanted.ticket, wanted.id_number, wanted.case, self.actor))


class LicenceHandler(DeskHandler):
    """`POST …/licence`."""

    async def post(self, window: str) -> None:
        """Put the consent on record and read the licence."""
        check_staff(self.actor, window)
        wanted = self.read(LicenceAgreed)
        about = self.desk.matter_of_consent(wanted.edition)
        people = self.desk.people
        self.answer(
            await people.take_licence(window, wanted.ticket, wanted.id_number, wanted.licence, about, self.actor)
        )


class SheetHandler(DeskHandler):
    """`POST …/sheet`."""

    async def post(self, window: str) -> None:
        """Put what was filled in before the visitor."""
        wanted = self.read(SheetWanted)
        edition = self.desk.edition(wanted.edition)
        reply = await self.handing.sheet(window, wanted, edition, actor=self.actor, command_id=self.command_id)
        self.answer(msgspec.Raw(reply))


def routes(desk: Desk, handing: Handing) -> list[Route]:
    """The room's addresses."""
    options: dict[str, Any] = {"desk": desk, "handing": handing}
    table: list[Route] = [
        api(f"{BASE}/editions/{{matter}}", EditionHandler, get=_verb("A matter in full", reply=EditionPicture)),
        api(
            f"{BASE}/editions/{{matter}}/needs",
            NeedsHandler,
            post=_verb("What the answers so far lead to, and until when", NeedsWanted, NeedsPicture),
        ),
        api(DESK, StateHandler, get=_verb("What the page of acceptance begins with", reply=DeskPicture)),
        api(
            f"{DESK}/draft",
            DraftHandler,
            put=_verb("Keep what is being typed, sealed", DraftWanted, Saved),
            delete=_verb("Forget a draft with its pages", status=204, query={"ticket": "whose draft"}),
            body_limit=FORM_MOST,
        ),
        api(
            f"{DESK}/scans",
            ScansHandler,
            post=_verb(
                "A page or a PDF of pages; the body is the file",
                reply=ScansTaken,
                status=201,
                query={"ticket": "for whose draft"},
            ),
            body_limit=UPLOAD_MOST,
        ),
        api(f"{DESK}/scans/{SHA}/turn", TurnHandler, post=_verb("Turn a page", ScanTurned, ScanMark)),
        api(
            f"{DESK}/scans/{SHA}",
            ScanHandler,
            get=Verb(access=SIGNED_IN, summary="A page as a picture", media="image/*"),
            delete=_verb("Take a page out", status=204, query={"ticket": "of whose draft"}),
        ),
        api(f"{DESK}/person", PersonHandler, post=_verb("Unmask the ticket's person", PersonWanted, Shown)),
        api(f"{DESK}/card", CardHandler, post=_verb("What the card on the reader says", CardWanted, Shown)),
        api(f"{DESK}/known", KnownHandler, post=_verb("What may be taken over of a person", KnownWanted, Known)),
        api(f"{DESK}/reuse", ReuseHandler, post=_verb("Take an earlier form over", FormTaken, Taken)),
        api(f"{DESK}/licence", LicenceHandler, post=_verb("Agreed: read a licence", LicenceAgreed, Licence)),
        api(
            f"{DESK}/sheet",
            SheetHandler,
            post=_verb("Put what was filled in before the visitor", SheetWanted, SheetMoved, status=201),
            body_limit=FORM_MOST,
        ),
        api(
            BASE,
            CasesHandler,
            get=Verb(
                access=SIGNED_IN,
                summary="Cases of this hall, the newest first",
                reply=CaseList,
                limit=_LOOKS,
                query={
                    "window": "of one window",
                    "day": "received on this day, or today",
                    "q": "some letters of the case number",
                    "limit": "at most so many",
                    "offset": "after so many",
                },
            ),
            post=_verb("Take an application in and decide on it", CaseWanted, CasePicture, status=201),
            body_limit=FORM_MOST,
        ),
        api(
            f"{BASE}/{{case}}/{{step:(?:materials|accept|notice|refuse|hand-over)}}",
            StepHandler,
            post=_verb("Take a step of a case that is there", StepWanted, CasePicture),
            body_limit=FORM_MOST,
        ),
        api(
            f"{BASE}/{{case}}/papers/{{document}}",
            PaperHandler,
            get=Verb(access=SIGNED_IN, summary="A document of a case", media="application/pdf"),
        ),
        api(
            f"{BASE}/{{case}}/form",
            FormHandler,
            post=_verb("The form of a case that is to be corrected; on record", FormWanted, FormShown),
        ),
        api(
            f"{BASE}/{{case}}/pledge",
            PledgeHandler,
            get=Verb(access=SIGNED_IN, summary="The signed pledge of a case", media="application/pdf"),
        ),
        api(f"{BASE}/{{case}}/slip", SlipHandler, post=_verb("Print number and query code", TicketNamed, status=204)),
        api(f"{BASE}/{{case}}", CaseHandler, get=_verb("A case that is worked on", reply=CasePicture)),
    ]
    made = [Route(one.path, one.handler, one.verbs, one.kind, one.body_limit, options) for one in table]
    pages = page_routes("cases_desk", PAGES, {"/accept/{window}": "accept.html"}, access=SIGNED_IN)
    return [*made, *pages, file_route("cases_desk", PAGES)]


def _verb(
    summary: str, request: Any = None, reply: Any = None, *, status: int = 200, query: dict[str, str] | None = None
) -> Verb:
    return Verb(access=SIGNED_IN, summary=summary, request=request, reply=reply, status=status, query=query or {})
