"""One curve as a comparison reads it: on the grid of seeds and sizes that the strategies of its task share."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.law.noise import SizeMeans, weighted_means
from segaug.analysis.law.power_law import Array, PowerLaws
from segaug.analysis.law.resample import Counts, resampled_means
from segaug.analysis.law.solver import solve
from segaug.analysis.law.verdict import TOO_FEW_SIZES, too_few_sizes
from segaug.analysis.law.weighted_law import LawFit, fit_law


@dataclass(frozen=True, eq=False)
class ComparedCurve:
    """S seeds, m sizes, B draws of the seeds.  Everything below the fields leaves out sizes without a trial."""

    grid: Array  # (m,) sizes
    values: Array  # (S, m), NaN where there is no converged trial
    draws: Counts  # (B, S)
    nested: bool = False  # as in `weighted_means`

    @cached_property
    def measured(self) -> NDArray[np.bool_]:
        """Sizes with a trial, (m,)."""
        return np.logical_or.reduce(np.isfinite(self.values), axis=0)

    @property
    def trials(self) -> Array:
        """The values at those sizes, (S, m')."""
        return self.values[:, self.measured]

    @cached_property
    def data(self) -> SizeMeans:
        """Size means and their precision."""
        return weighted_means(self.grid[self.measured], self.trials, nested=self.nested)

    @cached_property
    def fit(self) -> LawFit | None:
        """The law; None where it is not to be trusted, see `no_law`."""
        fit = None if too_few_sizes(self.data.sizes) else fit_law(self.data)
        return None if fit is None or fit.lack_of_fit.rejected else fit

    @property
    def no_law(self) -> str:
        """Why there is no law; "" where there is one."""
        if self.fit is not None:
            return ""
        return f"a law {TOO_FEW_SIZES}" if too_few_sizes(self.data.sizes) else "the law does not fit"

    @cached_property
    def resampled(self) -> Array:
        """Size means of each draw, (B, m'); needs two seeds."""
        return resampled_means(self.trials, self.draws)

    @cached_property
    def resampled_laws(self) -> PowerLaws:
        """Laws of these, with the weights of the fit."""
        return solve(self.data.sizes, self.resampled, self.data.precision)
