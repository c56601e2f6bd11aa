"""A hall with full matters, and a window at which somebody is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.hall_process import Caller, HallProcess
from tests.fakes.cases_desk import NUMBER
from tests.fakes.founded_hall import FoundedHall

PROGRAM = Path(__file__).resolve().parents[2] / "fakes" / "accepting_hall.py"


@pytest.fixture(scope="module")
def hall(
    quick_hall: Path, founded_hall: FoundedHall, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HallProcess]:
    """A running hall whose lines' first matters have a full edition."""
    made = HallProcess(founded_hall.copy(tmp_path_factory.mktemp("hall") / "data"), config=quick_hall, program=PROGRAM)
    yield made.start()
    assert made.stop() == 0


@dataclass
class Window:
    """A window with somebody before it."""

    hall: HallProcess
    clerk: Caller
    id: str
    visit: Any
    visits: list[Any]

    @property
    def matter(self) -> str:
        """One with the test's form."""
        lines = self.clerk.get(f"windows/{self.id}")["lines"]
        for matter in self.clerk.get(f"cases/desk/{self.id}")["matters"]:
            known = self.clerk.get(f"matters/{matter}")
            form = self.clerk.get(f"cases/editions/{matter}")["form"]
            if known["line"] in lines and form.get("properties", {}).get("staff", {}).get("type") == "array":
                return str(matter)
        raise AssertionError("no matter")

    def serve(self) -> str:
        """Begin with a new visitor; gives the number."""
        desk = self.clerk.get(f"windows/{self.id}/desk")
        if desk["window"]["state"] == "closed":
            self.clerk.post(f"windows/{self.id}/open")
        if desk["ticket"]:
            self.clerk.post(f"windows/{self.id}/finish", {"outcome": "accepted"})
        person = {"id_number": NUMBER}
        self.hall.caller().post("tickets", {"matter": self.matter, "channel": "kiosk", "person": person})
        self.clerk.post(f"windows/{self.id}/call")
        return str(self.clerk.post(f"windows/{self.id}/start")["ticket"]["number"])

    def open(self, path: str, language: str = "zh-CN", size: tuple[int, int] = (1366, 768)) -> Page:
        """One of its pages."""
        one = self.visit(size, language, self.clerk)
        self.visits.append(one)
        page: Page = one.open(path)
        return page

    def accept(self, language: str = "zh-CN", size: tuple[int, int] = (1366, 768)) -> Page:
        """The page of acceptance."""
        page = self.open(f"/accept/{self.id}", language, size)
        expect(page.locator("#steps .stepper").first).to_be_visible()
        return page

    @property
    def complaints(self) -> list[str]:
        """What went wrong on its pages."""
        return [said for one in self.visits for said in one.complaints]


@pytest.fixture
def window(hall: HallProcess, visit: Any) -> Iterator[Callable[..., Window]]:
    """`window(n)`: the demonstration's n-th window, with somebody served."""
    made: list[Window] = []

    def at(place: int = 0) -> Window:
        account = hall.accounts["staff"][place]
        made.append(Window(hall, hall.caller().sign_in(account), account["window"], visit, []))
        made[-1].serve()
        return made[-1]

    yield at
    for one in made:
        if one.clerk.get(f"windows/{one.id}/desk")["ticket"]:
            one.clerk.post(f"windows/{one.id}/finish", {"outcome": "accepted"})
