"""Writes the documents made from the program: settings, events, HTTP and MQTT. `--check` only compares."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "queue")]

import run  # noqa: E402  # after the path is set
from attendance import figure_document as duty  # noqa: E402
from city import compose as compose_city  # noqa: E402
from city import settings as city_settings  # noqa: E402
from city.server import City  # noqa: E402
from dashboards.charts import document as charts  # noqa: E402
from dashboards.figures import document as hall_figures  # noqa: E402
from evaluation.figures import document as rating_figures  # noqa: E402
from hall_server import settings  # noqa: E402
from hall_server.mqtt.asyncapi import asyncapi  # noqa: E402
from hall_server.server import Server  # noqa: E402
from hall_server.web import openapi  # noqa: E402

VERSION = "0.1.0"


def _server() -> Server:
    return run.compose(settings.load(None, demo=True), Path(tempfile.gettempdir()) / "onedoor-documents")


def _city() -> City:
    return compose_city(city_settings.load(None, demo=True), Path(tempfile.gettempdir()) / "onedoor-documents-city")


def settings_page() -> str:
    """docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Made from `hall_server/settings.py` by `make docs`. They stand in the `[settings]` table of a hall's file",
        "(`config/hall.toml`).",
        "",
        "| name | type | default | unit | what it does |",
        "|---|---|---|---|---|",
    ]
    lines += [
        "| " + " | ".join((f"`{row[0]}`", *(cell.replace("|", "\\|") for cell in row[1:]))) + " |"
        for row in settings.table()
    ]
    return "\n".join(lines) + "\n"


def events_page() -> str:
    """docs/events.md."""
    lines = [
        "# Events",
        "",
        "Made from the event classes by `make docs`. What stands in the journal (`hall.db`) and travels to the city.",
        "",
        "| type | version | holds beyond its day | fields | what happened |",
        "|---|---|---|---|---|",
    ]
    for event in _server().types.known():
        fields = ", ".join(f"`{field}`" for field in event.__struct_fields__)
        meaning = (event.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| `{event.type}` | {event.version} | {'yes' if event.lasting else ''} | {fields} | {meaning} |")
    return "\n".join(lines) + "\n"


def openapi_page() -> str:
    """docs/openapi.json."""
    web = _server().rooms["web"]
    return _json(openapi.document(web.routes, title="OneDoor 一门", version=VERSION))


def openapi_city_page() -> str:
    """docs/openapi-city.json."""
    web = _city().rooms["web"]
    return _json(openapi.document(web.routes, title="OneDoor 一门 · city centre", version=VERSION))


def asyncapi_page() -> str:
    """docs/asyncapi.json."""
    return _json(asyncapi("OneDoor 一门", VERSION))


def statistics_page() -> str:
    """docs/statistics.md."""
    return _statistics("en")


def statistics_page_zh() -> str:
    """docs/statistics.zh-CN.md."""
    return _statistics("zh-CN")


def _statistics(language: str) -> str:
    locales = _server().locales
    hall = hall_figures.section(locales, language) + duty.section(locales, language) + charts.section(locales, language)
    return rating_figures.page(locales, language) + hall.rstrip() + "\n"


def _json(document: object) -> str:
    return msgspec.json.format(msgspec.json.encode(document, order="deterministic"), indent=1).decode() + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/settings.md": settings_page,
    "docs/statistics.md": statistics_page,
    "docs/statistics.zh-CN.md": statistics_page_zh,
    "docs/events.md": events_page,
    "docs/openapi.json": openapi_page,
    "docs/openapi-city.json": openapi_city_page,
    "docs/asyncapi.json": asyncapi_page,
}


def stale() -> list[str]:
    """The documents that no longer say what the program does."""
    return [name for name, made in PAGES.items() if not (ROOT / name).exists() or (ROOT / name).read_text() != made()]


def main() -> int:
    """Write them, or with ``--check`` name the stale ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        for name in (found := stale()):
            print(f"{name} is stale: make docs")
        return 1 if found else 0
    for name, made in PAGES.items():
        (ROOT / name).write_text(made(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
