"""The LightningModule of the GAN: one step of the discriminator, one of the generator."""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, NamedTuple, cast

import torch
from pytorch_lightning import LightningModule
from pytorch_lightning.core.optimizer import LightningOptimizer
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from segaug.augment.artefact import Tell, is_told
from segaug.augment.gan_losses import adversarial_loss, discriminator_loss, gradient_penalty
from segaug.augment.genda.fields import RealFields
from segaug.augment.genda.health import measure
from segaug.augment.genda.losses import folding, roughness
from segaug.augment.genda.networks import LATENT, Discriminator, Generator, Size, evidence
from segaug.augment.genda.options import Gan
from segaug.augment.trainer import train

_CHECKS = 10  # of the generator's health, evenly spaced over the training


class Drawn(NamedTuple):
    """One step's random choice; B images with m fields each.  (Lightning cannot move a frozen dataclass.)"""

    real_image: Tensor  # (B, 1, h, w)
    real_px: Tensor  # (B, m, 2, h, w)
    image: Tensor  # (B, 1, h, w) that fields are generated for
    z: Tensor  # (B, m, LATENT)


class Draws:
    """The steps of a training, each with its own draw."""

    def __init__(self, real: RealFields, gan: Gan, rng: torch.Generator) -> None:
        self.real, self.gan, self.rng = real, gan, rng

    def __len__(self) -> int:
        return self.gan.steps

    def __iter__(self) -> Iterator[Drawn]:
        sources, targets = self.real.field_px.shape[:2]
        batch, fields = self.gan.images, self.gan.fields_per_image
        device = self.real.image.device
        for _ in range(self.gan.steps):
            real, made = torch.randint(sources, (2, batch), generator=self.rng).to(device)
            distinct = torch.rand(batch, targets, generator=self.rng).argsort(1)[:, :fields].to(device)
            z = torch.randn(batch, fields, LATENT, generator=self.rng).to(device)
            yield Drawn(self.real.image[real], self.real.field_px[real[:, None], distinct], self.real.image[made], z)


class FieldGan(LightningModule):
    """Trains a generator of fields against a discriminator; `averaged` is the generator to keep."""

    def __init__(self, real: RealFields, gan: Gan, size: Size, rng: Callable[..., torch.Generator], tell: Tell) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.real, self.gan, self.size, self.rng, self.tell = real, gan, size, rng, tell
        self.generator = Generator(real.grid, gan.width, real.scale_px)
        self.discriminator = Discriminator(real.grid, gan.width, gan.fields_per_image)
        self.averaged = AveragedModel(self.generator, multi_avg_fn=get_ema_multi_avg_fn(gan.averaging))
        self.history: list[dict[str, float | None]] = []

    def training_step(self, batch: Drawn, step: int) -> None:
        """Update both networks on one draw; both see the same generated fields."""
        judge, maker = cast(list[LightningOptimizer], self.optimizers())
        made = self.generator(batch.image.repeat_interleave(self.gan.fields_per_image, 0), batch.z.flatten(0, 1))
        shown = evidence(batch.image, made.unflatten(0, batch.z.shape[:2]), self.generator.scale_px)
        self._update(judge, self._discriminator_loss(batch, shown.detach(), step))
        self.discriminator.requires_grad_(False)
        self._update(maker, self._generator_loss(shown, made))
        self.discriminator.requires_grad_(True)
        self.averaged.update_parameters(self.generator)
        for schedule in cast(list[LambdaLR], self.lr_schedulers()):
            schedule.step()

    def on_train_batch_end(self, outputs: object, batch: Drawn, step: int) -> None:
        """Tell how far it is; check the health now and then, and stop what has diverged."""
        done = step + 1
        if is_told(done, self.gan.steps):
            self.tell(done, self.gan.steps, "training the generator")
        if done % math.ceil(self.gan.steps / _CHECKS) == 0 or done == self.gan.steps:
            health = asdict(measure(self.kept, self.real, self.size, self.rng("health")))
            self.trainer.should_stop = not all(map(math.isfinite, health.values()))
            self.history.append({"step": done, **{name: _or_null(value) for name, value in health.items()}})

    @property
    def kept(self) -> Generator:
        """The generator with averaged weights."""
        return cast(Generator, self.averaged.module)

    def configure_optimizers(self) -> Any:  # Lightning's own union of a dozen shapes
        """Adam for each network; the rates fall linearly to 0 over the second half, which ends their oscillation."""
        optimizers = [
            torch.optim.Adam(network.parameters(), lr=self.gan.learning_rate, betas=(0.5, 0.999), fused=True)
            for network in (self.discriminator, self.generator)
        ]
        return optimizers, [LambdaLR(one, self._rate) for one in optimizers]

    def _rate(self, step: int) -> float:
        return min(1.0, 2 * (1 - step / self.gan.steps))

    def _update(self, optimizer: LightningOptimizer, loss: Tensor) -> None:
        optimizer.zero_grad()
        self.manual_backward(loss)
        optimizer.step()

    def _discriminator_loss(self, batch: Drawn, made: Tensor, step: int) -> Tensor:
        penalised = self.gan.r1 > 0 and step % self.gan.r1_every == 0
        real = evidence(batch.real_image, batch.real_px, self.generator.scale_px).requires_grad_(penalised)
        logits = self.discriminator(real)
        loss = discriminator_loss(logits, self.discriminator(made))
        return loss + self.gan.r1 * self.gan.r1_every * gradient_penalty(logits, real) if penalised else loss

    def _generator_loss(self, shown: Tensor, made_px: Tensor) -> Tensor:
        loss = adversarial_loss(self.discriminator(shown))
        return loss + self.gan.smoothness * roughness(made_px) + self.gan.folding * folding(made_px)


def trained(
    real: RealFields, gan: Gan, size: Size, rng: Callable[..., torch.Generator], tell: Tell
) -> tuple[Generator, list[dict[str, float | None]]]:
    """Train a generator on real fields of images of a size; returns it with its health over the training.

    rng(*names) opens the streams of everything random in it; no global random state changes.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(rng("weights").initial_seed())
        module = FieldGan(real, gan, size, rng, tell)
    start_at_real_amplitude(module.generator.to(real.image.device), real, rng("amplitude"))
    train(module, Draws(real, gan, rng("draws")), real.image.device)
    return module.kept.eval().requires_grad_(False), module.history


@torch.no_grad()
def start_at_real_amplitude(generator: Generator, real: RealFields, rng: torch.Generator) -> None:
    """Scale the last layer so that generated fields are as large as real ones.

    From a layer that starts at zero the generator first learns the one field that suits all codes, and stays there.
    """
    images = real.image[torch.randint(len(real.image), (64,), generator=rng).to(real.image.device)]
    z = torch.randn(64, LATENT, generator=rng).to(images.device)
    factor = real.scale_px / generator(images, z).std().clamp_min(1e-12)
    for weight in generator.last.parameters():
        weight.mul_(factor)


def _or_null(value: float) -> float | None:
    return value if math.isfinite(value) else None  # JSON has no NaN
