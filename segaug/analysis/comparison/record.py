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
        "comparisons": [comparison_record(one) for one in comparisons.found],
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
        "sizes": [_size(one) for one in comparison.sizes],
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
    worth = {one.size: one for one in comparison.equivalent.sizes}
    ended = comparison.divergence
    diverged = dict(zip(ended.sizes, zip(ended.baseline, ended.strategy, strict=True), strict=True))
    for one in comparison.sizes:
        log = one.ratio.log
        yield {
            **_key(comparison),
            "size": one.size,
            "pairs": log.pairs,
            "baseline_error": one.baseline,
            "error": one.strategy,
            **_row("ratio", one.ratio.value, one.ratio.interval),
            **_ends("ratio_other_cases", one.ratio.other_cases),
            **_row("difference", one.difference.mean, one.difference.interval),
            **{"p_t": log.p_t, "p_flip": log.p_flip, "p_holm": one.p_holm, "p_max_t": one.p_max_t},
            "pair_correlation": one.correlation,
            **_worth(worth.get(one.size)),
            "baseline_diverged": diverged[one.size][0],
            "diverged": diverged[one.size][1],
            "rms_px": one.rms_px,
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


def _size(one: SizeComparison) -> Values:
    return {
        "n": one.size,
        **_ratio(one.ratio),
        "baseline_err": one.baseline,
        "err": one.strategy,
        "diff_err": one.difference.mean,
        "diff_ci": interval_record(one.difference.interval),
        "p_holm": one.p_holm,
        "p_maxt": one.p_max_t,
        "pair_correlation": one.correlation,
        "rms_px": one.rms_px,
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


def _equivalent(found: EquivalentData) -> Values:
    summary = found.summary
    return {
        "edf_method": found.method,
        "edf_reason": found.reason,
        "edf": [_equivalent_size(one) for one in found.sizes],
        "edf_summary": summary
        and {"geo_mean": summary.factor, "ci": interval_record(summary.interval),
             "n_used": summary.used, "n_censored": summary.censored},
    }  # fmt: skip


def _equivalent_size(one: EquivalentSize) -> Values:
    factor = one.factor
    return {
        "n": one.size,
        "n_eq": factor and factor * one.size,
        "factor": factor,
        "ci": interval_record(one.claimed),
        "censored": one.censored,
        "text": str(one),
    }


def _estimate(estimate: Estimate) -> Values:
    return {"value": estimate.value, "ci": interval_record(estimate.interval)}


def _worth(one: EquivalentSize | None) -> Values:
    factor, claimed, censored = (one.factor, one.claimed, one.censored) if one else (None, None, None)
    return _row("data_factor", factor, claimed) | {"data_censored": censored}


def _row(name: str, value: float | None, interval: Interval | None) -> Values:
    return {name: value} | _ends(name, interval)


def _ends(name: str, interval: Interval | None) -> Values:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
