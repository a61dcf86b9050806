"""Which addition curves stand on one panel: those of one base, added sets, N and model, under one metric."""

from collections.abc import Sequence
from dataclasses import dataclass

from segaug.analysis.addition.addition import addition_of
from segaug.analysis.addition.curve import AdditionCurve, Additions
from segaug.analysis.addition.measures import judged_metrics
from segaug.analysis.metric import Metric
from segaug.analysis.trials.table import study_trials
from segaug.report.look.palette import in_order
from segaug.report.study.study import Study


@dataclass(frozen=True)
class AdditionPanel:
    """Curves of several strategies and samplings."""

    title: str
    metric: Metric | None
    curves: tuple[AdditionCurve, ...]  # in the order of the palette, proportional sampling first


def judged(study: Study) -> list[Additions]:
    """Under the metric that the page is about, and whatever else a verdict looks at."""
    metrics = judged_metrics(study_trials(study.snapshot))
    if study.metric:
        metrics = [study.metric, *(metric for metric in metrics[1:] if metric != study.metric)]
    return [addition_of(study.snapshot, metric) for metric in metrics]


def panels(study: Study, additions: Sequence[Additions]) -> list[tuple[AdditionPanel, ...]]:
    """A group for each base, added sets, N and model; in it a panel a metric."""
    places = sorted({curve.key[:4] for curve in additions[0].curves})
    return [
        tuple(
            AdditionPanel(_title(study, curves[0]), curves[0].metric, curves)
            for of_metric in additions
            if (curves := _ordered([curve for curve in of_metric.curves if curve.key[:4] == place and curve.points]))
        )
        for place in places
    ]


def _ordered(curves: Sequence[AdditionCurve]) -> tuple[AdditionCurve, ...]:
    rank = {name: place for place, name in enumerate(in_order(curve.key.strategy for curve in curves))}
    return tuple(sorted(curves, key=lambda curve: (rank[curve.key.strategy], curve.sampling == "balanced")))


def _title(study: Study, curve: AdditionCurve) -> str:
    return f"{study.title(curve.key.sources, curve.key.model)}, N = {curve.key.size}"
