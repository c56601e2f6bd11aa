"""What one line has taught so far, and the forecasts that follow from it."""

from __future__ import annotations

from math import exp, log, sqrt

from hall_queue.wait.blend import Blend
from hall_queue.wait.flow import PRIOR_LINE, Flow, Occupied, is_standstill
from hall_queue.wait.forecasts import CROWD, HIGH_FACTOR, PAUSE_S, TRUST, Forecast, Kind, Regime, Usual
from hall_queue.wait.model import Situation
from hall_queue.wait.spread import Margin, Sample

POOL = 0.7  # how much the blend of the whole hall counts beside the line's own
FLOOR = 0.2  # forecasts are blended as logarithms above this part of a visit, so that 0 has one
OWN_ERROR = 0.25  # part of the estimate itself that the width grows by
ERRORS = (-1.0, -0.7, -0.5, -0.3, -0.1, 0.0, 0.2, 0.4, 0.7, 1.0, 1.6)  # in widths, before any was seen
LARGEST_ERROR = 6.0  # in widths
FADE = 0.85  # what is left of an old wait in the ratio
UNFORESEEN = 0.2  # a wait of which more was a standstill teaches nothing about waits without one
IDLE_S = 30.0  # who waits longer has not found an idle window, whatever the windows say
IDLE_PART = 0.3  # the same as part of a visit


class Blends:
    """A blend for each regime in which people wait."""

    __slots__ = ("of",)

    def __init__(self) -> None:
        self.of = tuple(Blend(TRUST[regime]) for regime in sorted(TRUST))


class LineWaits:
    """The learnt state of one line."""

    __slots__ = (
        "_blends", "_errors", "_idle", "_last_s", "_said", "_waited", "flow", "occupied", "pending", "usual",
    )  # fmt: skip

    def __init__(self) -> None:
        self.occupied, self.flow, self.usual = Occupied(), Flow(), Usual()
        self.pending: dict[str, Forecast] = {}
        self._blends = Blends()
        self._errors = tuple(Sample(80, ERRORS) for _ in TRUST)
        self._idle = Sample(40, [0.0] * 6)
        self._last_s = self._waited = self._said = 0.0

    def visit_s(self, hall_s: float, at: float) -> float:
        """How long a visit occupies a window, drawn to the hall's mean while little was seen."""
        return self.occupied.mean(hall_s, PRIOR_LINE, at)

    def forecast(self, id_: str, found: Situation, at: float, hall_s: float, hall: Blends, margin: Margin) -> Forecast:
        """What somebody who joins now is told.

        Args:
            id_: the line.
            found: what they find.
            at: seconds on the clock of the journal.
            hall_s: the hall's mean visit, seconds.
            hall: the blends of the whole hall.
            margin: of the whole hall.
        """
        visit_s = self.visit_s(hall_s, at)
        head = next(iter(self.pending.values()), None)
        head_s = 0.0 if head is None else at - head.at
        idle = 0 if found.ahead > 0 and head_s > max(IDLE_S, IDLE_PART * visit_s) else found.idle
        endings, servers = float(found.ahead + 1 - idle), found.servers
        if not found.windows:
            if self.usual.seen:  # when they open again, as many as usual have nobody in front
                endings, servers = max(0.3, endings - self.usual.windows), self.usual.servers
            else:
                servers = max(1.0, endings / CROWD)
        if endings <= 0:
            return Forecast(id_, at, Regime.IDLE, p50=self._idle.quantile(0.5), p90=self._idle.quantile(0.9))
        unit = visit_s / servers
        gap = self.flow.gap_s
        gap = unit if gap is None else gap
        stands = self.flow.stands_s(at)
        regime, stop = self._regime(found, stands, gap, visit_s, has_head=head is not None)
        single = self._single(
            found, endings, servers, idle, unit, gap, head_s if head else self._last_s, stop, hall_s, at
        )
        floor = FLOOR * unit
        mine, theirs = self._blends.of[regime].weights, hall.of[regime].weights
        blended = 0.0
        for one, own, all_ in zip(single, mine, theirs, strict=True):
            blended += ((1.0 - POOL) * own + POOL * all_) * log(one + floor)
        p50 = max(0.0, exp(blended) - floor)
        width = sqrt(endings) * unit + OWN_ERROR * p50
        p90 = p50 + width * max(0.1, self._errors[regime].quantile(0.9)) * margin.factor
        return Forecast(id_, at, regime, single, p50, p90, width, self.flow.stood_s)

    def _regime(
        self, found: Situation, stands: float, gap: float, visit_s: float, *, has_head: bool
    ) -> tuple[Regime, float]:
        """The kind of moment, and how much longer a standstill is expected to last, seconds."""
        if not found.windows or (has_head and is_standstill(stands, gap, visit_s)):
            return Regime.CLOSED, 0.5 * max(0.5 * stands, self.flow.usual_stop_s - stands)
        if found.ahead:
            return Regime.QUEUE, 0.0
        return (Regime.NEXT if found.known else Regime.GUESSED), 0.0

    def _single(
        self, found: Situation, endings: float, servers: float, idle: int, unit: float, gap: float, head_s: float,
        stop: float, hall_s: float, at: float,
    ) -> tuple[float, ...]:  # fmt: skip
        """The forecasts in the order of ``Kind``."""
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
            _back(found.ahead * unit * servers / windows, faster),
        )

    def learn(self, made: Forecast, waited_s: float, typical_s: float, hall: Blends) -> None:
        """Take in how a wait came out.

        Args:
            made: what was forecast for it.
            waited_s: the wait, seconds.
            typical_s: a typical wait of the hall, seconds.
            hall: the blends of the whole hall, which learn too.
        """
        self._last_s = waited_s
        if made.regime is Regime.IDLE:
            self._idle.add(waited_s)
            return
        stood = self.flow.stood_s - made.stood_s
        if made.regime is not Regime.CLOSED and stood > UNFORESEEN * waited_s:
            return
        scale = max(0.3 * typical_s, made.p50, 1.0)
        errors = [abs(one - waited_s) / scale for one in made.single]
        self._blends.of[made.regime].learn(errors)
        hall.of[made.regime].learn(errors)
        error = (waited_s - made.p50) / made.width
        self._errors[made.regime].add(max(-LARGEST_ERROR, min(LARGEST_ERROR, error)))
        if made.regime is not Regime.CLOSED:
            self._waited = FADE * self._waited + waited_s
            self._said = FADE * self._said + made.single[Kind.VISITS]


def _back(wait_s: float, faster: float) -> float:
    """A long wait with the windows that are missing now back after a while."""
    return wait_s if wait_s <= PAUSE_S else PAUSE_S + (wait_s - PAUSE_S) * faster
