"""Everyday phrases against a catalogue of 1,135 matters: how many find the right one, how fast, how much memory."""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial

from bench.measure import Better, Comparison, Figure, Result, by_name, percentile
from bench.search_phrases import Change, Mistakes, Said, district, phrases, share_found
from hall_server.directory.search import MatterSearch, normalise

ASKED_SHARE, ASKED_MS, ASKED_COUNTS, ASKED_MB = 0.85, 30.0, 20.0, 20.0
TURNS = 3


def measure(*, runs: int, is_quick: bool) -> Result:
    """Ask every phrase ``runs`` times, beside a bare count of its characters in every name; the shares do not vary."""
    tuning, held_out = phrases()
    asked = [*tuning, *held_out][:: 4 if is_quick else 1]
    memory_mb = _memory_mb()
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        search = district()
        search.warm()
        built = {"the index built": (time.perf_counter() - begun) * 1000}
        found.append(built | _times(search, asked))
    slowest = by_name(found, "an everyday phrase, the slowest of 200", "ms")
    median = by_name(found, "an everyday phrase, the median", "ms")
    scan = by_name(found, "its characters counted in every name, the median", "ms")
    shares = _shares(search, tuning, held_out, runs)
    return Result(
        name="search",
        runs=runs,
        comparisons=[
            *(Comparison(ours=one, limit=None, better=Better.HIGHER, asked=ASKED_SHARE) for one in shares[:2]),
            Comparison(ours=slowest, limit=None, better=Better.LOWER, asked=ASKED_MS),
            Comparison(ours=median, limit=scan, better=Better.LOWER, asked=ASKED_COUNTS),
            Comparison(
                ours=Figure(name="memory of the index", unit="MB", values=[memory_mb] * runs),
                limit=None,
                better=Better.LOWER,
                asked=ASKED_MB,
            ),
        ],
        notes=[*shares[2:], by_name(found, "the index built", "ms"), by_name(found, "in letters, the slowest", "ms")],
    )


def _times(search: MatterSearch, asked: Sequence[Said]) -> dict[str, float]:
    mistakes = Mistakes()
    names = [frozenset(normalise(matter.name)) for matter in search.find("", limit=2000)]
    ours, letters, bare = [], [], []
    for one in asked:
        spelled = mistakes.pinyin(one.phrase)
        ours.append(_quickest(partial(search.find, one.phrase)))
        letters.append(_quickest(partial(search.find, spelled)))
        bare.append(_quickest(partial(_count, names, one.phrase)))
    return {
        "an everyday phrase, the slowest of 200": max(ours),
        "an everyday phrase, the median": percentile(ours, 0.5),
        "in letters, the slowest": max(letters),
        "its characters counted in every name, the median": percentile(bare, 0.5),
    }


def _count(names: list[frozenset[str]], phrase: str) -> list[int]:
    """The least that a search must do which bears with mistakes: what each name shares with the phrase."""
    typed = frozenset(phrase)
    return [len(typed & name) for name in names]


def _quickest(ask: Callable[[], object]) -> float:
    """Milliseconds of processor time, the quickest of a few turns: another process may hold the core."""
    took = []
    for _ in range(TURNS):
        begun = time.process_time()
        ask()
        took.append((time.process_time() - begun) * 1000)
    return min(took)


def _memory_mb() -> float:
    """What the index adds to a search that already lists all matters."""
    search = district()
    search.find("", limit=1)
    gc.collect()
    tracemalloc.start()
    search.warm()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held / 1e6


def _shares(search: MatterSearch, tuning: Sequence[Said], held_out: Sequence[Said], runs: int) -> list[Figure]:
    mistakes = Mistakes()
    changes: dict[str, Change] = {
        "as written": str,
        "one character of the same sound": mistakes.same_sound,
        "one character of a like sound": mistakes.like_sound,
        "one character replaced by any": mistakes.any_character,
        "in letters without tones": mistakes.pinyin,
        "in letters, syllables apart": mistakes.pinyin_apart,
        "in letters, one key beside": mistakes.slip,
    }
    sets = {"150 for tuning": tuning, "50 held out": held_out}
    return [
        Figure(
            name=f"found among the first three, {which}, {how}",
            unit="share",
            values=[share_found(search, said, change)] * runs,
        )
        for how, change in changes.items()
        for which, said in sets.items()
    ]
