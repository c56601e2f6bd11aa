"""The issuing window over HTTP: what lies ready, who signs for it, couriers, boxes, and the page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta

from cases import messages as m
from cases.issuing import messages as i
from cases.issuing.finding import PICKUP, Finder, IssuePicture, result_files
from cases.issuing.founding import PREFIX, set_up
from cases.issuing.ports import Courier, Parcel, Receipt, SignedState, Signing
from cases.issuing.service import BoxesFilled, GivenUp, Issued, check_window
from cases.model import Case, Delivery
from hall_server.errors import Invalid, NotFound, Refused
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER, STAFF, Route, Verb

if TYPE_CHECKING:
    from cases import Room
    from hall_server.federation.room import Room as Federation
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
BASE = "/api/v1/issuing"
Items = Annotated[tuple[i.Item, ...], Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=400)]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body."""


class FindWanted(Wanted, frozen=True, kw_only=True):
    """What was typed or scanned, or the word for a card on the window's reader."""

    text: Text = ""
    card: Annotated[str, Meta(max_length=64)] = ""


class SheetWanted(Wanted, frozen=True, kw_only=True):
    """A receipt for the visitor to sign at the pad."""

    cases: Annotated[tuple[str, ...], Meta(min_length=1, max_length=100)]
    collector: i.Collector = i.Collector.SELF


class HandOutWanted(Wanted, frozen=True, kw_only=True):
    """Hand out over the counter: with the sheet that was signed, or signed on paper."""

    items: Items
    collector: i.Collector = i.Collector.SELF
    sheet: str = ""
    on_paper: bool = False


class ItemsWanted(Wanted, frozen=True, kw_only=True):
    """Results."""

    items: Items


class GiveUpWanted(Wanted, frozen=True, kw_only=True):
    """Results that whoever came does not want, and why."""

    items: Items
    reason: Text


class SetUpWanted(Wanted, frozen=True, kw_only=True):
    """A line and a matter 出件 to take numbers for, and the windows that serve them."""

    zone: str
    department: str
    windows: Annotated[tuple[str, ...], Meta(min_length=1, max_length=50)]
    prefix: Annotated[str, Meta(min_length=1, max_length=1)] = PREFIX


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Results that were found, by id."""

    cases: tuple[str, ...]


class SheetShown(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt before the visitor."""

    id: str
    state: SignedState


class SetUpDone(msgspec.Struct, frozen=True, kw_only=True):
    """The matter that visitors choose."""

    matter: str


class IssueHandler(ApiHandler):
    """A handler of this room."""

    hall: Server
    room: Room
    finder: Finder
    signing: Signing
    courier: Courier

    @property
    def ticket(self) -> str | None:
        """Whoever is served at the window now."""
        found: str | None = self.hall.rooms["hall_queue"].queue.desk(self.path_kwargs["window"]).ticket
        return found


class PictureHandler(IssueHandler):
    """What a window sees."""

    async def get(self, window: str) -> None:
        """Answer with it."""
        check_window(self.actor, window)
        picture = await self.finder.picture(window)
        await self.hall.settled()
        self.answer(picture)


class FindHandler(IssueHandler):
    """Whose results they are."""

    async def post(self, window: str) -> None:
        """Find them.

        Raises:
            NotFound: ``issuing.nothing_found``. Refused: ``identity.unknown``, no such card was read here.
        """
        wanted = self.read(FindWanted)
        check_window(self.actor, window)
        text = wanted.text
        if wanted.card:
            cards = self.hall.rooms.get("identity")
            if cards is None:
                raise Refused("identity.unknown")
            text = cards.person(wanted.card, self.actor, window).id_number
        self.answer(Found(cases=await self.finder.find(text)))


class SheetHandler(IssueHandler):
    """Receipts to be signed."""

    async def post(self, window: str) -> None:
        """Put one before the visitor.

        Raises:
            Refused: ``issuing.nobody``: nobody is served at the window. NotFound: ``case.unknown``.
        """
        wanted = self.read(SheetWanted)
        check_window(self.actor, window)
        if self.ticket is None:
            raise Refused("issuing.nobody", window=window)
        cases = [self.room.cases.get(id_) for id_ in wanted.cases]
        say = self.web.locales.text
        lines = [(self._name(case), f"{case.number} {case.licence}".strip()) for case in cases]
        lines.append((say("issue.sheet.by", "zh-CN"), say(f"issue.collector.{wanted.collector}", "zh-CN")))
        title = say("issue.sheet.title", "zh-CN")
        sheet = await self.signing.ask(window, self.ticket, title, lines, actor=self.actor, key=self.command_id)
        self.answer(SheetShown(id=sheet, state=self.signing.state(sheet)))

    def _name(self, case: Case) -> str:
        edition = self.room.editions.get(case.edition)
        return (edition.name if edition else case.matter)[:40]


