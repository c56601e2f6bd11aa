"""The tables of the wait estimate: on the screen, as JSON and in docs/wait-estimate.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from bench.wait.rules import AllPeople
from bench.wait.score import Judged, Score

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "results" / "wait" / "scores.json"  # a folder of its own: bench/report.py reads the other
PAGE = ROOT / "docs" / "wait-estimate.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
HEAD = (
    "| set | waits | mean wait | rule | mean abs. error | bias | pinball p50 | pinball p90 | p90 covers | holds |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def table(judged: Sequence[Judged]) -> str:
    """All sets, a line for each rule; seconds."""
    return "\n".join([HEAD, *(row for one in judged for row in _rows(one))])


def _rows(one: Judged) -> list[str]:
    first = f"| {one.name} | {one.scores[0].waits} | {one.mean_wait_s:.0f} |"
    holds = "yes" if one.holds else "no: " + "; ".join(one.misses)
    rows = []
    for number, score in enumerate(_told_apart(one.scores)):
        left, right = (first, f" {holds} |") if number == 0 else ("| | | |", " |")
        rows.append(f"{left} {_figures(score)}{right}")
    return rows


def _told_apart(scores: Sequence[Score]) -> Iterator[Score]:
    """Without a rule that is only shown and says the same as another: where no lines share windows."""
    seen = set()
    for score in scores:
        figures = score.error_s, score.bias_s, score.pinball_90
        if score.rule != AllPeople.name or figures not in seen:
            yield score
        seen.add(figures)


def _figures(score: Score) -> str:
    figures = f"{score.error_s:.1f} | {score.bias_s:+.1f} | {score.pinball_50:.1f} | {score.pinball_90:.1f}"
    return f"{score.rule} | {figures} | {score.coverage:.3f} |"


def by_hour(one: Judged) -> str:
    """One set by hour of arrival."""
    lines = ["| hour | waits | rule | mean abs. error | bias | pinball p50 | pinball p90 | p90 covers |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    for hour, scores in one.hours.items():
        lines += [f"| {hour}:00 | {score.waits} | {_figures(score)}" for score in scores]
    return "\n".join(lines)


def line(one: Judged) -> str:
    """One set in a line."""
    errors = ", ".join(f"{score.error_s:.0f}" for score in one.scores)
    covers = one.scores[0].coverage
    missed = "; ".join(one.misses) or "holds"
    return f"{one.name}: {one.scores[0].waits} waits, errors {errors} s, p90 covers {covers:.3f}: {missed}"


def shares(judged: Sequence[Judged]) -> str:
    """In how many sets all criteria hold, and each."""
    misses = Counter(miss for one in judged for miss in one.misses)
    held = sum(one.holds for one in judged)
    lines = [f"all criteria hold in {held} of {len(judged)} ({held / len(judged):.1%})"]
    return "\n".join([*lines, *(f"  {count} × {miss}" for miss, count in misses.most_common())])


def write(judged: Sequence[Judged], results: Path, page: Path) -> None:
    """The figures as JSON, and the page's table anew between its markers."""
    results.parent.mkdir(parents=True, exist_ok=True)
    bare = [msgspec.structs.replace(one, hours={}) for one in judged]
    results.write_bytes(msgspec.json.format(msgspec.json.encode(bare), indent=1) + b"\n")
    if page.exists():
        text = page.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        page.write_text(f"{before}{BEGIN}\n{table(judged)}\n{END}{after}", encoding="utf-8")
