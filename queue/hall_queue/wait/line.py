"""What one line has taught so far, and the forecasts that follow from it."""

from __future__ import annotations

from math import sqrt
from operator import mul

import msgspec

from hall_queue.wait.blend import Blend, median, middle
from hall_queue.wait.flow import PRIOR_LINE, Flow, Occupied, is_standstill
from hall_queue.wait.forecasts import (
    CROWD,
    HIGH_FACTOR,
    LIKE_IDLE,
    PAUSE_S,
    TRUST,
    TRUST_HIGH,
    UPPER,
    Forecast,
    Kind,
    Regime,
    Usual,
)
from hall_queue.wait.model import Situation
from hall_queue.wait.spread import Margin, Recent, Sample

POOL = 0.5  # how much the blend of the whole hall counts beside the line's own
FLOOR = 0.2  # forecasts are blended as logarithms above this part of the width, so that 0 has one
OWN_ERROR = 0.25  # part of the estimate itself that the width grows by
GUESSED_ERROR = 0.6  # the same where it is not known which windows are open
FARTHEST = 1.3  # the margin carries p90 no farther than so many of the longest waits
LONGEST_S = 600.0  # the longest wait before any was seen
SHORTENS = 0.999  # what is left of the longest wait after each shorter one
ERRORS = (-1.0, -0.7, -0.5, -0.3, -0.1, 0.0, 0.2, 0.4, 0.7, 1.0, 1.6)  # in widths, before any was seen
LARGEST_ERROR = 6.0  # in widths
FADE = 0.85  # what is left of an old wait in the ratio
HIGH_UNIT = 3.0  # p90 is learnt so many times slower: its errors count ninefold on one side
IDLE_S = 30.0  # who waits longer has not found an idle window, whatever the windows say
IDLE_PART = 0.3  # the same as part of a visit
_CLOSED, _MAYBE_IDLE = Regime.CLOSED, Regime.MAYBE_IDLE  # looked up in the enum they would take as long as a sum
_LAST, _HIGH, _NAIVE, _MEAN = UPPER


class Lesson(msgspec.Struct, frozen=True):
    """What a line and its hall have learnt of one kind of moment, worked out once after each lesson.

    Attributes:
        own, all: the weights it was made of, the line's and the hall's: a new lesson brings new ones.
        weights, weights_high: of the single forecasts, and of those of p90.
        error: the upper end of the recent errors, in widths.
        recent_s: the upper end of the last waits that began so; 0 before there was one.
        typical: their middle and the mean of the very last, seconds; None before there was one.
    """

    own: list[float]
    all: list[float]
    weights: list[float]
    weights_high: list[float]
    error: float
    recent_s: float
    typical: tuple[float, float] | None


class Blends:
    """For each regime a blend of p50 and one of p90."""

    __slots__ = ("high", "of")

    def __init__(self) -> None:
        self.of = tuple(Blend(TRUST[regime]) for regime in Regime)
        self.high = tuple(Blend(TRUST_HIGH[regime], 0.9) for regime in Regime)


class Hall:
    """What all lines share.

    Attributes:
        visit_s: the mean visit, seconds.
        blends, margin: of the whole hall.
        longest_s: the longest wait so far, seconds; slowly forgotten.
    """

    __slots__ = ("blends", "longest_s", "margin", "visit_s")

    def __init__(self, visit_s: float) -> None:
        self.visit_s, self.blends, self.margin = visit_s, Blends(), Margin()
        self.longest_s = LONGEST_S

    def waited(self, waited_s: float) -> None:
        """A wait came out."""
        self.longest_s = max(waited_s, SHORTENS * self.longest_s)