class SignedHandler(IssueHandler):
    """Whether a receipt is signed; a page that waits keeps no session alive."""

    keeps_session = False

    async def get(self, window: str, sheet: str) -> None:
        """Answer."""
        check_window(self.actor, window)
        self.answer(SheetShown(id=sheet, state=self.signing.state(sheet)))


class HandOutHandler(IssueHandler):
    """Over the counter."""

    async def post(self, window: str) -> None:
        """Seal the receipt, then hand out.

        Raises:
            Invalid: ``issuing.no_receipt``. Refused: ``issuing.not_signed``.
        """
        wanted = self.read(HandOutWanted)
        check_window(self.actor, window)
        receipt = await self._receipt(wanted)
        await self.run(
            i.IssueCases(
                window=window,
                items=wanted.items,
                how=Delivery.WINDOW,
                collector=wanted.collector,
                receipt=receipt,
                ticket=self.ticket,
            )
        )

    async def _receipt(self, wanted: HandOutWanted) -> str:
        if not wanted.sheet and not wanted.on_paper:
            raise Invalid("issuing.no_receipt", field="sheet")
        signed = msgspec.json.decode(await self.signing.receipt(wanted.sheet)) if wanted.sheet else {}
        receipt = Receipt(
            cases=tuple(one.case for one in wanted.items),
            collector=wanted.collector,
            by=str(self.actor),
            at=self.hall.now(),
            **signed,
        )
        federation: Federation = self.hall.rooms["federation"]
        sha256 = await federation.keep(msgspec.json.encode(receipt))
        await federation.bring(sha256)
        return sha256


class CourierHandler(IssueHandler):
    """By courier."""

    async def post(self, window: str) -> None:
        """Tell the courier, then hand over, each with its label."""
        wanted = self.read(ItemsWanted)
        check_window(self.actor, window)
        if not all(one.label.strip() for one in wanted.items):
            raise Invalid("issuing.label", field="label")
        await self.courier.take([Parcel(case=one.case, label=one.label.strip()) for one in wanted.items])
        await self.run(i.IssueCases(window=window, items=wanted.items, how=Delivery.COURIER))


class ArrivedHandler(IssueHandler):
    """A parcel has arrived."""

    async def post(self, window: str) -> None:
        """Close its case."""
        wanted = self.read(ItemsWanted)
        check_window(self.actor, window)
        if len(wanted.items) != 1:
            raise Invalid("issuing.nothing", field="items")
        await self.run(m.CloseCase(case=wanted.items[0].case, seen=wanted.items[0].seen))


class LockerHandler(IssueHandler):
    """Into boxes."""

    async def post(self, window: str) -> None:
        """Put them there; the codes are told once."""
        wanted = self.read(ItemsWanted)
        await self.run(i.FillBoxes(window=window, items=wanted.items))


class BoxHandler(IssueHandler):
    """Out of a box."""

    async def post(self, window: str, case: str) -> None:
        """It was collected: the box itself saw the code.

        Raises:
            Refused: ``issuing.not_boxed``.
        """
        wanted = self.read(ItemsWanted)
        check_window(self.actor, window)
        box = self.finder.box(case)
        if box is None or wanted.items[0].case != case:
            raise Refused("issuing.not_boxed", case=case)
        federation: Federation = self.hall.rooms["federation"]
        receipt = Receipt(cases=(case,), collector=f"box {box}", by=str(self.actor), at=self.hall.now())
        sha256 = await federation.keep(msgspec.json.encode(receipt))
        await federation.bring(sha256)
        await self.run(i.IssueCases(window=window, items=wanted.items, how=Delivery.LOCKER, receipt=sha256))

    async def delete(self, window: str, case: str) -> None:
        """Take it back to the shelf."""
        await self.run(i.EmptyBox(window=window, case=case))


