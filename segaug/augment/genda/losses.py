"""What fields are trained for beside being taken for real; derivatives are in pixels of the working grid."""

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.jacobian import corner_jacobians

_LEAST_DETERMINANT = 0.05  # below it the folding penalty sets in


def roughness(field_px: Tensor) -> Tensor:
    """Squared norm of a field's derivative (one-sided differences), mean over the pixels; (B, 2, H, W)."""
    return torch.stack([torch.diff(field_px, dim=axis).square().sum(1).mean() for axis in (2, 3)]).sum()


def folding(field_px: Tensor) -> Tensor:
    """Mean over all cells and corners of max(0, 0.05 - det J); 0 where no strict determinant is below 0.05."""
    return torch.stack([F.relu(_LEAST_DETERMINANT - corner).mean() for corner in corner_jacobians(field_px)]).mean()
