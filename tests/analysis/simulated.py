"""Trials of a known law, with the noise of a scaling study."""

import numpy as np

DESIGNS = {"8..64": 2.0 ** np.arange(3, 7), "4..128": 2.0 ** np.arange(2, 8), "1..512": 2.0 ** np.arange(10)}
ERROR = 0.1  # at the largest size


def errors(sizes, b, floor_share, max_size=None):
    """The law with E(max_size) = ERROR, at any sizes."""
    relative = np.asarray(sizes) / (max_size or np.max(sizes))
    return ERROR * ((1 - floor_share) * relative**-b + floor_share)


def coefficient_of_variation(sizes):
    """30 % at N = 1, 5 % at N = 512."""
    return 0.3 * np.asarray(sizes) ** (-np.log(6) / np.log(512))


def trials(rng, sizes, b, floor_share, seeds=20, correlation=0.0):
    """(S, m) lognormal around the law; correlation: of a seed's logarithms at two sizes."""
    spread = np.sqrt(np.log1p(coefficient_of_variation(sizes) ** 2))
    own, shared = rng.standard_normal((seeds, len(sizes))), rng.standard_normal((seeds, 1))
    normal = np.sqrt(1 - correlation) * own + np.sqrt(correlation) * shared
    return errors(sizes, b, floor_share) * np.exp(spread * normal - spread**2 / 2)
