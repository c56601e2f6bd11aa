"""The departments' desks at the city (后台分类审批): in-trays, examination, approvals, licences, joint packages."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

import cases
from cases.catalogue.shelf import Shelf
from cases.clocks.terms import Terms, closing_time
from city.desks import web
from city.desks.cards import Cards
from city.desks.joint import Joint
from city.desks.messages import FormRead, ReadForm
from city.desks.people import TOPIC_CASE, TOPIC_TRAY, CaseView, Present, TrayView
from city.desks.reading import Forms, Readers, read
from city.desks.trays import Trays
from hall_server.errors import DomainError

if TYPE_CHECKING:
    from city.server import City

HERE = Path(__file__).parent
OF_CASES = Path(cases.__file__).parent


@dataclass(frozen=True, slots=True)
class Room:
    """What other rooms may ask of the desks; ``joint``: the packages."""

    joint: Joint
    trays: Trays
    cards: Cards
    forms: Forms


def install_city(city: City) -> Room:
    """Install the desks after cases, catalogue, link and index; others find them as ``city.rooms["desks"]``."""
    shelf: Shelf = city.rooms["catalogue"]
    zone = ZoneInfo(city.settings.timezone)

    def terms() -> Terms:
        return Terms(calendar=city.directory.calendar, zone=zone, closes=closing_time(city.directory.hours))

    readers, present, joint = Readers(), Present(city), Joint(city, shelf)
    city.types.add(FormRead)
    city.fold(readers)
    city.handle(ReadForm, read)
    joint.install()
    name_of = _names(city)
    trays, forms = Trays(city, shelf, joint, terms, name_of), Forms(city, readers)
    given: dict[str, Any] = {"joint": joint, "trays": trays, "forms": forms, "present": present}
    cards = Cards(city, shelf, **given, terms=terms, name_of=name_of)
    phrases = msgspec.toml.decode((HERE / "phrases.toml").read_bytes(), type=web.Phrases)
    city.route(*web.routes({**given, "city": city, "cards": cards, "phrases": phrases}))
    city.view(TOPIC_TRAY, TrayView(present))
    city.view(TOPIC_CASE, CaseView(present))
    for folder in (OF_CASES / "locales", OF_CASES / "packages" / "locales", HERE / "locales"):
        city.locales.add(folder)
    _follow(city, present)
    room = city.rooms["desks"] = Room(joint, trays, cards, forms)
    return room


def _names(city: City) -> Any:
    def name_of(actor: str) -> str:
        kind, _, id_ = actor.partition(":")
        account = city.rooms["web"].accounts.get(id_) if kind == "staff" else None
        return account.display_name if account is not None else ""

    return name_of


def _follow(city: City, present: Present) -> None:
    """Tell the pages of a department when one of its cases has changed."""
    index = city.rooms.get("case_index")
    if index is None:
        return
    changed: asyncio.Queue[str] = asyncio.Queue()
    index.on_changed.append(changed.put_nowait)

    async def run() -> None:
        while True:
            case = await changed.get()
            try:
                department = present.department(case) or (await index.one(case)).department if case else ""
            except DomainError:
                continue
            if department:
                present.changed(case, department)
            else:
                for known in city.directory.departments:
                    present.changed("", known)

    async def start() -> None:
        city.spawn(run(), "pages of the desks")

    city.on_start("pages of the desks", start)
