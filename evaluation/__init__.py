"""Ratings 好差评: five levels of a visit, given at the pad, on the phone or by a device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation import confirmation, figures, mqtt, orders, rules, upward, web
from evaluation.consoles import Consoles
from evaluation.intake import Intake
from evaluation.marking import MarkService
from evaluation.messages import EVENTS, AddRatingDetail, ChangeRating, GiveRating, MarkRating
from evaluation.service import RatingService, Surroundings
from evaluation.state import Ratings
from evaluation.store import RatingTable
from evaluation.visit_pictures import VisitPictures
from evaluation.visits import Visits

if TYPE_CHECKING:
    from hall_server.server import Server


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask ratings of."""

    ratings: Ratings
    intake: Intake
    orders: orders.Room


def install(server: Server) -> None:
    """Install ratings after the queue; other rooms find them as ``server.rooms["evaluation"]``."""
    queue = server.rooms["hall_queue"]
    served, given = queue.pictures.served, rules.of(server.settings)
    ratings = Ratings(served, days=given.days)
    visits = Visits(server, queue.queue, served)
    intake = Intake(server, visits)
    consoles = Consoles(server, queue.queue)
    around = Surroundings(kind_of=lambda device: server.device_gate.kind(device), consoles=consoles.at)
    order_room = orders.install(server, ratings)
    also = (order_room.opener.also,)
    service = RatingService(visits.live.of, served, ratings, given, around=around, also=also)
    server.rooms["evaluation"] = Room(ratings=ratings, intake=intake, orders=order_room)
    server.types.add(*EVENTS)
    server.fold(ratings)
    server.project(RatingTable())
    server.handle(GiveRating, service.give)
    server.handle(AddRatingDetail, service.detail)
    server.handle(ChangeRating, service.change)
    server.handle(MarkRating, MarkService(ratings).mark)
    server.route(*web.routes(server, intake, VisitPictures(server, visits, ratings, queue.pictures, given)))
    server.locales.add(Path(__file__).parent / "locales")
    mqtt.install(server, intake)
    figures.install(server, intake)
    upward.install(server, intake)
    confirmation.install(server)
