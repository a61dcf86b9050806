"""The LightningModule of the joint phase: a segmentation network, a generator and a discriminator, step by step."""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from segaug.augment.artefact import Tell, is_told
from segaug.augment.augment import Draw, apply, augment, draw
from segaug.augment.baseline import Baseline
from segaug.augment.draws import happens
from segaug.augment.gan_losses import adversarial_loss, discriminator_loss, gradient_penalty
from segaug.augment.task_driven.networks import LATENT, DeformationGenerator, Discriminator, IntensityGenerator
from segaug.augment.task_driven.options import Plan
from segaug.augment.task_driven.stage import generated
from segaug.augment.task_driven.unlabelled import as_batch
from segaug.augment.trainer import train
from segaug.augment.training_rules import Objective, ValidationError
from segaug.batch import Batch
from segaug.models.inference import logits_of

_LEAST_GAIN = 1e-5  # of validation Dice
_LEAST_SHARE = 0.1  # of the joint updates that are done before a generator may be chosen
_MOST_NORMS = 32  # times that the gradients of the three terms are compared

Streams = Callable[..., torch.Generator]


@dataclass(frozen=True)
class JointData:
    """What the phase learns from, on its device."""

    labelled: Batch
    unlabelled: Tensor | None  # (U, C, H, W); None where there is no adversarial loss
    validation: Tensor | None  # (V, C, H, W) images; None: the last generator is taken
    dice_error: ValidationError | None  # of logits of these images


@dataclass
class History:
    """One entry a check, over the joint updates since the last one; NaN where something is not measured."""

    update: list[int] = field(default_factory=list)
    dice: list[float] = field(default_factory=list)  # of the segmentation network on whole validation patients
    magnitude: list[float] = field(default_factory=list)  # mean length of v [px at a side of 224] or Delta I
    accuracy: list[float] = field(default_factory=list)  # of the discriminator
    gradient_segmentation: list[float] = field(default_factory=list)  # norms of what reaches the generator
    gradient_adversarial: list[float] = field(default_factory=list)
    gradient_magnitude: list[float] = field(default_factory=list)


