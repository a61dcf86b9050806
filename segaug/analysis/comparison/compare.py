"""Every strategy of a study against its baseline: paired tests, what it is worth in data, and how often it diverged."""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
import pandas as pd

from segaug.analysis.comparison.comparison import Comparison, Comparisons, Overall, Ratio, SizeComparison
from segaug.analysis.comparison.multiplicity import holm
from segaug.analysis.comparison.notes import comparison_notes
from segaug.analysis.comparison.pair import Pair
from segaug.analysis.comparison.shared_grid import PlacedCurve, place
from segaug.analysis.comparison.sign_flips import max_t_p
from segaug.analysis.foreign.table import Source, from_frame
from segaug.analysis.interval import RESAMPLES
from segaug.analysis.metric import Metric
from segaug.analysis.trials.curve_trials import CurveTrials, curves
from segaug.analysis.trials.measured import measured, measured_cases, not_measured
from segaug.analysis.trials.table import study_trials
from segaug.errors import DataError
from segaug.results.case_errors import Cases
from segaug.results.source import TrialSource

BASELINE = "baseline"


def compare_source(
    source: TrialSource, metric: Metric | None = None, baseline: str = BASELINE, resamples: int = RESAMPLES
) -> Comparisons:
    """Of a study, wherever it is read from; metric: a measure or its error; None: the cross-entropy of each task."""
    table = measured(study_trials(source), metric)
    return compare_trials(table, None, measured_cases(table, source.cases), baseline, resamples)


def compare_table(
    source: Source,
    baseline: str = BASELINE,
    *,
    nested: bool = False,
    columns: Mapping[str, str] | None = None,
    resamples: int = RESAMPLES,
) -> Comparisons:
    """Of a table from anywhere, see `foreign.table`; baseline: one of its curves or strategies."""
    table = from_frame(source, nested=nested, columns=columns)
    table.refuse_unpaired()
    return compare_trials(table.trials, None, table.cases, baseline, resamples)


def compare_trials(
    table: pd.DataFrame, metric: Metric | None, cases: Cases, baseline: str, resamples: int = RESAMPLES
) -> Comparisons:
    """Of a table of trials; cases: errors of single test cases, by trial, where there are any.

    metric: as of `curves`; None: the table has errors of its own.  Raises DataError if the baseline is unknown, or was
    trained on other data or by another protocol than a strategy.
    """
    known = sorted(table["strategy"].unique())
    if baseline not in known:
        raise DataError(
            file="study", problem=f"has no strategy {baseline!r}", fix=f"use --baseline with one of: {', '.join(known)}"
        )
    table = table if metric is None else measured(table, metric)
    groups = [list(group) for _, group in groupby(curves(table), key=lambda curve: curve.key[:2])]
    with_baseline = [group for group in groups if any(curve.key.strategy == baseline for curve in group)]
    comparisons = tuple(
        comparison for group in with_baseline for comparison in _compare_group(group, cases, baseline, resamples)
    )
    lacking = not_measured(table)
    if not comparisons:
        raise DataError(
            file="study",
            problem=f"has no task and network with both {baseline!r} and another strategy"
            + (f" ({lacking})" if lacking else ""),
            fix="compare them by another --metric" if lacking else "train them on the same task with the same model",
        )
    alone = tuple(curve.key for group in groups if group not in with_baseline for curve in group)
    return Comparisons(comparisons, alone, lacking)


def _compare_group(group: Sequence[CurveTrials], cases: Cases, baseline: str, resamples: int) -> Iterator[Comparison]:
    """The strategies of one task and model: their tests are one family."""
    own = next(curve for curve in group if curve.key.strategy == baseline)
    strategies = [curve for curve in group if curve is not own]
    for strategy in strategies:
        _refuse_mixed(own, strategy)
    if not strategies:
        return
    sizes, (base, *others) = place([own, *strategies], cases, resamples)
    pairs = [Pair(sizes, base, other) for other in others]
    overall = [pair.overall() for pair in pairs]
    adjusted = holm([ratio.log.p_t for ratio in overall])
    for pair, ratio, p, tested in zip(pairs, overall, adjusted, _sizes(pairs), strict=True):
        yield Comparison(
            key=pair.strategy.trials.key,
            baseline=baseline,
            metric=own.metric,
            sizes=tested,
            overall=Overall(ratio, tuple(int(size) for size in sizes[pair.pairing.tested]), float(p)),
            equivalent=pair.equivalent(),
            divergence=pair.divergence(),
            shape=pair.shape(),
            sees=_sees(pair.strategy),
            baseline_sees=_sees(base),
            notes=tuple(comparison_notes(pair)),
        )


def _sizes(pairs: Sequence[Pair]) -> Iterator[tuple[SizeComparison, ...]]:
    """The sizes of each strategy; p-values are adjusted for all of them."""
    cells = [(pair, column) for pair in pairs for column in pair.paired]
    ratios = [pair.ratio(column) for pair, column in cells]
    by_t = holm([ratio.log.p_t for ratio in ratios])
    columns = [pair.pairing.differences[:, column] for pair, column in cells]
    by_flips = max_t_p(np.array(columns).T) if columns else np.empty(0)
    rows = iter(zip(ratios, by_t, by_flips, strict=True))
    for pair in pairs:
        yield tuple(_size(pair, column, *next(rows)) for column in pair.paired)


def _size(pair: Pair, column: int, ratio: Ratio, p_holm: float, p_max_t: float) -> SizeComparison:
    pairing, size = pair.pairing, int(pair.sizes[column])
    paired = pairing.present[:, column]
    return SizeComparison(
        size=size,
        baseline=float(pairing.baseline[paired, column].mean()),
        strategy=float(pairing.strategy[paired, column].mean()),
        ratio=ratio,
        difference=pair.difference(column),
        p_holm=float(p_holm),
        p_max_t=float(p_max_t),
        correlation=float(pairing.correlation[column]),
        rms_px=_moved(pair.strategy.trials.table, size),
    )


def _moved(table: pd.DataFrame, size: int) -> float:
    """Mean displacement of the strategy's own stage at one size; NaN where it has none, or nobody measured it."""
    return (
        float(table.loc[table["size"] == size, "displacement_rms_px"].mean())
        if "displacement_rms_px" in table
        else math.nan
    )


def _sees(curve: PlacedCurve) -> str:
    table = curve.trials.table
    return ", ".join(sorted(set(", ".join(table["sees"].dropna()).split(", ")))) if "sees" in table else ""


def _refuse_mixed(baseline: CurveTrials, strategy: CurveTrials) -> None:
    """Another data set or protocol changes errors, too: the difference would not be the strategy's.

    A protocol that names its curve is asked about: it may differ from that of the other, and a note says so.
    """
    named = baseline.key.protocol != strategy.key.protocol
    for column in ("dataset_hash", "protocol_hash"):
        if column not in strategy.table or (named and column == "protocol_hash"):
            continue
        of_baseline, of_strategy = (curve.table[column].iloc[0] for curve in (baseline, strategy))
        if of_baseline != of_strategy:
            raise DataError(
                file="study",
                problem=f"has another {column} for {strategy.key} ({of_strategy}) "
                f"than for {baseline.key} ({of_baseline})",
                fix="train both on the same data by the same protocol",
            )
