"""What a study answers, a sentence a task and model: each part in the words that its verdict allows.

What the baseline errs by, and what more images do to that, comes from its law, or from its means where no law may be
read.  What a strategy is worth is told only where its primary test, over all sizes and after Holm's correction, finds
it better.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from segaug.analysis.comparison.compare import BASELINE
from segaug.analysis.comparison.comparison import Comparison
from segaug.analysis.comparison.equivalent_data import EquivalentSize
from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.size_point import SizePoint
from segaug.analysis.interval import LEVEL
from segaug.analysis.law.fit import Fit, Flag
from segaug.analysis.law.verdict import ENOUGH_SIZES
from segaug.findings.comparisons import ratio, saw_more
from segaug.findings.numbers import bounded, bracketed, from_to, number, p_equals

_NOTHING = 0.005  # of the error: a law cannot rise, so that the low end of what more images gain is never below 0
_UNREADABLE = {  # floor of a verdict -> why nothing is read from its law
    "law_rejected": "the law does not fit its means",
    "too_few_sizes": f"it takes {ENOUGH_SIZES}",
}
_BUT: dict[Flag, str] = {  # flag of the curve -> what the answer has to be read with
    "divergence_matters": "Diverged trials are left out, and they matter here.",
    "collapsed": "Some of these networks collapsed: their errors do not say what images are worth.",
    "not_trained_out": "Some of these trials were not trained out: too few updates look like too few images.",
}


@dataclass(frozen=True)
class Answer:
    """Of one task and model."""

    where: str
    sentence: str


def answer(curve: CurveFit, error: str, counted: str, compared: Sequence[Comparison], alone: Sequence[str] = ()) -> str:
    """One sentence.

    curve: of the baseline, or of whichever strategy is told of.  error: the measure's name.  counted: what N counts.
    compared: the other strategies against that baseline, in the order of the page.  alone: those that share no trial.
    """
    if not curve.points:
        return f"No trial of {curve.strategy} converged, so nothing is told."
    parts = [*_of_baseline(curve, error, counted), *_of_strategies(compared, curve.reference_size, counted)]
    if alone:
        parts.append(f"{_listed(alone)} {_are(alone)} not compared, for want of {_lacking(curve.strategy)}")
    text = "; ".join(parts)
    return " ".join((f"{text[0].upper()}{text[1:]}.", *(words for flag, words in _BUT.items() if flag in curve.flags)))


def _lacking(subject: str) -> str:
    """Why nothing is set beside the strategy that the answer tells of."""
    if subject == BASELINE:
        return "a shared size and seed"
    return f"{BASELINE}, with which this page compares (`segaug compare --baseline '{subject}'` takes another one)"


def _of_baseline(curve: CurveFit, error: str, counted: str) -> Iterator[str]:
    """What it errs by, and what more images do to that."""
    fit = curve.fit if curve.verdict.floor not in _UNREADABLE else None
    if fit is None or not fit.data.replicated:
        last = curve.points[-1]
        yield _errs(curve, error, counted, last.size, f"{number(last.mean)} {_spread(last)}")
        why = _UNREADABLE.get(curve.verdict.floor, "no trial was repeated with another seed")
        yield f"what more {counted} would do is not told, {why}"
    elif curve.verdict.floor == "flat":
        yield _errs(curve, error, counted, *_by_law(fit, fit.default.max_size))
        yield f"more {counted} did not measurably lower it from N = {_told(fit.data.sizes[0])} on"
    elif fit.extrapolations and fit.extrapolations[0].claimed:
        yield _errs(curve, error, counted, *_by_law(fit, fit.default.max_size))
        yield _twice_as_many(fit)
    else:
        yield _errs(curve, error, counted, *_by_law(fit, fit.default.max_size / 2))
        yield _doubled(fit)


def _errs(curve: CurveFit, error: str, counted: str, size: float, value: str) -> str:
    provisional = ", provisional" if "provisional" in curve.flags else ""
    noun = counted.removesuffix("s") if size == 1 else counted
    return f"with {_told(size)} {noun} the {error} of {curve.strategy} is {value}{provisional}"


def _told(size: float) -> str:
    return f"{size:,.10g}"


def _by_law(fit: Fit, size: float) -> tuple[float, str]:
    error = fit.error(size)
    return size, bounded(error.value, error.interval)


def _spread(point: SizePoint) -> str:
    return bracketed(point.interval) if point.interval else "in a single trial"


def _twice_as_many(fit: Fit) -> str:
    """Beyond the data, where that is claimed."""
    step = fit.extrapolations[0]
    share = 1 - step.value / fit.error(fit.default.max_size).value
    return f"twice as many would take away {_percent(share)}, to {bounded(step.value, step.interval)}"


def _doubled(fit: Fit) -> str:
    """Within the data: the last doubling."""
    largest, drop = fit.default.max_size, fit.default.drop
    before = fit.error(largest / 2).value
    beyond = f", and beyond {_told(largest)} nothing is claimed"
    if drop.interval.low < _NOTHING * before:
        about = bounded(drop.value, replace(drop.interval, low=0.0))
        return f"twice as many are not shown to take anything away ({about}){beyond}"
    return (
        f"twice as many take away {_percent(drop.value / before)} of it ({bounded(drop.value, drop.interval)}){beyond}"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.995 else "all"


def _of_strategies(compared: Sequence[Comparison], reference: float, counted: str) -> Iterator[str]:
    """Those that are shown to differ one by one, then the others together."""
    shown = [comparison for comparison in compared if comparison.overall.p_holm < 1 - LEVEL]
    tested = [
        comparison for comparison in compared if comparison not in shown and not math.isnan(comparison.overall.p_holm)
    ]
    untested = [comparison for comparison in compared if comparison not in shown and comparison not in tested]
    yield from (_differs(comparison, reference, counted) for comparison in shown)
    if tested:
        names = _listed(
            [
                f"{comparison.key.strategy} ({ratio(comparison.overall.ratio)}, {p_equals(comparison.overall.p_holm)})"
                for comparison in tested
            ]
        )
        yield f"{names} {_are(tested)} not shown to differ from {tested[0].baseline}"
    if untested:
        names = _listed([comparison.key.strategy for comparison in untested])
        yield f"{names} {_are(untested)} not tested, for want of a second seed in common with {untested[0].baseline}"


def _differs(comparison: Comparison, reference: float, counted: str) -> str:
    more = f", which {words}," if (words := saw_more(comparison)) else ""
    where = f"{'over' if len(comparison.overall.sizes) > 1 else 'at'} N = {from_to(comparison.overall.sizes, str)}"
    if comparison.overall.ratio.value > 1:
        return f"{comparison.key.strategy}{more} errs more, by a factor of {ratio(comparison.overall.ratio)} {where}"
    better = f"{comparison.key.strategy}{more} errs less, by a factor of {ratio(comparison.overall.ratio)} {where}"
    if not comparison.equivalent.sizes:
        return f"{better}; what that is worth in {counted} is not told, {comparison.equivalent.reason}"
    size = min(comparison.equivalent.sizes, key=lambda size: abs(math.log(size.size / reference)))
    return f"{better}, and at {_told(size.size)} {_worth(size)} the labels"


def _worth(size: EquivalentSize) -> str:
    """More labels are claimed only where the whole interval says so."""
    claimed = size.claimed
    return f"is worth {size}" if claimed.low > 1 or claimed.low >= claimed.high else f"could be worth {size}"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _are(some: Sequence[object]) -> str:
    return "is" if len(some) == 1 else "are"
