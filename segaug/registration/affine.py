"""An affine start: bring position, size and slant of two images together before anything is deformed.

An affine map is (B, 2, 3): columns 0 and 1 a matrix A, column 2 a shift t, of the pull-back c -> A c + t, where c is
(row, column) from the middle of the image in longer sides.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.registration.lbfgs import minimise
from segaug.registration.similarity import LocalCorrelation

# Longer side of the images [px] and evaluations, coarse to fine.
_LEVELS = ((16, 15), (32, 15), (64, 15))
STIFFNESS = 0.1  # times |A - 1|^2, added to the dissimilarity (0..1): images without structure stay as they are
GENTLEST, STRONGEST = 0.6, 1.6  # zoom that moments may propose


def align(moving: Tensor, fixed: Tensor) -> Tensor:
    """Affine maps (B, 2, 3) under which the moving images look like the fixed ones; (B, 1, H, W) both, 0..1.

    Starts from the moments of the images, or from the identity where that is closer, and lowers the local correlation.
    """
    longer = max(moving.shape[2:])
    start = _identity(moving)
    for side, evaluations in _LEVELS:
        rows, columns = (max(2, round(n * min(1, side / longer))) for n in moving.shape[2:])
        small, target = (F.interpolate(image, (rows, columns), mode="area") for image in (moving, fixed))
        if side == _LEVELS[0][0]:
            start = _closer(small, target, start, from_moments(moving, fixed))
        start = _descend(small, target, start, evaluations)
    return start


def from_moments(moving: Tensor, fixed: Tensor) -> Tensor:
    """Zoom and shift that give the bright parts of both images one centre and one size."""
    centre, spread = zip(*(_moments(image) for image in (moving, fixed)), strict=True)
    zoom = (spread[0] / spread[1].clamp_min(1e-12)).clamp(GENTLEST, STRONGEST)
    matrix = zoom[:, None, None] * torch.eye(2, dtype=moving.dtype, device=moving.device)
    return torch.cat([matrix, (centre[0] - zoom[:, None] * centre[1])[:, :, None]], 2)


def inverted(affine: Tensor) -> Tensor:
    """The maps back."""
    matrix = torch.linalg.inv(affine[:, :, :2])
    return torch.cat([matrix, -matrix @ affine[:, :, 2:]], 2)


def affine_field_px(affine: Tensor, size: tuple[int, int]) -> Tensor:
    """Displacement (B, 2, *size) in pixels of affine maps."""
    return affine_px(affine[:, :, :2], size) + max(size) * affine[:, :, 2, None, None]


def followed_by(field: Tensor, affine: Tensor | None) -> Tensor:
    """The one field that deforms by `field` (B, 2, H, W) [px] and then by the affine map, if there is one."""
    if affine is None:
        return field
    return compose_px(field, affine_field_px(affine, (field.shape[2], field.shape[3])))


def _identity(images: Tensor) -> Tensor:
    return torch.eye(2, 3, dtype=images.dtype, device=images.device).repeat(len(images), 1, 1)


def _moments(image: Tensor) -> tuple[Tensor, Tensor]:
    """Centre (B, 2) and root mean square distance from it (B,) of what is brighter than the mean, in longer sides."""
    size = image.shape[2:]
    weight = (image - image.mean((2, 3), keepdim=True)).clamp_min(0)[:, 0]
    weight = weight / weight.sum((1, 2), keepdim=True).clamp_min(1e-12)
    rows, columns = ((torch.arange(n, dtype=image.dtype, device=image.device) - (n - 1) / 2) / max(size) for n in size)
    by_row, by_column = weight.sum(2), weight.sum(1)
    centre = torch.stack([(by_row * rows).sum(1), (by_column * columns).sum(1)], 1)
    squared = (by_row * rows**2).sum(1) + (by_column * columns**2).sum(1) - centre.square().sum(1)
    return centre, squared.clamp_min(0).sqrt()


def _closer(moving: Tensor, fixed: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """Of two maps of each pair, the one that makes the images more alike."""
    compare = LocalCorrelation(fixed)
    better = compare(_sampled(moving, other)) < compare(_sampled(moving, one))
    return torch.where(better[:, None, None], other, one)


def _descend(moving: Tensor, fixed: Tensor, start: Tensor, evaluations: int) -> Tensor:
    compare, identity = LocalCorrelation(fixed), _identity(moving)

    def evaluate(flat: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            affine = flat.view_as(start).requires_grad_()
            stiff = (affine - identity)[:, :, :2].square().sum((1, 2))
            objective = compare(_sampled(moving, affine)) + STIFFNESS * stiff
            (gradient,) = torch.autograd.grad(objective.sum(), affine)
        return objective.detach(), gradient.flatten(1)

    return minimise(evaluate, start.flatten(1), evaluations)[0].view_as(start)


def _sampled(image: Tensor, affine: Tensor) -> Tensor:
    """The image seen through an affine map."""
    sides = image.new_tensor(image.shape[2:]) / max(image.shape[2:])
    matrix = affine[:, :, :2] * sides / sides[:, None]  # to the sampler frame: the image reaches from -1 to 1
    theta = torch.cat([matrix, affine[:, :, 2:] * 2 / sides[:, None]], 2)
    theta = torch.cat([theta[:, :, :2].flip(1, 2), theta[:, :, 2:].flip(1)], 2)  # which counts columns first
    points = F.affine_grid(theta, list(image.shape), align_corners=False)
    return F.grid_sample(image, points, mode="bilinear", padding_mode="border", align_corners=False)
