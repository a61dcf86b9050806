"""How far a strategy moves the pixels of a trial: the number without which two strategies cannot be compared."""

import math
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from segaug.augment.augment import draw, total_displacement_px
from segaug.augment.baseline import own_stages
from segaug.augment.strategy import Prepared, Strategy
from segaug.batch import Batch, with_patches
from segaug.deform.jacobian import jacobian
from segaug.results.store import Json
from segaug.rng import stream

DRAWS = 64


@torch.no_grad()
def strength(
    strategy: Strategy, prepared: Prepared, subset: Batch, seed: int, patch: tuple[int, ...] | None = None
) -> Json | None:
    """Statistics of the field of the strategy's own stages, without the shared baseline; None where it has no field.

    Over 64 draws from a stream of their own, in turn on the images of the subset, each applied whatever its p.  patch:
    pixels of the patches that the network is shown; of these then.
    """
    batch = subset.rows(torch.arange(DRAWS, device=subset.index.device) % len(subset))
    batch = with_patches(batch, patch, stream(seed, "strength", "patch"))
    drawn = draw(own_stages(strategy), prepared, batch, partial(stream, seed, "strength"))
    applied = [replace(stage, applied=torch.ones_like(stage.applied)) for stage in drawn]
    field = total_displacement_px(applied, prepared, batch)
    return None if field is None else _statistics(field)


def _statistics(displacement_px: Tensor) -> Json:
    """Of fields (B, 2, H, W); a field that is not finite gives null, which JSON has instead of NaN."""
    length = torch.linalg.vector_norm(displacement_px, dim=1)
    cells = jacobian(displacement_px)
    found = {
        "displacement_rms_px": length.square().mean().sqrt().item(),
        "displacement_p95_px": length.flatten().kthvalue(math.ceil(0.95 * length.numel())).values.item(),
        "min_jacobian": cells.min().item(),
        "folded_share": (cells <= 0).float().mean().item(),
    }
    return {name: value if math.isfinite(value) else None for name, value in found.items()}
