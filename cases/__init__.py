"""One-window acceptance and the flow of cases: 前台综合受理、后台分类审批、统一窗口出件."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cases import messages as m
from cases.catalogue.hall import install_hall
from cases.catalogue.shelf import Shelf
from cases.hall import HallCases, HallPlace
from cases.service import CaseService
from cases.state import Cases

if TYPE_CHECKING:
    from hall_server.server import Server


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask of cases in a hall."""

    cases: Cases
    service: CaseService
    editions: Shelf


def install(server: Server) -> None:
    """Install cases in a hall after the queue; others find them as ``server.rooms["cases"]``."""
    from cases import (
        applying,
        city_steps,
        desk,
        documents,
        enquiry,
        guidance,
        issuing,
        neighbours,
        notices,
        packages,
        phone,
        progress,
        selfservice,
        watch,
    )  # a tool that only reads cases loads no pages

    server.locales.add(Path(__file__).parent / "locales")
    cases = Cases(server.types, ZoneInfo(server.settings.timezone))
    editions = install_hall(server)
    service = CaseService(HallPlace(server, cases, editions.get))
    handlers = HallCases(cases, service)
    server.types.add(*m.EVENTS)
    server.fold(cases)
    server.handle(m.ReceiveCase, handlers.receive)
    server.handle(m.TakeCityStep, handlers.take_city_step)
    for command in service.commands:
        server.handle(command, handlers.decide)
    room = server.rooms["cases"] = Room(cases, service, editions)
    city_steps.install(server)
    desk.install(server, room)
    documents.install(server, room)
    packages.install(server, room)
    issuing.install(server, room)
    watch.install_hall(server, room)
    neighbours.install(server)
    notices.install(server)
    progress.install(server)
    applying.install(server, room)
    phone.install(server)
    guidance.install(server, room)
    enquiry.install(server, room)
    selfservice.install(server)
