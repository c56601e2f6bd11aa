"""Makes the descriptions of charts from the same sums as the figures, so that both say the same to the last digit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

import msgspec

from dashboards.charts import staffing
from dashboards.charts.limits import limits, marks
from dashboards.charts.model import (
    Axis,
    Box,
    BoxChart,
    Chart,
    ChartId,
    ControlChart,
    FlowChart,
    HeatChart,
    Label,
    Link,
    Series,
    SeriesChart,
    Unit,
)
from dashboards.figures import waits
from dashboards.figures.asked import Asked, GroupBy
from dashboards.figures.cells import Numbers, Sums, sums
from dashboards.figures.pictures import StatisticsPictures
from dashboards.figures.source import Source
from evaluation.figures.facts import By
from evaluation.figures.pictures import FigurePictures
from hall_server.errors import Invalid

SECOND = 1_000_000
MONTHS_FROM = 93
"""In longer periods ratings are shown by months."""
SHARES = (10, 25, 50, 75, 90)


class Charts:
    """Answers which charts a question has; what reports and the page show."""

    def __init__(self, source: Source, pictures: StatisticsPictures, ratings: FigurePictures) -> None:
        self._source = source
        self._pictures = pictures
        self._ratings = ratings
        self._makers: dict[ChartId, Callable[[Asked], Awaitable[Chart]]] = {
            ChartId.WAITS_BY_HOUR: self._waits_by_hour,
            ChartId.TICKETS_BY_HOUR: self._tickets_by_hour,
            ChartId.WAIT_BY_HOUR: self._wait_by_hour,
            ChartId.FLOW: self._flow,
            ChartId.WINDOWS_BY_HOUR: self._windows_by_hour,
            ChartId.STAFFING: self._staffing,
            ChartId.SATISFACTION: self._satisfaction,
            ChartId.CONTROL: self._control,
        }

    async def all(self, asked: Asked, names: Iterable[ChartId] = tuple(ChartId)) -> dict[ChartId, Chart]:
        """Several charts of one question (its ``by`` does not matter), in the order asked for."""
        return {name: await self.of(name, asked) for name in names}

    async def of(self, name: ChartId, asked: Asked) -> Chart:
        """One chart; one that would take too long says so in ``refused``."""
        try:
            chart = await self._makers[name](msgspec.structs.replace(asked, by=GroupBy.HALL, across=None))
        except Invalid as exc:
            fields = {key: value for key, value in exc.fields.items() if isinstance(value, int)}
            return SeriesChart(
                id=name, x=Axis(title=""), y=Axis(title=""), series=(), is_empty=True, refused=exc.code, fields=fields
            )
        return msgspec.structs.replace(chart, day_count=len(await self._source.days(asked)))

    # -- one each

    async def _waits_by_hour(self, asked: Asked) -> Chart:
        found = {key: box(one) for key, one in (await self._sums(asked, GroupBy.HOUR)).items() if key}
        hours = _hours(key for key, one in found.items() if one)
        return BoxChart(
            id=ChartId.WAITS_BY_HOUR,
            x=Axis(title="hour", labels=hours),
            y=Axis(title="wait", unit=Unit.SECONDS),
            boxes=tuple(found.get(hour.key) for hour in hours),
            is_empty=not hours,
        )

    async def _tickets_by_hour(self, asked: Asked) -> Chart:
        return await self._heat(ChartId.TICKETS_BY_HOUR, asked, "visits", Unit.COUNT, lambda one: one.visits or None)

    async def _wait_by_hour(self, asked: Asked) -> Chart:
        return await self._heat(ChartId.WAIT_BY_HOUR, asked, "wait_mean", Unit.SECONDS, mean_wait_s)

    async def _heat(
        self, name: ChartId, asked: Asked, value: str, unit: Unit, of: Callable[[Sums], float | None]
    ) -> Chart:
        found = _crossed(await self._sums(asked, GroupBy.WEEKDAY, GroupBy.HOUR), of)
        days = [str(day) for day in range(1, 8) if day <= 5 or any(key[0] == str(day) for key in found)]
        hours = _hours(hour for _, hour in found)
        return HeatChart(
            id=name,
            x=Axis(title="hour", labels=hours),
            y=Axis(title="weekday", labels=tuple(_plain(day) for day in days)),
            value=value,
            unit=unit,
            rows=tuple(tuple(found.get((day, hour.key)) for hour in hours) for day in days),
            is_empty=not hours,
        )

    async def _flow(self, asked: Asked) -> Chart:
        found = _crossed(await self._sums(asked, GroupBy.LINE, GroupBy.WINDOW), _served)
        lines, windows = self._labels(GroupBy.LINE, found, 0), self._labels(GroupBy.WINDOW, found, 1)
        of_line = {line.key: place for place, line in enumerate(lines)}
        of_window = {window.key: place for place, window in enumerate(windows)}
        links = sorted((of_line[line], of_window[window], int(many)) for (line, window), many in found.items())
        return FlowChart(
            id=ChartId.FLOW,
            x=Axis(title="line", labels=lines),
            y=Axis(title="window", labels=windows),
            links=tuple(Link(source=source, target=target, many=many) for source, target, many in links),
            is_empty=not links,
        )

    async def _windows_by_hour(self, asked: Asked) -> Chart:
        found = _crossed(await self._sums(asked, GroupBy.WINDOW, GroupBy.HOUR), _served)
        windows, hours = self._labels(GroupBy.WINDOW, found, 0), _hours(hour for _, hour in found)
        return HeatChart(
            id=ChartId.WINDOWS_BY_HOUR,
            x=Axis(title="hour", labels=hours),
            y=Axis(title="window", labels=windows),
            value="served_stays",
            unit=Unit.COUNT,
            rows=tuple(tuple(found.get((window.key, hour.key)) for hour in hours) for window in windows),
            is_empty=not found,
        )

    async def _staffing(self, asked: Asked) -> Chart:
        found = await self._sums(asked, GroupBy.SLOT)
        days = len(await self._source.days(asked))
        return staffing.chart(found, days=days, has_windows=staffing.knows_windows(asked))

    async def _satisfaction(self, asked: Asked) -> Chart:
        by = By.MONTH if asked.period.days >= MONTHS_FROM else By.DAY
        found = await self._ratings.of(asked.period, by, raw=False, only=asked.rated)
        rates = {group.key: next(one for one in group.figures if one.id == "good_rate") for group in found.groups}
        rated = {key: rate for key, rate in sorted(rates.items()) if rate.denominator}
        shares = tuple(rate.value for rate in rated.values())
        counts = tuple(float(rate.denominator or 0) for rate in rated.values())
        return SeriesChart(
            id=ChartId.SATISFACTION,
            x=Axis(title="day", labels=tuple(_plain(key) for key in rated)),
            y=Axis(title="good_rate", unit=Unit.SHARE),
            series=(
                Series(id="good_rate", unit=Unit.SHARE, values=shares),
                Series(id="ratings", unit=Unit.COUNT, values=counts),
            ),
            is_empty=not rated,
        )

    async def _control(self, asked: Asked) -> Chart:
        found = {key: mean_wait_s(one) for key, one in sorted((await self._sums(asked, GroupBy.DAY)).items()) if key}
        waited = {key: value for key, value in found.items() if value is not None}
        values = tuple(waited.values())
        around = limits(values)
        return ControlChart(
            id=ChartId.CONTROL,
            x=Axis(title="day", labels=tuple(_plain(key) for key in waited)),
            y=Axis(title="wait_mean", unit=Unit.SECONDS),
            values=values,
            limits=around,
            marks=marks(values, around),
            is_empty=not values,
        )

    # -- inside

    async def _sums(self, asked: Asked, by: GroupBy, across: GroupBy | None = None) -> dict[str, Sums]:
        found: dict[str, Numbers] = await self._source.groups(msgspec.structs.replace(asked, by=by, across=across))
        return {key: sums(numbers) for key, numbers in found.items()}

    def _labels(self, by: GroupBy, found: Iterable[tuple[str, str]], place: int) -> tuple[Label, ...]:
        """Lines or windows with their names, by number."""
        labels = []
        for key in {pair[place] for pair in found}:
            name, name_en, number = self._pictures.named(by, key)
            labels.append(Label(key=key, name=name, name_en=name_en, number=number))
        return tuple(sorted(labels, key=lambda one: (len(one.number), one.number, one.key)))


def box(of: Sums) -> Box | None:
    """The percentiles of waits; None where nobody was called."""
    if not of.called:
        return None
    p10, p25, p50, p75, p90 = (waits.rank_edge_s(of.waits, -(-of.called * share // 100)) for share in SHARES)
    return Box(many=of.called, p10=p10, p25=p25, p50=p50, p75=p75, p90=p90)


def mean_wait_s(of: Sums) -> float | None:
    """The figure ``wait_mean``, seconds."""
    return of.wait_us / (of.called * SECOND) if of.called else None


def _served(of: Sums) -> float | None:
    return of.served_stays or None


def _crossed(found: dict[str, Sums], of: Callable[[Sums], float | None]) -> dict[tuple[str, str], float]:
    """Pair of keys → value, where there is one and both keys are."""
    values: dict[tuple[str, str], float] = {}
    for key, one in found.items():
        first, second = key.split("\t")
        value = of(one)
        if value is not None and first and second:
            values[first, second] = value
    return values


def _hours(keys: Iterable[str]) -> tuple[Label, ...]:
    """All hours from the first to the last."""
    found = sorted(keys)
    if not found:
        return ()
    return tuple(_plain(f"{hour:02d}") for hour in range(int(found[0]), int(found[-1]) + 1))


def _plain(key: str) -> Label:
    return Label(key=key, name=key, name_en=key)
