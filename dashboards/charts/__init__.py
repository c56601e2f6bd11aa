"""Charts 图表: what the figures look like; described once, drawn on the page by plotly and in reports as vectors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.charts import web
from dashboards.charts.data import Charts

if TYPE_CHECKING:
    from hall_server.server import Server


def install(server: Server) -> None:
    """Install charts and the page of statistics; others find them as ``server.rooms["charts"]``."""
    statistics = server.rooms["statistics"]
    charts = Charts(statistics.source, statistics.pictures, server.rooms["figures"].pictures)
    server.rooms["charts"] = charts
    server.route(*web.routes(server, charts))
    server.locales.add(Path(__file__).parent / "locales")
