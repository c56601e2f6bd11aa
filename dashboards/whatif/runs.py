"""Plays a day unchanged and changed, once as it was and many times with drawn times, in several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import timedelta

import msgspec

from dashboards.alarms import LONG_WAIT
from dashboards.whatif.changes import MoreVisitors, Plan, book, unchanged
from dashboards.whatif.draws import ARRIVES_WITHIN_S, Drawn, Pools, Recorded, Times
from dashboards.whatif.engine import Draws, Made, Played, Simulation
from dashboards.whatif.figures import HALL, Run, figures
from dashboards.whatif.model import Day, Visitor
from hall_queue import messages as m
from hall_server.settings import Settings

_State = tuple[Day, Plan, Settings, int]


def limits(day: Day, settings: Settings) -> dict[str, float]:
    """Line (the hall: "") → the longest wait that is not too long there, by the day's own rules, seconds."""
    rules = book(settings, day.rules)
    lines = {visitor.ticket.line for visitor in day.visitors}
    found = {line: (rules.of(line).ageing or LONG_WAIT).total_seconds() for line in lines}
    return {**found, HALL: (rules.hall.ageing or LONG_WAIT).total_seconds()}


class Player:
    """Plays one day again and again."""

    def __init__(self, day: Day, plan: Plan, settings: Settings, seed: int) -> None:
        """Prepare what all runs share."""
        self.day, self.plan, self.settings, self.seed = day, plan, settings, seed
        self.pools = Pools(day)
        self.limits = limits(day, settings)
        self._made: Made = {}

    def recorded(self) -> Played:
        """The day unchanged, every time as it was."""
        draws = Recorded(self.day, self.pools)
        return self._played(unchanged(self.day), self.day.visitors, draws.visitors(self.day.visitors), draws)

    def pair(self, run: int, before: Run | None = None) -> tuple[Run, Run]:
        """The day before and after its changes with the same draws; ``before`` where it is known already."""
        draws = Drawn(self.pools, seed=self.seed, run=run)
        visitors, times = self.day.visitors, draws.visitors(self.day.visitors)
        before = before or self._run(unchanged(self.day), visitors, times, draws)
        visitors, times = self._others(visitors, times, draws)
        return before, self._run(self.plan, visitors, times, draws)

    def _run(self, plan: Plan, visitors: tuple[Visitor, ...], times: list[list[Times]], draws: Draws) -> Run:
        played = self._played(plan, visitors, times, draws)
        end = max((shift.end for shift in plan.shifts), default=0.0)
        windows = {id_: busy / there for id_, (busy, there) in played.use.items() if there}
        return Run(lines=figures(played, visitors, limits=self.limits, end=end), windows=windows)

    def _played(self, plan: Plan, visitors: tuple[Visitor, ...], times: list[list[Times]], draws: Draws) -> Played:
        return Simulation(
            midnight=self.day.midnight,
            visitors=visitors,
            times=times,
            shifts=plan.shifts,
            rulebook=book(self.settings, plan.rules),
            draws=draws,
            moved=plan.moved,
            made=self._made,
        ).play()

    def _others(
        self, visitors: tuple[Visitor, ...], times: list[list[Times]], draws: Drawn
    ) -> tuple[tuple[Visitor, ...], list[list[Times]]]:
        """The visitors with those who come besides, or without those who stay away."""
        for number, change in enumerate(self.plan.more):
            what = f"more/{number}"
            if change.percent < 0:
                chance = draws.random(what)
                stay = [not _concerns(change, one) or chance.random() >= -change.percent / 100 for one in visitors]
                kept = [(one, some) for one, some, stays in zip(visitors, times, stay, strict=True) if stays]
                visitors, times = tuple(one for one, _ in kept), [some for _, some in kept]
            else:
                more = tuple(_besides(visitors, change, draws, what))
                visitors, times = (*visitors, *more), [*times, *draws.visitors(more, f"{what}/times")]
        return visitors, times


def _concerns(change: MoreVisitors, visitor: Visitor) -> bool:
    return change.line in (None, visitor.ticket.line)


def _besides(visitors: Iterable[Visitor], change: MoreVisitors, draws: Drawn, what: str) -> Iterable[Visitor]:
    """Visitors like those there were, a little earlier or later, without an appointment."""
    chance = draws.random(what)
    for visitor in visitors:
        if not _concerns(change, visitor):
            continue
        many, rest = divmod(change.percent, 100)
        for number in range(many + (chance.random() * 100 < rest)):
            shift = (2 * chance.random() - 1) * ARRIVES_WITHIN_S
            yield _like(visitor, f"{visitor.ticket.ticket}+{what}.{number}", shift)


def _like(visitor: Visitor, id_: str, shift: float) -> Visitor:
    replace = msgspec.structs.replace
    ticket: m.TicketIssued = replace(visitor.ticket, ticket=id_, due=None, offline_at=None)
    issued = replace(visitor.issued, at=visitor.issued.at + timedelta(seconds=shift), event=ticket)
    acts = tuple(replace(act, at=act.at + shift, event=replace(act.event, ticket=id_)) for act in visitor.acts)
    at = visitor.at + shift
    return replace(visitor, issued=issued, at=at, from_=at, acts=acts, left=None, waited_s=None)


_player: Player | None = None


def _begin(state: _State) -> None:
    global _player  # one day for each process
    _player = Player(*state)


def _pair(run: int, before: Run | None) -> tuple[Run, Run]:
    assert _player is not None  # noqa: S101  # the pool begins each process so
    return _player.pair(run, before)


def run_all(
    state: _State, *, runs: int, processes: int, told: Callable[[int], None], before: Sequence[Run] = ()
) -> list[tuple[Run, Run]]:
    """All runs, in their order.

    Args:
        state: the day, its plan, the hall's settings and the seed.
        told: how many are done, after each.
        before: the unchanged day's runs, where they are known already.
    """
    known = dict(enumerate(before))
    if processes <= 1:
        player, found = Player(*state), []
        for run in range(runs):
            found.append(player.pair(run, known.get(run)))
            told(run + 1)
        return found
    kinds = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("fork" if "fork" in kinds else "spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(state,)) as pool:
        waiting = {pool.submit(_pair, run, known.get(run)): run for run in range(runs)}
        done: dict[int, tuple[Run, Run]] = {}
        for one in as_completed(waiting):
            done[waiting[one]] = one.result()
            told(len(done))
    return [done[run] for run in range(runs)]
