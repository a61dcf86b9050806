"""Trials beside the baseline's trials on the same seeds."""

from collections.abc import Sequence
from dataclasses import dataclass

from segaug.analysis.comparison.comparison import Comparison
from segaug.report.study.study import Study

ENOUGH_PAIRS = 3  # the interval of two pairs would stretch the axis for all


@dataclass(frozen=True)
class PairedTrial:
    """One trial and its ratio to the baseline's trial of the same size and seed."""

    size: int
    seed: int
    trial: str
    error: float
    baseline: float

    @property
    def ratio(self) -> float:
        """Below 1 is better than the baseline."""
        return self.error / self.baseline


def paired_trials(study: Study, comparisons: Sequence[Comparison]) -> list[list[PairedTrial]]:
    """Every pair of each comparison of one task and model, by seed and size."""
    task, model, _ = comparisons[0].key
    seeds = study.seeds(study.measured.fitted_of(task), task, model)
    against = {(trial.size, trial.seed): trial.value for trial in seeds[comparisons[0].baseline]}
    return [
        sorted(
            (
                PairedTrial(trial.size, trial.seed, trial.trial, trial.value, against[trial.size, trial.seed])
                for trial in seeds[comparison.key.strategy]
                if (trial.size, trial.seed) in against
            ),
            key=lambda pair: (pair.seed, pair.size),
        )
        for comparison in comparisons
    ]
