"""What an augmentation strategy is: draw first, then apply.

A simple strategy writes `sample` and one of `displacement_px` and `recolour`; everything else has a default that does
nothing. No strategy warps an image: `augment.augment` composes the fields of all stages and resamples once.
Why the interface is as it is: docs/decisions/0001-strategy-interface.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from segaug.augment.artefact import Artefact, Content, Json
from segaug.augment.bank import Bank
from segaug.augment.learned_state import learned_state, load_learned_state
from segaug.augment.training_rules import LookAhead, Objective, Training, UpdateRule, ValidationError
from segaug.batch import Batch
from segaug.deform.field import Field
from segaug.errors import ConfigError
from segaug.form import Form

Sees = Literal["labelled subset", "external images", "unlabelled pool", "validation labels"]
Params = Any  # a tensor or a frozen dataclass of tensors with a leading row axis; each strategy knows its own
CONTENTS = {"start": "start_policy"}  # option that may name a file -> what that file holds: this counts, not the name
Prepared = Any  # nn.Module or frozen object made by `prepare`; None for strategies that need none


@dataclass(frozen=True)
class Allowed:
    """The data beside the labelled subset that a strategy declares in `sees`; None is what it does not declare."""

    external: Tensor | None = None  # (E, C, H, W) images without labels
    unlabelled: Tensor | None = None  # (U, C, H, W) images of the pool outside the subset
    validation: Batch | None = None

    def to(self, device: torch.device | str) -> "Allowed":
        """The same data on another device."""
        return Allowed(
            None if self.external is None else self.external.to(device),
            None if self.unlabelled is None else self.unlabelled.to(device),
            None if self.validation is None else self.validation.to(device),
        )


NOTHING = Allowed()
ON_CPU = MappingProxyType({"on_cpu": True})  # metadata of a field of params that stays there: asked without a GPU


@dataclass(frozen=True)
class PrepareContext:
    """Everything `prepare` may use."""

    subset: Batch
    allowed: Allowed
    decides: Mapping[str, Json]  # what decides a trial, as plain values, for the keys of artefacts: see `artefacts`
    objective: Objective  # what logits mean, and the loss
    build_model: Callable[[torch.Generator], nn.Module]  # the trial's network; its initial weights are the stream's
    train_segmentation: Callable[[Batch, "Strategy | None"], nn.Module]  # by the trial's protocol; None: not augmented
    rng: Callable[..., torch.Generator]  # rng("purpose", ...) opens a named stream of this trial
    obtain: Callable[[Artefact], Content]  # from the store, or made and stored; raises where it failed
    names: Callable[[Sees], tuple[str, ...]]  # `image_hash` of each image of a part that is declared, at no cost
    patients: Callable[[Sees], tuple[int, ...]]  # a number for each, the same for those of one patient in any part
    validation_error: ValidationError | None = None  # None unless the strategy declares to see validation labels
    validation_dice_error: ValidationError | None = None  # 1 - Dice of whole patients, whatever chooses best weights
    patch: tuple[int, ...] | None = None  # pixels that the network is shown at once; None: whole images


@dataclass(frozen=True)
class StepContext:
    """What a strategy that replaces "augment, then loss" gets at each step."""

    model: nn.Module
    batch: Batch
    prepared: Prepared
    step: int  # updates done so far
    updates: int  # of the whole training, as planned
    learning_rate: float  # of this step's update
    rate_share: float  # of the first learning rate, by the protocol's schedule: for rates of the strategy's own
    objective: Objective  # what logits mean, and the loss
    optimiser: UpdateRule
    look_ahead: LookAhead  # the weights after this step's update, had it these gradients; nothing is changed
    augment: Callable[[Batch], Batch]  # all stages, with this step's streams; of patches where the batch has them
    rng: Callable[..., torch.Generator]  # rng("purpose", ...) opens a named stream of this step
    external: Tensor | None = None  # all (E, C, H, W) of them; None unless the strategy declares to see them
    draw_external: Callable[[int], Tensor] | None = None  # so many rows of these; each step's own
    draw_unlabelled: Callable[[int], Tensor] | None = None
    draw_validation: Callable[[int], Batch] | None = None  # with patches, where the protocol has them
    patch: tuple[int, ...] | None = None  # pixels that the network is shown at once; None: whole images
    validation_error: ValidationError | None = None

    @property
    def loss(self) -> Callable[[Tensor, Tensor], Tensor]:
        """Logits, label -> a scalar, as `Objective` says it."""
        return self.objective


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """Base of every strategy; the dataclass is at once its config (`conf/augment/<name>.yaml`)."""

    sees: ClassVar[tuple[Sees, ...]] = ("labelled subset",)
    mixes_rows: ClassVar[bool] = False  # may row i of a batch depend on row j?
    own_baseline: ClassVar[bool] = False  # does it bring its own baseline, or none?  Its strength is that of all stages
    needs_validation: ClassVar[bool] = False  # can it not be trained where the protocol has no validation labels?
    learns_channels: ClassVar[bool] = False  # does a grey image in three channels teach it something else?
    drawn_as: ClassVar[str] = ""  # strategies that share a name draw from the same streams; "": that of the class
    needs_index: ClassVar[bool] = False  # does it look images up by `Batch.index`?  Made rows have none
    intensity: ClassVar[tuple[float, float]] = (0.0, 1.0)  # range of its images, given images in 0..1
    about_middle: ClassVar[bool] = False  # does it act about the middle of what it is shown, on a patch of an image?
    learns_whole: ClassVar[bool] = False  # does it train networks on whole images, where there are patches?
    version: ClassVar[int] = 1  # raised where it makes something else of the same options; from 2 on part of ids

    p: float = 1.0  # probability that the strategy's own stage is applied, per image and step

    def __post_init__(self) -> None:
        check_shares("augment", "", p=self.p)

    def resolved(self) -> "Strategy":
        """The same with what the files hold that its options name, see `CONTENTS`; once, as a trial is composed."""
        return self

    def check(self, form: Form) -> None:
        """Raise ConfigError unless images of this form can be augmented; before anything is decoded.

        The form is that of patches, where there are any, unless the strategy `learns_whole`.
        """

    def check_training(self, training: Training) -> None:
        """Raise ConfigError unless it can be trained so; before anything is decoded."""

    def check_maps(self, form: Form, maps: Callable[[], Mapping[str, Tensor]]) -> None:
        """Raise ConfigError unless a network with these feature maps can be trained; before anything is decoded.

        maps: those of one image (1, F, h, w), by name; they cost a pass through the network, unless nobody asks.
        """

    def taken(self, part: Sees, rows: tuple[int, ...]) -> tuple[int, ...]:
        """Which rows of a part of the data it uses, of those that it is allowed to see; all of them by default."""
        return rows

    def stages(self) -> tuple["Strategy", ...]:
        """This strategy and the strategies that run after it (the baseline), in order; no two of one class.

        All of them are handed what the strategy prepared.
        """
        return (self,)

    def sample(self, batch: Batch, prepared: Prepared, rng: torch.Generator) -> Params:
        """Draw this step's random numbers, as small CPU values, one row per image; the only place with randomness."""
        return None

    def displacement_px(self, batch: Batch, params: Params, prepared: Prepared) -> Tensor | Field | None:
        """Field (B, 2, H, W) in pixels, (row, column): the output pixel at p shows the input at p + field(p).

        A tensor, or a `Field` that need not be spelt out.
        The batch shows whole images, as it did to `sample`; where there are patches, these to a stage `about_middle`.
        Pure; `params` lie on the device of the batch already, but for what is declared `ON_CPU`.  None: no geometric
        change.
        """
        return None

    def recolour(self, image: Tensor, params: Params, prepared: Prepared) -> Tensor:
        """Change intensities after the warp; pure, (B, C, H, W) to the same shape.

        Where there are patches, a stage that does not act `about_middle` changes whole images, before the warp.
        """
        return image

    def soft_rows(self, batch: Batch, params: Params) -> Tensor:
        """Rows whose labels are warped bilinearly, and so become soft, (B,) bool on the CPU; nearest elsewhere.  Pure.

        It counts where the stage is applied; `params` are as drawn.
        """
        return torch.zeros(len(batch), dtype=torch.bool)

    def mix(self, batch: Batch, params: Params, prepared: Prepared) -> Batch:
        """Combine or rearrange rows, images and labels alike, after warp and recolouring; pure.

        Where a row comes to depend on another one, it needs `mixes_rows`.
        """
        return batch

    def artefacts(self, context: PrepareContext) -> Sequence[Artefact]:
        """What `prepare` will obtain, dependencies first, so that it can be made ahead and shared between trials.

        Cheap: describes, and obtains nothing.  The key of each holds all that *its* content depends on, and no more, so
        that all other trials share it: options of the strategy, hashes of images, and what is needed of
        context.decides: "task" (its content), "model" and "protocol" (their options), "objective", "size", "seed",
        "validation_patients" (a number for each validation image, equal for those of one patient).
        """
        return ()

    def prepare(self, context: PrepareContext) -> Prepared:
        """Learn what the strategy needs before training, or obtain it where an earlier trial has learned it."""
        return None

    def training_set(self, subset: Batch, prepared: Prepared) -> Batch:
        """Add to or replace the training images, once, before training.

        Rows that it makes have the index NOT_OF_POOL, and spacing and source of the image that they were made of.
        """
        return subset

    def bank(self, prepared: Prepared) -> Bank | None:
        """The images that it has made, whether it trains on them or not; None where it makes none."""
        return None

    training_step: ClassVar[Callable[..., Tensor] | None] = None  # (self, StepContext) -> loss, where a method needs it

    predict: ClassVar[Callable[..., Tensor] | None] = None
    """(self, model, image, prepared) -> logits: the way of predicting that was learned with the network, if any was.

    model: `Forward`, of images (B, C, H, W), whatever the network is shown of them at once.  It is what
    `predict=[learned]` scores; validation, the choice of weights and the plain way ask the network alone.  None: such a
    way is learned on validation afterwards.
    """

    def state(self, prepared: Prepared) -> dict[str, Tensor]:
        """What the strategy learns while the network does, by name; it is kept, restored and scored beside the network.

        All tensors of the modules in `prepared`, except of modules whose parameters are all frozen: what was learned
        before training needs no copy at each validation.  A method that changes anything else lists it here.
        """
        return learned_state(prepared)

    def load(self, prepared: Prepared, state: dict[str, Tensor]) -> None:
        """Put `prepared` back, in place, to a state that `state` gave."""
        load_learned_state(prepared, state)

    def facts(self, prepared: Prepared, best: Mapping[str, Tensor]) -> Mapping[str, Json]:
        """What the record tells of what was learned while the network was, after the last update; keys of `Record`.

        best: the `state` that belongs to the best weights.
        """
        return {}


def check_shares(key: str, file: str, **shares: float) -> None:
    """Refuse a probability outside 0..1; the keyword is the option's name."""
    for name, share in shares.items():
        if not 0 <= share <= 1:
            raise ConfigError(
                key=f"{key}.{name}", file=file, problem=f"got {share}", fix="use a probability from 0 to 1"
            )
