"""Learning which operations to predict with at test time: on validation images, by their Dice under each."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from segaug.augment.policy.categorical import draw
from segaug.augment.policy.meta import Forward, logit_gradient
from segaug.augment.policy.policies import Policy
from segaug.augment.policy.test_time import forward as transformed
from segaug.augment.policy.test_time import inverse
from segaug.batch import Batch
from segaug.deform.window import window
from segaug.known import ignored_pixels
from segaug.patch import draw_patch

Probabilities = Callable[[Tensor], Tensor]  # logits -> of each structure
_SMOOTH = 1e-5


def foreground_patches(batch: Batch, size: tuple[int, ...] | None, rng: torch.Generator) -> Batch:
    """A patch around foreground of each image; None: the images as they are."""
    if size is None:
        return batch
    patch = draw_patch(batch.label, size, torch.ones(len(batch), dtype=torch.bool), rng, batch.ignored)
    image, label = (window(each, patch.first_px, size) for each in (batch.image, batch.label))
    return replace(batch, image=image, label=label, patch=None)


@torch.no_grad()
def learn_test_time(
    policy: Policy,
    forward: Forward,
    one: Batch,
    probabilities: Probabilities,
    rng: torch.Generator,
    *,
    samples: int,
    rate: float,
    whole: Tensor | None = None,
) -> None:
    """One step of the policy on one image and its label, by operations drawn from it.

    whole: of a patch the image (1, C, ...) that it was cut out of, in whose units grey values change.

    Minimises sum_k w_k loss_k / sum_k w_k over the samples, loss_k as `losses_of`: so its gradient by w_k = 1 is
    (loss_k - mean) / samples, and each sample counts by one over the samples of the same operation.
    Source: Li et al. (2023), equation 12, and the released code.  The network is the current one.
    """
    logits = policy.logits.detach()
    drawn = draw(logits.expand(samples, -1), (len(logits),), rng)
    losses = losses_of(forward, one, drawn.option[:, 0], probabilities, rng, whole).cpu()
    relative = (losses - losses.mean()) / samples
    chosen = torch.zeros_like(drawn.soft).scatter_(1, drawn.option, 1.0)
    policy.descend(logit_gradient(-relative, chosen, drawn.soft, torch.ones(len(logits), 1)), rate, samples)


def losses_of(
    forward: Forward,
    one: Batch,
    ids: Tensor,
    probabilities: Probabilities,
    rng: torch.Generator,
    whole: Tensor | None = None,
) -> Tensor:
    """-Dice of foreground against background under each operation (Z,), over the known pixels that have a vote.

    ids: (Z,) long on the CPU.  Several structures are one foreground.  whole: as in `learn_test_time`.
    """
    rows = torch.zeros_like(ids)  # the same image again and again
    seen = transformed(one.image[rows], ids, rng, None if whole is None else whole[rows])
    logits, votes = inverse(forward(seen), ids)
    if one.ignored:
        votes = votes & ~ignored_pixels(one.label)
    p = probabilities(logits.float()).sum(1, keepdim=True) * votes
    y = one.shown.sum(1, keepdim=True) * votes
    return -(2 * (p * y).flatten(1).sum(1) + _SMOOTH) / ((p + y).flatten(1).sum(1) + _SMOOTH)
