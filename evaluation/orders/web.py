"""Work orders over HTTP: the board, cards, every step, one's own ratings, the hall's limit, and the pages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from evaluation.orders import messages as m
from evaluation.orders import requests as r
from evaluation.orders import store
from evaluation.orders.board import TOPIC, BoardPicture
from evaluation.orders.cards import Cards, OrderCard, OwnPage, RowShown
from evaluation.orders.model import Deed
from evaluation.orders.service import OrderMade
from evaluation.orders.state import Orders
from evaluation.orders.store import Meant
from evaluation.orders.watch import ReviewRules, Watch
from evaluation.orders.words import FILE_BYTES_MOST, FILES_MOST, Words
from hall_server.errors import Forbidden, Invalid, NotFound
from hall_server.messages import Command
from hall_server.web.handlers import ApiHandler
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import BODY_LIMIT, MANAGER, SIGNED_IN, Access, Route, Verb

if TYPE_CHECKING:
    from hall_server.server import Server

PAGES = Path(__file__).parent / "pages"
OVER_DAYS = 90
_FILES_LIMIT = FILES_MOST * FILE_BYTES_MOST * 4 // 3 + BODY_LIMIT
"""Body of a step with evidence, bytes: base64 is a third larger."""


class OrdersFound(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the orders that are over, the newest first."""

    items: list[RowShown]
    total: int


class PhoneShown(msgspec.Struct, frozen=True, kw_only=True):
    """The phone a visitor left; None: it was erased."""

    phone: str | None


class ReviewHandler(ApiHandler):
    """What the handlers share."""

    hall: Server
    orders: Orders
    cards: Cards
    saying: Words
    watch: Watch

    async def caught_up(self) -> None:
        """Wait until the tables show what was done before."""
        await self.hall.settled()
        await self.hall.projector.reached(self.hall.journal.committed)


class BoardHandler(ReviewHandler):
    """The board."""

    async def get(self) -> None:
        """Show it as the live feed does."""
        await self.answer_picture(TOPIC, "")


class OverHandler(ReviewHandler):
    """The orders that are over."""

    async def get(self) -> None:
        """Show a page of them."""
        await self.caught_up()
        today = self.hall.business_day
        meant = Meant(
            first=self._day("from", today - timedelta(days=OVER_DAYS)),
            last=self._day("to", today),
            only_over=True,
            limit=self.number("limit", default=50, least=1, most=200),
            offset=self.number("offset", default=0, most=1_000_000),
        )
        items, total = await self.cards.over(meant)
        self.answer(OrdersFound(items=items, total=total))

    def _day(self, name: str, default: date) -> date:
        text = self.words(name)
        try:
            return date.fromisoformat(text) if text else default
        except ValueError as exc:
            raise Invalid("review.day_unknown", field=name) from exc


class CardHandler(ReviewHandler):
    """One order."""

    async def get(self, order: str) -> None:
        """Show it with its whole history."""
        await self.caught_up()
        self.answer(await self.cards.card(order, self.actor))


class StepHandler(ReviewHandler):
    """One step; the words are in the vault before it is decided."""

    command: type[Command]
    body: type[msgspec.Struct]

    async def post(self, order: str) -> None:
        """Take it."""
        wanted = self.read(self.body)
        fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
        note, files = fields.pop("note", None), fields.pop("files", ())
        if note is None:
            await self.run(self.command(order=order, **fields))
            return
        if order not in self.orders.by_id:
            raise NotFound("review.unknown", order=order)
        async with self.saying.kept(note, self.actor, self.command_id, files) as kept:
            if kept.files:
                fields["files"] = kept.files
            await self.run(self.command(order=order, note=kept.note, **fields))


class PhoneHandler(ReviewHandler):
    """The visitor's phone."""

    async def post(self, order: str) -> None:
        """Show it, once it is on record who wanted it and what for."""
        note = self.read(r.WordsWanted).note
        async with self.saying.kept(note, self.actor, self.command_id) as kept:
            command = m.OpenPhone(order=order, note=kept.note)
            await self.hall.execute(command, actor=self.actor, command_id=self.command_id)
        found = self.orders.by_id.get(order)
        self.answer(PhoneShown(phone=await self._phone(found.person if found else None)))

    async def _phone(self, person: str | None) -> str | None:
        try:
            return (await self.hall.vault.open(person)).phone if person else None
        except NotFound:
            return None


class FileHandler(ReviewHandler):
    """A file of the evidence."""

    async def get(self, order: str, file: str) -> None:
        """Send it to be saved.

        Raises:
            Forbidden: ``review.own``. NotFound: ``review.file_unknown``.
        """
        await self.caught_up()
        card = await self.cards.card(order, self.actor)
        if card.is_own:
            raise Forbidden("review.own", order=order)
        named = {one for step in await store.steps(self.hall.views, order) for one in step.payload.get("files", ())}
        found = await self.saying.file(file) if file in named else None
        if found is None:
            raise NotFound("review.file_unknown", file=file)
        self.set_header("Content-Type", found.about.media)
        self.set_header(
            "Content-Disposition", f'attachment; filename="evidence.{found.about.media.rpartition("/")[2]}"'
        )
        self.set_header("Cache-Control", "no-store")
        self.finish(found.data)


