"""Intervals of E(N) by other tools, on trials of one curve.

Shapes: S seeds, m sizes, n sizes that are asked for.
"""

import importlib.util
import warnings
from collections.abc import Callable

import numpy as np
from scipy.optimize import curve_fit
from scipy.stats import t as student

from segaug.analysis.law.power_law import Array
from segaug.analysis.law.solver import B_MAX, B_MIN, solve

from .scipy_fit import BOUNDS, law

Ends = tuple[Array, Array]  # low and high, each (n,)


Intervals = Callable[[Array, Array, Array], Ends]  # sizes (m,), trials (S, m), sizes asked for (n,) -> of 95 %


def _unweighted(sizes: Array, values: Array, at: Array) -> Ends:
    """All trials alike, with the covariance that curve_fit returns."""
    return _delta(np.tile(sizes, len(values)), values.ravel(), None, sizes, values, at)


def _weighted(sizes: Array, values: Array, at: Array) -> Ends:
    """`curve_fit(sigma=sd of each size)`, as a careful user calls it."""
    return _delta(
        np.tile(sizes, len(values)), values.ravel(), np.tile(values.std(axis=0, ddof=1), len(values)), sizes, values, at
    )


def _delta(x: Array, y: Array, sigma: Array | None, sizes: Array, values: Array, at: Array) -> Ends:
    start = solve(sizes, values.mean(axis=0)[None], np.ones(len(sizes)))[0]
    inside = np.clip([start.a, start.b, start.c], [1e-12, B_MIN * 1.001, 1e-12], [np.inf, B_MAX * 0.999, np.inf])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns where a covariance does not exist
        try:
            found, covariance = curve_fit(law, x, y, inside, sigma=sigma, absolute_sigma=False, bounds=BOUNDS)
        except RuntimeError:  # no convergence: no interval, which covers nothing
            return np.full(len(at), np.nan), np.full(len(at), np.nan)
    steps = np.diag(1e-6 * np.maximum(found, 1e-6))
    gradient = np.stack([(law(at, *(found + h)) - law(at, *(found - h))) / (2 * h.sum()) for h in steps], axis=1)
    half = student.ppf(0.975, len(y) - 3) * np.sqrt(np.einsum("ni,ij,nj->n", gradient, covariance, gradient))
    estimate = law(at, *found)
    return estimate - half, estimate + half


def _simple_scaling_laws(sizes: Array, values: Array, at: Array) -> Ends:
    """simple-scaling-laws 0.2.0 with its defaults; each trial is a run on a subset of its own."""
    import polars as pl
    from simple_scaling_laws import fit

    seeds = np.arange(len(values))
    runs = [f"{size:.0f}-{seed}" for seed in seeds for size in sizes]
    table = pl.DataFrame(
        {
            "training_run_id": runs,
            "train_set_id": runs,
            "optimizer_seed": np.repeat(seeds, len(sizes)),
            "dataset_size__n_subjects": np.tile(sizes, len(values)),
            "test_loss__error": values.ravel(),
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fit(table).predict(pl.DataFrame({"dataset_size__n_subjects": at}))
    return tuple(found[f"test_loss__error__{end}"].to_numpy() for end in ("q025", "q975"))


_OTHER = "simple_scaling_laws"
SLOW = ("simple-scaling-laws",)  # seconds a curve
PEERS: dict[str, Intervals] = {"curve_fit, unweighted": _unweighted, "curve_fit(sigma=sd)": _weighted}
if importlib.util.find_spec(_OTHER):
    PEERS["simple-scaling-laws"] = _simple_scaling_laws
MISSING = (
    "" if importlib.util.find_spec(_OTHER) else "simple-scaling-laws is not installed (needs Python 3.12): no row."
)
