"""A curve without its law: for what asks the means alone."""

from dataclasses import dataclass

import pandas as pd

from segaug.analysis.curves.size_point import SizePoint, size_points
from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials, curves


@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredCurve:
    """One (task, model, strategy), and what its trials have measured."""

    key: CurveKey
    trials: CurveTrials
    points: tuple[SizePoint, ...]  # by size; sizes without a converged trial are not in it

    @property
    def task(self) -> str:
        """Data set and structure."""
        return self.key.task

    @property
    def model(self) -> str:
        """Network."""
        return self.key.model

    @property
    def strategy(self) -> str:
        """Augmentation."""
        return self.key.strategy


def measured_curves(table: pd.DataFrame) -> list[MeasuredCurve]:
    """Every curve of a table with errors, as `fit_trials` has it."""
    return [MeasuredCurve(key=curve.key, trials=curve, points=size_points(curve)) for curve in curves(table)]