class JointPhase(LightningModule):
    """Trains a generator together with a segmentation network, against a discriminator.

    min over both of L_S + lambda_adv L_adv + lambda_ld L_LD, then a step of the discriminator.  L_LD = -mean |v| or
    -mean |Delta I|.  In the mean half of the segmentation network's rows are generated, the others have the baseline
    alone; the discriminator sees a generated version of each row.

    Source: Chaitanya et al. (2021), equations 5 to 7 and algorithm 1.  What differs: each row is generated or not by a
    coin of its own, not 5 to 14 of 20; one forward pass of the generator, in training mode, serves both losses; the
    generator's field comes first and the baseline after it, resampled once.
    """

    def __init__(
        self,
        generator: DeformationGenerator | IntensityGenerator,
        segmenter: nn.Module | None,
        discriminator: Discriminator | None,
        data: JointData,
        plan: Plan,
        baseline: Baseline,
        objective: Objective,
        rng: Streams,
        tell: Tell,
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.generator, self.segmenter, self.discriminator = generator, segmenter, discriminator
        self.plan, self.baseline, self.objective, self.rng, self.tell = plan, baseline, objective, rng, tell
        self.material = data
        self.averaged = _averaged(generator, plan.averaging)
        self.history = History()
        self.chosen: dict[str, Tensor] | None = None
        self.chosen_update, self.best_dice = 0, -math.inf
        self.diverged = False
        self._magnitude: list[Tensor] = []  # since the last check, as the next one
        self._right: list[Tensor] = []
        self._norms: dict[str, float] = {}

    @property
    def warmup(self) -> int:
        """Updates before the joint ones; without a segmentation network there are none."""
        return self.plan.warmup if self.segmenter is not None else 0

    @property
    def kept(self) -> nn.Module:
        """The generator as it would be used now."""
        return self.generator if self.averaged is None else self.averaged.module

    def training_step(self, batch: int, step: int) -> None:
        """Update the segmentation network alone during the warm-up, then all networks."""
        labelled = self._labelled(step)
        baseline = draw((self.baseline,), None, labelled, lambda *names: self.rng("baseline", step, *names))
        if step < self.warmup:
            plain = apply(baseline, None, labelled)
            self._descend(0, self._segmentation(plain.image, plain.label))
        else:
            self._joint_step(labelled, baseline, step)

    def on_train_batch_end(self, outputs: object, batch: int, step: int) -> None:
        """Tell how far it is; validate, and choose."""
        done, of = step + 1, self.warmup + self.plan.updates
        if is_told(done, of):
            self.tell(done, of, "training the generator")
        joint = done - self.warmup
        if joint > 0 and (joint % self.plan.validate_every == 0 or joint == self.plan.updates):
            self._check(joint)
            self.trainer.should_stop = self.diverged

    def configure_optimizers(self) -> Any:  # Lightning's own union of a dozen shapes
        """Adam for the segmentation network and the generator together, and for the discriminator."""
        together = [network for network in (self.segmenter, self.generator) if network is not None]
        weights = [weight for network in together for weight in network.parameters()]
        optimizers = [torch.optim.Adam(weights, self.plan.learning_rate, fused=True)]
        if self.discriminator is not None:
            rate = self.plan.discriminator_learning_rate
            optimizers.append(torch.optim.Adam(self.discriminator.parameters(), rate, fused=True))
        return optimizers

    def _labelled(self, step: int) -> Batch:
        rows = torch.randint(len(self.material.labelled), (self.plan.batch_size,), generator=self.rng("labelled", step))
        return self.material.labelled.rows(rows.to(self.material.labelled.index.device))

    def _joint_step(self, labelled: Batch, baseline: tuple[Draw, ...], step: int) -> None:
        z = torch.randn(len(labelled), LATENT, generator=self.rng("z", step)).to(labelled.image.device)
        made, output = generated(self.generator, labelled, z, baseline)
        plain = apply(baseline, None, labelled)
        size = output.abs().mean()
        terms = {"magnitude": -self.plan.lambda_ld * size}
        if self.segmenter is not None:
            terms["segmentation"] = self._mixed_segmentation(made, plain, step)
        if self.discriminator is not None:
            real = self._real(plain.image, step)
            self.discriminator.requires_grad_(False)
            beside = real if self.plan.mixed_batch_norm else real[:0]  # judged as in the discriminator's own update
            of_made = self.discriminator(torch.cat([beside, made.image]))[len(beside) :]
            terms["adversarial"] = self.plan.lambda_adv * adversarial_loss(of_made)
            self.discriminator.requires_grad_(True)
        self._compare_gradients(terms, step)
        self._descend(0, torch.stack(list(terms.values())).sum())
        self._magnitude.append(torch.linalg.vector_norm(output.detach(), dim=1).mean())
        if self.averaged is not None:
            self.averaged.update_parameters(self.generator)
        if self.discriminator is not None:
            self._judge(self.discriminator, real, made.image.detach(), step)

    def _mixed_segmentation(self, made: Batch, plain: Batch, step: int) -> Tensor:
        chosen = happens(0.5, (len(made),), self.rng("generated", step)).to(made.image.device).view(-1, 1, 1, 1)
        if self.plan.coupling != "joint":
            made = replace(made, image=made.image.detach(), label=made.label.detach())
        image = torch.where(chosen, made.image, plain.image)
        return self._segmentation(image, torch.where(chosen, made.label, plain.label))

    def _segmentation(self, image: Tensor, label: Tensor) -> Tensor:
        assert self.segmenter is not None  # there is a warm-up, and a segmentation loss, only where it is
        return self.objective(self.segmenter(image), label)

    def _judge(self, judge: Discriminator, real: Tensor, made: Tensor, step: int) -> None:
        """One update of the discriminator, and how many images it told rightly."""
        penalised = self.plan.r1 > 0 and step % self.plan.r1_every == 0
        real = real.requires_grad_(penalised)
        if self.plan.mixed_batch_norm:
            of_real, of_made = judge(torch.cat([real, made])).split([len(real), len(made)])
        else:
            of_real, of_made = judge(real), judge(made)
        loss = discriminator_loss(of_real, of_made)
        if penalised:
            loss = loss + self.plan.r1 * self.plan.r1_every * gradient_penalty(of_real, real)
        self._descend(1, loss)
        self._right.append(torch.cat([of_real > 0, of_made < 0]).float().mean())

    @torch.no_grad()
    def _real(self, plain: Tensor, step: int) -> Tensor:
        """Unlabelled images and, where the plan says so, labelled originals; all with the baseline."""
        unlabelled = self.material.unlabelled
        assert unlabelled is not None  # without it there is no discriminator
        rows = torch.randint(len(unlabelled), (len(plain),), generator=self.rng("unlabelled", step))
        batch = as_batch(unlabelled[rows.to(unlabelled.device)])
        real = augment((self.baseline,), None, batch, lambda *names: self.rng("real baseline", step, *names)).image
        labelled = happens(self.plan.labelled_share, (len(rows),), self.rng("labelled real", step)).to(real.device)
        return torch.where(labelled.view(-1, 1, 1, 1), plain, real)

    def _descend(self, number: int, loss: Tensor) -> None:
        optimizers = self.optimizers()
        optimizer = optimizers[number] if isinstance(optimizers, list) else optimizers
        optimizer.zero_grad()
        self.manual_backward(loss)
        optimizer.step()

    def _compare_gradients(self, terms: Mapping[str, Tensor], step: int) -> None:
        """Norms of the gradients that reach the generator, now and then: each costs a backward pass."""
        joint = step + 1 - self.warmup
        checks = math.ceil(self.plan.updates / self.plan.validate_every)
        every = self.plan.validate_every * math.ceil(checks / _MOST_NORMS)
        if joint % every and joint != self.plan.updates:
            return
        weights = list(self.generator.parameters())
        for name, term in terms.items():
            gradients = torch.autograd.grad(term, weights, retain_graph=True, allow_unused=True)
            reached = [gradient.flatten() for gradient in gradients if gradient is not None]
            self._norms[name] = torch.cat(reached).norm().item() if reached else 0.0

    def _check(self, joint: int) -> None:
        dice = self._validation_dice()
        row = {
            "dice": dice,
            "magnitude": _mean(self._magnitude),
            "accuracy": _mean(self._right),
            **{
                f"gradient_{name}": self._norms.get(name, math.nan)
                for name in ("segmentation", "adversarial", "magnitude")
            },
        }
        self.history.update.append(joint)
        for name, value in row.items():
            getattr(self.history, name).append(value)
        self._magnitude.clear()
        self._right.clear()
        self._norms.clear()
        self.diverged = not math.isfinite(row["magnitude"])
        eligible = joint >= _LEAST_SHARE * self.plan.updates and not self.diverged
        if eligible and dice > self.best_dice + _LEAST_GAIN:
            self.best_dice, self.chosen_update = dice, joint
            self.chosen = copy.deepcopy(self.kept.state_dict())

    def _validation_dice(self) -> float:
        """Of the segmentation network on whole patients; NaN where nobody measures it."""
        if self.segmenter is None or self.material.validation is None or self.material.dice_error is None:
            return math.nan
        return 1 - self.material.dice_error(logits_of(self.segmenter, self.material.validation))


def run(module: JointPhase) -> nn.Module:
    """Train; returns the chosen generator, or the last one where nothing chooses, in inference mode."""
    train(module, range(module.warmup + module.plan.updates), module.material.labelled.image.device)
    kept = module.kept
    if module.chosen is None:
        module.chosen_update = module.history.update[-1]
    else:
        kept.load_state_dict(module.chosen)
    return kept.eval().requires_grad_(False)


def _averaged(generator: nn.Module, decay: float) -> AveragedModel | None:
    """use_buffers: averaged weights go with averaged statistics of batch norm, not with those of the last weights."""
    return AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(decay), use_buffers=True) if decay else None


def _mean(values: list[Tensor]) -> float:
    return torch.stack(values).mean().item() if values else math.nan
