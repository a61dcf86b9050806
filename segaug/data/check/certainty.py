"""How sure it is that a mean is above zero."""

from typing import NamedTuple

import numpy as np

from segaug.data.check.report import Note

FEWEST = 12  # masks, of which sums are compared


def certainty(values: np.ndarray) -> float:
    """Mean over its standard error; 0 where all values are equal."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() / error) if error > 0 else 0.0


class Displaced(NamedTuple):
    """Masks that fit better elsewhere.  fit: how well there, in the mean, by the kind of edge that fits best."""

    fit: float
    note: Note
