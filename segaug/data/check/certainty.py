"""How sure it is that a mean is above zero."""

import numpy as np

FEWEST = 12  # masks, of which sums are compared


def certainty(values: np.ndarray) -> float:
    """Mean over its standard error; 0 where all values are equal."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() / error) if error > 0 else 0.0
