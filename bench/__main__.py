"""Runs the benchmarks: `python -m bench [--only NAME …] [--runs N] [--quick] [--out FOLDER]`."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from bench import (
    attendance,
    calling,
    case_clocks,
    cases,
    city_board,
    devices,
    fanout,
    federation,
    http,
    journal,
    ratings,
    report,
    reports,
    search,
    simulated_hall,
    startup,
    statistics,
    supervision,
    voice,
    whatif,
)
from bench.measure import Result

BENCHES: dict[str, Callable[..., Result]] = {
    "attendance": attendance.measure,
    "calling": calling.measure,
    "case_clocks": case_clocks.measure,
    "cases": cases.measure,
    "city_board": city_board.measure,
    "journal": journal.measure,
    "http": http.measure,
    "fanout": fanout.measure,
    "federation": federation.measure,
    "simulated_hall": simulated_hall.measure,
    "startup": startup.measure,
    "devices": devices.measure,
    "ratings": ratings.measure,
    "reports": reports.measure,
    "search": search.measure,
    "statistics": statistics.measure,
    "supervision": supervision.measure,
    "voice": voice.measure,
    "whatif": whatif.measure,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure, say what was measured and write it down; a missed target is written down, not an error."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="OneDoor's benchmarks, see docs/benchmarks.md")
    parser.add_argument("--only", action="append", choices=BENCHES, metavar="NAME", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--quick", action="store_true", help="a fraction of the work, to see that it runs")
    parser.add_argument("--out", type=Path, default=report.RESULTS, help="folder for the results")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what was started is ended
    for name in options.only or BENCHES:
        print(f"{name}: {options.runs} runs …", flush=True)
        result = BENCHES[name](runs=max(1, options.runs), is_quick=options.quick)
        report.write(result, options.out)
        for one in result.comparisons:
            print(f"  {one.ours.name}: {one.reached:.3g} (asked {one.asked:g}) {'holds' if one.holds else 'MISSED'}")
    print(f"written to {options.out / 'results.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
