"""The trials of one curve as a grid of seeds and sizes.

Seeds may share subsets of the pool (`protocol.seeds_per_subset`): their trials at one size have the same images, and
are alike.  What is independent are the subsets, so all means, intervals and draws take `CurveTrials.replicates`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segaug.analysis.law.power_law import Array
from segaug.analysis.metric import Metric, column
from segaug.analysis.trials.measured import NOT_MEASURED, measured, metrics_to_compare
from segaug.errors import DataError
from segaug.measures import Quantity, quantity
from segaug.results.keys import CURVE
from segaug.results.states import STATUSES
from segaug.ways import plain_strategy


class CurveKey(NamedTuple):
    """Names one curve."""

    task: str
    model: str
    strategy: str

    def __str__(self) -> str:
        return "/".join(filter(None, self))

    @property
    def plain(self) -> "CurveKey":
        """Of the same networks without another way of predicting."""
        return self._replace(strategy=plain_strategy(self.strategy)[0])

    @property
    def protocol(self) -> str:
        """What a sweep over protocols has named it after: "length=896" of "baseline [length=896]"; else ""."""
        _, _, words = self.strategy.partition(" [")
        return words.removesuffix("]")


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
    table: pd.DataFrame  # its rows, without those that have not measured the metric
    metric: Metric | None = None  # None: the errors of a table from elsewhere
    seeds_per_subset: int = 1  # k: seeds k i to k i + k - 1 share their subsets
    unmeasured: tuple[tuple[int, int], ...] = ()  # (size, seed) of converged trials that lack the metric

    @property
    def quantity(self) -> Quantity | None:
        """What the metric is an error of."""
        return quantity(self.metric) if self.metric else None

    @property
    def counted(self) -> Literal["images", "patients"]:
        """What N counts: "images", or "patients" where the protocol says so."""
        return "patients" if (column(self.table, "count") == "patients").any() else "images"

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

    def replicates(self) -> "CurveTrials":
        """A row a subset: the mean over its converged trials, since those that share images are no replicates.

        A subset has the best state of its trials.  Where no seeds share a subset: the trials themselves.
        """
        if self.seeds_per_subset == 1:
            return self
        status = np.stack([_best(block) for block in self._blocks(self.status)])
        subsets = np.unique(self.seeds // self.seeds_per_subset)
        return replace(self, seeds=subsets, errors=self.by_subset(self.values), status=status, seeds_per_subset=1)

    def by_subset(self, values: Array) -> Array:
        """Means over the trials of each subset; values: (S, ...), NaN where there is none.  Returns (U, ...)."""
        if self.seeds_per_subset == 1:
            return values
        return np.stack([_mean(block) for block in self._blocks(values)])

    def _blocks(self, values: NDArray[Any]) -> list[NDArray[Any]]:
        """The rows of the seeds of each subset."""
        _, first = np.unique(self.seeds // self.seeds_per_subset, return_index=True)
        return np.split(values, first[1:])


def of_own_trials(curves: Sequence[CurveTrials]) -> list[CurveTrials]:
    """Without those of further ways of predicting: their trials are those of the plain one, if that is among them."""
    there = {curve.key for curve in curves}
    return [curve for curve in curves if curve.key.plain == curve.key or curve.key.plain not in there]


def curves(table: pd.DataFrame, metric: Metric | None = None) -> list[CurveTrials]:
    """Every curve of a table that has measured the metric, by task, model and strategy.

    table: from `trials` or `study_trials`, or with errors of its own, from `measured` or `from_frame`: metric None.
    Raises DataError where an error is not positive: neither a power law nor a ratio can take it.
    """
    if metric is not None:
        table = measured(table, metric)
    bad = table[(table["status"] == "ok") & ~(table["error"] > 0)]
    if len(bad):
        raise DataError(
            file=f"trial {', '.join(bad['id'])}",
            problem=f"has the error {bad['error'].iloc[0]:g}",
            fix=f"laws and ratios need errors above 0; {_instead(table, bad)}",
        )
    facts = _facts(table)
    lacking = table["status"] == NOT_MEASURED
    kept = table[~lacking] if lacking.any() else table
    return [
        _curve(key, rows, facts)
        for key, rows in _by_curve(kept)
        if key not in facts.unmeasured or (rows["status"] == "ok").any()
    ]


def _instead(table: pd.DataFrame, bad: pd.DataFrame) -> str:
    """What to fit where some errors are not positive: never what was just tried."""
    if "metric" not in table:
        return "leave these trials out, or give another error"
    tasks = table[table["task"].isin(bad["task"])]
    positive, _ = metrics_to_compare(tasks)
    others = [metric for metric in positive if metric not in set(bad["metric"])]
    if not others:
        return "whatever else was measured is 0 in places, too: test on more, or harder, images"
    return f"choose an error that is so in every trial: {', '.join(others)}"


def _by_curve(table: pd.DataFrame) -> Iterator[tuple[CurveKey, pd.DataFrame]]:
    return ((CurveKey(*map(str, key)), rows) for key, rows in table.groupby([*CURVE]))


class _Facts(NamedTuple):
    """What a table says of whole curves; asked of each by itself it would take as long as all the rest."""

    metrics: dict[str, Metric]  # by task
    seeds_per_subset: dict[CurveKey, int]  # where it is not 1; a protocol, and so a curve, has one
    unmeasured: dict[CurveKey, list[tuple[int, int]]]  # where there are any


def _facts(table: pd.DataFrame) -> _Facts:
    lacking = table[table["status"] == NOT_MEASURED]
    tasks = table.drop_duplicates("task") if "metric" in table else table[:0]
    shared = table[column(table, "seeds_per_subset") > 1]
    return _Facts(
        dict(zip(tasks["task"], tasks.get("metric", ()), strict=True)),
        {key: int(rows["seeds_per_subset"].max()) for key, rows in _by_curve(shared)},
        {key: sorted(zip(rows["size"], rows["seed"], strict=True)) for key, rows in _by_curve(lacking)},
    )


def _curve(key: CurveKey, rows: pd.DataFrame, facts: _Facts) -> CurveTrials:
    sizes, place = np.unique(rows["size"].to_numpy(), return_inverse=True)
    seeds, row = np.unique(rows["seed"].to_numpy(), return_inverse=True)
    errors = np.full((len(seeds), len(sizes)), np.nan)
    errors[row, place] = rows["error"]
    status = np.full(errors.shape, "missing", dtype="<U8")
    status[row, place] = rows["status"]
    return CurveTrials(
        key=key,
        sizes=sizes.astype(float),
        seeds=seeds,
        errors=errors,
        status=status,
        constant=float(rows["constant"].max()),  # one data set, one value; trials without a record have none
        nested=bool((rows["subset_policy"] == "nested").any()),
        table=rows,
        metric=facts.metrics.get(key.task),
        seeds_per_subset=facts.seeds_per_subset.get(key, 1),
        unmeasured=tuple(facts.unmeasured.get(key, ())),
    )


def _best(status: NDArray[np.str_]) -> NDArray[np.str_]:
    """State of a subset at each size, (m,); status: (k, m)."""
    return np.select([(status == state).any(axis=0) for state in STATUSES], list(STATUSES), "missing")


def _mean(values: Array) -> Array:
    """Over the first axis, of what is there; NaN where nothing is."""
    present = np.isfinite(values)
    count = present.sum(axis=0)
    mean: Array = np.where(count > 0, np.where(present, values, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return mean
