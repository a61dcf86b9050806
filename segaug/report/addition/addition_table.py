"""Words and table of the differences that added images make."""

from collections.abc import Iterator, Sequence

from segaug.analysis.addition.curve import AdditionCurve, Additions
from segaug.findings.addition import difference, difference_on_other_cases, is_score, measure_words
from segaug.findings.numbers import NONE, from_to, number
from segaug.report.addition.panels import AdditionPanel
from segaug.report.blocks.tables import Table


def addition_table(additions: Sequence[Additions]) -> Table:
    """A row a measure, curve and k."""
    rows = tuple(row for of_metric in additions for curve in of_metric.curves for row in _rows(curve))
    return Table(
        "Mean on the base's own test set, and its difference to k = 0 over the same seeds.\nIn brackets: 95 % "
        "intervals that hold at all k of a curve together, over seeds on this test set; with other test cases, too: "
        "over seeds and patients. Over N + k: difference to as many images that are all of the base. Base rows: how "
        "often a batch showed an image of the base.",
        ("sources", "N", "model", "strategy", "sampling", "measure", "k", "n", "mean", "difference",
         "with other cases", "over N + k", "base rows"),
        rows,
        strategy_column=3,
        number_columns=frozenset({1, *range(6, 13)}),
    )  # fmt: skip


def addition_caption(groups: Sequence[Sequence[AdditionPanel]]) -> str:
    """Of the figure."""
    pairs = (
        point.effect.pairs for group in groups for panel in group for curve in panel.curves for point in curve.points
    )
    return (
        f"Difference to k = 0 on the same seeds and on the base's own test set, n = {from_to(pairs, str)} seeds, "
        "against the images that were added.\nBars and bands: 95 % intervals over seeds that hold at all k of a curve "
        "together, for new seeds on this test set. The line at 0 is the base without added images."
    )


def _rows(curve: AdditionCurve) -> Iterator[tuple[str, ...]]:
    metric = curve.metric
    for point in curve.points:
        yield (
            curve.key.sources,
            str(curve.key.size),
            curve.key.model,
            curve.key.strategy,
            curve.sampling,
            measure_words(metric),
            str(point.k),
            str(point.effect.pairs),
            number(1 - point.error if is_score(metric) else point.error),
            difference(point.effect, metric),
            difference_on_other_cases(point.effect, metric) or NONE,
            difference(point.control, metric) if point.control else NONE,
            f"{point.presentations:.0f}",
        )
