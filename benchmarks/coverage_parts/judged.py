"""Curves fitted to simulated trials, beside what was true.

Shapes: R repetitions, Q quantities.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segaug.analysis.law.noise import SizeMeans, weighted_means
from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.verdict import verdict
from segaug.analysis.law.weighted_law import LawFit, fit_law

Curve = Callable[[ArrayLike], Array]  # sizes -> true errors
Fitter = Callable[[SizeMeans], LawFit]
QUANTITIES = ("E(Nref)", "E(Nmax)", "slope", "b", "c", "phi", "E(2Nmax)", "E(4Nmax)")
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Judged:
    """R fits of one cell; quantities in the order of `QUANTITIES`."""

    truth: Array  # (Q,)
    value: Array  # (R, Q)
    low: Array  # (R, Q)
    high: Array  # (R, Q)
    p: Array  # (R,) of lack of fit, NaN where it cannot be tested
    floor: NDArray[np.str_]  # (R,) verdict
    exponent: NDArray[np.bool_]  # (R,) identified

    def covered(self, quantity: str) -> NDArray[np.bool_]:
        """Does the interval of each repetition hold the truth?  (R,)."""
        column = QUANTITIES.index(quantity)
        return holds(self.low[:, column], self.high[:, column], self.truth[column])


def holds(low: Array, high: Array, truth: float) -> NDArray[np.bool_]:
    """Which intervals hold the truth, up to rounding: a bound such as c = 0 is often both."""
    margin = _ROUNDING * max(abs(truth), _ROUNDING)
    return (low <= truth + margin) & (truth - margin <= high)


def reference_sizes(sizes: Array) -> Array:
    """The middle size, the largest, and two beyond it."""
    return np.array([sizes[len(sizes) // 2], sizes[-1], 2 * sizes[-1], 4 * sizes[-1]])


def quantities(law: PowerLaw, sizes: Array) -> Array:
    """Of a law with these sizes, (Q,)."""
    return _arranged(
        law.predict(reference_sizes(sizes)), law.slope(sizes[-1]), law.b, law.c, law.floor_share(sizes[-1])
    )


def judge(
    sizes: Array, trials: Iterable[Array], truth: Array, fit: Fitter = fit_law, *, nested: bool = False
) -> Judged:
    """Fit each set of trials (S, m).  nested: what is known about their subsets."""
    rows = [_judge_one(sizes, weighted_means(sizes, values, nested=nested), fit) for values in trials]
    return Judged(truth, *map(np.array, zip(*rows, strict=True)))


def _judge_one(sizes: Array, data: SizeMeans, fit: Fitter) -> tuple[Array, Array, Array, float, str, bool]:
    found = fit(data)
    shape = [one.interval for one in (found.slope, found.b, found.floor, found.floor_share)]
    low, high = found.profile.error(reference_sizes(sizes))
    said = verdict(found)
    return (
        quantities(found.law, sizes),
        _arranged(low, *(one.low for one in shape)),
        _arranged(high, *(one.high for one in shape)),
        np.nan if found.lack_of_fit.p is None else found.lack_of_fit.p,
        said.floor,
        said.exponent == "identified",
    )


def _arranged(errors: Array, *shape: float) -> Array:
    """In the order of `QUANTITIES`; errors: at the reference sizes."""
    return np.concatenate([errors[:2], shape, errors[2:]])
