"""Words and tables of the fall from inside to outside."""

from collections.abc import Iterator, Mapping, Sequence

from segaug.analysis.comparison.compare import BASELINE
from segaug.analysis.comparison.comparison import Comparison, Ratio
from segaug.analysis.sites.fall import Fall, FallAt, Way
from segaug.findings.comparisons import ratio, with_other_cases
from segaug.findings.numbers import NONE, from_to, number, p_value
from segaug.findings.sites import beside_words, difference, difference_on_other_cases, places
from segaug.measures import quantity
from segaug.report.blocks.tables import Table
from segaug.report.sites.panels import SitePanel

Outside = Mapping[tuple[Way, str], Comparison]
_WHERE = ("inside", "outside", "model", "strategy")


def overall_table(falls: Sequence[Fall], outside: Outside) -> Table:
    """Over all sizes: the fall, and what a strategy changes about it; falls: of all measures, outside: of the first."""
    return Table(
        "All N together, each counting alike: how many times higher the error is outside than inside, for the same "
        "networks.\nIn brackets: 95 % intervals of the paired t test over seeds (Fieller), on these test sets; other "
        "patients: over seeds and the patients of both sites. Fall over the baseline's: below 1 the strategy falls "
        "less. Outside, over the baseline: ratio of the errors of both on the outside test set, below 1 the strategy "
        "is better there, with p after Holm's correction over the strategies of a task and model; of the first measure "
        "alone.",
        (*_WHERE, "measure", "outside / inside", "other patients", "fall over the baseline's", "other patients",
         "outside, over the baseline", "p (Holm)"),
        tuple(
            (*places(falls)[fall.way], *_overall_row(fall, outside if fall.metric == falls[0].metric else {}))
            for fall in falls
        ),
        strategy_column=3,
    )  # fmt: skip


def size_table(falls: Sequence[Fall]) -> Table:
    """The same at each N, with the means."""
    return Table(
        "Means over n seeds on the test sets of both sites, their ratio and their difference.\nIntervals as above. "
        "Trained there: mean error outside of networks that were trained on N images of that site.",
        (*_WHERE, "measure", "N", "n", "error inside", "error outside", "ratio", "other patients", "difference",
         "other patients", "trained there"),
        tuple((*places(falls)[fall.way], *row) for fall in falls for row in _size_rows(fall)),
        strategy_column=3,
        number_columns=frozenset({5, 6, 7, 8, 13}),
    )  # fmt: skip


def sites_caption(groups: Sequence[Sequence[SitePanel]]) -> str:
    """Of the figure."""
    panels = [panel for group in groups for panel in group]
    words = " and ".join(dict.fromkeys(quantity(panel.metric).error_words for panel in panels))
    seeds = from_to((point.n for panel in panels for curve in panel.both for point in curve.points), str)
    constant = any(panel.constant == panel.constant for panel in panels)
    dashed = " Constant: the best constant prediction outside." if constant else ""
    lacking = any(curve.fit is None for panel in panels for curve in panel.both)
    joined = " Means without a law, which needs three sizes, are joined." if lacking else ""
    return (
        f"{words} of the same networks on the test set of the site that they were trained at, and on that of a site "
        f"of which they have seen no image, n = {seeds} seeds; lower is better.\n"
        "Solid and filled: inside; dashed and hollow: outside. Bars: 95 % t intervals of the means over seeds, for new "
        f"seeds on this test set; lines and bands: the law of each.{joined}{dashed} Both axes are logarithmic."
    )


def fall_sentences(falls: Sequence[Fall], *, models: bool) -> Iterator[str]:
    """How large the fall is, and who shrinks it: a sentence a way from a site to another.  models: name the model."""
    for way, (inside, outside) in places(falls).items():
        own = [fall for fall in falls if fall.way == way]
        told = [f"{fall.strategy} {_told(fall)}" for fall in own]
        told += [words for fall in own if (words := beside_words(fall, BASELINE))]
        words, model = quantity(own[0].metric or "").error_words, f" ({way.model})" if models else ""
        yield f"From {inside} to {outside}{model}, {words} outside over {words} inside: {'; '.join(told)}."


def _told(fall: Fall) -> str:
    if fall.overall.log.pairs:
        return ratio(fall.overall)
    return f"{ratio(fall.sizes[-1].ratio)} at N = {fall.sizes[-1].size}"


def _overall_row(fall: Fall, outside: Outside) -> tuple[str, ...]:
    comparison = outside.get((fall.way, fall.strategy))
    beside = comparison.overall.ratio if comparison and comparison.overall.sizes else None
    p = p_value(comparison.overall.p_holm) if comparison else NONE
    return (*_where(fall), *_cells(fall.overall), *_cells(fall.beside), _cells(beside)[0], p)


def _size_rows(fall: Fall) -> Iterator[tuple[str, ...]]:
    for at in fall.sizes:
        yield (
            *_where(fall), str(at.size), str(at.ratio.log.pairs), number(at.inside), number(at.outside),
            *_cells(at.ratio), *_difference(at), number(at.trained_there),
        )  # fmt: skip


def _where(fall: Fall) -> tuple[str, ...]:
    return fall.way.model, fall.strategy, quantity(fall.metric or "").error_words


def _cells(of: Ratio | None) -> tuple[str, str]:
    if of is None or not of.log.pairs:
        return NONE, NONE
    return ratio(of), with_other_cases(of) or NONE


def _difference(at: FallAt) -> tuple[str, str]:
    return difference(at), difference_on_other_cases(at) or NONE
