"""Does a field fold?"""

import torch
from torch import Tensor


def min_jacobian(displacement_px: Tensor) -> Tensor:
    """Smallest Jacobian determinant of p -> p + displacement(p) over each image; 0 or less is a fold.

    displacement_px: (B, 2, H, W), (row, column).  Returns (B,).  Strict: see `corner_jacobians`.
    """
    return torch.stack([areas.flatten(1).amin(1) for areas in corner_jacobians(displacement_px)]).amin(0)


def jacobian(displacement_px: Tensor) -> Tensor:
    """Map of the determinant of p -> p + displacement(p): in each cell of four pixels the smallest of its corners.

    Returns (B, H - 1, W - 1); strict as `min_jacobian`, so a cell folds where this is 0 or less.
    """
    return torch.stack(corner_jacobians(displacement_px)).amin(0)


def folded(displacement_px: Tensor) -> Tensor:
    """Which cells of four pixels fold, (B, H - 1, W - 1) bool; strict as `min_jacobian`."""
    return jacobian(displacement_px) <= 0


def corner_jacobians(displacement_px: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Determinants of p -> p + displacement(p) in each cell of four pixels, one (B, H - 1, W - 1) for each corner.

    Each is the signed area of the triangle at that corner, from one of the four pairs of one-sided differences.
    (Central differences overlook folds of a single cell.)
    """
    along_row = torch.diff(displacement_px, dim=2)  # (B, 2, H - 1, W)
    along_column = torch.diff(displacement_px, dim=3)  # (B, 2, H, W - 1)
    along_row[:, 0] += 1  # from differences of the displacement to edges of the deformed cells
    along_column[:, 1] += 1
    top, bottom = along_column[..., :-1, :], along_column[..., 1:, :]
    left, right = along_row[..., :-1], along_row[..., 1:]
    return _area(left, top), _area(left, bottom), _area(right, top), _area(right, bottom)


def _area(row_edge: Tensor, column_edge: Tensor) -> Tensor:
    area = row_edge[:, 0] * column_edge[:, 1]
    return area.addcmul_(row_edge[:, 1], column_edge[:, 0], value=-1)  # in place: memory is what this waits for
