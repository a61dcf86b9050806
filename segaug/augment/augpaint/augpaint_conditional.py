"""AugPaint with a denoiser that is shown what is kept of an image, instead of having it put back at each step."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.augment.augpaint.strategy import AugPaint


@dataclass(frozen=True, kw_only=True)
class AugPaintConditional(AugPaint):
    """The conditional variant of the paper: the denoiser sees [z_t, z_mask] and learns with random masks.

    The mask itself is no input, as published.
    """

    conditional: ClassVar[bool] = True
