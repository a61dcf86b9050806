"""Sentences of a comparison: what a strategy is worth, how often training diverged, how the laws differ."""

from collections.abc import Iterator

from segaug.analysis.comparison.comparison import Comparison, Ratio
from segaug.analysis.comparison.equivalent_data import EquivalentSize
from segaug.findings.numbers import NONE, p_equals
from segaug.findings.with_interval import beside_interval, with_interval

_RATIO_DECIMALS = 3  # at the most
CLEAR = (
    "Clear: the 95 % interval of the paired t test over seeds leaves out no difference; each pair by itself, whatever "
    "their number, on this test set."
)  # of the order of two strategies


def ratio(errors: Ratio) -> str:
    """Of expected errors; with its interval, where there is one, and as many digits as that supports."""
    return with_interval(errors.value, errors.interval, most=_RATIO_DECIMALS)


def ratio_cells(errors: Ratio) -> tuple[str, str]:
    """The same in two cells; a dash for what there is not."""
    value, interval = beside_interval(errors.value, errors.interval, most=_RATIO_DECIMALS)
    return value, interval or NONE


def with_other_cases(errors: Ratio) -> str:
    """The ratio's interval with new seeds and new test cases; "" where cases are not known."""
    return with_interval(None, errors.other_cases, most=_RATIO_DECIMALS)


def saw_more(comparison: Comparison) -> str:
    """The other reason for a lower error; "" where it is none."""
    return f"saw more data than {comparison.baseline}" if comparison.saw_more else ""


def not_compared(baseline: str) -> str:
    """Of a curve that stands alone."""
    return f"not compared, its task and network have no trial of {baseline}"


def worth(comparison: Comparison, size: EquivalentSize) -> str:
    """Such as "regda at N = 16 is worth 1.8x [1.4, 2.3] the data of baseline"."""
    verb = "could be" if size.censored == "both" else "is"
    return f"{comparison.key.strategy} at N = {size.size:.0f} {verb} worth {size} the data of {comparison.baseline}"


def mean_worth(comparison: Comparison) -> str:
    """The mean over the sizes whose interval is not cut; "" where these are fewer than two."""
    summary = comparison.equivalent.summary
    if summary is None or summary.used < 2:
        return ""
    total = summary.used + summary.censored
    return f"over the {summary.used} of {total} sizes that are not cut {summary}"


def untold_worth(comparison: Comparison) -> str:
    """Why a strategy has no factor."""
    strategy, reason = comparison.key.strategy, comparison.equivalent.reason
    return f"what {strategy} is worth in data of {comparison.baseline} is not told, {reason}"


def worth_method(comparison: Comparison) -> str:
    """How a strategy's factors were comparison where it is not by the laws of both; else ""."""
    equivalent = comparison.equivalent
    if not (equivalent.sizes and equivalent.reason):
        return ""
    how = "by interpolation between sizes, and so wide; " if equivalent.method == "interpolation" else ""
    return f"worth in data: {how}{equivalent.reason}"


def on_pairs(comparison: Comparison) -> Iterator[str]:
    """Divergence of either, and how the laws differ."""
    divergence, shape = comparison.divergence, comparison.shape
    if divergence.any:
        pairs, own, base = sum(divergence.pairs), sum(divergence.strategy), sum(divergence.baseline)
        counts = (
            f"diverged in {own} of {pairs} pairs, {comparison.baseline} in {base} (McNemar {p_equals(divergence.p)})"
        )
        if constants := divergence.as_constant:
            counts += f"; if these count as constant predictions, the ratio over all sizes is {ratio(constants)}"
        yield counts
    if shape:
        both = (shape.b, shape.floor_share)
        exponent, floor = (with_interval(part.value, part.interval, most=3, sign=True) for part in both)
        differences = f"exponent b {exponent}, floor share {floor}"
        yield f"law minus that of {comparison.baseline}: {differences} (bootstrap over seeds)"
