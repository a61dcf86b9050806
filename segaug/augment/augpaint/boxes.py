"""Which pixels of a labelled image are kept, and which cells of its latent grid hold them."""

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor
from torch.nn import functional

MASKS = ("box", "component", "label")


def kept_pixels(label: Tensor, mask: str) -> Tensor:
    """Pixels to keep, (B, 1, *size) bool, of labels (B, K, *size).

    box: the axis-aligned bounding box of each structure, as published; their union.  component: one box for each
    connected component, for lesions that lie apart.  label: the labelled pixels alone, the published ablation.
    Without foreground nothing is kept.
    """
    shown = label.round().bool()
    if mask == "label":
        return shown.any(1, keepdim=True)
    kept = torch.zeros_like(shown[:, :1])
    for row, structure in shown.flatten(2).any(2).nonzero().tolist():
        parts = shown[row, structure].cpu().numpy()
        parts = ndimage.label(parts, np.ones((3,) * parts.ndim))[0] if mask == "component" else parts.astype(np.int32)
        for box in ndimage.find_objects(parts):
            kept[(row, 0, *box)] = True
    return kept


def kept_cells(kept_px: Tensor, factor: int) -> Tensor:
    """Cells (B, 1, h, w) bool of a latent grid, a cell for factor x factor pixels (B, 1, H, W).

    The maximum, so that every kept pixel lies in a kept cell; the paper only says "resize", and nearest would lose up
    to factor - 1 rows at each side.
    """
    return functional.max_pool2d(kept_px.float(), factor).bool()
