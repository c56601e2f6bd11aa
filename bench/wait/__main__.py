"""Proves the wait estimate: `python -m bench.wait`; with `--csv` or `--from-hall` on the days of another hall."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.wait import cuts, from_hall, halls, importer, report
from bench.wait.recorded import RecordedDay, Visit
from bench.wait.score import Judged, judge
from bench.wait.simulated import simulate

CALL_CENTRE = Path("../shared/data/arrivals_one_day.csv")
MISSED, UNREADABLE = 1, 2
MAPPINGS = Path(__file__).parent / "mappings"


def main(arguments: list[str] | None = None) -> int:
    """Replay, print, write down; 1 when a set misses a criterion, 2 when it cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        if options.csv:
            return _others(options)
        if options.from_hall:
            return _from_hall(options)
        if options.cuts:
            return _cuts(options.call_centre)
    except importer.MappingError as exc:
        print(f"the mapping does not fit: {exc}", file=sys.stderr)
        return UNREADABLE
    except from_hall.NoHall as exc:
        print(f"no hall to read: {exc}", file=sys.stderr)
        return UNREADABLE
    if options.drawn:
        return _drawn(*options.drawn)
    return _all(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.wait", description=__doc__)
    parser.add_argument("--csv", type=Path, nargs="+", metavar="FILE", help="recorded days of another hall, in order")
    parser.add_argument("--mapping", type=Path, help="TOML: which column says what (bench/wait/mappings)")
    parser.add_argument("--from-hall", type=Path, metavar="DATA", help="the folder of a hall: its own journal")
    parser.add_argument("--hours", action="store_true", help="also by hour of arrival")
    parser.add_argument("--drawn", type=int, nargs=2, metavar=("FROM", "TO"), help="halls drawn by chance, by seed")
    parser.add_argument("--cuts", action="store_true", help="further days made from the one recorded day")
    parser.add_argument("--call-centre", type=Path, default=CALL_CENTRE, help="the real day beside the simulated ones")
    parser.add_argument("--out", type=Path, default=report.RESULTS, help="where the figures are written")
    parser.add_argument("--page", type=Path, default=report.PAGE, help="the page whose table is written anew")
    return parser


def _others(options: argparse.Namespace) -> int:
    if options.mapping is None:
        raise importer.MappingError("--mapping is missing")
    mapping = importer.read_mapping(options.mapping)
    visits: list[Visit] = []
    for path in options.csv:
        imported = importer.read_day(path, mapping)
        print(imported.report())
        visits += imported.day.visits
    if not any(visit.call is not None for visit in visits):
        raise importer.MappingError("no row of the file has a wait")
    return _judged(RecordedDay(name=options.csv[0].stem, visits=tuple(visits)), options)


def _from_hall(options: argparse.Namespace) -> int:
    found = from_hall.read_hall(options.from_hall)
    print(found.report())
    return _judged(found.day, options)


def _judged(day: RecordedDay, options: argparse.Namespace) -> int:
    judged = judge(day)
    print(report.table([judged]))
    if options.hours:
        print(report.by_hour(judged))
    return 0 if judged.holds else MISSED


def _all(options: argparse.Namespace) -> int:
    """The recorded day and the named halls; without the recorded day the page keeps what it has."""
    judged: list[Judged] = []
    is_whole = options.call_centre.exists()
    if is_whole:
        judged.append(judge(_recorded_day(options.call_centre, "call centre (recorded)")))
    for day in halls.named():
        judged.append(judge(day))
    print(report.table(judged))
    if is_whole:
        report.write(judged, options.out, options.page)
        print(f"written to {options.out} and {options.page}")
    else:
        print(f"{options.call_centre} is not there: the recorded day is left out, nothing is written", file=sys.stderr)
    return 0 if all(one.holds for one in judged) else MISSED


def _recorded_day(path: Path, name: str) -> RecordedDay:
    imported = importer.read_day(path, importer.read_mapping(MAPPINGS / "call_centre.toml"))
    print(imported.report())
    return RecordedDay(name=name, visits=imported.day.visits)


def _cuts(path: Path) -> int:
    """Days made from the recorded one; what was looked at while tuning, and what was not."""
    if not path.exists():
        print(f"{path} is not there, and all these days are made from it", file=sys.stderr)
        return UNREADABLE
    day = _recorded_day(path, "call centre")
    holds = True
    for title, made in (("looked at while tuning", cuts.tuned(day)), ("held out", cuts.held_out(day))):
        judged = []
        for one in made:
            judged.append(judge(one))
            print(report.line(judged[-1]), flush=True)
        print(f"{title}: {report.shares(judged)}")
        holds = holds and all(one.holds for one in judged)
    return 0 if holds else MISSED


def _drawn(first: int, last: int) -> int:
    """Halls nobody tuned on; each is seen once as the hall knows it and in turn with less recorded."""
    judged = []
    for seed in range(first, last):
        day = halls.recorded(simulate(halls.drawn(seed)), halls.KINDS[seed % len(halls.KINDS)])
        judged.append(judge(day))
        print(report.line(judged[-1]), flush=True)
    print(report.shares(judged))
    return 0 if all(one.holds for one in judged) else MISSED


if __name__ == "__main__":
    sys.exit(main())
