"""The vendors' page tells everything that a device may ask, and the register lets somebody ask for each of it."""

import re
from pathlib import Path

from devices.allowed import ALLOWED
from devices.model import DeviceKind
from displays.mqtt import SHOW_WINDOW, SHOW_ZONE
from tests.fakes.hall import composed


def rows(checkout: Path) -> list[list[str]]:
    text = (checkout / "docs" / "devices-mqtt.md").read_text(encoding="utf-8")
    section = text.split("## What is asked, shown and told")[1].split("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in section.splitlines() if line[:1] == "|"]


def verbs(cell: str) -> set[str]:
    """`window.open` `.call` → window.open, window.call."""
    names = re.findall(r"`([a-z._]+)`", cell)
    return {name if not name.startswith(".") else names[0].partition(".")[0] + name for name in names}


def test_every_verb_stands_on_the_vendors_page_with_its_kinds(checkout: Path, tmp_path: Path) -> None:
    told = {verb: row[1] for row in rows(checkout) for verb in verbs(row[0].removeprefix("| "))}
    for verb in composed(tmp_path).requests:
        kinds = ALLOWED[verb.partition(".")[0]]
        named = set(DeviceKind) if told[verb] == "all" else {DeviceKind(kind) for kind in told[verb].split(", ")}
        assert named == kinds, verb


def test_every_kind_that_shows_something_stands_on_the_vendors_page(checkout: Path) -> None:
    text = str(rows(checkout))
    assert all(kind in text for kind in (*SHOW_WINDOW, *SHOW_ZONE))
