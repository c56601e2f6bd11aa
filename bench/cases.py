"""A case with five scanned pages, accepted at a window over HTTP: what the clerk waits for."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image, ImageDraw

from bench import demo
from bench.measure import Better, Comparison, Result, by_name, percentile

CASES, CASES_QUICK = 10, 3
PAGES = 5
ASKED_MS = 1_000.0
ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
ACCEPTED, TAKEN = "accept a case with 5 pages, median", "a page taken in and re-encoded, median"


def measure(*, runs: int, is_quick: bool) -> Result:
    """Accept cases one after the other, ``runs`` times; pages come in before, while the clerk works."""
    found = [_once(CASES_QUICK if is_quick else CASES) for _ in range(runs)]
    return Result(
        name="cases",
        runs=runs,
        comparisons=[
            Comparison(ours=by_name(found, ACCEPTED, "ms"), limit=None, better=Better.LOWER, asked=ASKED_MS),
        ],
        notes=[by_name(found, "accept, slowest", "ms"), by_name(found, TAKEN, "ms")],
    )


def _once(cases: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="onedoor-bench-") as folder, demo.hall(Path(folder) / "hall") as hall:
        account = hall.accounts["staff"][0]
        desk = _Desk(hall, demo.Session(hall, account), account["window"])
        times = [desk.accept() for _ in range(cases + 1)][1:]  # the first one loads what the start does not need
    accepted = [one["accept"] * 1e3 for one in times]
    return {
        ACCEPTED: median(accepted),
        "accept, slowest": percentile(accepted, 1.0),
        TAKEN: median(one["page"] for one in times) * 1e3,
    }


class _Desk:
    """A window whose clerk accepts what anybody brings."""

    def __init__(self, hall: demo.DemoHall, clerk: demo.Session, window: str) -> None:
        self._hall, self._clerk, self._window = hall, clerk, window
        self._manager = demo.Session(hall)
        clerk.post(f"/api/v1/windows/{window}/open")
        matters = clerk.get(f"/api/v1/cases/desk/{window}")["matters"]
        self._editions = [clerk.get(f"/api/v1/cases/editions/{matter}") for matter in matters]
        self._number = 0
        self._found = self._fitting()

    def accept(self) -> dict[str, float]:
        """One case, from its ticket to its end; seconds of the last request, and of a page."""
        ticket = self._serve()
        begun = time.monotonic()
        pages = [self._scan(ticket) for _ in range(PAGES)]
        a_page = (time.monotonic() - begun) / PAGES
        body = self._wanted(self._found, ticket, pages)
        begun = time.monotonic()
        self._clerk.post("/api/v1/cases", body)
        took = time.monotonic() - begun
        self._clerk.post(f"/api/v1/windows/{self._window}/finish")
        return {"accept": took, "page": a_page}

    def _serve(self) -> str:
        line = self._hall.get(f"/api/v1/windows/{self._window}")["lines"][0]
        ticket = self._manager.post("/api/v1/tickets", {"line": line, "channel": "console"})
        called = {"ticket": ticket["id"], "reason": "bench"}
        self._manager.post(f"/api/v1/windows/{self._window}/call", called)
        self._clerk.post(f"/api/v1/windows/{self._window}/start")
        return str(ticket["id"])

    def _scan(self, ticket: str) -> str:
        self._number += 1
        path = f"/api/v1/cases/desk/{self._window}/scans?ticket={ticket}"
        return str(self._clerk.upload(path, _page(self._number))["pages"][0]["sha256"])

    def _fitting(self) -> dict[str, Any]:
        """A matter that asks nothing, or whose first answers stop nobody, with a form that plain values fill."""
        for edition in self._editions:
            answers: dict[str, list[str]] = {}
            needs = self._needs(edition, answers)
            while not needs["is_answered"]:
                for question in edition["questions"]:
                    if question["id"] in needs["asked"]:
                        answers.setdefault(question["id"], [question["options"][0]["id"]])
                needs = self._needs(edition, answers)
            scans = [one for one in needs["materials"] if "scan" in one["supplies"]]
            fields = _filled(edition["form"])
            if not needs["stop"] and scans and fields is not None and edition["flow"] != "pledge":
                return {"edition": edition, "answers": answers, "materials": needs["materials"], "fields": fields}
        raise RuntimeError("no matter fits")

    def _needs(self, edition: dict[str, Any], answers: dict[str, list[str]]) -> Any:
        return self._clerk.post(f"/api/v1/cases/editions/{edition['matter']}/needs", {"answers": answers})

    def _wanted(self, found: dict[str, Any], ticket: str, pages: list[str]) -> dict[str, Any]:
        given = [{"material": one["id"], "supply": one["supplies"][0]} for one in found["materials"]]
        first = next(n for n, one in enumerate(found["materials"]) if "scan" in one["supplies"])
        copies = [{"sha256": one, "size": 0, "media": "image/png", "page": n} for n, one in enumerate(pages, start=1)]
        given[first] |= {"supply": "scan", "copies": copies}
        return {
            "window": self._window,
            "ticket": ticket,
            "edition": found["edition"]["key"],
            "applicant": {"name": "基准", "id_number": ID_NUMBER},
            "fields": found["fields"],
            "answers": found["answers"],
            "given": given,
        }


def _filled(schema: dict[str, Any]) -> dict[str, Any] | None:
    """Plain values for what a form requires; None where it wants more than that."""
    found: dict[str, Any] = {}
    for name in schema.get("required", ()):
        one = schema["properties"][name]
        if "pattern" in one or one.get("type") in {"array", "object"}:
            return None
        found[name] = _value(one)
    return found


def _value(one: dict[str, Any]) -> Any:
    if "enum" in one:
        return one["enum"][0]
    if one.get("type") in {"number", "integer"}:
        return one.get("minimum", 1)
    if one.get("type") == "boolean":
        return True
    if one.get("format") == "date":
        return "2026-12-01"
    return "基准测试" * (1 + one.get("minLength", 0) // 4)


def _page(number: int) -> bytes:
    """A page of A4 at 200 dots per inch with writing on it, as a document camera gives it."""
    picture = Image.effect_noise((1654, 2339), 12).convert("RGB")  # paper under a camera is never plain
    draw = ImageDraw.Draw(picture)
    for row in range(40):
        draw.text((150, 150 + row * 50), f"{number} {row} " + "material " * 12, fill="#222")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()
