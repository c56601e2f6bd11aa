"""Ratings 好差评: five levels of a visit, given at the pad, on the phone or by a device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evaluation import mqtt, orders, web
from evaluation.intake import Intake
from evaluation.messages import EVENTS, AddRatingDetail, ChangeRating, GiveRating
from evaluation.service import RatingService
from evaluation.state import Ratings
from evaluation.store import RatingTable

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
    ratings = Ratings(queue.pictures.ratings)
    intake = Intake(server, queue.queue)
    order_room = orders.install(server, ratings)
    service = RatingService(queue.queue, ratings, rating_s=server.settings.rating_s, also=(order_room.opener.also,))
    server.rooms["evaluation"] = Room(ratings=ratings, intake=intake, orders=order_room)
    server.types.add(*EVENTS)
    server.fold(ratings)
    server.project(RatingTable())
    server.handle(GiveRating, service.give)
    server.handle(AddRatingDetail, service.detail)
    server.handle(ChangeRating, service.change)
    server.route(*web.routes(server, intake))
    server.locales.add(Path(__file__).parent / "locales")
    mqtt.install(server, intake)
