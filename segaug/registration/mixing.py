"""Mixtures of momenta of one image: they live in one linear space, so a mixture shoots a geodesic as well."""

from torch import Tensor


def mix(momenta: Tensor, weights: Tensor) -> Tensor:
    """Weighted sums; momenta (B, n, 2, k, k), weights (B, n) that are not negative and sum to 1; returns (B, 2, k, k).

    The energy is convex, so a mixture never has more than its largest part.  A weight of exactly 1 keeps the bits of
    its momentum.
    """
    return (momenta * weights[:, :, None, None, None]).sum(1)
