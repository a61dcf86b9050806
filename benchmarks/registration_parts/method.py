"""What a registration method takes and gives, whoever wrote it."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from registration_parts.pair import Stacked


@dataclass(frozen=True)
class Found:
    """Maps of a batch of pairs, as displacements (B, 2, H, W) [px], (row, column), with the CPU time of all [s]."""

    inverse_map_px: Tensor  # at each pixel of the fixed image: its place in the moving image
    forward_map_px: Tensor | None  # at each pixel of the moving image: its place in the fixed one; None: not given
    seconds: float
    guarded: int | None = None  # pairs in which folds had to be prevented; None: the method has no such guard


Method = Callable[[Stacked], Found]
