"""Words and tables of the paired comparison."""

import math

from segaug.analysis.comparison.comparison import Comparison, SizeComparison
from segaug.findings.comparisons import ratio_cells, with_other_cases
from segaug.findings.numbers import NONE, bracketed, from_to, number, p_value
from segaug.report.blocks.tables import Table
from segaug.report.comparison.paired_trials import paired_trials
from segaug.report.comparison.strategies import Groups
from segaug.report.marks.crowd import drawn_words
from segaug.report.study.study import Study


def paired_caption(study: Study, groups: Groups) -> str:
    """Of the ratios."""
    comparisons = [comparison for group in groups for comparison in group]
    pairs = from_to((size.ratio.log.pairs for comparison in comparisons for size in comparison.sizes), str)
    shown = drawn_words(_most_seeds(study, groups), "their geometric mean ratio")
    tests = from_to({sum(len(comparison.sizes) for comparison in group) for group in groups}, str)
    return (
        f"{study.measured.name[0].upper()}{study.measured.name[1:]} of a strategy over that of "
        f"{comparisons[0].baseline} on the same subset, initial weights and batches, n = {pairs} pairs; below the "
        "line at 1 it is better.\n"
        f"Both axes are logarithmic. Thin lines: one seed each{shown}. Markers: ratio of expected errors, by the "
        "means over seeds; bars: its 95 % interval by the paired t test (Fieller), each for one comparison, for new "
        "seeds on this test set; that of few pairs may leave the axis, or have no end. Filled: p < 5 % after Holm's "
        f"correction over the {tests} strategies and sizes of a task and model. All: geometric mean of the "
        "ratios of the sizes, the primary test of a strategy, corrected over strategies."
    )


def _most_seeds(study: Study, groups: Groups) -> int:
    """That any strategy shares with the baseline."""
    paired = (pairs for group in groups for pairs in paired_trials(study, group))
    return max((len({pair.seed for pair in pairs}) for pairs in paired), default=0)


def overall_table(groups: Groups) -> Table:
    """The primary test of every strategy."""
    return Table(
        "All sizes together, each counting alike: the primary test of a strategy.\nRatio of expected errors, by means "
        "over seeds (geometric mean over sizes), below 1 is better, with 95 % intervals for new seeds on this test "
        "set, and for new seeds and new patients. p: paired t test over seeds, after Holm's correction over the "
        "strategies of a task and model, and sign flips of whole seeds, which assume no distribution, uncorrected. "
        "Correlation: of the two errors over seeds; "
        "the higher, the more pairing helps.",
        ("task", "model", "strategy", "ratio", "this test set", "new patients", "p (t, Holm)", "p (flips)",
         "pairs × sizes", "correlation"),
        tuple(_overall_row(comparison) for group in groups for comparison in group),
        strategy_column=2,
        number_columns=frozenset(range(3, 10)),
    )  # fmt: skip


def size_table(groups: Groups) -> Table:
    """Every strategy at every size."""
    return Table(
        "Each size by itself, over the seeds with a converged trial of both.\nRatio and difference of mean errors, "
        "with 95 % intervals of one comparison that leave out 1 and 0 where p of the paired t test, which is the same "
        "for both, is below 5 %. p after Holm: t test, corrected over all strategies and sizes of the task and "
        "model; p of max-t: sign flips, corrected for the same.",
        ("task", "model", "strategy", "N", "pairs", "error", "baseline", "ratio", "95 %", "difference", "95 %", "p (t)",
         "p (flips)", "p (Holm)", "p (max-t)", "correlation", "moves [px]"),
        tuple(_size_row(comparison, size) for group in groups for comparison in group for size in comparison.sizes),
        strategy_column=2,
        number_columns=frozenset(range(3, 17)),
    )  # fmt: skip


def _overall_row(comparison: Comparison) -> tuple[str, ...]:
    ratio, correlations = (
        comparison.overall.ratio,
        [size.correlation for size in comparison.sizes if math.isfinite(size.correlation)],
    )
    return (
        *comparison.key,
        *ratio_cells(ratio),
        with_other_cases(ratio) or NONE,
        p_value(comparison.overall.p_holm),
        p_value(ratio.log.p_flip),
        f"{ratio.log.pairs} × {len(comparison.overall.sizes)}",
        f"{sum(correlations) / len(correlations):.2f}" if correlations else NONE,
    )


def _size_row(comparison: Comparison, size: SizeComparison) -> tuple[str, ...]:
    difference, ratio = size.difference, size.ratio
    return (
        *comparison.key,
        str(size.size),
        str(ratio.log.pairs),
        number(size.strategy),
        number(size.baseline),
        *ratio_cells(ratio),
        number(difference.mean),
        bracketed(difference.interval),
        *map(p_value, (ratio.log.p_t, ratio.log.p_flip, size.p_holm, size.p_max_t)),
        f"{size.correlation:.2f}" if math.isfinite(size.correlation) else NONE,
        number(size.rms_px),
    )
