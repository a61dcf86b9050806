"""Sentences of addition curves: the verdict, what added images are worth, and what of a fall is dilution."""

import math
from collections.abc import Iterator, Sequence

from segaug.analysis.addition.added_worth import AddedWorth
from segaug.analysis.addition.beside import Beside
from segaug.analysis.addition.curve import AdditionCurve, Dilution, TakenBack
from segaug.analysis.addition.simultaneous import PairedEffect
from segaug.analysis.metric import Metric
from segaug.findings.numbers import number
from segaug.findings.with_interval import with_interval
from segaug.measures import quantity

_DECIMALS = 5  # of a difference, at the most


def is_score(metric: Metric | None) -> bool:
    """Is what is shown better the higher?  Its error is then one minus it."""
    return metric is not None and quantity(metric).measure.better == "higher"


def measure_words(metric: Metric | None) -> str:
    """What is shown of a metric: Dice, where its error is 1 - Dice."""
    return quantity(metric).words if metric else "error"


def shown_effect(effect: PairedEffect, metric: Metric | None) -> PairedEffect:
    """In the measure that is shown."""
    return effect.negated if is_score(metric) else effect


def difference(effect: PairedEffect, metric: Metric | None) -> str:
    """Such as "+0.012 [0.003, 0.021]", simultaneous over k."""
    return _signed(shown_effect(effect, metric))


def _signed(effect: PairedEffect) -> str:
    """Without an interval to tell how many digits mean something: three."""
    if effect.interval is None:
        return f"{effect.mean:+.3g}"
    return with_interval(effect.mean, effect.interval, most=_DECIMALS, sign=True)


def difference_on_other_cases(effect: PairedEffect, metric: Metric | None) -> str:
    """The interval with other test cases, too; "" where cases are not known."""
    return with_interval(None, shown_effect(effect, metric).other_cases, most=_DECIMALS, sign=True)


def verdict_words(curve: AdditionCurve) -> str:
    """The verdict, at which k, and whether it holds with other test cases, too; else what could have been found."""
    verdict = curve.verdict
    if verdict.shown == "untested":
        return "nothing can be shown: no k has two seeds, and a spread over them, to compare"
    if verdict.shown == "neither":
        return f"neither harm nor benefit shown; {findable(curve)}"
    parts = [
        f"{what} shown at k = {_ks(shown)}{_on_other_cases(shown, other, known=verdict.other_cases_known)}"
        for what, shown, other in (
            ("harm", verdict.harm, verdict.harm_on_other_cases),
            ("benefit", verdict.benefit, verdict.benefit_on_other_cases),
        )
        if shown
    ]
    return "; ".join(parts)


def findable(curve: AdditionCurve) -> str:
    """The smallest difference that this design would have found."""
    least = {point.k: point.effect.detectable for point in curve.points if math.isfinite(point.effect.detectable)}
    low, high = min(least, key=least.__getitem__), max(least, key=least.__getitem__)
    told = f"{number(least[low])} at k = {low}" + (f" to {number(least[high])} at k = {high}" if high != low else "")
    return f"a true difference of {told} would have been found with 80 % probability"


def single_words(curve: AdditionCurve) -> Iterator[str]:
    """What single runs can say, and what not."""
    single = curve.single
    if single is None:
        return
    yield "one training at each k, and how much trainings vary is not known"
    words = measure_words(curve.metric)
    worse, better = ("fall", "rise") if is_score(curve.metric) else ("rise", "fall")
    if single.harm_if_below > 0:
        yield (
            f"the largest {worse} of {words}, {number(single.largest_rise)} at k = {single.at_rise}, would show harm "
            f"if trainings vary by less than {number(single.harm_if_below)} (standard deviation)"
        )
    if single.benefit_if_below > 0:
        yield (
            f"the largest {better}, {number(single.largest_fall)} at k = {single.at_fall}, would show benefit if they "
            f"vary by less than {number(single.benefit_if_below)}"
        )


