"""Comparisons as nested values for JSON and as rows for tables: every number with its interval.

Units: differences: that of the metric; sizes, n_eq: training images; all else has none.  A value that does not exist is
null.  Factors are claimed only within the measured sizes: the open end of an interval is where these end.  An interval
of a ratio is open where the pairs bound it on one side only.

Schema 2: ratios are of expected errors (arithmetic means over seeds), `log_ratio` is the logarithm of that; in schema 1
they were geometric means of the ratios of single seeds (`mean_log_ratio`).
"""

from collections.abc import Iterator

from segaug.analysis.comparison.comparison import Comparison, Comparisons, Ratio, SizeComparison
from segaug.analysis.comparison.equivalent_data import EquivalentData, EquivalentSize
from segaug.analysis.curves.record import Values, interval_record
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.weighted_law import Estimate


def comparisons_record(comparisons: Comparisons) -> Values:
    """Everything."""
    return {
        "schema": 2,
        "interval_level": LEVEL,
        "ratio": "of expected errors: arithmetic means over the seeds of both at a size; over sizes, the geometric "
        "mean of the ratios, each size counting alike",
        "test": "paired t of differences at a size, Fieller's interval; over sizes, CR2 and Bell-McCaffrey degrees of "
        "freedom over seeds; sign flips of whole seeds",
        "multiplicity": "Holm and max-t over all strategies and sizes of a task and model; overall over its strategies",
        "comparisons": [comparison_record(comparison) for comparison in comparisons.found],
        "without_baseline": [key._asdict() for key in comparisons.without_baseline],
        **({"not_measured": comparisons.not_measured} if comparisons.not_measured else {}),
    }


def comparison_record(comparison: Comparison) -> Values:
    """One strategy."""
    divergence, shape = comparison.divergence, comparison.shape
    overall = comparison.overall
    return {
        **_key(comparison),
        "sees": comparison.sees,
        "baseline_sees": comparison.baseline_sees,
        "sizes": [_size(point) for point in comparison.sizes],
        "overall": {"sizes": list(overall.sizes), **_ratio(overall.ratio), "p_holm": overall.p_holm},
        **_equivalent(comparison.equivalent),
        "divergence": {
            "sizes": list(divergence.sizes),
            "pairs": list(divergence.pairs),
            "baseline": list(divergence.baseline),
            "strategy": list(divergence.strategy),
            "mcnemar_p": divergence.p,
            "matters": divergence.matters,
            "overall_with_diverged_as_constant": divergence.as_constant and _ratio(divergence.as_constant),
        },
        "shape_difference": shape and {"b": _estimate(shape.b), "phi": _estimate(shape.floor_share)},
        "notes": list(comparison.notes),
    }


def size_rows(comparison: Comparison) -> Iterator[Values]:
    """One row a size."""
    worth = {equivalent.size: equivalent for equivalent in comparison.equivalent.sizes}
    ended = comparison.divergence
    diverged = dict(zip(ended.sizes, zip(ended.baseline, ended.strategy, strict=True), strict=True))
    for point in comparison.sizes:
        log = point.ratio.log
        yield {
            **_key(comparison),
            "size": point.size,
            "pairs": log.pairs,
            "baseline_error": point.baseline,
            "error": point.strategy,
            **_row("ratio", point.ratio.value, point.ratio.interval),
            **_ends("ratio_other_cases", point.ratio.other_cases),
            **_row("difference", point.difference.mean, point.difference.interval),
            **{"p_t": log.p_t, "p_flip": log.p_flip, "p_holm": point.p_holm, "p_max_t": point.p_max_t},
            "pair_correlation": point.correlation,
            **_worth(worth.get(point.size)),
            "baseline_diverged": diverged[point.size][0],
            "diverged": diverged[point.size][1],
            "rms_px": point.rms_px,
        }


def overall_row(comparison: Comparison) -> Values:
    """One row a strategy."""
    ratio, summary = comparison.overall.ratio, comparison.equivalent.summary
    return {
        **_key(comparison),
        "sizes": len(comparison.overall.sizes),
        "seeds": ratio.log.pairs,
        **_row("ratio", ratio.value, ratio.interval),
        **_ends("ratio_other_cases", ratio.other_cases),
        **{"p_t": ratio.log.p_t, "p_flip": ratio.log.p_flip, "p_holm": comparison.overall.p_holm},
        **_row("data_factor", summary.factor if summary else None, summary.interval if summary else None),
        "data_sizes": summary.used if summary else 0,
        "data_method": comparison.equivalent.method,
        "mcnemar_p": comparison.divergence.p,
        "sees": comparison.sees,
        "saw_more": comparison.saw_more,
        "notes": "; ".join(comparison.notes),
    }


def _key(comparison: Comparison) -> Values:
    return {**comparison.key._asdict(), "baseline": comparison.baseline, "metric": comparison.metric or "error"}


def _size(point: SizeComparison) -> Values:
    return {
        "n": point.size,
        **_ratio(point.ratio),
        "baseline_err": point.baseline,
        "err": point.strategy,
        "diff_err": point.difference.mean,
        "diff_ci": interval_record(point.difference.interval),
        "p_holm": point.p_holm,
        "p_maxt": point.p_max_t,
        "pair_correlation": point.correlation,
        "rms_px": point.rms_px,
    }


def _ratio(ratio: Ratio) -> Values:
    return {
        "n_pairs": ratio.log.pairs,
        "log_ratio": ratio.log.mean,
        "ratio": ratio.value,
        "ci": interval_record(ratio.interval),
        "ci_case_population": interval_record(ratio.other_cases),
        "p_t": ratio.log.p_t,
        "p_flip": ratio.log.p_flip,
    }


def _equivalent(data: EquivalentData) -> Values:
    summary = data.summary
    return {
        "edf_method": data.method,
        "edf_reason": data.reason,
        "edf": [_equivalent_size(equivalent) for equivalent in data.sizes],
        "edf_summary": summary
        and {"geo_mean": summary.factor, "ci": interval_record(summary.interval),
             "n_used": summary.used, "n_censored": summary.censored},
    }  # fmt: skip


def _equivalent_size(equivalent: EquivalentSize) -> Values:
    factor = equivalent.factor
    return {
        "n": equivalent.size,
        "n_eq": factor and factor * equivalent.size,
        "factor": factor,
        "ci": interval_record(equivalent.claimed),
        "censored": equivalent.censored,
        "text": str(equivalent),
    }


def _estimate(estimate: Estimate) -> Values:
    return {"value": estimate.value, "ci": interval_record(estimate.interval)}


def _worth(equivalent: EquivalentSize | None) -> Values:
    factor, claimed, censored = (
        (equivalent.factor, equivalent.claimed, equivalent.censored) if equivalent else (None, None, None)
    )
    return _row("data_factor", factor, claimed) | {"data_censored": censored}


def _row(name: str, value: float | None, interval: Interval | None) -> Values:
    return {name: value} | _ends(name, interval)


def _ends(name: str, interval: Interval | None) -> Values:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
