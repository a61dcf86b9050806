"""Self-training: the network labels the unlabelled images, and goes on with its own labels."""

from dataclasses import dataclass, field, replace
from typing import ClassVar, NoReturn, cast

import torch
from torch import Tensor, nn

from segaug import metrics
from segaug.augment.baseline import Baseline
from segaug.augment.draws import happens
from segaug.augment.strategy import PrepareContext, Sees, StepContext, Strategy
from segaug.augment.task_driven.unlabelled import as_batch, external_images
from segaug.batch import Batch, joined, with_patches
from segaug.errors import ConfigError
from segaug.models.inference import Window, logits_of


class PseudoLabels(nn.Module):
    """The network that begins, and the labels (E, K, H, W) of the external images in this round.

    share: of the external images, in these and the labelled ones together.
    """

    label: Tensor

    def __init__(self, beginner: nn.Module, label: Tensor, share: float) -> None:
        super().__init__()
        self.beginner, self.share = beginner.requires_grad_(False), share
        self.register_buffer("label", label)


@dataclass(frozen=True, kw_only=True)
class SelfTraining(Strategy):
    """Train on the labelled images; then, in each round, label the unlabelled ones and go on with both.

    The first training is that of the trial's protocol, with the shared baseline, and is over before the trial's own
    begins; that goes on from its weights, and its updates are divided into the rounds.  In each of them a row of the
    batch is an unlabelled image, with the hard label of the round, as often as the share of these images says.

    Source: Bai et al. (2017), semi-supervised learning for network-based cardiac segmentation, which refines the labels
    with a dense conditional random field.  There is none here: no maintained library has it.
    """

    version: ClassVar[int] = 2  # the first training has streams of its own, and starts as the protocol says
    sees: ClassVar[tuple[Sees, ...]] = ("labelled subset", "external images", "validation labels")

    rounds: int = 3
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.p != 1:
            self._refuse("p", "leave it at 1: which images the network is trained on is no change of a row")
        if self.rounds < 1:
            self._refuse("rounds", "use at least 1; 3 is the default")

    def _refuse(self, option: str, fix: str) -> NoReturn:
        problem = f"got {getattr(self, option)}"
        raise ConfigError(key=f"augment.{option}", file="conf/augment/self_training.yaml", problem=problem, fix=fix)

    def stages(self) -> tuple[Strategy, ...]:
        """The baseline alone: what is special is which images the network is trained on."""
        return (self.baseline,)

    def prepare(self, context: PrepareContext) -> PseudoLabels:
        """Train the network that begins, and label by it."""
        external = external_images(context, "self_training")
        beginner = context.train_segmentation(context.subset, self.baseline)
        share = len(external) / (len(external) + len(context.subset))
        return PseudoLabels(beginner, _labelled(beginner, external, context.patch), share)

    def training_step(self, context: StepContext) -> Tensor:  # replaces "augment, then loss"
        """The loss on labelled and pseudo-labelled rows."""
        pseudo = cast(PseudoLabels, context.prepared)
        assert context.external is not None  # declared in `sees`
        if context.step == 0:
            context.model.load_state_dict(pseudo.beginner.state_dict())
        elif self._round(context.step, context.updates) > self._round(context.step - 1, context.updates):
            pseudo.label.copy_(_labelled(context.model, context.external, context.patch))
        batch = context.augment(_both(context, context.external, pseudo))
        return context.loss(context.model(batch.image), batch.label)

    def _round(self, step: int, updates: int) -> int:
        return step * self.rounds // updates


def _both(context: StepContext, external: Tensor, pseudo: PseudoLabels) -> Batch:
    """The batch, with some of its rows replaced by unlabelled images and their labels of this round."""
    batch, rng = context.batch, context.rng("SelfTraining", "rows")
    rows = torch.randint(len(external), (len(batch),), generator=rng).to(external.device)
    others = replace(as_batch(external[rows]), label=pseudo.label[rows])
    others = with_patches(others, context.patch, context.rng("SelfTraining", "patch"))
    replaced = happens(pseudo.share, (len(batch),), rng).to(external.device)
    place = torch.arange(len(batch), device=external.device) + len(batch) * replaced
    return joined(batch, others).rows(place)


def _labelled(network: nn.Module, image: Tensor, window: Window) -> Tensor:
    return metrics.masks(logits_of(network, image, window=window)).to(image.dtype)
