"""Small images on which a strategy is tried."""

import torch
from torch.nn import functional as F

from segaug.augment.strategy import Strategy
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.form import COLOUR, GREY, Form

GREY_SQUARE = "binary-square"
FORMS = {
    GREY_SQUARE: Form(channels=GREY, structures=("a",), size=(48, 48)),
    "two-structures-colour-oblong": Form(channels=COLOUR, structures=("a", "b"), size=(40, 57)),
    "three-structures-square": Form(channels=GREY, structures=("a", "b", "c"), size=(48, 48)),
}
"""Oblong ones have sides that are no powers of two, where these are taken."""
BOTH = (GREY_SQUARE, "two-structures-colour-oblong")
GREY_ONE = (GREY_SQUARE,)
THREE = ("three-structures-square",)


def batch_for(strategy: Strategy, form: Form) -> Batch:
    """Three images with blobs as labels, of a size that the strategy takes."""
    size, channels, structures = _taken(strategy, form), form.channels, len(form.structures)
    rng = torch.Generator().manual_seed(3)
    image = F.interpolate(torch.rand(3, channels, 7, 6, generator=rng), size=size, mode="bicubic").clamp(0, 1)
    blobs = F.interpolate(torch.randn(3, structures + 1, 5, 5, generator=rng), size=size, mode="bicubic").argmax(1)
    label = torch.stack([(blobs == k + 1).float() for k in range(structures)], dim=1)
    return Batch(image, label, torch.arange(3), torch.ones(3, 2), torch.zeros(3, dtype=torch.long))


def _taken(strategy: Strategy, form: Form) -> tuple[int, ...]:
    """The size of the form, or where the strategy refuses that, multiples of 32 near it."""
    try:
        strategy.check(form)
    except ConfigError:
        return tuple(32 * max(1, (side + 15) // 32) for side in form.size)
    return form.size
