"""Adversarial training: a discriminator asks whether a segmentation is that of an image with a label."""

import math
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn, cast

import torch
from torch import Tensor, nn

from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.augment.gan_losses import adversarial_loss, discriminator_loss
from segaug.augment.strategy import PrepareContext, Sees, StepContext, Strategy
from segaug.augment.task_driven.networks import SIDE_MULTIPLE, Discriminator, PixelDiscriminator
from segaug.augment.task_driven.unlabelled import as_batch, external_images
from segaug.batch import with_patches
from segaug.errors import ConfigError
from segaug.form import Form

LEVELS = ("image", "pixel")


class Judge(nn.Module):
    """A discriminator of images with their segmentations, and the optimiser that steps it."""

    def __init__(self, network: Discriminator | PixelDiscriminator, learning_rate: float) -> None:
        super().__init__()
        self.network = network
        self.optimiser = torch.optim.Adam(network.parameters(), learning_rate, fused=True)

    def forward(self, image: Tensor, probability: Tensor) -> Tensor:
        """Logits of images (B, C, H, W) and their structures' probabilities (B, K, H, W)."""
        logits: Tensor = self.network(torch.cat([image, probability], dim=1))
        return logits


@dataclass(frozen=True, kw_only=True)
class Adversarial(Strategy):
    """L_S on labelled rows + weight softplus(-D) on as many unlabelled ones, after the shared baseline.

    D sees an image beside the probabilities that the segmentation network gives, and is trained to say 1 for labelled
    images and 0 for unlabelled ones; the network, to be told 1 for both.  level "image": one logit an image; "pixel":
    one a pixel.  Source: Zhang et al. (2017) and Mondal et al. (2018), as Chaitanya et al. (2021) compare with them;
    the layers are those of the discriminator there, the weight and the rate are ours.
    """

    sees: ClassVar[tuple[Sees, ...]] = ("labelled subset", "external images")
    learns_channels: ClassVar[bool] = True

    level: str = "image"
    weight: float = 0.1  # of the adversarial loss
    learning_rate: float = 1e-4  # of the discriminator
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.p != 1:
            self._refuse("p", "leave it at 1: the network is trained in one way for all rows; see augment.weight")
        if self.level not in LEVELS:
            self._refuse("level", f"choose from {', '.join(LEVELS)}")
        if not 0 <= self.weight < math.inf:
            self._refuse("weight", "use 0 or more; 0.1 is the default")
        if not 0 < self.learning_rate < math.inf:
            self._refuse("learning_rate", "use a rate above 0; 1e-4 is the default")

    def _refuse(self, option: str, fix: str) -> NoReturn:
        problem = f"got {getattr(self, option)}"
        raise ConfigError(key=f"augment.{option}", file="conf/augment/adversarial.yaml", problem=problem, fix=fix)

    def stages(self) -> tuple[Strategy, ...]:
        """The baseline alone: what is special is how the network is trained."""
        return (self.baseline,)

    def check(self, form: Form) -> None:
        """The discriminator of whole images halves them five times; one image needs 2 x 2 pixels to be normalised."""
        if self.level == "image" and any(side % SIDE_MULTIPLE or side < 2 * SIDE_MULTIPLE for side in form.size):
            sides = " x ".join(map(str, form.size))
            raise ConfigError(
                key="dataset.size",
                problem=f"the discriminator of augment=adversarial cannot take images of {sides} pixels",
                fix=f"use a multiple of {SIDE_MULTIPLE}, at least {2 * SIDE_MULTIPLE}, or augment.level=pixel",
            )

    def prepare(self, context: PrepareContext) -> Judge:
        """A new discriminator; its initial weights are those of the trial's stream."""
        external_images(context, "adversarial")
        image, label = context.subset.image, context.subset.label
        channels, (rows, columns) = image.shape[1] + label.shape[1], context.patch or image.shape[2:]
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(context.rng("Adversarial", "weights").initial_seed())
            network = (
                Discriminator((rows, columns), channels) if self.level == "image" else PixelDiscriminator(channels)
            )
        return Judge(network.to(image.device), self.learning_rate)

    def training_step(self, context: StepContext) -> Tensor:  # replaces "augment, then loss"
        """One step of the discriminator, and the loss of the network."""
        judge = cast(Judge, context.prepared)
        assert context.draw_external is not None  # declared in `sees`
        labelled = context.augment(context.batch)
        others = as_batch(context.draw_external(len(labelled)), labelled.label.shape[1])
        unlabelled = augment(
            (self.baseline,),
            None,
            with_patches(others, context.patch, context.rng("Adversarial", "patch")),
            lambda *names: context.rng("unlabelled", *names),
        )
        logits, others = context.model(labelled.image), context.model(unlabelled.image)
        known, unknown = (context.objective.probabilities(each.float()) for each in (logits, others))
        self._step(judge, (labelled.image, known.detach()), (unlabelled.image, unknown.detach()))
        judge.requires_grad_(False)
        fooled = adversarial_loss(judge(unlabelled.image, unknown))
        judge.requires_grad_(True)
        return context.loss(logits, labelled.label) + self.weight * fooled

    def _step(self, judge: Judge, labelled: tuple[Tensor, Tensor], unlabelled: tuple[Tensor, Tensor]) -> None:
        judge.optimiser.zero_grad()
        discriminator_loss(judge(*labelled), judge(*unlabelled)).backward()
        judge.optimiser.step()