def worth_words(curve: AdditionCurve) -> Iterator[str]:
    """What added images are worth in images of the base, each k; or why that is not told."""
    if curve.worth.reason:
        yield f"what added images are worth in images of {curve.key.base} is not told: {curve.worth.reason}"
        return
    for worth in curve.worth.added:
        yield f"{worth.k} added images are worth {_worth(worth)} images of {curve.key.base}"
    yield f"worth: between the sizes of the base alone, N = {', '.join(map(str, curve.worth.sizes))}"


def _worth(worth: AddedWorth) -> str:
    """Such as "3.1 [1.2, 6.0]", "more than 24", "-2.1 [less than -4, -1.2]"."""
    cut = worth.interval
    if cut.low >= cut.high:
        return f"{'more' if cut.open_high else 'less'} than {number_of_images(cut.low)} (beyond the measured range)"
    if cut.open_low and cut.open_high:
        return f"anything from less than {number_of_images(cut.low)} to more than {number_of_images(cut.high)}"
    ends = [
        f"{'less than ' if cut.open_low else ''}{number_of_images(cut.low)}",
        f"{'more than ' if cut.open_high else ''}{number_of_images(cut.high)}",
    ]
    if worth.inside:
        best = number_of_images(worth.images)
    else:
        best = f"{'more' if worth.images > 0 else 'less'} than " + number_of_images(
            worth.largest if worth.images > 0 else worth.smallest
        )
    return f"{best} [{', '.join(ends)}]"


def number_of_images(images: float) -> str:
    """One decimal below 10."""
    text = f"{images:.1f}" if abs(images) < 10 else f"{images:.0f}"
    return text if float(text) else text.removeprefix("-")


def dilution_words(dilution: Dilution, metric: Metric | None) -> Iterator[str]:
    """How much of what adding costs `balanced` takes back, each k."""
    for point in dilution.points:
        yield _taken_back(point, metric)


def _taken_back(point: TakenBack, metric: Metric | None) -> str:
    """Differences are of errors, so that a positive one is a loss whatever is measured."""
    words = quantity(metric).error_words if metric else "the error"
    rows = ", ".join(f"{count:.0f} {name}" for name, count in point.presentations.items())
    own, rise = _signed(point.effect), _signed(point.rise)
    taken = f"balanced takes back {own}"
    if point.share is not None and point.share_interval is not None:
        ends = ", ".join(f"{100 * end:.0f}" for end in (point.share_interval.low, point.share_interval.high))
        taken += f", {100 * point.share:.0f} % [{ends}] of it"
        told = f"{words} rises by {rise} by proportional sampling, and {taken}"
    else:
        told = f"no rise of {words} is shown by proportional sampling ({rise}); {taken}"
    return f"k = {point.k}: {told} (base images shown: {rows})"


def beside_words(beside: Beside) -> Iterator[str]:
    """How a strategy differs from its reference with as many added images, each k, then over all of them."""
    words = measure_words(beside.metric)
    at = ", ".join(f"{difference(effect, beside.metric)} at k = {k}" for k, effect in beside.at.items())
    yield f"{words} minus that of {beside.reference}: {at}"
    if len(beside.at) > 1:
        effect = beside.over_all
        cases = difference_on_other_cases(effect, beside.metric)
        also = f"; with other test cases, too, {cases}" if cases else ""
        yield f"mean over these k: {difference(effect, beside.metric)} (n = {effect.pairs}{also})"


def _ks(values: Sequence[int]) -> str:
    return ", ".join(map(str, values))


def _on_other_cases(shown: Sequence[int], other: Sequence[int], *, known: bool) -> str:
    if not known:
        return ""
    both = [k for k in shown if k in other]
    if not both:
        return " (on these test cases; not shown with others)"
    return (
        " (with other test cases, too)"
        if len(both) == len(shown)
        else f" (with other test cases, too, at k = {_ks(both)})"
    )
