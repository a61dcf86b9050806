"""The judge: a small network that learns the labelled subset, and says how plausible the label of a sample is.

It is trained on that subset alone, by options of its own, so that it is the same whatever network, protocol and seed a
trial has.  Source: Hu and Shi keep samples by the confidence of a segmentation network "within the labelled areas";
which network, and how it is trained, they do not say.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from segaug import metrics
from segaug.augment.artefact import Tell, unkept
from segaug.augment.augment import augment
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.learning import AT_ONCE, Learning, Rates
from segaug.augment.augpaint.options import Judge
from segaug.augment.baseline import Baseline
from segaug.batch import Batch
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet

_HALVED = 2**3  # sides are multiples of it: NnUnet halves them three times


class JudgeLearning(Learning):
    """Cross-entropy on batches of the subset, augmented by the default baseline."""

    def __init__(self, labelled: Batch, judge: Judge, rng: Callable[..., torch.Generator], tell: Tell) -> None:
        structures = labelled.label.shape[1]
        network = build_with_seed(
            NnUnet(feature_size=judge.width),
            rng("weights").initial_seed(),
            labelled.image.shape[1],
            structures + (structures > 1),
        )
        rates = Rates(judge.updates, judge.learning_rate, warmup=judge.updates // 10, decay=True)
        super().__init__(network, rates, "training the judge", tell, keep=unkept)
        self.labelled, self.judge, self.rng = labelled, judge, rng
        self.frame = Frame(tuple(labelled.image.shape[2:]), _HALVED)

    def loss(self, update: int) -> Tensor:
        """Of one batch."""
        rows = torch.randint(len(self.labelled), (self.judge.batch_size,), generator=self.rng("rows", update))
        batch = self.labelled.rows(rows.to(self.labelled.image.device))
        batch = augment((Baseline(),), None, batch, partial(self.rng, "augment", update))
        logits = self.frame.cropped(self.network(self.frame.padded(batch.image)))
        if batch.ignored:
            return metrics.cross_entropy(logits, batch.label, ignored=True).mean()
        if logits.shape[1] == 1:
            return functional.binary_cross_entropy_with_logits(logits, batch.label)
        return functional.cross_entropy(logits, classes(batch.label))


def classes(label: Tensor) -> Tensor:
    """(B, *size) long, 0 for the background, of labels (B, K, *size)."""
    return torch.cat([1 - label.sum(1, keepdim=True), label], 1).argmax(1)


@torch.no_grad()
def confidence(network: nn.Module, image: Tensor, label: Tensor) -> Tensor:
    """Mean probability of the label over its labelled pixels, (B,) float64; 0 where nothing is labelled.

    image: (B, C, *size).  label: (B, K, *size); of a pixel that is NaN nothing is asked.
    """
    frame = Frame(tuple(image.shape[2:]), _HALVED)
    logits = torch.cat([frame.cropped(network(frame.padded(rows))) for rows in image.split(AT_ONCE)]).double()
    if logits.shape[1] == 1:
        probability = logits.sigmoid()[:, 0]
    else:
        probability = logits.softmax(1).gather(1, classes(label)[:, None])[:, 0]
    shown = label.round().sum(1) > 0
    total = (probability * shown).flatten(1).sum(1)
    return (total / shown.flatten(1).sum(1).clamp_min(1)).cpu()