class LineWaits:
    """The learnt state of one line."""

    __slots__ = (
        "_blends", "_errors", "_last_s", "_recent", "_said", "_waited", "flow", "lessons", "occupied", "pending",
        "usual",
    )  # fmt: skip

    def __init__(self) -> None:
        self.occupied, self.flow, self.usual = Occupied(), Flow(), Usual()
        self.pending: dict[str, Forecast] = {}
        self._blends = Blends()
        self._errors = tuple(Sample(80, ERRORS) for _ in Regime)
        self._recent = tuple(Recent() for _ in Regime)
        self._last_s = self._waited = self._said = 0.0
        self.lessons: list[Lesson | None] = [None for _ in Regime]

    def visit_s(self, hall_s: float, at: float) -> float:
        """How long a visit occupies a window, drawn to the hall's mean while little was seen."""
        return self.occupied.mean(hall_s, PRIOR_LINE, at)

    def forecast(
        self, id_: str, found: Situation, at: float, *, visit_s: float, naive_s: float, hall: Hall
    ) -> Forecast:
        """What somebody who joins now is told.

        Args:
            id_: the line.
            found: what they find.
            at: seconds on the clock of the journal.
            visit_s: what `visit_s` says now.
            naive_s: what the naive rule says, seconds.
            hall: what all lines share.
        """
        head_s = -1.0  # nobody waits
        for head in self.pending.values():
            head_s = at - head.at
            break
        idle = 0 if found.ahead > 0 and head_s > max(IDLE_S, IDLE_PART * visit_s) else found.idle
        endings, servers = self._endings(found, idle)
        is_idle = endings <= 0
        if is_idle:  # what is forecast in case the window is not there after all
            idle, endings = 0, 1.0
        unit = visit_s / servers
        gap = self.flow.gap_s
        gap = unit if gap is None else gap
        stands = self.flow.stands_s(at)
        regime = self._regime(found, stands, gap, visit_s, has_head=head_s >= 0, is_idle=is_idle)
        stop = 0.5 * max(0.5 * stands, self.flow.usual_stop_s - stands) if regime is _CLOSED else 0.0
        lesson = self._lesson(regime, hall)
        single = (
            *self._single(
                found, endings, servers, idle, unit, gap, self._last_s if head_s < 0 else head_s, stop, hall.visit_s
            ),
            naive_s,
            *(lesson.typical or ((0.0, 0.0) if is_idle else (naive_s, naive_s))),
        )
        own_error = OWN_ERROR if found.known else GUESSED_ERROR
        return _made(Forecast(id_, at, regime, single), lesson, sqrt(endings) * unit, own_error, hall)

    def _lesson(self, regime: Regime, hall: Hall) -> Lesson:
        """What was learnt of a kind of moment."""
        known, mine, theirs = self.lessons[regime], self._blends.of[regime], hall.blends.of[regime]
        if known is not None and known.own is mine.weights and known.all is theirs.weights:
            return known
        recent = self._recent[regime]
        found = self.lessons[regime] = Lesson(
            own=mine.weights,
            all=theirs.weights,
            weights=_pooled(mine, theirs),
            weights_high=_pooled(self._blends.high[regime], hall.blends.high[regime]),
            error=self._errors[regime].quantile(0.9),
            recent_s=recent.quantile(0.9),
            typical=recent.waits(),
        )
        return found

    def _endings(self, found: Situation, idle: int) -> tuple[float, float]:
        """How many visits must end first, and at how many windows."""
        endings = float(found.ahead + 1 - idle)
        if found.windows:
            return endings, found.servers
        if self.usual.seen:  # when they open again, as many as usual have nobody in front
            return max(0.3, endings - self.usual.windows), self.usual.servers
        return endings, max(1.0, endings / CROWD)

    def _regime(
        self, found: Situation, stands: float, gap: float, visit_s: float, *, has_head: bool, is_idle: bool
    ) -> Regime:
        """The kind of moment."""
        if is_idle:
            return Regime.IDLE if found.known else Regime.MAYBE_IDLE
        if not found.windows and not found.known and not self.usual.seen:
            return Regime.UNSEEN
        if not found.windows or (has_head and is_standstill(stands, gap, visit_s)):
            return Regime.CLOSED
        if found.ahead:
            return Regime.OWN if _is_own(found) else Regime.QUEUE
        return Regime.NEXT if found.known else Regime.GUESSED

    def _single(
        self, found: Situation, endings: float, servers: float, idle: int, unit: float, gap: float, head_s: float,
        stop: float, hall_s: float,
    ) -> tuple[float, ...]:  # fmt: skip
        """The forecasts in the order of ``Kind``, up to the naive rule's."""
        faster = self.usual.returning(found)
        windows = max(1.0, found.windows or self.usual.windows, servers)
        visits = _back(endings * unit, faster) + stop
        recent = self.occupied.recent(hall_s)
        return (
            visits,
            visits if recent is None else _back(endings * recent / servers, faster) + stop,
            endings * gap + stop,
            self._last_s,
            head_s + stop,
            visits * (self._waited + unit) / (self._said + unit),
            0.0,
            HIGH_FACTOR * visits,
            _back(max(1, found.ahead_all + 1 - idle) * hall_s / windows, faster) + stop,
        )

    def learn(self, made: Forecast, waited_s: float, typical_s: float, hall: Hall) -> None:
        """Take in how a wait came out.

        Args:
            made: what was forecast for it.
            waited_s: the wait, seconds.
            typical_s: a typical wait of the hall, seconds.
            hall: what all lines share; its blends learn too.
        """
        regime = made.regime
        hall.waited(waited_s)
        self._last_s = waited_s
        self._recent[regime].add(waited_s)
        unit = max(0.3 * typical_s, made.p50, 1.0)
        for blends in (self._blends, hall.blends):
            blends.of[regime].learn(made.single, made.p50, waited_s, unit)
            blends.high[regime].learn(made.upper, made.high, waited_s, HIGH_UNIT * unit)
        error = (waited_s - made.p50) / made.width
        self._errors[regime].add(max(-LARGEST_ERROR, min(LARGEST_ERROR, error)))
        if regime not in (Regime.CLOSED, *LIKE_IDLE):
            self._waited = FADE * self._waited + waited_s
            self._said = FADE * self._said + made.single[Kind.VISITS]


