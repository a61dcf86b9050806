"""What a registration is judged by: labels, image, folds, inverse."""

from dataclasses import dataclass

import torch
from torch import Tensor

from registration_parts.pair import Stacked
from segaug.deform.compose import compose_px
from segaug.deform.jacobian import min_jacobian
from segaug.deform.warp import warp


@dataclass(frozen=True)
class Scores:
    """One value per pair, each (B,)."""

    dice: Tensor  # mean over the labels of the fixed image
    image: Tensor  # mean squared difference of the images, relative to that before
    min_jacobian: Tensor  # strict; 0 or less is a fold
    inverse_px: Tensor  # mean distance from each pixel to where both maps bring it; NaN without a second map


def score(pairs: Stacked, inverse_map_px: Tensor, forward_map_px: Tensor | None) -> Scores:
    """Judge maps (B, 2, H, W) [px] of a tool: inverse_map_px shows where the fixed image's pixels lie in the moving."""
    label = warp(pairs.moving_label, inverse_map_px, mode="nearest", padding="border")
    image = warp(pairs.moving, inverse_map_px, padding="border")
    before, after = ((shown - pairs.fixed).square().mean((1, 2, 3)) for shown in (pairs.moving, image))
    return Scores(
        dice=mean_dice(label, pairs.fixed_label),
        image=after / before,
        min_jacobian=min_jacobian(inverse_map_px.double()),
        inverse_px=_inverse_error_px(inverse_map_px, forward_map_px),
    )


def mean_dice(found: Tensor, truth: Tensor) -> Tensor:
    """(B,) mean over the labels that occur in the truth; found, truth: (B, 1, H, W) whole numbers."""
    values = torch.arange(1, int(truth.max()) + 1).view(1, -1, 1, 1)
    a, b = (found == values).double(), (truth == values).double()
    dice = 2 * (a * b).sum((2, 3)) / (a.sum((2, 3)) + b.sum((2, 3)))
    return torch.where(b.sum((2, 3)) > 0, dice, torch.nan).nanmean(1)


def _inverse_error_px(inverse_map_px: Tensor, forward_map_px: Tensor | None) -> Tensor:
    """(B,) mean |psi(phi(p)) - p| over the pixels that are farther from the border than 1/16 of a side."""
    if forward_map_px is None:
        return torch.full((len(inverse_map_px),), torch.nan)
    error = compose_px(inner=inverse_map_px, outer=forward_map_px).norm(dim=1)
    rows, columns = (slice(n // 16, n - n // 16) for n in error.shape[1:])
    return error[:, rows, columns].mean((1, 2))
