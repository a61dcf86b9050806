"""A curve without its law: for what asks the means alone."""

from dataclasses import dataclass

import pandas as pd

from segaug.analysis.curves.size_point import SizePoint, size_points
from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials, curves


@dataclass(frozen=True, eq=False)
class MeasuredCurve:
    """One (task, model, strategy), and what its trials have measured; read as a `CurveFit` is."""

    key: CurveKey
    trials: CurveTrials
    points: tuple[SizePoint, ...]  # by size; sizes without a converged trial are not in it

    @property
    def task(self) -> str:
        """Of its key."""
        return self.key.task

    @property
    def model(self) -> str:
        """Of its key."""
        return self.key.model

    @property
    def strategy(self) -> str:
        """Of its key."""
        return self.key.strategy


def measured_curves(table: pd.DataFrame) -> list[MeasuredCurve]:
    """Every curve of a table with errors, as `fit_trials` has it."""
    return [MeasuredCurve(curve.key, curve, size_points(curve)) for curve in curves(table)]
