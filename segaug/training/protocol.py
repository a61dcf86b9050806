"""How a trial is trained: optimiser, learning-rate schedule, budget of updates, validation, and what N counts."""

import math
from dataclasses import dataclass, field
from typing import Literal

from segaug.errors import ConfigError
from segaug.training.criterion import SELECT
from segaug.training.objective import Objective
from segaug.training.optimiser import Optimiser
from segaug.training.order import SAMPLING

POLYNOMIAL_POWER = 0.9
PRECISIONS = ("float32", "bfloat16")
Unit = Literal["epoch", "update"]


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """One training protocol, the same for every cell of a study (`conf/protocol/<name>.yaml`).

    `unit` is what `length`, `warmup`, `validate_every` and `patience` count: "epoch" as published, where the number of
    updates grows with N; or "update", where every N gets the same number of updates.
    """

    unit: str = "epoch"
    length: int = 50
    warmup: int = 5
    validate_every: int = 1
    patience: int | None = 10  # validations without improvement; None = never stop early
    batch_size: int = 8  # a subset smaller than this is one batch
    learning_rate: float | None = None  # None: take it from learning_rates
    learning_rates: dict[str, float] = field(default_factory=dict)  # by model name; a model not named brings its own
    decay: str = "cosine"  # of the learning rate after the warm-up; "polynomial": with power 0.9
    beta1: float = 0.9  # of adam and adamw
    beta2: float = 0.999
    optimiser: Optimiser = field(default_factory=Optimiser)
    objective: Objective = field(default_factory=Objective)
    validation: str = "best"  # "best": keep the weights that are best on validation labels; "none": use none of these
    select: str = "bce"  # what is best: "bce" (cross-entropy), "dice" or "dice_patient", means over the structures
    output_bias: str = "zero"  # "foreground": start the output bias at the log-odds of the subset's foreground share
    subset: str = "independent"  # fresh draws per size, as published; "nested": one order per seed, N is its beginning
    count: str = "images"  # what N counts; "patients": N patients with all their images
    seeds_per_subset: int = 1  # with k, seed s draws the subset of seed s // k, and all else for itself
    sampling: str = "proportional"  # of images that are added to a base, as they come; "balanced": half of each batch
    patch: int | None = None  # side [px] of what the network is shown at once, of each image; null: all of it
    diagnostics: bool = False  # measure every layer on each test case, and keep pictures of what was predicted
    precision: str = "float32"  # "bfloat16": autocast of forward and backward; metrics stay in float32
    inference_precision: str = "float32"  # of the network in validation, recalibration and test; logits stay in float32

    def __post_init__(self) -> None:
        for name, valid in CHOICES.items():
            value = getattr(self, name)
            if value not in valid:
                raise _error(name, f"got {value!r}", f"choose from {', '.join(valid)}")
        for name in ("length", "batch_size", "validate_every", "seeds_per_subset"):
            if getattr(self, name) < 1:
                raise _error(name, f"got {getattr(self, name)}", "use at least 1")
        if self.patch is not None and self.patch < 1:
            raise _error("patch", f"got {self.patch}", "use a side in pixels, e.g. 64, or null for whole images")
        if not 0 <= self.warmup < self.length:
            raise _error("warmup", f"got {self.warmup}", f"use 0 to {self.length - 1}, less than protocol.length")
        if self.patience is not None and self.patience < 1:
            raise _error("patience", f"got {self.patience}", "use at least 1, or null for no early stopping")
        for name, value in {"learning_rate": self.learning_rate, **self.learning_rates}.items():
            if value is not None and not 0 < value < math.inf:
                raise _error("learning_rate", f"got {value} ({name})", "use a positive number")
        if self.select != "bce" and self.validation == "none":
            raise _error("select", f"got {self.select} with validation none", "use protocol.validation=best")
        if self.sampling == "balanced" and self.batch_size == 1:
            raise _error("sampling", "is balanced, and a batch of 1 has no halves", "use protocol.batch_size=2 or more")
        if self.optimiser.name == "sgd" and (self.beta1, self.beta2) != (0.9, 0.999):
            raise _error("beta1", "is an option of adam, and protocol.optimiser.name is sgd", "leave out the betas")

    def window(self, axes: int) -> tuple[int, ...] | None:
        """Pixels that the network is shown at once, along each axis of an image; None: whole images."""
        return None if self.patch is None else (self.patch,) * axes


CHOICES = {
    "unit": ("epoch", "update"),
    "decay": ("cosine", "polynomial"),
    "validation": ("best", "none"),
    "select": SELECT,
    "output_bias": ("zero", "foreground"),
    "subset": ("independent", "nested"),
    "count": ("images", "patients"),
    "sampling": SAMPLING,
    "precision": PRECISIONS,
    "inference_precision": PRECISIONS,
}


def _error(name: str, problem: str, fix: str) -> ConfigError:
    return ConfigError(key=f"protocol.{name}", file="conf/protocol/", problem=problem, fix=fix)


@dataclass(frozen=True)
class Schedule:
    """A protocol applied to a subset: everything counted in updates (optimiser steps)."""

    updates: int
    updates_per_epoch: int
    updates_per_unit: int
    validate_every: int  # updates
    patience: int | None  # validations
    warmup: int  # units
    length: int  # units
    decay: str

    def factor(self, update: int) -> float:
        """Learning rate of an update (0-based), as a share of the initial one: linear warm-up, then a decay to 0.

        Source: scaling-study specification, section 5: with t the unit of the update, W warm-up units and T units in
        all, (t + 1) / W for t < W, else (1 + cos(pi (t - W) / (T - W))) / 2.  Polynomial: (1 - (t - W) / (T - W))^0.9.
        """
        t = update // self.updates_per_unit
        if t < self.warmup:
            return (t + 1) / self.warmup
        if self.decay == "polynomial":
            left: float = (1 - (t - self.warmup) / (self.length - self.warmup)) ** POLYNOMIAL_POWER
            return left
        return 0.5 * (1 + math.cos(math.pi * (t - self.warmup) / (self.length - self.warmup)))

    def validates_after(self, update: int) -> bool:
        """Is there a validation after this update (0-based)?  Always after the last one."""
        return (update + 1) % self.validate_every == 0 or update + 1 == self.updates


def schedule(protocol: Protocol, images: int) -> Schedule:
    """Count a protocol in updates for a subset of so many images; the last partial batch of an epoch is kept."""
    per_epoch = math.ceil(images / protocol.batch_size)
    per_unit = per_epoch if protocol.unit == "epoch" else 1
    return Schedule(
        updates=protocol.length * per_unit,
        updates_per_epoch=per_epoch,
        updates_per_unit=per_unit,
        validate_every=protocol.validate_every * per_unit,
        patience=protocol.patience,
        warmup=protocol.warmup,
        length=protocol.length,
        decay=protocol.decay,
    )
