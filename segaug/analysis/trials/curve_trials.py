"""The trials of one curve as a grid of seeds and sizes."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segaug.analysis.law.power_law import Array
from segaug.analysis.metric import Metric
from segaug.analysis.trials.table import CURVE, measured
from segaug.errors import DataError


class CurveKey(NamedTuple):
    """Names one curve."""

    task: str
    model: str
    strategy: str

    def __str__(self) -> str:
        return "/".join(filter(None, self))


@dataclass(frozen=True, eq=False)
class CurveTrials:
    """S seeds and m sizes of one curve."""

    key: CurveKey
    sizes: Array  # (m,) N, increasing; at least one trial each, in whatever state
    seeds: NDArray[np.int64]  # (S,) increasing
    errors: Array  # (S, m), NaN where there is none; a diverged trial may have one
    status: NDArray[np.str_]  # (S, m) "ok" | "diverged" | "failed" | "missing"
    constant: float  # error of the best constant prediction; NaN where unknown
    nested: bool  # a seed's subsets grow out of one order, so that its trials are alike
    table: pd.DataFrame  # its rows

    @cached_property
    def values(self) -> Array:
        """Errors of the converged trials, NaN elsewhere: (S, m)."""
        return np.where(self.status == "ok", self.errors, np.nan)

    @cached_property
    def worse_than_constant(self) -> NDArray[np.bool_]:
        """Converged, yet worse than the best constant prediction: (S, m)."""
        return self.values > self.constant

    def count(self, status: str) -> NDArray[np.int64]:
        """Trials in this state at each size: (m,)."""
        return (self.status == status).sum(axis=0)

    def usable(self) -> "CurveTrials":
        """What a law can be fitted to: without the sizes and seeds that have no converged trial."""
        present = self.status == "ok"
        rows, columns = present.any(axis=1), present.any(axis=0)
        return replace(
            self,
            sizes=self.sizes[columns],
            seeds=self.seeds[rows],
            errors=self.errors[np.ix_(rows, columns)],
            status=self.status[np.ix_(rows, columns)],
        )


def curves(table: pd.DataFrame, metric: Metric | None) -> list[CurveTrials]:
    """Every curve of a table, by task, model and strategy.

    table: from `trials`, `study_trials` or `from_frame`; the latter has its own errors: metric None.
    Raises DataError where an error is not positive: neither a power law nor a ratio can take it.
    """
    if metric is not None:
        table = measured(table, metric)
    bad = table[(table["status"] == "ok") & ~(table["error"] > 0)]
    if len(bad):
        raise DataError(
            file=f"trial {', '.join(bad['id'])}",
            problem=f"has the error {bad['error'].iloc[0]:g}",
            fix="errors must be above 0; fit another metric, for example with --metric bce",
        )
    return [_curve(CurveKey(*map(str, key)), rows) for key, rows in table.groupby(CURVE)]


def _curve(key: CurveKey, rows: pd.DataFrame) -> CurveTrials:
    sizes, column = np.unique(rows["size"].to_numpy(), return_inverse=True)
    seeds, row = np.unique(rows["seed"].to_numpy(), return_inverse=True)
    errors = np.full((len(seeds), len(sizes)), np.nan)
    errors[row, column] = rows["error"]
    status = np.full(errors.shape, "missing", dtype="<U8")
    status[row, column] = rows["status"]
    return CurveTrials(
        key=key,
        sizes=sizes.astype(float),
        seeds=seeds,
        errors=errors,
        status=status,
        constant=float(rows["constant"].max()),  # one data set, one value; trials without a record have none
        nested=bool((rows["subset_policy"] == "nested").any()),
        table=rows,
    )
