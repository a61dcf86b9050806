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

FINEST_PX = 128  # no coarser level comes before, nor moments: both lead astray (docs/decisions/0008-registration.md)
EVALUATIONS = 30
STIFFNESS = 0.5  # times |A - 1|^2, added to the dissimilarity (0..1): images without structure stay as they are


def align(moving: Tensor, fixed: Tensor) -> Tensor:
    """Affine maps (B, 2, 3) under which the moving images look like the fixed ones; (B, 1, H, W) both, 0..1."""
    share = min(1, FINEST_PX / max(moving.shape[2:]))
    rows, columns = (max(2, round(n * share)) for n in moving.shape[2:])
    small, target = (F.interpolate(image, (rows, columns), mode="area") for image in (moving, fixed))
    return _descend(small, target)


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


def _descend(moving: Tensor, fixed: Tensor) -> Tensor:
    """From the identity down."""
    compare, identity = LocalCorrelation(fixed), _identity(moving)

    def evaluate(flat: Tensor) -> tuple[Tensor, Tensor]:
        with torch.enable_grad():
            affine = flat.view_as(identity).requires_grad_()
            stiff = (affine - identity)[:, :, :2].square().sum((1, 2))
            objective = compare(_sampled(moving, affine)) + STIFFNESS * stiff
            (gradient,) = torch.autograd.grad(objective.sum(), affine)
        return objective.detach(), gradient.flatten(1)

    return minimise(evaluate, identity.flatten(1), EVALUATIONS)[0].view_as(identity)


def _sampled(image: Tensor, affine: Tensor) -> Tensor:
    """The image seen through an affine map."""
    sides = image.new_tensor(image.shape[2:]) / max(image.shape[2:])
    matrix = affine[:, :, :2] * sides / sides[:, None]  # to the sampler frame: the image reaches from -1 to 1
    theta = torch.cat([matrix, affine[:, :, 2:] * 2 / sides[:, None]], 2)
    theta = torch.cat([theta[:, :, :2].flip(1, 2), theta[:, :, 2:].flip(1)], 2)  # which counts columns first
    points = F.affine_grid(theta, list(image.shape), align_corners=False)
    return F.grid_sample(image, points, mode="bilinear", padding_mode="border", align_corners=False)
