"""Which curves stand on one panel: of a task and model, on the test sets of where it was trained and of one site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from segaug.analysis.comparison.compare import BASELINE, compare_source
from segaug.analysis.comparison.comparison import Comparison
from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.fitting import fit_trials
from segaug.analysis.metric import Metric
from segaug.analysis.sites.fall import Fall, Way, falls
from segaug.analysis.sites.scored import Scored
from segaug.analysis.trials.measured import metrics_to_compare
from segaug.errors import DataError
from segaug.findings.sites import places
from segaug.measures import DICE, Quantity
from segaug.report.look.palette import in_order
from segaug.report.study.study import Study
from segaug.results.by_site import plain_task

_DRAWS = 100  # of seeds: law and band, which are drawn, need none


@dataclass(frozen=True, eq=False)
class SitePanel:
    """Under one metric."""

    way: Way
    title: str
    metric: Metric
    inside: Mapping[str, CurveFit]  # by strategy, in the order of the palette
    outside: Mapping[str, CurveFit]
    constant: float  # error of the best constant prediction outside; NaN where nobody knows it

    @property
    def both(self) -> list[CurveFit]:
        """All curves."""
        return [*self.inside.values(), *self.outside.values()]


def fallen(study: Study, scored: Scored) -> list[list[Fall]]:
    """Under the metric that the page is about; and Dice, which tells of outlines alone."""
    dice = Quantity(DICE).error
    metrics = [study.metric]
    if study.metric != dice and all(dice in metrics_to_compare(table)[0] for table in _tables(scored)):
        metrics.append(dice)
    found = (falls(scored, metric) for metric in metrics)
    return [_ordered(of_metric) for of_metric in found if of_metric]


def panels(study: Study, scored: Scored, fallen: Sequence[Sequence[Fall]]) -> list[list[SitePanel]]:
    """A group for each way from a site to another; in it a panel a metric."""
    ways = dict.fromkeys(fall.way for fall in fallen[0])
    groups = [[[fall for fall in of_metric if fall.way == way] for of_metric in fallen] for way in ways]
    names = places(fallen[0])
    titles = {way: " → ".join(names[way]) + (f" · {way.model}" if len(study.models) > 1 else "") for way in ways}
    return [[_panel(scored, own, titles[own[0].way]) for own in group if own] for group in groups]


def outside(scored: Scored, metric: Metric | None) -> dict[tuple[Way, str], Comparison]:
    """Every strategy beside the baseline on test sets of sites that neither has seen; nothing without a baseline."""
    found = {}
    for site in scored.outside_sites:
        trained = scored.tasks_outside(site)
        try:
            comparisons = compare_source(scored.source(site), metric, BASELINE).found
        except DataError:  # a single strategy, or no baseline: there is nothing to compare
            continue
        for comparison in comparisons:
            task, model, strategy = comparison.key
            if plain_task(task) in trained:
                found[Way(plain_task(task), model, trained[plain_task(task)], site), strategy] = comparison
    return found


def _tables(scored: Scored) -> list[pd.DataFrame]:
    return [scored.trials, *(scored.table(site) for site in scored.outside_sites)]


def _ordered(falls: Sequence[Fall]) -> list[Fall]:
    rank = {name: place for place, name in enumerate(in_order(fall.strategy for fall in falls))}
    return sorted(falls, key=lambda fall: (fall.way, rank[fall.strategy]))


def _panel(scored: Scored, falls: Sequence[Fall], title: str) -> SitePanel:
    way, metric = falls[0].way, falls[0].metric or ""
    names = [fall.strategy for fall in falls]
    inside, outside = (_fits(scored, way, site, metric, names) for site in (way.inside, way.outside))
    return SitePanel(way, title, metric, inside, outside, falls[0].constant)


def _fits(scored: Scored, way: Way, site: str, metric: Metric, names: Sequence[str]) -> dict[str, CurveFit]:
    table = scored.errors(site, way.task, metric)
    curves = {curve.strategy: curve for curve in fit_trials(table[table["model"] == way.model], {}, _DRAWS)}
    return {name: curves[name] for name in names}
