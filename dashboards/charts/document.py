"""The charts in docs/statistics.md, made of the words that the page shows; `make docs` writes it."""

from __future__ import annotations

from dashboards.charts.model import ChartId
from hall_server.web.locales import Locales


def section(locales: Locales, language: str) -> str:
    """The part of the document that is about charts."""

    def said(key: str) -> str:
        return locales.text(f"charts.{key}", language)

    formula = locales.text("statistics.doc.formula", language)
    lines = ["", f"## {said('doc.title')}", "", said("doc.lead"), ""]
    for chart in ChartId:
        lines += [f'### <a id="chart-{chart}"></a>{said(chart)} `{chart}`', "", said(f"{chart}.plain"), ""]
        lines += [f"* {formula}: {said(f'{chart}.formula')}", ""]
    return "\n".join(lines).rstrip()
