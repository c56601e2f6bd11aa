"""The hall's figures in docs/statistics.md, made of the same table and words as the API; `make docs` writes it."""

from __future__ import annotations

from collections.abc import Callable

from dashboards.figures.formulas import FORMULAS, Formula
from hall_server.web.locales import Locales

_Said = Callable[[str], str]

_HEAD = {
    "en": (
        "Made from `dashboards/figures/formulas.py` and its texts. `GET /api/v1/statistics?from=&to=&by=&compare=`"
        " (managers) gives each figure with id, numerator, denominator, value and link;"
        " `GET /api/v1/statistics/formulas` gives these texts.",
        "The page `/manager/statistics` shows them, with the charts below: any period beside another, told apart,"
        " narrowed. Its address is the question. A click on a figure shows its formula, the events it counts and the"
        " numbers it is made of.",
        "They are counted by business day. A visit belongs to the line and the matter it was taken for, and to the"
        " window and the person it was called to last; a stay belongs to the window, the person, the line and the"
        " matter of its call. The hour is that of the number, the department that of the matter as the directory is"
        " today. A key that was taken back is counted as if it had never been pressed."
        " Where there is nothing to divide by, there is no"
        " value; a period in which nothing happened has no figures (`is_empty`), not zeros.",
        "The wait that a visitor is told with the number stands in `ticket.issued` (`wait_p50_s`, `wait_p90_s`);"
        " in numbers of older journals it does not, and whoever took one without the server was told none."
        " How good the estimate is today also stands on the manager's page ([wait-estimate.md](wait-estimate.md)).",
        "Closed days are kept as sums of days, months and years, in the table `visit_cells` of `views.db`; the open day"
        " is counted from its steps ([why](decisions/0014-figures-from-cells.md)). A question that crosses more than"
        " the sums know (window and hour, matter and staff) is counted visit by visit, for 31 days at most.",
    ),
    "zh-CN": (
        "由 `dashboards/figures/formulas.py` 及其文字生成。`GET /api/v1/statistics?from=&to=&by=&compare=`（管理人员）"
        "给出每个指标的编号、分子、分母、数值和公式链接；`GET /api/v1/statistics/formulas` 给出这些文字。",
        "页面 `/manager/statistics` 显示这些指标和下面的图表：任意时期、对比、分组、筛选，地址就是问题本身。"
        "点一下指标，就看到公式、计入的事件和所用的数字。",
        "按业务日统计。一次办事归取号时的队列和事项，以及最后叫到的窗口和人员；一次停留归叫号时的窗口、人员、队列和事项。"
        "时段按取号的钟点，部门按事项在目录中今天的归属。被撤销的按键当作没有按过。没有分母就没有数值；"
        "什么都没发生的时期没有指标（`is_empty`），不显示零。",
        "取号时告诉办事人的等候时间记在 `ticket.issued` 中（`wait_p50_s`、`wait_p90_s`）；"
        "更早的记录和取号机断网时取的号没有这一项。管理页也随时显示当天预估的准确程度"
        "（[wait-estimate.zh-CN.md](wait-estimate.zh-CN.md)）。",
        "已结束的业务日按日、按月、按年汇总在 `views.db` 的表 `visit_cells` 中；当天直接按记录计算"
        "（[说明](decisions/0014-figures-from-cells.md)）。汇总没有的交叉组合（窗口与时段、事项与人员）"
        "逐次计算，最长 31 天。",
    ),
}


def section(locales: Locales, language: str) -> str:
    """The part of the document that is about the hall's figures."""

    def said(key: str) -> str:
        return locales.text(f"statistics.{key}", language)

    lines = ["", f"## {said('doc.title')}", ""]
    for paragraph in _HEAD[language]:
        lines += [paragraph, ""]
    for formula in FORMULAS:
        lines += [*_formula(formula, said), ""]
    return "\n".join(lines)


def _formula(formula: Formula, said: _Said) -> list[str]:
    return [
        f'### <a id="{formula.id}"></a>{said(formula.id)} `{formula.id}`',
        "",
        said(f"{formula.id}.plain"),
        "",
        f"* {said('doc.formula')}: {said(formula.id)} = {said(f'{formula.id}.formula')}",
        f"* {said('doc.events')}: {said(f'{formula.id}.events')}",
    ]
