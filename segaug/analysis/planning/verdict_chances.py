"""How often a design will print each verdict, by the rules of `verdict`, if the planned law is true.

The chance that the interval of the floor leaves out zero is no forecast of that: it promised up to 28 points more than
simulated studies printed, as "identified" asks for a floor of at least 5 % of the error.

Shapes: B draws.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.distributions import f_tail
from segaug.analysis.law.lack_of_fit import DOUBTFUL, REJECTED
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.profile import threshold
from segaug.analysis.law.solver import B_GRID
from segaug.analysis.law.verdict import BOUNDED, EXPONENT_RATIO, IDENTIFIED
from segaug.analysis.planning.drawn_curves import DrawnCurves

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class VerdictChances:
    """Probabilities; those of the floor add up to 1."""

    identified: float  # the floor: it is said between which values it lies; also where a curve is flat
    bounded: float  # it is said below which value it would lie
    not_identifiable: float
    law_rejected: float
    exponent: float  # b is identified


NOTHING = VerdictChances(0.0, 0.0, 1.0, 0.0, 0.0)  # with too few sizes


@dataclass(frozen=True, eq=False)
class DrawnVerdicts:
    """Of each draw, (B,)."""

    identified: Mask
    bounded: Mask
    law_rejected: Mask
    exponent: Mask

    @property
    def chances(self) -> VerdictChances:
        """Shares of the draws."""
        other = ~(self.identified | self.bounded | self.law_rejected)
        shares = (self.identified, self.bounded, other, self.law_rejected, self.exponent)
        return VerdictChances(*(float(mask.mean()) for mask in shares))


def drawn_verdicts(curves: DrawnCurves, dof: int) -> DrawnVerdicts:
    """dof: degrees of freedom of the estimated spread."""
    falling, floor = curves.best_floor
    error = falling + floor
    share = np.divide(floor, error, out=np.full_like(error, np.nan), where=error > 0)  # without an error, of nothing
    chi2 = curves.best_rss / curves.scale
    df = len(curves.sizes) - np.where(falling == 0, 1, np.where(floor == 0, 2, 3))
    p = np.where(df > 0, f_tail(chi2 / np.maximum(df, 1), np.maximum(df, 1), dof), 1.0)
    inflation = np.where(p < DOUBTFUL, chi2 / np.maximum(df, 1), 1.0)
    limit = curves.best_rss + threshold(dof) * inflation * curves.scale
    rejected = p < REJECTED
    identified = ~rejected & (share >= IDENTIFIED) & (curves.rss_with_share(IDENTIFIED) >= limit)
    bounded = ~rejected & ~identified & (share <= BOUNDED) & (curves.rss_with_share(BOUNDED) >= limit)
    return DrawnVerdicts(identified, bounded, rejected, ~rejected & _narrow(curves.rss_of_b, limit))


def _narrow(rss: Array, limit: Array) -> Mask:
    """Is the interval of b closed, and does it span at most `EXPONENT_RATIO`?  rss: (B, 160), over `B_GRID`."""
    row, last_node = np.arange(len(rss)), len(B_GRID) - 1
    excess, log_b = rss - limit[:, None], np.log(B_GRID)
    accepted = excess <= 0
    first, last = accepted.argmax(axis=1), last_node - accepted[:, ::-1].argmax(axis=1)
    closed = (first > 0) & (last < last_node)
    ends = []
    for inside, outside in ((first, np.maximum(first - 1, 0)), (last, np.minimum(last + 1, last_node))):
        beyond = excess[row, outside] - excess[row, inside]
        share = np.divide(excess[row, outside], beyond, out=np.zeros(len(rss)), where=beyond > 0)
        ends.append(log_b[outside] + share * (log_b[inside] - log_b[outside]))
    # Where no node is accepted, the interval lies between two of them.
    return ~accepted.any(axis=1) | (closed & (ends[1] - ends[0] <= math.log(EXPONENT_RATIO)))
