"""Writes results: JSON for machines, a Markdown table for people."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path

import msgspec

from bench.measure import Better, Comparison, Figure, Result

RESULTS = Path(__file__).parent / "results"


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A result as it lies in a file, with the machine in general words."""

    machine: str
    result: Result


def write(result: Result, folder: Path) -> Path:
    """Write one benchmark's result beside the others' and the table of all of them anew."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.json"
    stored = Stored(machine=machine(), result=result)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(stored), indent=2) + b"\n")
    (folder / "results.md").write_text(table(read(folder)), encoding="utf-8")
    return path


def read(folder: Path) -> list[Stored]:
    """All results in a folder, by name."""
    return [msgspec.json.decode(path.read_bytes(), type=Stored) for path in sorted(folder.glob("*.json"))]


def table(found: list[Stored]) -> str:
    """The comparisons, then the other figures."""
    lines = ["| measured | median (min–max) | its limit, same run | ratio, median (min–max) | asked | holds |"]
    lines += ["|---|---|---|---|---|---|"]
    lines += [_comparison(one) for stored in found for one in stored.result.comparisons]
    lines += ["", "| also measured | median (min–max) |", "|---|---|"]
    lines += [f"| {one.name} | {_spread(one)} |" for stored in found for one in stored.result.notes]
    lines += ["", *sorted(f"{stored.result.name}: {stored.result.runs} runs; {stored.machine}  " for stored in found)]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Where it was measured: processors, interpreter, SQLite; no names and no addresses."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{platform.system()} on {os.cpu_count()} cores, {python}, SQLite {sqlite3.sqlite_version}"


def _comparison(one: Comparison) -> str:
    sign = "≥" if one.better is Better.HIGHER else "≤"
    holds = "yes" if one.holds else "no"
    if one.limit is None:
        asked = f"{sign} {_number(one.asked)} {one.ours.unit}"
        return f"| {one.ours.name} | {_spread(one.ours)} | | | {asked} | {holds} |"
    ratios = Figure(name="", unit="×", values=one.ratios)
    limit = f"{one.limit.name}: {_spread(one.limit)}"
    return f"| {one.ours.name} | {_spread(one.ours)} | {limit} | {_spread(ratios)} | {sign} {one.asked:g} × | {holds} |"


def _spread(figure: Figure) -> str:
    low, high = min(figure.values), max(figure.values)
    return f"{_number(figure.median)} {figure.unit} ({_number(low)}–{_number(high)})"


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
