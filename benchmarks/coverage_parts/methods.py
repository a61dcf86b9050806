"""Other intervals than the default's, on the same trials: why neither covariances nor plain percentiles are used."""

import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import curve_fit
from scipy.stats import t as student

from segaug.analysis.law.noise import SizeMeans, weighted_means
from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.resample import draw_seeds, kappa, resampled_means
from segaug.analysis.law.solver import B_MAX, B_MIN, solve
from segaug.analysis.law.weighted_law import fit_law

from .effort import Effort, mean_and_worst
from .judged import QUANTITIES, holds, quantities, reference_sizes
from .laws import Setting
from .scipy_fit import BOUNDS, law
from .table import Band, Row, Table
from .truths import Design, Truth

_TAILS = 0.025, 0.975
Ends = tuple[Array, Array]  # low and high of `QUANTITIES`, each (Q,)


def covariance(data: SizeMeans, values: Array) -> Ends:
    """Delta method on the covariance that scipy's unweighted fit returns, as published studies do it."""
    start = solve(data.sizes, data.means[None], data.counts)[0]
    inside = np.clip([start.a, start.b, start.c], [1e-12, B_MIN * 1.001, 1e-12], [np.inf, B_MAX * 0.999, np.inf])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns where a covariance does not exist
        found, pcov = curve_fit(law, np.tile(data.sizes, len(values)), values.ravel(), inside, bounds=BOUNDS)
    gradient = _gradient(found, data.sizes)
    half = student.ppf(_TAILS[1], values.size - 3) * np.sqrt(np.einsum("qi,ij,qj->q", gradient, pcov, gradient))
    estimate = quantities(PowerLaw(*found), data.sizes)
    return estimate - half, estimate + half


def _gradient(parameters: Array, sizes: Array) -> Array:
    """Of each quantity by each parameter, (Q, 3), by central differences."""
    columns = []
    for step in np.diag(1e-6 * np.maximum(parameters, 1e-6)):
        up, down = (quantities(PowerLaw(*(parameters + sign * step)), sizes) for sign in (1, -1))
        columns.append((up - down) / (2 * step.sum()))
    return np.stack(columns, axis=1)


def percentiles(data: SizeMeans, values: Array, *, weights: Array, inflated: bool) -> Ends:
    """Of 1,000 draws of the seeds.  inflated: by `kappa`."""
    means = resampled_means(values, draw_seeds(range(len(values)), "methods").counts)
    if not inflated:
        means = data.means + (means - data.means) / kappa(len(values))
    laws = solve(data.sizes, means, weights)
    errors, last = laws.predict(reference_sizes(data.sizes)), data.sizes[-1]
    columns = errors[:, 0], errors[:, 1], laws.slope(last), laws.b, laws.c, laws.floor_share(last), *errors[:, 2:].T
    return tuple(np.quantile(np.stack(columns), _TAILS, axis=1))


def profiles(data: SizeMeans, values: Array) -> Ends:
    """The default; the values add nothing to their means."""
    found = fit_law(data)
    low, high = found.profile.error(reference_sizes(data.sizes))
    shape = [one.interval for one in (found.slope, found.b, found.floor, found.floor_share)]
    return (
        np.array([*low[:2], *(one.low for one in shape), *low[2:]]),
        np.array([*high[:2], *(one.high for one in shape), *high[2:]]),
    )


METHODS: dict[str, Callable[[SizeMeans, Array], Ends]] = {
    "unweighted, covariance": covariance,
    "unweighted, percentile": lambda data, values: percentiles(data, values, weights=data.counts, inflated=False),
    "weighted, percentile": lambda data, values: percentiles(data, values, weights=data.precision, inflated=False),
    "same, with kappa": lambda data, values: percentiles(data, values, weights=data.precision, inflated=True),
    "weighted, profile": profiles,
}
_ACCEPTED = {("unweighted, covariance", "E(Nmax)"): Band(98)}


def methods(effort: Effort) -> list[Table]:
    repetitions = max(effort.repetitions // 4, 2)
    found = effort.over_truths(partial(simulate, repetitions))
    rows = []
    for number, method in enumerate(METHODS):
        for design, cells in found.items():
            hits = np.array(cells)[:, :, number]
            texts = (mean_and_worst(hits[..., q], _ACCEPTED.get((method, name))) for q, name in enumerate(QUANTITIES))
            rows.append(Row((method, str(design)), tuple(texts)))
    note = f"{repetitions} repetitions of each truth.  Covariance intervals have to fail: they are far too wide for E."
    return [
        Table("Other intervals on the same trials, S = 20: coverage", ("method", "sizes", *QUANTITIES), rows, (note,))
    ]


def simulate(repetitions: int, cell: tuple[Design, Truth]) -> NDArray[np.bool_]:
    """(R, methods, Q): is the truth covered?"""
    design, truth = cell
    expected = quantities(truth.law(design), design.sizes)
    return np.array([list(_covered(design.sizes, v, expected)) for v in Setting("").trials(design, truth, repetitions)])


def _covered(sizes: Array, values: Array, expected: Array) -> Iterator[list[bool]]:
    data = weighted_means(sizes, values)
    for method in METHODS.values():
        low, high = method(data, values)
        yield [bool(holds(*ends)) for ends in zip(low, high, expected, strict=True)]