class GiveUpHandler(IssueHandler):
    """The visitor does not want it."""

    async def post(self, window: str) -> None:
        """Close the cases; the decisions stand."""
        wanted = self.read(GiveUpWanted)
        await self.run(i.GiveUpResults(window=window, items=wanted.items, reason=wanted.reason))


class FileHandler(IssueHandler):
    """A licence or a decision, to be printed."""

    async def get(self, window: str, case: str, file: str) -> None:
        """Send it, which is journalled first; it is fetched from the city where it is not here.

        Raises:
            NotFound: ``case.unknown``, ``issuing.no_file``. Refused: ``issuing.not_ready``.
            Unavailable: ``federation.attachment_late``.
        """
        check_window(self.actor, window)
        found = self.room.cases.get(case)
        if found.writer != f"hall:{self.hall.settings.hall}" or file not in result_files(found):
            raise NotFound("issuing.no_file", case=case)
        await self.hall.execute(i.ReadResult(window=window, case=case, file=file), actor=self.actor)
        federation: Federation = self.hall.rooms["federation"]
        await federation.fetch(file)
        content = await asyncio.to_thread(federation.attachments.read, file)
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Disposition", f'inline; filename="{found.number}.pdf"')
        self.finish(content)


class SetUpHandler(IssueHandler):
    """The line 出件."""

    async def post(self) -> None:
        """Make the line and the matter, and let windows serve them.

        Raises:
            NotFound: ``issuing.window_unknown``. DomainError: as of the master data.
        """
        wanted = self.read(SetUpWanted)
        windows = self.hall.directory.windows
        unknown = [one for one in wanted.windows if one not in windows]
        if unknown:
            raise NotFound("issuing.window_unknown", window=unknown[0])
        await set_up(
            self.hall,
            zone=wanted.zone,
            department=wanted.department,
            windows=wanted.windows,
            prefix=wanted.prefix,
            actor=self.actor,
        )
        self.answer(SetUpDone(matter=PICKUP))


def routes(options: dict[str, Any]) -> list[Route]:
    """The room's addresses and its page; ``options`` are the handlers' attributes."""

    def route(path: str, handler: type[IssueHandler], **verbs: Verb) -> Route:
        found = {name.upper(): verb for name, verb in verbs.items()}
        return Route(f"{BASE}/{{window}}{path}", handler, found, options=options)

    def verb(summary: str, reply: Any, takes: Any = None) -> Verb:
        return Verb(access=STAFF, summary=summary, request=takes, reply=reply)

    set_up = Verb(access=MANAGER, summary="Make the line 出件", request=SetUpWanted, reply=SetUpDone)
    return [
        Route(f"{BASE}/set-up", SetUpHandler, {"POST": set_up}, options=options),
        route("", PictureHandler, get=verb("What lies ready in this hall", IssuePicture)),
        route("/find", FindHandler, post=verb("Whose results they are", Found, FindWanted)),
        route("/sheets", SheetHandler, post=verb("Let the visitor sign for it", SheetShown, SheetWanted)),
        route("/sheets/{sheet}", SignedHandler, get=verb("Whether it is signed", SheetShown)),
        route("/hand-out", HandOutHandler, post=verb("Hand out over the counter", Issued, HandOutWanted)),
        route("/courier", CourierHandler, post=verb("Hand over to a courier", Issued, ItemsWanted)),
        route("/arrived", ArrivedHandler, post=verb("A parcel has arrived", Case, ItemsWanted)),
        route("/locker", LockerHandler, post=verb("Put results into boxes", BoxesFilled, ItemsWanted)),
        route(
            "/locker/{case}",
            BoxHandler,
            post=verb("A box was emptied by whoever has the code", Issued, ItemsWanted),
            delete=verb("Take a result back out of its box", BoxesFilled),
        ),
        route("/give-up", GiveUpHandler, post=verb("The visitor does not want it", GivenUp, GiveUpWanted)),
        route(
            "/results/{case}/{file:[0-9a-f]{64}}",
            FileHandler,
            get=Verb(access=STAFF, summary="A licence or a decision, to be printed", media="application/pdf"),
        ),
        *page_routes("issuing", PAGES, {"/issue/{window}": "issue.html"}, access=STAFF),
        file_route("issuing", PAGES),
    ]
