"""What a design costs, by what the trials of its pilot took."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segaug.analysis.law.power_law import Array
from segaug.analysis.planning.forecast import Design
from segaug.analysis.trials.curve_trials import CurveTrials, of_own_trials

_SECONDS_PER_HOUR = 3600
_GROWS = 1.05  # times as many updates at the largest size as at the smallest: their number follows N


@dataclass(frozen=True)
class Cost:
    """Of all planned curves together."""

    trials: int  # that no pilot has run yet
    hours: float | None  # of one worker for these trials; None: unknown
    images: int  # labelled training images: the largest N

    @property
    def price(self) -> float:
        """What designs are compared by: hours, or trials where hours are unknown."""
        return self.trials if self.hours is None else self.hours


def cost(curves: Sequence[CurveTrials], design: Design) -> Cost:
    """Cost of giving every curve all sizes and seeds of a design; trials that are there are not run again.

    A curve of another way of predicting is of the trials that the plain one pays for.
    """
    curves = of_own_trials(curves)
    lacking = np.array([_lacking(curve, design) for curve in curves])
    seconds = np.array([seconds_per_trial(curve.table, design.sizes) for curve in curves])
    hours = float((lacking * seconds).sum()) / _SECONDS_PER_HOUR
    return Cost(int(lacking.sum()), hours if np.isfinite(hours) else None, design.sizes[-1])


@dataclass(frozen=True)
class TaskImages:
    """What a task's images cost beside those that N counts."""

    task: str
    validation: int  # labelled for validation, whatever N
    pool: int  # images that subsets are drawn from


def task_images(curves: Sequence[CurveTrials]) -> tuple[TaskImages, ...]:
    """Of every task of a study."""
    rows = pd.concat([curve.table for curve in curves]).dropna(subset=["validation_labels", "pool"])
    most = rows.groupby("task")[["validation_labels", "pool"]].max()
    images = most.astype(int).to_dict("index").items()
    return tuple(TaskImages(str(task), row["validation_labels"], row["pool"]) for task, row in images)


def seconds_per_trial(table: pd.DataFrame, sizes: Sequence[int]) -> Array:
    """Mean seconds of one trial at each size, NaN where no trial tells: (n,).

    table: trials of one curve.  Between measured sizes ln seconds is straight in ln N.  Below them a trial takes as
    long as at the smallest; above them in proportion to its updates, which either follow N or stay as they are.
    """
    known = table.dropna(subset=["seconds"]).groupby("size")["seconds"].mean()
    if known.empty:
        return np.full(len(sizes), np.nan)
    log_size, wanted = np.log(known.index.to_numpy(dtype=float)), np.log(np.asarray(sizes, dtype=float))
    inside = np.exp(np.interp(wanted, log_size, np.log(known.to_numpy())))
    beyond = np.exp(np.maximum(wanted - log_size[-1], 0.0)) if updates_follow_size(table) else 1.0
    seconds: Array = inside * beyond
    return seconds


def updates_follow_size(table: pd.DataFrame) -> bool:
    """Do larger training sets get more updates, as with a fixed number of epochs?  table: trials of one curve."""
    updates = table.dropna(subset=["updates"]).groupby("size")["updates"].mean()
    return len(updates) > 1 and bool(updates.iloc[-1] > _GROWS * updates.iloc[0])


def _lacking(curve: CurveTrials, design: Design) -> Array:
    """Trials of each size that are still to be run; a diverged one is a result, and is not.

    A design counts seeds that have a subset each; where they share them, it takes so many trials for each.
    """
    done = dict(zip(curve.sizes, curve.count("ok") + curve.count("diverged"), strict=True))
    return np.array(
        [max(design.seeds * curve.seeds_per_subset - int(done.get(size, 0)), 0) for size in design.sizes], dtype=float
    )
