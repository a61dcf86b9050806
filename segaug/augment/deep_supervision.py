"""Deep supervision: every layer of the network has to segment on its own."""

from dataclasses import dataclass
from typing import ClassVar, cast

import torch
from torch import Tensor, nn

from segaug.augment.layer_loss import LayerLoss
from segaug.augment.layer_masks import LayerMasks
from segaug.augment.strategy import PrepareContext, Prepared, StepContext
from segaug.augment.taps import features_of, layers_of
from segaug.batch import Batch


class Heads(nn.Module):
    """A 1 x 1 convolution to logits for each layer, and the Adam that steps them."""

    def __init__(self, channels: dict[str, int], logits: int) -> None:
        super().__init__()
        self.convolutions = nn.ModuleDict({name: nn.Conv2d(count, logits, 1) for name, count in channels.items()})
        self._optimiser = torch.optim.Adam(self.parameters())

    def losses(self, features: dict[str, Tensor], batch: Batch, context: StepContext) -> Tensor:
        """The objective of each layer's logits against its max-pooled label, (L,)."""
        masks = LayerMasks(batch.label, batch.ignored)
        return torch.stack(
            [
                context.loss(head(features[name]).float(), shared(masks.like(features[name])))
                for name, head in self.convolutions.items()
            ]
        )

    def descend(self, next_rate: float) -> None:
        """Make the update whose gradients the last step's loss has left; next_rate: of the update after it."""
        self._optimiser.step()
        self._optimiser.zero_grad()
        self._optimiser.param_groups[0]["lr"] = next_rate


@dataclass(frozen=True, kw_only=True)
class DeepSupervision(LayerLoss):
    """The shared baseline, and L = L_seg + weight / L sum_l L_seg(head_l(F_l), mask_l) over L layers.

    L_seg is the protocol's objective; mask_l the label, max-pooled to the side of the layer.  The heads learn along by
    the protocol's rate, and are dropped afterwards: the network is that of the baseline.

    Source: a comparator of Roy et al. (2025), arXiv 2507.19575, which does not define it; the heads and the total
    weight are ours, after Lee et al. (2015), deeply-supervised nets.
    """

    file: ClassVar[str] = "conf/augment/deep_supervision.yaml"

    weight: float = 0.4  # of all layers together

    def prepare(self, context: PrepareContext) -> Heads:
        """New heads; their initial weights are those of the trial's stream."""
        structures = context.subset.label.shape[1]
        channels = layers_of(context, self.layers, self.file)
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(context.rng("DeepSupervision", "weights").initial_seed())
            heads = Heads(channels, structures + (structures > 1))
        return heads.to(context.subset.image.device)

    def training_step(self, context: StepContext) -> Tensor:  # replaces "augment, then loss"
        """The segmentation loss, and those of the layers."""
        heads = cast(Heads, context.prepared)
        heads.descend(context.learning_rate)
        batch = context.augment(context.batch)
        if not self.weight:
            return context.loss(context.model(batch.image), batch.label)
        logits, features = features_of(context.model, batch.image)
        return context.loss(logits, batch.label) + self.weight * heads.losses(features, batch, context).mean()

    def state(self, prepared: Prepared) -> dict[str, Tensor]:
        """Nothing: no prediction asks a head."""
        return {}

    def load(self, prepared: Prepared, state: dict[str, Tensor]) -> None:
        """Nothing was kept."""


def shared(mask: Tensor) -> Tensor:
    """Max-pooled labels (B, K, h, w) whose sum is at most 1: structures that meet in a coarse pixel share it."""
    return mask / mask.sum(1, keepdim=True).clamp_min(1)
