"""The guard against folds: a geodesic's flow is one to one, its samples on a pixel grid need not be."""

import torch
from torch import Tensor

from segaug.deform.jacobian import min_jacobian as strict_min_jacobian
from segaug.registration.maps import displacement_px
from segaug.registration.modes import Modes

SHRINK = 0.93
MOST = 20  # shrinkings: 0.93^20 = 0.23


def limit_strain(
    momentum: Tensor, modes: Modes, size: tuple[int, int], min_jacobian: float = 0.05
) -> tuple[Tensor, Tensor]:
    """Shrink the momenta whose map is too strained for the pixel grid; returns them and the factors (B,).

    A row is multiplied by 0.93 until its smallest strict Jacobian determinant is at least `min_jacobian`, 20 times at
    most; rows that need no shrinking keep their bits.  More time steps or particles do not help: the strain is there.
    """
    factor = momentum.new_ones(len(momentum))
    rows = torch.arange(len(momentum), device=momentum.device)
    for _ in range(MOST):
        shrunk = factor[rows].view(-1, 1, 1, 1) * momentum[rows]
        rows = rows[~(strict_min_jacobian(displacement_px(shrunk, modes, size)) >= min_jacobian)]
        if not len(rows):
            break
        factor[rows] *= SHRINK
    return factor.view(-1, 1, 1, 1) * momentum, factor
