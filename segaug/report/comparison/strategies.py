"""Strategies beside their baseline, as the report shows them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from segaug.analysis.comparison.compare import BASELINE, compare_trials
from segaug.analysis.comparison.comparison import Comparison
from segaug.analysis.trials.measured import measured, measured_cases
from segaug.analysis.trials.table import study_trials
from segaug.findings.comparisons import not_compared, on_pairs, worth_method
from segaug.report.look.palette import in_order
from segaug.report.study.study import Study

CONTROL = "random_elastic_intensity"  # changes of the kind that generators learn, at random
Groups = Sequence[Sequence[Comparison]]  # of each task and model, strategies in the order of the palette


@dataclass(frozen=True)
class Compared:
    """Everything that the study compares."""

    groups: Groups  # with at least one pair each
    unpaired: tuple[str, ...]  # curves that cannot be compared, and why


@lru_cache(maxsize=2)  # answers and comparison show the same, against two baselines
def compared(study: Study, baseline: str = BASELINE) -> Compared:
    """Every strategy against one of them; raises as `compare_trials` does."""
    table = measured(study_trials(study.snapshot), study.metric)
    comparisons = compare_trials(table, None, measured_cases(table, study.snapshot.cases), baseline)
    paired = [comparison for comparison in comparisons.found if comparison.sizes]
    groups = (
        {comparison.key.strategy: comparison for comparison in group}
        for _, group in groupby(paired, key=lambda comparison: comparison.key[:2])
    )
    alone = [f"{' · '.join(key)}: {not_compared(baseline)}" for key in comparisons.without_baseline]
    lonely = [
        f"{' · '.join(comparison.key)}: {note}"
        for comparison in comparisons.found
        if not comparison.sizes
        for note in comparison.notes
    ]
    return Compared([[group[strategy] for strategy in in_order(group)] for group in groups], (*lonely, *alone))


def comparison_notes(groups: Groups) -> list[str]:
    """What is peculiar about single comparisons."""
    comparisons = (comparison for group in groups for comparison in group)
    return [f"{' · '.join(comparison.key)}: {note}" for comparison in comparisons for note in _notes(comparison)]


def _notes(comparison: Comparison) -> Iterator[str]:
    yield from comparison.notes
    if method := worth_method(comparison):
        yield method
    if comparison.overall.ratio.log.disagree:
        yield "t test and sign flips disagree about 5 % over all sizes"
    yield from on_pairs(comparison)
