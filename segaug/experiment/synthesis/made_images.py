"""Every image of a bank by itself: its pixels as they are stored, and where it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from segaug.experiment.synthesis.trial_bank import TrialBank
from segaug.known import shown

WHITE = 255  # of the mask of a single structure, so that it can be looked at
IGNORED = 128  # of pixels that count for nothing: of no structure, of which there are fewer


@dataclass(frozen=True)
class MadeImage:
    """An image that was made of a labelled one.

    image: (H, W), or (H, W, 3) of colour.  mask: (H, W), values of `mask_values`, and `IGNORED`.
    """

    id: str
    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    source: str  # id of the image that it was made of
    patient: str  # whom that shows
    j: int  # which one of those of its source
    score: float  # the judge's, 0 to 1
    kept: bool  # is it trained on?
    nearest: str  # id of the pool image, other than the source, that it is most like; "" where there is none
    distance: float  # from that, outside of what was kept: rms grey value


def mask_values(structures: tuple[str, ...]) -> dict[str, int]:
    """Value of each structure in a mask; 0 is background.  A single one is white."""
    if len(structures) == 1:
        return {structures[0]: WHITE}
    return {name: place for place, name in enumerate(structures, start=1)}


def made_images(made: TrialBank, *, kept_only: bool) -> Iterator[MadeImage]:
    """By source, in the order of the labelled subset, and by j."""
    bank, task = made.bank, made.task
    values = torch.tensor([*mask_values(task.form.structures).values()])
    for source, place in enumerate(bank.place.tolist()):
        for j in range(bank.score.shape[1]):
            if kept_only and not bank.chosen[source, j]:
                continue
            yield MadeImage(
                id=f"s{place:03d}_{j:02d}",
                image=_pixels(bank.image[source, j]),
                mask=_mask(bank.label[source, j], values),
                source=task.ids[made.rows[place]],
                patient=task.patients[made.rows[place]],
                j=j,
                score=bank.score[source, j].item(),
                kept=bool(bank.chosen[source, j]),
                nearest="" if (near := int(bank.nearest[source, j])) < 0 else task.ids[made.rows[near]],
                distance=bank.distance[source, j].item(),
            )


def _pixels(image: Tensor) -> NDArray[np.uint8]:
    """(C, H, W) as image files have it."""
    pixels: NDArray[np.uint8] = image.cpu().movedim(0, -1).numpy()
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels


def _mask(label: Tensor, values: Tensor) -> NDArray[np.uint8]:
    """(K, H, W) of 0 and 1, at most one of them 1 in a pixel, or NaN where it counts for nothing, to (H, W)."""
    numbers = (shown(label.cpu()).round().long() * values[:, None, None]).sum(dim=0)
    mask: NDArray[np.uint8] = numbers.masked_fill(label.cpu().isnan().any(dim=0), IGNORED).byte().numpy()
    return mask
