"""Does a field fold?"""

import torch
from torch import Tensor


def min_jacobian(displacement_px: Tensor) -> Tensor:
    """Smallest Jacobian determinant of p -> p + displacement(p) over each image; 0 or less is a fold.

    displacement_px: (B, 2, H, W), (row, column).  Returns (B,).  Strict: each cell of four pixels is tested with its
    four pairs of one-sided differences, i.e. the signed area of the triangle at each corner. (Central differences
    overlook folds of a single cell.)
    """
    along_row = torch.diff(displacement_px, dim=2)  # (B, 2, H - 1, W)
    along_column = torch.diff(displacement_px, dim=3)  # (B, 2, H, W - 1)
    smallest = []
    for row_edge in (along_row[..., :-1], along_row[..., 1:]):
        for column_edge in (along_column[..., :-1, :], along_column[..., 1:, :]):
            areas = (1 + row_edge[:, 0]) * (1 + column_edge[:, 1]) - row_edge[:, 1] * column_edge[:, 0]
            smallest.append(areas.flatten(1).amin(1))
    return torch.stack(smallest).amin(0)
