"""The fit of the scaling study: unweighted least squares of E(N) = a N^-b + c over all trials of one curve.

Source: "fitted by non-linear least squares" per task and network, arXiv 2511.13883; its settings are not published.
The spread within a size does not depend on the law, so this is the fit to the size means, weighted by trial numbers.
It comes without intervals: those from the covariance matrix of such a fit are at least twice too wide for E(N), and
hold c in as few as 66 % of cases (measured: benchmarks/coverage.py).
"""

from dataclasses import dataclass

import numpy as np

from segaug.analysis.law.noise import SizeMeans
from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.solver import solve


@dataclass(frozen=True, eq=False)
class Published:
    """The unweighted law of a curve."""

    law: PowerLaw
    residuals: Array  # (m,) size mean minus law
    rss: float  # over all trials
    r2: float  # share of the variation between the size means that the law explains


def fit_published(data: SizeMeans) -> Published:
    """Fit at least three sizes."""
    law = solve(data.sizes, data.means[None], data.counts, polish=True)[0]
    residuals = data.means - law.predict(data.sizes)
    between = float(data.counts @ residuals**2)
    within = float(np.nansum((data.counts - 1) * data.variance))
    return Published(law, residuals, between + within, _r2(between, data))


def _r2(between: float, data: SizeMeans) -> float:
    """1 for a perfect fit; 0 where the law is no better than a constant, or where there is nothing to explain."""
    total = float(data.counts @ (data.means - np.average(data.means, weights=data.counts)) ** 2)
    return 1 - between / total if total > 0 else 0.0
