"""What `segaug register` computes: one registration, as arrays and numbers."""

from dataclasses import dataclass
from time import perf_counter
from typing import cast

import numpy as np
import torch
from torch import Tensor

from segaug.cli.register_input import Pair
from segaug.deform.warp import Mode, warp
from segaug.registration.affine import followed_by
from segaug.registration.lddmm import Lddmm, register
from segaug.registration.maps import displacement_px
from segaug.registration.momentum_file import Affine, StoredMomentum


@dataclass(frozen=True)
class Result:
    """Of one pair."""

    stored: StoredMomentum
    field_px: np.ndarray  # (2, H, W), (row, column): where each pixel looks in the moving image
    warped: np.ndarray  # (H, W)
    colour: np.ndarray | None  # (H, W, 3), warped: of a moving image in colour
    mask: np.ndarray | None  # (H, W), warped
    before: float  # dissimilarity
    after: float
    min_jacobian: float
    seconds: float


@torch.no_grad()
def register_pair(pair: Pair, lddmm: Lddmm) -> Result:
    """Register the images and deform the moving one and its mask."""
    start = perf_counter()
    registered = register(_batch(pair.moving), _batch(pair.fixed), lddmm)
    deformation = displacement_px(registered.momentum, registered.modes, registered.modes.size)
    field = followed_by(deformation, registered.affine)
    seconds = perf_counter() - start
    affine = None if registered.affine is None else cast(Affine, tuple(map(tuple, registered.affine[0].tolist())))
    return Result(
        stored=StoredMomentum(
            momentum=registered.momentum[0],
            modes=registered.modes,
            moving=pair.moving_id,
            fixed=pair.fixed_id,
            guard_factor=registered.guard_factor.item(),
            objective=registered.objective.item(),
            affine=affine,
        ),
        field_px=field[0].numpy(),
        warped=_warped(pair.moving, field, "bilinear"),
        colour=None if pair.colour is None else _warped(pair.colour, field, "bilinear"),
        mask=None if pair.mask is None else _warped(pair.mask, field, "nearest"),
        before=registered.before.item(),
        after=registered.after.item(),
        min_jacobian=registered.min_jacobian.item(),
        seconds=seconds,
    )


def _batch(pixels: np.ndarray) -> Tensor:
    """(H, W) or (H, W, C) to (1, C, H, W)."""
    return torch.from_numpy(np.atleast_3d(pixels).astype(np.float32)).permute(2, 0, 1)[None].contiguous()


def _warped(pixels: np.ndarray, field: Tensor, mode: Mode) -> np.ndarray:
    shown = warp(_batch(pixels), field, mode, padding="border")[0].permute(1, 2, 0).numpy()
    return shown.reshape(pixels.shape).astype(pixels.dtype)
