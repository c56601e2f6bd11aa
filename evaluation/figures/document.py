"""docs/statistics.md, made of the same table and words as the page of formulas; `make docs` writes it."""

from __future__ import annotations

from collections.abc import Callable

from evaluation.figures.formulas import FORMULAS, Formula
from hall_server.web.locales import Locales

_Said = Callable[[str], str]

_HEAD = {
    "en": (
        "中文见 [statistics.zh-CN.md](statistics.zh-CN.md).",
        "Made from `evaluation/figures/formulas.py` and its texts by `make docs`; the page `/ratings/formulas` shows\n"
        "the same. Each figure has an id that does not change: it stands in `GET /api/v1/ratings/figures`, in the\n"
        "CSV, and as the anchor of its formula.",
    ),
    "zh-CN": (
        "English: [statistics.md](statistics.md).",
        "由 `make docs` 从 `evaluation/figures/formulas.py` 及其文字生成；页面 `/ratings/formulas` 内容相同。"
        "每个指标的编号不变：`GET /api/v1/ratings/figures`、CSV 和公式的锚点都用它。",
    ),
}
_HEADINGS = {
    "en": ("What holds for all of them", "The figures", "Where they come from", "Where they are shown"),
    "zh-CN": ("共同的口径", "各项指标", "数据来源", "在哪里看"),
}
_SOURCES = {
    "en": (
        "| table of `views.db` | made of | used for |",
        "| `ratings` | `rating.given`, `rating.detailed`, `rating.changed`, `rating.marked` | all about ratings |",
        "| `served` | `ticket.finished`, `ticket.forwarded`, `ticket.key_undone` | what could be rated |",
        "| `reviews` | `order.…` | what became of bad ratings |",
        "A department and a line are found by the matter in the directory as it is today; what was served without a"
        " matter belongs to no department, and to the line of its visit. Window and person are those who served it;"
        " hour, channel and class of priority are those of its number; weekday and day are those on which the rating"
        " was given, the matter served or the order opened. By these everything can be told apart and narrowed, alone"
        " or together."
        " A test counts made-up days again from the raw rows of the journal, without these tables.",
    ),
    "zh-CN": (
        "| `views.db` 的表 | 来自事件 | 用于 |",
        "| `ratings` | `rating.given`、`rating.detailed`、`rating.changed`、`rating.marked` | 一切评价指标 |",
        "| `served` | `ticket.finished`、`ticket.forwarded`、`ticket.key_undone` | 可以评价的事项 |",
        "| `reviews` | `order.…` | 差评的整改 |",
        "部门和队列按事项在目录中今天的归属确定；没有事项的办事不属于任何部门，队列是那次办事的队列。"
        "窗口和人员是办理的窗口和人员；时段、渠道和优先类别是那个号的；星期和日期是评价、办结或开单当天的。"
        "都可以按这些分组和筛选，可以单独用，也可以一起用。有一项测试不用这些表，直接从日志原始行重新计算随机的几天，逐项比对。",
    ),
}
_SHOWN = {
    "en": (
        "`/manager/ratings`: any period up to three years, beside the period before it; by department, window, staff,"
        " matter, channel and day; valid and raw; as CSV. A cell that a spreadsheet would compute begins with `'`.",
        "`/ratings`: the month for everybody. Staff only where `ratings_public_staff` says so; groups with fewer"
        " ratings than `ratings_public_least` are hidden.",
        "`GET /api/v1/ratings/figures?from=&to=&by=&raw=` (managers): id, numerator, denominator, value and the link of"
        " each figure; with the filters of the statistics (`line`, `matter`, `department`, `window`, `staff`, `hour`,"
        " `weekday`, `channel`, `priority`). A filter that does not exist is refused.",
        "`/manager/statistics`, beside the hall's figures: the same question, the same filters; in its CSV and XLSX,"
        " and in the reports.",
    ),
    "zh-CN": (
        "`/manager/ratings`：任意一段日期，最长三年，与上期并列；按部门、窗口、工作人员、事项、渠道、日期分类；"
        "有效与原始两种口径；可导出 CSV，电子表格会当作公式的内容前加 `'`。",
        "`/ratings`：每月公示。`ratings_public_staff` 打开时才显示工作人员；"
        "评价少于 `ratings_public_least` 的分类不显示。",
        "`GET /api/v1/ratings/figures?from=&to=&by=&raw=`（管理人员）：每个指标的编号、分子、分母、数值和公式链接；"
        "筛选与统计页相同（`line`、`matter`、`department`、`window`、`staff`、`hour`、`weekday`、`channel`、`priority`），"
        "不存在的筛选会被拒绝。",
        "`/manager/statistics`：与大厅指标并列，同一个问题，同样的筛选；它的 CSV、XLSX 和报告里也有。",
    ),
}


def page(locales: Locales, language: str) -> str:
    """The document in a language."""

    def said(key: str) -> str:
        return locales.text(f"figures.{key}", language)

    common, figures, sources, shown = _HEADINGS[language]
    first, *rows, last = _SOURCES[language]
    lines = [
        f"# {said('doc.title')}",
        "",
        *_between(_HEAD[language]),
        "",
        f"## {common}",
        "",
        said("formulas.lead"),
        "",
    ]
    for name in ("valid", "small"):
        lines += [f"**{said(f'formulas.{name}')}.** {said(f'formulas.{name}_text')}", ""]
    lines += [f"## {figures}", ""]
    for formula in FORMULAS:
        lines += [*_section(formula, said), ""]
    lines += [f"## {sources}", "", first, "|---|---|---|", *rows, "", last, "", f"## {shown}", ""]
    lines += [f"* {line}" for line in _SHOWN[language]]
    return "\n".join(lines) + "\n"


def _section(formula: Formula, said: _Said) -> list[str]:
    return [
        f'### <a id="{formula.id}"></a>{said(formula.id)} `{formula.id}`',
        "",
        said(f"{formula.id}.plain"),
        "",
        f"* {said('doc.formula')}: {said(formula.id)} = {said(f'{formula.id}.formula')}",
        f"* {said('doc.events')}: {said(f'{formula.id}.events')}",
    ]


def _between(paragraphs: tuple[str, ...]) -> list[str]:
    return "\n\n".join(paragraphs).split("\n")
