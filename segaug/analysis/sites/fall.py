"""From inside to outside: how much higher the error of a network is on the test set of a site that it has never seen.

Inside is the site whose images N counts, outside another source of the same task of which no image was trained on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from segaug.analysis.comparison.compare import BASELINE
from segaug.analysis.comparison.comparison import Ratio
from segaug.analysis.comparison.effect import Effect
from segaug.analysis.comparison.shared_grid import PlacedCurve, place
from segaug.analysis.interval import RESAMPLES, Interval
from segaug.analysis.metric import Metric
from segaug.analysis.sites.scored import Scored
from segaug.analysis.sites.site_pair import SitePair, ratio_of_falls
from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials


class Way(NamedTuple):
    """From one site to another, by the networks of one task and model."""

    task: str
    model: str
    inside: str
    outside: str


@dataclass(frozen=True, kw_only=True)
class FallAt:
    """One size, over the seeds with a result on both test sets."""

    size: int
    inside: float  # mean error
    outside: float
    ratio: Ratio  # outside over inside
    difference: Effect  # outside minus inside, in the unit of the error
    difference_other_cases: Interval | None  # with other patients of both sites, too; None where they are not known
    trained_there: (
        float | None
    )  # mean error outside of networks that were trained there on as many; None: there is none
    beside: Ratio | None  # this ratio over that of the baseline; None for the baseline, and without it


@dataclass(frozen=True, kw_only=True)
class Fall:
    """One strategy."""

    way: Way
    strategy: str
    metric: Metric | None
    sizes: tuple[FallAt, ...]
    overall: Ratio  # over the sizes with two seeds or more, each counting alike
    beside: Ratio | None  # that over the baseline's
    patients: tuple[int, int] | None  # inside and outside; None: not known, and intervals are over seeds alone
    constant: float  # error of the best constant prediction outside; NaN where nobody knows it
    lost: int  # networks with a result inside and none outside

    @property
    def key(self) -> CurveKey:
        """Of the trials."""
        return CurveKey(self.way.task, self.way.model, self.strategy)


def falls(
    scored: Scored, metric: Metric | None = None, baseline: str = BASELINE, resamples: int = RESAMPLES
) -> list[Fall]:
    """Of every curve to each site that it was scored on and has never seen, by task, model and site.

    metric: a measure or its error; None: the cross-entropy of each task.
    """
    sites = scored.outside_sites
    return [fall for site in sites for fall in falls_to(scored, site, metric, baseline, resamples)]


def falls_to(
    scored: Scored, site: str, metric: Metric | None = None, baseline: str = BASELINE, resamples: int = RESAMPLES
) -> list[Fall]:
    """The same to one site; none where every task has seen it."""
    groups = _groups(scored, site, metric)
    return [fall for way, group in groups for fall in _falls(scored, way, group, baseline, resamples)]


@dataclass(frozen=True, eq=False)
class _Curves:
    """Of one strategy."""

    inside: CurveTrials
    outside: CurveTrials


def _groups(scored: Scored, site: str, metric: Metric | None) -> Iterator[tuple[Way, list[_Curves]]]:
    """The curves of each task and model that fall to a site."""
    for task, inside in scored.tasks_outside(site).items():
        of_task = [scored.curves(where, task, metric) for where in (inside, site)]
        pairs = [_Curves(curve, of_task[1][key]) for key, curve in of_task[0].items() if key in of_task[1]]
        for model in dict.fromkeys(pair.inside.key.model for pair in pairs):
            group = [pair for pair in pairs if pair.inside.key.model == model]
            yield Way(task, model, inside, site), group


def _falls(scored: Scored, way: Way, group: Sequence[_Curves], baseline: str, resamples: int) -> Iterator[Fall]:
    metric = group[0].inside.metric
    cases = {**scored.cases(way.inside, metric), **scored.cases(way.outside, metric)}
    sizes, placed = place([curve for pair in group for curve in (pair.inside, pair.outside)], cases, resamples)
    pairs = {
        pair.inside.key.strategy: SitePair(sizes, _by_site(inside, way.inside), _by_site(outside, way.outside))
        for pair, inside, outside in zip(group, placed[::2], placed[1::2], strict=True)
    }
    own = pairs.get(baseline)
    for strategy, pair in pairs.items():
        if len(pair.columns):
            yield _fall(scored, way, strategy, pair, own if own is not pair else None)


def _by_site(curve: PlacedCurve, site: str) -> PlacedCurve:
    """With draws of its patients that are not those of another site's."""
    return replace(curve, drawn=replace(curve.drawn, stream=f"{curve.drawn.stream} at {site}"))


def _fall(scored: Scored, way: Way, strategy: str, pair: SitePair, baseline: SitePair | None) -> Fall:
    metric = pair.inside.trials.metric
    there = scored.trained_there(way.outside, way.model, strategy, metric, pair.outside.trials.table)
    tested = pair.pairing.tested.tolist()
    shared = [column for column in tested if baseline is not None and column in baseline.pairing.tested]
    return Fall(
        way=way,
        strategy=strategy,
        metric=metric,
        sizes=tuple(_at(pair, column, baseline, there) for column in pair.columns.tolist()),
        overall=pair.overall(),
        beside=ratio_of_falls(baseline, pair, shared) if baseline is not None and shared else None,
        patients=pair.patients,
        constant=there.constant if there is not None else float("nan"),
        lost=int((np.isfinite(pair.pairing.baseline) & ~np.isfinite(pair.pairing.strategy)).sum()),
    )


def _at(pair: SitePair, column: int, baseline: SitePair | None, there: CurveTrials | None) -> FallAt:
    pairing, size = pair.pairing, int(pair.sizes[column])
    present = pairing.present[:, column]
    difference, other = pair.difference(column)
    beside = ratio_of_falls(baseline, pair, [column]) if baseline is not None else None
    return FallAt(
        size=size,
        inside=float(pairing.baseline[present, column].mean()),
        outside=float(pairing.strategy[present, column].mean()),
        ratio=pair.ratio(column),
        difference=difference,
        difference_other_cases=other,
        trained_there=_mean(there, size),
        beside=beside if beside is not None and beside.log.pairs else None,
    )


def _mean(curve: CurveTrials | None, size: int) -> float | None:
    if curve is None or size not in curve.sizes:
        return None
    values = curve.values[:, list(curve.sizes).index(size)]
    return float(np.nanmean(values)) if np.isfinite(values).any() else None
