"""What `segaug compare` prints: plain lines that fit 80 columns and never break a name."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from segaug.analysis.comparison.comparison import Comparison, Comparisons, SizeComparison
from segaug.analysis.comparison.sign_flips import LEAST_FLIPPED
from segaug.cli.metric_text import metric_text
from segaug.cli.plain_lines import sentence, table
from segaug.findings.comparisons import (
    mean_worth,
    not_compared,
    on_pairs,
    ratio,
    saw_more,
    untold_worth,
    with_other_cases,
    worth,
    worth_method,
)
from segaug.findings.numbers import p_equals, p_value
from segaug.findings.with_interval import with_interval

_HEADER = ("N", "pairs", "ratio", "difference", "p Holm", "rms px")
_LEGEND = (
    "ratio, difference: of expected errors, by means over the same seeds, against {baseline}; below 1 and below 0 are "
    "better",
    "brackets: 95 %, paired t over seeds (of ratios: Fieller), on this test set",
    "over N = ...: geometric mean of the sizes' ratios; the primary test of a strategy, single sizes are secondary",
    "p Holm: paired t test, adjusted for all strategies and sizes of a task and network; * below 0.05",
    "worth: how many times N {baseline} needs for the same error; claimed within its sizes alone, and cut there",
)
_OTHER_CASES = "with other test cases, too: 95 %, seeds and patients resampled"
_MOVED = "rms px: how far the strategy's own stage moves the pixels of the images it is applied to"


def lines(comparisons: Comparisons) -> Iterator[str]:
    """Everything, a block for each task and network."""
    for (task, model), group in groupby(comparisons.found, key=lambda comparison: comparison.key[:2]):
        compared = list(group)
        place = ", ".join(filter(None, (task, model)))
        yield ""
        yield from sentence(
            f"{place + ': ' if place else ''}{metric_text(compared[0].metric)} against {compared[0].baseline}"
        )
        for comparison in compared:
            yield ""
            yield from _strategy(comparison, len(compared))
        about = [*_seen(compared), *_interpolated(compared)]
        yield from ["", *about] if about else []
    yield from _legend(comparisons.found)
    for key in comparisons.without_baseline:
        yield from sentence(f"{key}: {not_compared(comparisons.found[0].baseline)}")
    yield from sentence(comparisons.not_measured)


def _legend(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """What the words above mean."""
    moved = any(not math.isnan(size.rms_px) for comparison in comparisons for size in comparison.sizes)
    other_cases = any(comparison.overall.ratio.other_cases for comparison in comparisons)
    yield ""
    for line in (*_LEGEND, *([_OTHER_CASES] if other_cases else []), *([_MOVED] if moved else [])):
        yield from sentence(line.format(baseline=comparisons[0].baseline))


def _strategy(comparison: Comparison, strategies: int) -> Iterator[str]:
    yield from sentence(comparison.key.strategy + (f" ({words})" if (words := saw_more(comparison)) else ""))
    if comparison.overall.sizes:
        yield from _overall(comparison, strategies)
    if comparison.sizes:
        yield from _table(comparison.sizes)
    for size in comparison.sizes:
        if size.ratio.log.disagree and size.ratio.log.pairs >= LEAST_FLIPPED:
            p_t, p_flip = p_equals(size.ratio.log.p_t), p_value(size.ratio.log.p_flip)
            yield from sentence(f"at N = {size.size} the tests disagree: {p_t} by t, {p_flip} by sign flips", 2)
    yield from _worth(comparison)
    for words in (*on_pairs(comparison), *comparison.notes):
        yield from sentence(words, 2)


def _overall(comparison: Comparison, strategies: int) -> Iterator[str]:
    """The primary test."""
    overall, log = comparison.overall, comparison.overall.ratio.log
    sizes = ", ".join(map(str, overall.sizes))
    yield from sentence(f"over N = {sizes}: ratio {ratio(overall.ratio)}, {log.pairs} seeds", 2)
    if other := with_other_cases(overall.ratio):
        yield from sentence(f"with other test cases, too: {other}", 2)
    family = f", {p_value(overall.p_holm)} by Holm over {strategies} strategies" if strategies > 1 else ""
    least = f" (with {log.pairs} seeds never below {2 / 2**log.pairs:.2g})" if log.pairs < LEAST_FLIPPED else ""
    yield from sentence(f"{p_equals(log.p_t)} by t{family}; {p_value(log.p_flip)} by sign flips{least}", 2)


def _table(sizes: Sequence[SizeComparison]) -> Iterator[str]:
    yield from table(_HEADER, [_cells(size) for size in sizes], ("ratio", "difference", "p Holm"))


def _cells(size: SizeComparison) -> tuple[str, ...]:
    difference = with_interval(size.difference.mean, size.difference.interval, most=5, sign=True)
    p = p_value(size.p_holm) + ("*" if size.significant else "")
    moved = "" if math.isnan(size.rms_px) else f"{size.rms_px:.2f}"
    return f"{size.size}", f"{size.ratio.log.pairs}", ratio(size.ratio), difference, p, moved


def _worth(comparison: Comparison) -> Iterator[str]:
    equivalent = comparison.equivalent
    if equivalent.method == "none":
        yield from sentence(untold_worth(comparison), 2)
        return
    method = worth_method(comparison) if equivalent.method == "law" else ""  # that of others is said once below all
    for words in (*(worth(comparison, size) for size in equivalent.sizes), mean_worth(comparison), method):
        yield from sentence(words, 2)


def _interpolated(comparisons: Sequence[Comparison]) -> Iterator[str]:
    for words in sorted(
        {worth_method(comparison) for comparison in comparisons if comparison.equivalent.method == "interpolation"}
    ):
        yield from sentence(words)


def _seen(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """Who was allowed to see what, because more data is the other reason for a lower error."""
    seen = defaultdict(list, {comparisons[0].baseline_sees: [comparisons[0].baseline]})
    for comparison in comparisons:
        seen[comparison.sees].append(comparison.key.strategy)
    if set(seen) == {""}:
        return
    yield "allowed to see (more data is not a better augmentation):"
    for sees, strategies in seen.items():
        yield from sentence(f"{sees or 'not known'}: {', '.join(strategies)}", 2)
