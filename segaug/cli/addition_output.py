"""What `segaug addition` prints: plain lines that fit 80 columns and never break a name."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from segaug.analysis.addition.curve import AddedPoint, AdditionCurve, Additions
from segaug.analysis.addition.simultaneous import CORRELATED_SEEDS
from segaug.cli.metric_text import metric_text
from segaug.cli.plain_lines import sentence, table
from segaug.findings.addition import (
    beside_words,
    difference,
    difference_on_other_cases,
    dilution_words,
    is_score,
    measure_words,
    single_words,
    verdict_words,
    worth_words,
)
from segaug.findings.numbers import number
from segaug.measures import quantity

_LEGEND = (
    "n: seeds that have both k and k = 0; mean: of these trials",
    "difference: to k = 0, by means over the same seeds, on the test set of the base; brackets: 95 %, for all k of a "
    "curve together, paired t over seeds with the quantile of the largest |t| (with fewer than "
    f"{CORRELATED_SEEDS} seeds Sidak's)",
    "shown: some k has its whole interval on that side; without any effect that is said in at most 5 % of studies",
)
_OTHER_CASES = "other cases: the same with other test cases, too: seeds and patients resampled"
_CONTROL = "over N + k: difference to as many images that are all of the base"
_BESIDE = "beside its reference: the same seeds; each interval holds for all k of a strategy, and for one strategy"
_ROWS = "rows: how often a batch showed an image of the base, over the training"


def lines(additions: Sequence[Additions], commands: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Everything: the first measure in full, what others say below it; then what is missing."""
    first, *others = additions
    for key, group in groupby(first.curves, key=lambda curve: curve.key):
        for curve in group:
            yield ""
            yield from _curve(curve, [_same(curve, other) for other in others])
        for of_metric in additions:
            for dilution in (found for found in of_metric.dilutions if found.key == key):
                yield from sentence(f"dilution, by {_name(of_metric.curves[0])}:", 2)
                for words in dilution_words(dilution, of_metric.curves[0].metric):
                    yield from sentence(words, 4)
    yield from _beside(additions)
    yield from ["", *_legend(first)]
    yield from sentence(first.not_measured)
    for purpose, command in commands:
        yield from ["", *sentence(f"{purpose}:"), command]


def _beside(additions: Sequence[Additions]) -> Iterator[str]:
    """Every strategy and sampling beside the reference, by each measure."""
    found = [beside for of_metric in additions for beside in of_metric.beside]
    for key, sampling in dict.fromkeys((beside.key, beside.sampling) for beside in found):
        yield from ["", *sentence(f"{key}, {sampling} sampling, beside its reference with the same images:")]
        for beside in (own for own in found if (own.key, own.sampling) == (key, sampling)):
            for words in beside_words(beside):
                yield from sentence(words, 2)


def _curve(curve: AdditionCurve, others: Sequence[AdditionCurve | None]) -> Iterator[str]:
    yield from sentence(f"{curve.name}: {_title(curve)}")
    yield from sentence(verdict_words(curve), 2)
    yield from _table(curve)
    about = [*single_words(curve), *(worth_words(curve) if curve.key.added else ()), *curve.notes]
    for words in about:
        yield from sentence(words, 2)
    for other in filter(None, others):
        yield from sentence(f"{_name(other)}: {verdict_words(other)}", 2)
        yield from _table(other)


def _table(curve: AdditionCurve) -> Iterator[str]:
    header = ("k", "n", "mean", "difference", "other cases", "over N + k", "rows")
    yield from table(header, [_cells(point, curve) for point in curve.points], header[3:6])


def _cells(point: AddedPoint, curve: AdditionCurve) -> tuple[str, ...]:
    metric = curve.metric
    value = 1 - point.error if is_score(metric) else point.error
    return (
        str(point.k),
        str(point.effect.pairs),
        number(value),
        difference(point.effect, metric),
        difference_on_other_cases(point.effect, metric),
        difference(point.control, metric) if point.control else "",
        f"{point.presentations:.0f}" if point.presentations == point.presentations else "",
    )


def _same(curve: AdditionCurve, additions: Additions) -> AdditionCurve | None:
    """The same trials under another metric."""
    same = (other for other in additions.curves if (other.key, other.sampling) == (curve.key, curve.sampling))
    return next(same, None)


def _title(curve: AdditionCurve) -> str:
    """Of the measure that is shown, with its unit."""
    return f"test {measure_words(curve.metric)}" if is_score(curve.metric) else metric_text(curve.metric)


def _name(curve: AdditionCurve) -> str:
    return quantity(curve.metric).words if curve.metric else "error"


def _legend(additions: Additions) -> Iterator[str]:
    points = [point for curve in additions.curves for point in curve.points]
    told = [
        (_OTHER_CASES, any(point.effect.other_cases for point in points)),
        (_CONTROL, any(point.control for point in points)),
        (_BESIDE, bool(additions.beside)),
        (_ROWS, any(point.presentations == point.presentations for point in points)),
    ]
    for line in (*_LEGEND, *(line for line, there in told if there)):
        yield from sentence(line)
