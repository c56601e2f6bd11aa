"""Work orders of bad reviews 差评整改: from the rating to what was put right, and what the public is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from evaluation.orders import messages as m
from evaluation.orders import web
from evaluation.orders.board import TOPIC, BoardView, Lines
from evaluation.orders.cards import Cards
from evaluation.orders.clocks import Terms
from evaluation.orders.opening import Opener
from evaluation.orders.service import OrderService
from evaluation.orders.state import Orders
from evaluation.orders.store import ReviewTable
from evaluation.orders.watch import Watch
from evaluation.orders.words import Words

if TYPE_CHECKING:
    from evaluation.state import Ratings
    from hall_server.server import Server

CONSOLE_MODULE = "/pages/reviews/console-reviews.js"


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask of work orders; `opener.also` belongs to the service of ratings.

    `lines.alarms()`: the limits that have passed, for the manager's page.
    """

    orders: Orders
    opener: Opener
    watch: Watch
    lines: Lines


def install(server: Server, ratings: Ratings) -> Room:
    """Install work orders before the service of ratings, which opens them."""
    zone, orders = ZoneInfo(server.settings.timezone), Orders()

    def terms() -> Terms:
        return Terms(calendar=server.directory.calendar, hours=server.directory.hours, zone=zone)

    watch, lines, saying = Watch(server, orders, terms), Lines(server, orders, terms), Words(server)
    room = Room(orders, Opener(orders, ratings, server.directory, terms), watch, lines)
    server.types.add(*m.EVENTS)
    server.fold(orders)
    server.project(ReviewTable())
    _handle(server, OrderService(orders, terms), watch)
    cards = Cards(server, orders, lines, saying, terms)
    server.view(TOPIC, BoardView(lines))
    server.route(*web.routes(server, orders=orders, cards=cards, saying=saying, watch=watch))
    server.rooms["hall_queue"].console_modules.append(CONSOLE_MODULE)
    server.locales.add(Path(__file__).parent / "locales")

    async def start() -> None:
        server.spawn(watch.run(), "review clocks")

    server.on_start("review clocks", start)
    return room


def _handle(server: Server, service: OrderService, watch: Watch) -> None:
    server.handle(m.TakeOrder, service.take)
    server.handle(m.ContactVisitor, service.contact)
    server.handle(m.Categorise, service.categorise)
    server.handle(m.DecideExclusion, service.decide)
    server.handle(m.ExtendOrder, service.extend)
    server.handle(m.FixOrder, service.fix)
    server.handle(m.RevisitVisitor, service.revisit)
    server.handle(m.CloseOrder, service.close)
    server.handle(m.PublishResult, service.publish)
    server.handle(m.WithholdResult, service.withhold)
    server.handle(m.AnswerAppeal, service.answer)
    server.handle(m.OpenPhone, service.phone)
    server.handle(m.MakeAppeal, service.appeal)
    server.handle(m.CheckClocks, watch.check)
    server.handle(m.SetReviewRules, watch.set_rules)
