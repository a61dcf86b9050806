"""Words and tables of what strategies are worth in data of the baseline."""

import math
from collections.abc import Sequence

from segaug.analysis.comparison.comparison import Comparison
from segaug.analysis.comparison.equivalent_data import EquivalentSize
from segaug.analysis.trials.curve_trials import CurveKey
from segaug.findings.comparisons import mean_worth, untold_worth, worth
from segaug.findings.numbers import NONE
from segaug.report.blocks.tables import Table
from segaug.report.comparison.strategies import Groups
from segaug.report.study.study import Study


def equivalent_caption(study: Study, groups: Groups) -> str:
    """Of the factors."""
    comparisons = [comparison for group in groups for comparison in group if comparison.equivalent.sizes]
    return (
        f"How many times N labelled {study.counted} {comparisons[0].baseline} needs for the error that a strategy "
        "reaches with N; above the line at 1 it is worth data.\nBoth axes are logarithmic. Bars: 95 % interval for new "
        f"seeds on this test set, {_method([comparison.equivalent.method for comparison in comparisons])}. Grey: "
        "factors that lead to sizes at which the baseline was not measured; an end that lies there is cut, with an "
        "arrow, and nothing is claimed beyond it. A strategy that was allowed to see more data than the baseline may "
        "owe its factor to that data."
    )


def worth_sentences(study: Study, groups: Groups) -> list[str]:
    """What each strategy is worth at the middle size of the study, and what it was allowed to see."""
    return [
        f"{study.title(*comparison.key[:2])}: {_worth(study, comparison)}{_saw(comparison)}"
        for group in groups
        for comparison in group
    ]


def factor_table(groups: Groups) -> Table:
    """Every factor."""
    rows = (
        (comparison.key, comparison, size)
        for group in groups
        for comparison in group
        for size in comparison.equivalent.sizes
    )
    return Table(
        "Equivalent data at each N, cut to the sizes at which the baseline was measured.",
        ("task", "model", "strategy", "N", "factor", "cut", "by"),
        tuple(
            (*key, f"{size.size:g}", str(size), _cut(size), comparison.equivalent.method)
            for key, comparison, size in rows
        ),
        strategy_column=2,
        number_columns=frozenset({3, 4}),
    )


def _worth(study: Study, comparison: Comparison) -> str:
    if not comparison.equivalent.sizes:
        return f"{untold_worth(comparison)}."
    reference = _reference(study, comparison.key)
    middle = min(comparison.equivalent.sizes, key=lambda size: abs(math.log(size.size / reference)))
    return "; ".join(filter(None, (worth(comparison, middle), mean_worth(comparison)))) + "."


def _saw(comparison: Comparison) -> str:
    if not comparison.sees:
        return ""
    more = sorted(set(comparison.sees.split(", ")) - set(comparison.baseline_sees.split(", ")))
    return f" It also saw {', '.join(more)}." if more else f" It saw the same: {comparison.sees}."


def _reference(study: Study, key: CurveKey) -> float:
    return study.curves_of(key.task, key.model)[key.strategy].reference_size


def _cut(size: EquivalentSize) -> str:
    return {"none": NONE, "low": "below", "high": "above", "both": "both ends"}[size.censored]


def _method(methods: Sequence[str]) -> str:
    law = "by profiling the baseline's law with the strategy's error as one more observation"
    other = "by interpolating between the baseline's sizes, bootstrap over seeds, because no law is to be trusted"
    count = methods.count("interpolation")
    if count in (0, len(methods)):
        return other if count else law
    return f"{law}; in {count} of {len(methods)} comparisons {other}"
