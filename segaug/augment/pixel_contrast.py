"""Pixel contrast: features of pixels of one class resemble each other more than those of the other class."""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from segaug.augment.layer_loss import LayerLoss
from segaug.augment.layer_masks import LayerMasks, union
from segaug.augment.strategy import PrepareContext, StepContext
from segaug.augment.taps import chosen, features_of, layers_of
from segaug.augment.warmup import check_warmup, warmed_up

LEAST = 2  # pixels of a class: an anchor needs another one that is like it


@dataclass(frozen=True, kw_only=True)
class PixelContrast(LayerLoss):
    """The shared baseline, and L = L_seg + alpha mean_l L_con(F_l) over layers l; alpha grows to `weight` at first.

    L_con: see `contrast`.  Source: a comparator of Roy et al. (2025), arXiv 2507.19575, which does not define it; the
    loss is that of Khosla et al. (2020), the pixels, the temperature and the weight are ours.
    """

    file: ClassVar[str] = "conf/augment/pixel_contrast.yaml"

    weight: float = 0.1
    warmup_share: float = 0.2  # of the updates, in which it grows to that
    pixels: int = 64  # of each class, drawn over the whole batch in each layer
    temperature: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.pixels < LEAST:
            self.refuse("pixels", f"use at least {LEAST} of each class; 64 is the default")
        if not 0 < self.temperature < math.inf:
            self.refuse("temperature", "use a number above 0; 0.1 is the default")
        check_warmup(self.warmup_share, self.file)

    def prepare(self, context: PrepareContext) -> None:
        """Nothing is learned; before any training, are there such layers?"""
        layers_of(context, self.layers, self.file)

    def training_step(self, context: StepContext) -> Tensor:  # replaces "augment, then loss"
        """The segmentation loss, and the weighted mean of those of the layers."""
        batch = context.augment(context.batch)
        if not self.weight:
            return context.loss(context.model(batch.image), batch.label)
        logits, features = features_of(context.model, batch.image)
        masks, rng = (
            LayerMasks(union(batch.label, batch.ignored), batch.ignored),
            context.rng("PixelContrast", "pixels"),
        )
        losses = torch.stack(
            [
                self._loss(features[name], masks.like(features[name]), rng)
                for name in chosen(self.layers, [*features], self.file)
            ]
        )
        alpha = self.weight * warmed_up(context.step, context.updates, self.warmup_share)
        return context.loss(logits, batch.label) + alpha * losses.mean()

    def _loss(self, features: Tensor, mask: Tensor, rng: torch.Generator) -> Tensor:
        """0 in a layer whose batch has too few pixels of a class."""
        inside, outside = drawn_pixels(mask, self.pixels, rng)
        if min(len(inside), len(outside)) < LEAST:
            return features.new_zeros((), dtype=torch.float32)
        vectors = features.movedim(1, -1).flatten(0, 2)[torch.cat([inside, outside])]
        same = torch.arange(len(vectors), device=mask.device) < len(inside)
        return contrast(vectors, same, self.temperature)


def drawn_pixels(mask: Tensor, count: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Places of foreground and of background in a batch (B, 1, h, w), counted row by row; `count` of each, or all.

    mask: of 1 and 0, and of NaN, which is neither.
    """
    order = torch.randperm(mask.numel(), generator=rng).to(mask.device)
    there = mask.flatten()[order]
    return order[there > 0][:count], order[there == 0][:count]


def contrast(vectors: Tensor, same: Tensor, temperature: float) -> Tensor:
    """The mean over pixels i of -(1/P) sum_p log(exp(z_i z_p / t) / sum_a exp(z_i z_a / t)).

    vectors: (n, C), brought to length 1: z.  same: (n,) bool, the class.  p: the P other pixels of the class of i; a:
    all pixels but i.  In float32.  Source: Khosla et al. (2020), supervised contrastive learning, eq. 2.
    """
    with torch.autocast(vectors.device.type, enabled=False):
        z = F.normalize(vectors.float(), dim=1)
        others = ~torch.eye(len(z), dtype=torch.bool, device=z.device)
        logits = (z @ z.T / temperature).masked_fill(~others, -math.inf)
        positives = (same[:, None] == same[None]) & others
        of_positives = logits.log_softmax(1).masked_fill(~positives, 0)
        return -(of_positives.sum(1) / positives.sum(1)).mean()
