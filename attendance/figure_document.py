"""The figures of attendance in docs/statistics.md, made of the words that the API gives; `make docs` writes it."""

from __future__ import annotations

from attendance.figures import FORMULAS
from hall_server.web.locales import Locales

_HEAD = {
    "en": (
        "Figures of attendance",
        "Made from `attendance/figures.py` and its texts."
        " `GET /api/v1/statistics/duty?from=&to=&by=&compare=` (managers) gives each figure with numerator,"
        " denominator and value; `GET /api/v1/statistics/duty/formulas` gives these texts. They stand on the page"
        " `/manager/statistics`, in the reports, and in the last columns of the page's CSV and XLSX.",
        "They are counted as the monthly sheets count ([attendance.md](attendance.md)), up to today, of active staff."
        " One denominator: the days to be worked. Of the filters, `staff`, `department` (those who stand on its"
        " sheet) and `weekday` narrow them; they are told apart by person, department, weekday, day and month. A"
        " line, a matter, a window, an hour, a channel or a class of priority means nothing for a person's day, for"
        " whoever is absent sits nowhere: such a filter is named in `unused` and on the page, and narrows nothing.",
        "A period has at most 366 days and 50,000 days of people together; beyond, the answer says so (`is_too_long`).",
    ),
    "zh-CN": (
        "考勤指标",
        "由 `attendance/figures.py` 及其文字生成。`GET /api/v1/statistics/duty?from=&to=&by=&compare=`（管理人员）"
        "给出每个指标的分子、分母和数值；`GET /api/v1/statistics/duty/formulas` 给出这些文字。"
        "页面 `/manager/statistics`、报告以及该页导出的 CSV 和 XLSX 的最后几列都有。",
        "口径与月度考勤表一致（[attendance.zh-CN.md](attendance.zh-CN.md)），截至今天，只计在职人员；"
        "分母只有一个：应出勤人日。筛选里的人员、部门（列在该部门考勤表上的人）和星期对它有效；"
        "可按人员、部门、星期、日、月分组。队列、事项、窗口、取号时段、渠道和优先类别对人的一天没有意义"
        "（缺勤的人不在任何窗口），这样的筛选会在 `unused` 和页面上写明，不起作用。",
        "一次最长 366 天，且合计不超过 50000 人日；超过时回答会说明（`is_too_long`）。",
    ),
}


def section(locales: Locales, language: str) -> str:
    """The part of the document that is about attendance."""
    title, *paragraphs = _HEAD[language]
    lines = ["", f"## {title}", ""]
    for paragraph in paragraphs:
        lines += [paragraph, ""]
    for formula in FORMULAS:

        def said(part: str = "", id_: str = formula.id) -> str:
            return locales.text(f"attendance.figure.{id_}{part}", language)

        label = {part: locales.text(f"statistics.doc.{part}", language) for part in ("formula", "events")}
        lines += [f'### <a id="duty-{formula.id}"></a>{said()} `{formula.id}`', "", said(".plain"), ""]
        lines += [f"* {label['formula']}: {said()} = {said('.formula')}", ""]
    first = FORMULAS[0].id
    lines += [f"{label['events']}: {locales.text(f'attendance.figure.{first}.events', language)}", ""]
    return "\n".join(lines)