class OwnHandler(ReviewHandler):
    """One's own ratings."""

    async def get(self) -> None:
        """Show them."""
        await self.caught_up()
        self.answer(await self.cards.own(self.actor))


class RulesHandler(ReviewHandler):
    """The hall's limit."""

    async def get(self) -> None:
        """Show it."""
        self.answer(self.watch.rules())

    async def patch(self) -> None:
        """Set it."""
        wanted = self.read(r.ReviewRulesWanted)
        await self.run(m.SetReviewRules(fix=wanted.fix, reason=wanted.reason))


STEPS: dict[Deed, tuple[type[Command], type[msgspec.Struct], str]] = {
    Deed.TAKE: (m.TakeOrder, r.StepWanted, "Take a work order over"),
    Deed.CONTACT: (m.ContactVisitor, r.ContactWanted, "The visitor was contacted, or it was tried"),
    Deed.CATEGORISE: (m.Categorise, r.CategoryWanted, "What kind of bad review it is; evidence for an exclusion"),
    Deed.DECIDE: (m.DecideExclusion, r.DecisionWanted, "Whether the rating counts; another manager's word"),
    Deed.EXTEND: (m.ExtendOrder, r.ExtensionWanted, "More time, once"),
    Deed.FIX: (m.FixOrder, r.NotedWanted, "What was put right"),
    Deed.REVISIT: (m.RevisitVisitor, r.RevisitWanted, "What the visitor says of it now"),
    Deed.CLOSE: (m.CloseOrder, r.StepWanted, "It is done"),
    Deed.PUBLISH: (m.PublishResult, r.PublicationWanted, "Tell the public"),
    Deed.WITHHOLD: (m.WithholdResult, r.NotedWanted, "Do not tell the public"),
    Deed.ANSWER: (m.AnswerAppeal, r.AnswerWanted, "Answer the appeal"),
    Deed.APPEAL: (m.MakeAppeal, r.WordsWanted, "Appeal, as the person rated"),
}
"""The address of each is ``/api/v1/reviews/{order}/{deed}``."""


def routes(server: Server, **parts: Any) -> list[Route]:
    """The addresses and the pages; parts: orders, cards, saying and watch of the room."""
    options: dict[str, Any] = {"hall": server, **parts}
    base = "/api/v1/reviews"
    page = {
        "from": "first day, YYYY-MM-DD; 90 days ago where none is given",
        "to": "last day",
        "limit": "at most so many",
        "offset": "after so many",
    }

    def step(deed: Deed) -> Route:
        command, body, summary = STEPS[deed]
        access: Access = SIGNED_IN if deed is Deed.APPEAL else MANAGER
        verb = Verb(access=access, summary=summary, request=body, reply=OrderMade)
        limit = _FILES_LIMIT if deed is Deed.CATEGORISE else BODY_LIMIT
        more = {"command": command, "body": body}
        return Route(
            f"{base}/{{order}}/{deed}", StepHandler, {"POST": verb}, body_limit=limit, options={**options, **more}
        )

    phone = Verb(access=MANAGER, summary="See the visitor's phone", request=r.WordsWanted, reply=PhoneShown)
    board = Verb(access=MANAGER, summary="The board of work orders", reply=BoardPicture)
    over = Verb(access=MANAGER, summary="Work orders that are over", reply=OrdersFound, query=page)
    card = Verb(access=MANAGER, summary="A work order with its history", reply=OrderCard)
    file = Verb(access=MANAGER, summary="A file of the evidence", media="application/octet-stream")
    own = Verb(access=SIGNED_IN, summary="One's own ratings", reply=OwnPage)
    rules = Verb(access=MANAGER, summary="The hall's limit for bad reviews", reply=ReviewRules)
    save = Verb(access=MANAGER, summary="Set the hall's limit", request=r.ReviewRulesWanted, reply=ReviewRules)
    return [
        Route(base, BoardHandler, {"GET": board}, options=options),
        Route("/api/v1/reviews-over", OverHandler, {"GET": over}, options=options),
        Route("/api/v1/review-rules", RulesHandler, {"GET": rules, "PATCH": save}, options=options),
        Route("/api/v1/my-reviews", OwnHandler, {"GET": own}, options=options),
        Route(f"{base}/{{order}}", CardHandler, {"GET": card}, options=options),
        *(step(deed) for deed in STEPS),
        Route(f"{base}/{{order}}/phone", PhoneHandler, {"POST": phone}, options=options),
        Route(f"{base}/{{order}}/files/{{file}}", FileHandler, {"GET": file}, options=options),
        *page_routes("reviews", PAGES, {"/manager/reviews": "reviews.html"}, access=MANAGER),
        *page_routes("reviews", PAGES, {"/my-reviews": "my-reviews.html"}, access=SIGNED_IN),
        file_route("reviews", PAGES),
    ]
