"""Sentences of a comparison: what a strategy is worth, how often training diverged, how the laws differ."""

from collections.abc import Iterator

from segaug.analysis.comparison.comparison import Comparison, Ratio
from segaug.analysis.comparison.equivalent_data import EquivalentSize
from segaug.findings.numbers import bracketed, number, p_equals
from segaug.findings.with_interval import with_interval


def ratio(found: Ratio) -> str:
    """Of expected errors; with its interval, where there is one."""
    return number(found.value) + (f" {bracketed(found.interval)}" if found.interval else "")


def worth(found: Comparison, size: EquivalentSize) -> str:
    """Such as "regda at N = 16 is worth 1.8x [1.4, 2.3] the data of baseline"."""
    verb = "could be" if size.censored == "both" else "is"
    return f"{found.key.strategy} at N = {size.size:g} {verb} worth {size} the data of {found.baseline}"


def mean_worth(found: Comparison) -> str:
    """The mean over the sizes whose interval is not cut; "" where these are fewer than two."""
    summary = found.equivalent.summary
    if summary is None or summary.used < 2:
        return ""
    total = summary.used + summary.censored
    return f"over the {summary.used} of {total} sizes that are not cut {summary}"


def untold_worth(found: Comparison) -> str:
    """Why a strategy has no factor."""
    return f"what {found.key.strategy} is worth in data of {found.baseline} is not told, {found.equivalent.reason}"


def worth_method(found: Comparison) -> str:
    """How a strategy's factors were found where it is not by the laws of both; else ""."""
    equivalent = found.equivalent
    if not (equivalent.sizes and equivalent.reason):
        return ""
    how = "by interpolation between sizes, and so wide; " if equivalent.method == "interpolation" else ""
    return f"worth in data: {how}{equivalent.reason}"


def on_pairs(found: Comparison) -> Iterator[str]:
    """Divergence of either, and how the laws differ."""
    divergence, shape = found.divergence, found.shape
    if divergence.any:
        pairs, own, base = sum(divergence.pairs), sum(divergence.strategy), sum(divergence.baseline)
        counts = f"diverged in {own} of {pairs} pairs, {found.baseline} in {base} (McNemar {p_equals(divergence.p)})"
        if constants := divergence.as_constant:
            counts += f"; if these count as constant predictions, the ratio over all sizes is {ratio(constants)}"
        yield counts
    if shape:
        both = (shape.b, shape.floor_share)
        exponent, floor = (with_interval(more.value, more.interval, most=3, sign=True) for more in both)
        yield f"law minus that of {found.baseline}: exponent b {exponent}, floor share {floor} (bootstrap over seeds)"
