"""p-values of several tests together."""

import numpy as np
from numpy.typing import ArrayLike

from segaug.analysis.law.power_law import Array


def holm(p: ArrayLike) -> Array:
    """Adjusted p-values: below the level with at most that probability for any test without an effect.

    p: (J,); NaN marks what was not tested, which stays NaN and does not count.  Source: Holm (1979).
    """
    adjusted = np.array(p, dtype=float)
    tested = np.flatnonzero(np.isfinite(adjusted))
    order = tested[np.argsort(adjusted[tested], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(factors * adjusted[order]), 1.0)
    return adjusted
