"""What `segaug compare` prints: plain lines that fit 80 columns and never break a name."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from textwrap import TextWrapper

from segaug.analysis.comparison.comparison import Comparison, Comparisons, Ratio, SizeComparison
from segaug.analysis.comparison.equivalent_data import EquivalentSize
from segaug.analysis.comparison.sign_flips import LEAST_FLIPPED
from segaug.cli.metric_text import metric_text
from segaug.findings.with_interval import with_interval
from segaug.terminal import PROSE, columns

_HELD = "\0"  # a space at which no line ends
_HEADER = ("N", "pairs", "ratio", "difference", "p Holm", "rms px")
_LEGEND = (
    "ratio, difference: of expected errors, by means over the same seeds, against {baseline}; below 1 and below 0 are "
    "better",
    "brackets: 95 %, paired t over seeds (of ratios: Fieller), on this test set",
    "over N = ...: geometric mean of the sizes' ratios; the primary test of a strategy, single sizes are secondary",
    "p Holm: paired t test, adjusted for all strategies and sizes of a task and network; * below 0.05",
    "worth: images that {baseline} needs for the same error, as a multiple of N; claimed within its sizes alone",
)
_OTHER_CASES = "with other test cases, too: 95 %, seeds and patients resampled"
_MOVED = "rms px: how far the strategy's own stage moves the pixels of the images it is applied to"


def lines(comparisons: Comparisons) -> Iterator[str]:
    """Everything, a block for each task and network."""
    for (task, model), group in groupby(comparisons.found, key=lambda one: one.key[:2]):
        found = list(group)
        place = ", ".join(filter(None, (task, model)))
        yield ""
        yield from _wrapped(
            f"{place + ': ' if place else ''}{metric_text(found[0].metric)} against {found[0].baseline}"
        )
        for one in found:
            yield ""
            yield from _strategy(one, len(found))
        about = [*_seen(found), *_interpolated(found)]
        yield from ["", *about] if about else []
    yield from _legend(comparisons.found)
    for key in comparisons.without_baseline:
        yield from _wrapped(f"{key}: not compared, for this task and network has no {comparisons.found[0].baseline}")
    yield from _wrapped(comparisons.not_measured)


def _legend(found: Sequence[Comparison]) -> Iterator[str]:
    """What the words above mean."""
    moved = any(not math.isnan(size.rms_px) for one in found for size in one.sizes)
    other_cases = any(one.overall.ratio.other_cases for one in found)
    yield ""
    for line in (*_LEGEND, *([_OTHER_CASES] if other_cases else []), *([_MOVED] if moved else [])):
        yield from _wrapped(line.format(baseline=found[0].baseline))


def _strategy(one: Comparison, strategies: int) -> Iterator[str]:
    yield from _wrapped(one.key.strategy + (f" (saw more data than {one.baseline})" if one.saw_more else ""))
    if one.overall.sizes:
        yield from _overall(one, strategies)
    if one.sizes:
        yield from _table(one.sizes)
    for size in one.sizes:
        if size.ratio.log.disagree and size.ratio.log.pairs >= LEAST_FLIPPED:
            p_t, p_flip = _p(size.ratio.log.p_t), _p(size.ratio.log.p_flip)
            yield from _wrapped(f"at N = {size.size} the tests disagree: p = {p_t} by t, {p_flip} by sign flips", 2)
    yield from _worth(one)
    yield from _more(one)


def _overall(one: Comparison, strategies: int) -> Iterator[str]:
    """The primary test."""
    overall, log = one.overall, one.overall.ratio.log
    sizes = ", ".join(map(str, overall.sizes))
    yield from _wrapped(f"over N = {sizes}: ratio {_ratio(overall.ratio)}, {log.pairs} seeds", 2)
    if other := overall.ratio.other_cases:
        yield from _wrapped(f"with other test cases, too: {with_interval(None, other, most=3)}", 2)
    family = f", {_p(overall.p_holm)} by Holm over {strategies} strategies" if strategies > 1 else ""
    least = f" (with {log.pairs} seeds never below {2 / 2**log.pairs:.2g})" if log.pairs < LEAST_FLIPPED else ""
    yield from _wrapped(f"p = {_p(log.p_t)} by t{family}; {_p(log.p_flip)} by sign flips{least}", 2)


def _table(sizes: Sequence[SizeComparison]) -> Iterator[str]:
    shown = [column for column in zip(_HEADER, *(_cells(size) for size in sizes), strict=True) if any(column[1:])]
    if sum(max(map(len, column)) + 2 for column in shown) - 2 > min(PROSE, columns()):
        shown = [tuple(chain.from_iterable(map(_below, column))) for column in shown]
    widths = [max(map(len, column)) for column in shown]
    left = ("ratio", "difference", "p Holm")
    padded = (
        [cell.ljust(width) if column[0] in left else cell.rjust(width) for cell in column]
        for column, width in zip(shown, widths, strict=True)
    )
    for row in zip(*padded, strict=True):
        if line := "  ".join(row).rstrip():
            yield line


def _below(cell: str) -> tuple[str, str]:
    """A number, and its interval for the line below."""
    number, bracket, interval = cell.partition(" [")
    return number, bracket.strip() + interval


def _cells(one: SizeComparison) -> tuple[str, ...]:
    difference = with_interval(one.difference.mean, one.difference.interval, most=5, sign=True)
    p = _p(one.p_holm) + ("*" if one.significant else "")
    moved = "" if math.isnan(one.rms_px) else f"{one.rms_px:.2f}"
    return f"{one.size}", f"{one.ratio.log.pairs}", _ratio(one.ratio), difference, p, moved


def _worth(one: Comparison) -> Iterator[str]:
    found = one.equivalent
    if found.method == "none":
        yield from _wrapped(f"worth in data of {one.baseline}: not told, {found.reason}", 2)
        return
    for size in found.sizes:
        yield from _wrapped(worth(one, size), 2)
    if found.summary and found.summary.used > 1:
        used, total = found.summary.used, found.summary.used + found.summary.censored
        words = f"mean of the {used} of {total} intervals that end within the sizes of {one.baseline}"
        yield from _wrapped(f"{words}: {found.summary}", 2)
    if found.method == "law" and found.reason:
        yield from _wrapped(found.reason, 2)


def worth(one: Comparison, size: EquivalentSize) -> str:
    """One sentence: "regda at N = 16 is worth 1.8x [1.4, 2.3] the data of baseline"."""
    verb = "could be" if size.censored == "both" else "is"
    return f"{one.key.strategy} at N = {size.size:.0f} {verb} worth {size} the data of {one.baseline}"


def _interpolated(found: Sequence[Comparison]) -> Iterator[str]:
    for reason in sorted({one.equivalent.reason for one in found if one.equivalent.method == "interpolation"}):
        yield from _wrapped(f"worth in data: by interpolation between sizes, and so wide; {reason}")


def _more(one: Comparison) -> Iterator[str]:
    divergence, shape = one.divergence, one.shape
    if divergence.any:
        pairs, own, base = sum(divergence.pairs), sum(divergence.strategy), sum(divergence.baseline)
        words = f"diverged in {own} of {pairs} pairs, {one.baseline} in {base} (McNemar p = {_p(divergence.p)})"
        if divergence.as_constant:
            words += f"; counted as constant predictions: ratio {_ratio(divergence.as_constant)}"
        yield from _wrapped(words, 2)
    if shape:
        b, share = shape.b, shape.floor_share
        shown = (with_interval(each.value, each.interval, most=3, sign=True) for each in (b, share))
        yield from _wrapped("law minus that of {}: exponent {}, floor share {}".format(one.baseline, *shown), 2)
    for note in one.notes:
        yield from _wrapped(note, 2)


def _seen(found: Sequence[Comparison]) -> Iterator[str]:
    """Who was allowed to see what, because more data is the other reason for a lower error."""
    seen = defaultdict(list, {found[0].baseline_sees: [found[0].baseline]})
    for one in found:
        seen[one.sees].append(one.key.strategy)
    if set(seen) == {""}:
        return
    yield "allowed to see (more data is not a better augmentation):"
    for sees, strategies in seen.items():
        yield from _wrapped(f"{sees or 'not known'}: {', '.join(strategies)}", 2)


def _ratio(ratio: Ratio) -> str:
    return with_interval(ratio.value, ratio.interval, most=3)


def _p(value: float) -> str:
    if math.isnan(value):
        return "-"
    return "<1e-4" if value < 1e-4 else f"{value:.2g}"


def _wrapped(text: str, indent: int = 0) -> list[str]:
    wrapper = TextWrapper(min(PROSE, columns()), break_long_words=False, break_on_hyphens=False)
    wrapper.initial_indent, wrapper.subsequent_indent = " " * indent, " " * (indent + 2)
    held = re.sub(r"\[.*?\]", lambda found: found[0].replace(" ", _HELD), text)  # an interval stays in one piece
    return [line.replace(_HELD, " ") for line in wrapper.wrap(held)]
