"""A city and two halls, each a process of `run.py` of its own, linked by cables that a test cuts and mends."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from scripts.city_server import CityServer
from scripts.hall_process import Caller, HallProcess
from tests.fakes.cables import Cable, Cables

A, B = "demo", "demo-b"
NAMES = {A: "一门区政务服务大厅", B: "一门区滨河分厅"}


@dataclass
class Hall:
    """A hall and its cable to the city."""

    process: HallProcess
    cable: Cable

    @property
    def address(self) -> str:
        """Where its pages are."""
        return self.process.address

    def staff_at(self, window: str) -> Caller:
        """Whoever serves at a window, signed in."""
        account = next(one for one in self.process.accounts["staff"] if one["window"] == window)
        return self.process.caller().sign_in(account)

    def manager(self) -> Caller:
        """Its manager, signed in."""
        return self.process.caller().sign_in(self.process.accounts["manager"])

    def kinds(self, case: str) -> list[str]:
        """The types of what stands in its journal of a case."""
        return [kind for kind, _ in self.events(f"case:{case}")]

    def events(self, subject: str) -> list[tuple[str, dict[str, Any]]]:
        """What stands in its journal of a subject: type and payload; steps of the city as what they are."""
        with closing(sqlite3.connect(f"file:{self.process.data / 'hall.db'}?mode=ro", uri=True)) as database:
            sql = "SELECT type, payload FROM journal WHERE subject = ? ORDER BY seq"
            rows = [(type_, json.loads(payload)) for type_, payload in database.execute(sql, (subject,))]
        return [(row[1]["step_type"], row[1]["payload"]) if row[0] == "case.step_taken" else row for row in rows]


class Town:
    """The city, hall A (``demo``) and hall B (``demo-b``)."""

    city: CityServer
    a: Hall
    b: Hall

    def __init__(self, folder: Path, description: Path, founded: Path, *, database: str | None = None) -> None:
        """Prepare.

        Args:
            folder: an empty one. description: of a demonstration hall. founded: a hall's folder that A begins with.
            database: PostgreSQL's address for the city; None: SQLite.
        """
        self._folder = folder
        self._description = description.read_text("utf-8")
        self._founded = founded
        self._cables = Cables()
        self._people: dict[str, Caller] = {}
        self.city = CityServer(folder / "city", database=database)

    def start(self) -> Self:
        """Begin all three; each is a process."""
        self.city.start()
        with ThreadPoolExecutor(2) as both:
            self.a, self.b = both.map(self._hall, (A, B), (self._founded, self._folder / B))
        return self

    def stop(self) -> list[int]:
        """End them in order; gives their exit statuses."""
        found = [one.process.stop() for one in (self.a, self.b)] + [self.city.stop()]
        self._cables.__exit__()
        return found

    def at_city(self, name: str) -> Caller:
        """Somebody's session at the city; the same each time."""
        if name not in self._people:
            account = {"name": name, "password": self.city.password(name)}
            self._people[name] = Caller(self.city.port).sign_in(account)
        return self._people[name]

    def _hall(self, id_: str, data: Path) -> Hall:
        cable = self._cables.lay(self.city.port)
        token = data / "keys" / "city.token"
        token.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        token.write_text(self.city.register(id_, NAMES[id_]))
        token.chmod(0o600)
        linked = f'[settings]\ncity_url = "ws://127.0.0.1:{cable.port}"\n'
        text = self._description.replace("[settings]\n", linked, 1).replace(f'"{A}"', f'"{id_}"')
        config = self._folder / f"{id_}.toml"
        config.write_text(text.replace(NAMES[A], NAMES[id_]), "utf-8")
        return Hall(HallProcess(data, config=config).start(), cable)