def _is_own(found: Situation) -> bool:
    """Whether people and windows are all there is to know: nobody of another line comes between."""
    return found.known and found.servers >= found.windows and found.ahead_all <= found.ahead


def _made(made: Forecast, lesson: Lesson, width: float, own_error: float, hall: Hall) -> Forecast:
    """Blend the single forecasts, then what they say of the upper end."""
    single, regime = made.single, made.regime
    if regime is _MAYBE_IDLE:  # either there is a window or there is not: nothing between the two is likely
        p50 = median(single, lesson.weights)
    else:
        p50 = middle(single, lesson.weights, max(1.0, FLOOR * width))
    made.p50 = p50
    made.width = width = width + own_error * p50
    own = lesson.recent_s if regime in LIKE_IDLE else p50 + width * lesson.error
    found = (own, lesson.recent_s, single[_LAST], single[_HIGH], single[_NAIVE], single[_MEAN])
    made.upper = upper = tuple([one if one > p50 else p50 for one in found])
    made.high = high = sum(map(mul, lesson.weights_high, upper))
    farther = p50 + hall.margin.factor * max(0.0, high - p50)
    made.p90 = min(farther, max(high, FARTHEST * hall.longest_s))
    return made


def _pooled(mine: Blend, theirs: Blend) -> list[float]:
    """The weights of a line and of the hall together."""
    return [(1.0 - POOL) * own + POOL * all_ for own, all_ in zip(mine.weights, theirs.weights, strict=True)]


def _back(wait_s: float, faster: float) -> float:
    """A long wait with the windows that are missing now back after a while."""
    return wait_s if wait_s <= PAUSE_S else PAUSE_S + (wait_s - PAUSE_S) * faster
