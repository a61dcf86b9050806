"""Where measures do not say the same about strategies."""

from collections.abc import Mapping, Sequence

from segaug.analysis.comparison.metric_order import Disagreement, Order, disagreements, orders
from segaug.analysis.curves.measured_curve import MeasuredCurve, measured_curves
from segaug.analysis.metric import Metric
from segaug.analysis.trials.measured import measured
from segaug.analysis.trials.table import study_trials
from segaug.findings.numbers import NONE
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Study

Fits = Mapping[Metric, Sequence[MeasuredCurve]]


def fits_by_metric(study: Study) -> Fits:
    """The curves of every error that the converged trials of a task have."""
    errors = [measure.quantity.error for measure in study.measured.errors]
    own = {
        error: [curve for curve in study.fits if study.measured.fitted_of(curve.task).quantity.error == error]
        for error in errors
    }
    table = study_trials(study.snapshot)
    return {error: own[error] or measured_curves(measured(table, error)) for error in errors}


def order_table(study: Study, fits: Fits) -> Table:
    """Strategies from the lowest mean error to the highest, under each metric at each N."""
    rows = tuple(_row(order, fits) for size in study.sizes for order in orders(fits, size))
    return Table(
        "Strategies from the lowest mean error to the highest.\nNeighbours may differ by chance alone: see below for "
        "those that do not.",
        ("task", "model", "N", *(_name(study, metric) for metric in fits)),
        tuple(sorted(rows, key=lambda row: (row[0], row[1], int(row[2])))),
        number_columns=frozenset({2}),
    )


def contradictions(study: Study, fits: Fits) -> list[str]:
    """Pairs of strategies that one metric puts clearly one way and another clearly the other way."""
    return [_sentence(study, order, pair) for order, pair in _pairs(study, fits) if pair.contradicts]


def one_sided(study: Study, fits: Fits) -> list[str]:
    """Pairs whose order is clear under one metric and unclear under another."""
    return [_sentence(study, order, pair) for order, pair in _pairs(study, fits) if not pair.contradicts]


def _pairs(study: Study, fits: Fits) -> list[tuple[Order, Disagreement]]:
    by_size = (order for size in study.sizes for order in orders(fits, size))
    pairs = [(order, pair) for order in by_size for pair in disagreements(fits, order)]
    return sorted(pairs, key=lambda pair: (pair[0].task, pair[0].model, pair[0].size))


def _row(order: Order, fits: Fits) -> tuple[str, ...]:
    ranks = (" < ".join(order.strategies.get(metric, ())) or NONE for metric in fits)
    return order.task, order.model, str(order.size), *ranks


def _name(study: Study, metric: str) -> str:
    names = {measure.quantity.error: measure.name for measure in study.measured.errors}
    return names[metric]


def _sentence(study: Study, order: Order, pair: Disagreement) -> str:
    said = ", ".join(f"{pair.signs[metric]} in {_name(study, metric)}" for metric in pair.signs)
    return f"{order.task} · {order.model}, N = {order.size}: {pair.first} against {pair.second} is {said}"
