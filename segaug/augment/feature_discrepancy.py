"""Feature discrepancy: pull the features of foreground and background apart, in every layer of the network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from segaug.augment.discrepancy import Norm, Separation, class_means, discrepancy, shuffled_discrepancy
from segaug.augment.layer_loss import LayerLoss
from segaug.augment.layer_masks import LayerMasks, union
from segaug.augment.layer_weights import LayerWeights
from segaug.augment.strategy import PrepareContext, Prepared, StepContext
from segaug.augment.taps import chosen, features_of, layers_of
from segaug.augment.warmup import check_warmup, warmed_up
from segaug.batch import Batch

_CHOICES = {
    "mode": ("warmup", "learned_clip", "off"),
    "separation": ("literal", "area_norm"),
    "norm": ("batch", "rms"),
}


@dataclass(frozen=True, kw_only=True)
class FeatureDiscrepancy(LayerLoss):
    """The shared baseline, and L = L_seg + sum_l alpha_l L_l over layers l; L_l = L_fd, exchangeable: L_fd + L_shuffle.

    L_fd rewards that a layer's means of foreground and background differ, image by image; L_shuffle, that the
    foreground of one image differs from the background of another, whatever their sources: see `discrepancy`.

    mode warmup: alpha_l grows from 0 to alpha_max in the first updates, the same in each layer.  learned_clip: see
    `layer_weights`; the rate is that of the protocol.  off: the baseline, to the bit.

    Source: Roy et al. (2025), arXiv 2507.19575, whose body could not be read; formulas of the released code.  What
    differs: the warm-up, since literal weights stay at 0 while the loss is positive; L_seg is the protocol's objective.
    """

    file: ClassVar[str] = "conf/augment/feature_discrepancy.yaml"
    weighed_by: ClassVar[str] = "alpha_max"

    exchangeable: bool = True
    mode: str = "warmup"  # warmup | learned_clip | off
    alpha_max: float = 0.1  # of warmup
    warmup_share: float = 0.2  # of the updates, in which alpha grows to alpha_max; 10 of the published 50 epochs
    separation: str = "literal"  # literal, as published: growing features lower the loss | area_norm: they do not
    norm: str = "batch"  # over the images of a batch; "rms" does not depend on their number
    swapped_bg: bool = False  # the background's mean of the released code, whose arguments are swapped
    pooled_taps: bool = False  # encoder layers are pooled and enlarged again first, as the released AttnUNet does

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, valid in _CHOICES.items():
            if getattr(self, name) not in valid:
                self.refuse(name, f"choose from {', '.join(valid)}")
        if self.swapped_bg and self.separation != "literal":
            self.refuse("swapped_bg", "use augment.separation=literal, of which it is a fault")
        check_warmup(self.warmup_share, self.file)

    def prepare(self, context: PrepareContext) -> LayerWeights | None:
        """Weights that are to be learned; before any training, are there such layers?"""
        layers = layers_of(context, self.layers, self.file)
        return LayerWeights([*layers], context.subset.image.device) if self.mode == "learned_clip" else None

    def training_step(self, context: StepContext) -> Tensor:  # replaces "augment, then loss"
        """The segmentation loss, and the weighted ones of the layers."""
        batch = context.augment(context.batch)
        if self._is_off:
            return context.loss(context.model(batch.image), batch.label)
        logits, features = features_of(context.model, batch.image)
        losses = self._losses(features, batch, context.rng("FeatureDiscrepancy", "permutation"))
        return context.loss(logits, batch.label) + (self._alpha(context, losses) * losses).sum()

    def facts(self, prepared: Prepared, best: Mapping[str, Tensor]) -> dict[str, Any]:
        """The weights, where they are learned."""
        return {"layer_weights": prepared.facts()} if isinstance(prepared, LayerWeights) else {}

    @property
    def _is_off(self) -> bool:
        return self.mode == "off" or (self.mode == "warmup" and not self.alpha_max)

    def _alpha(self, context: StepContext, losses: Tensor) -> Tensor | float:
        """One for all layers, or (L,); learned ones are those before this step's update."""
        if self.mode == "warmup":
            return self.alpha_max * warmed_up(context.step, context.updates, self.warmup_share)
        weights = cast(LayerWeights, context.prepared)
        alpha = weights.alpha.detach().clone()
        weights.descend(losses, context.learning_rate)
        return alpha

    def _losses(self, features: dict[str, Tensor], batch: Batch, rng: torch.Generator) -> Tensor:
        """Of the chosen layers, (L,)."""
        masks = LayerMasks(union(batch.label, batch.ignored), batch.ignored)
        return torch.stack(
            [
                self._loss(self._tap(name, features[name]), masks, rng, batch.ignored)
                for name in chosen(self.layers, [*features], self.file)
            ]
        )

    def _tap(self, name: str, features: Tensor) -> Tensor:
        if not self.pooled_taps or not name.startswith("encoder"):
            return features
        return F.interpolate(F.max_pool2d(features, 2), scale_factor=2, mode="bilinear", align_corners=False)

    def _loss(self, features: Tensor, masks: LayerMasks, rng: torch.Generator, ignored: bool) -> Tensor:
        separation, norm = cast(Separation, self.separation), cast(Norm, self.norm)
        means = class_means(features, masks.like(features), separation, self.swapped_bg, ignored)
        loss = discrepancy(means, norm)
        if self.exchangeable:
            permutation = torch.randperm(len(features), generator=rng).to(features.device)
            loss = loss + shuffled_discrepancy(means, permutation, norm)
        return loss
