"""AugPaint: keep the boxes of the structures, and paint a new surrounding."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content
from segaug.augment.augpaint.bank_artefact import Real, Source
from segaug.augment.augpaint.boxes import MASKS, kept_cells, kept_pixels
from segaug.augment.augpaint.frame import Frame
from segaug.augment.augpaint.learned import STAGES, Learned
from segaug.augment.augpaint.made_images import Labelled, MadeImages
from segaug.augment.augpaint.measures import Made
from segaug.augment.augpaint.noise import PREDICTIONS, STEPS
from segaug.augment.augpaint.options import PROFILES, Autoencoder, Denoiser, Profile, choose, refuse, settled
from segaug.augment.augpaint.sampler import Sampling
from segaug.augment.augpaint.samples import Painting, flip, from_bytes, samples_artefact
from segaug.augment.strategy import PrepareContext, Sees
from segaug.errors import ConfigError

_LEAST_POOL = 8  # images; fewer say nothing about what a surrounding may look like
_MOST_STEPS = STEPS // 2  # of a grid that begins at 1


@dataclass(frozen=True, kw_only=True)
class AugPaint(MadeImages):
    """Keep the boxes around the structures of labelled images, and paint the rest with a latent diffusion model.

    The model has seen labelled and unlabelled images of the pool, without labels: one for each task, whatever N, seed
    and network are.  Source: Hu and Shi, "Inpainting is All You Need"; what differs: docs/augpaint.md.
    """

    sees: ClassVar[tuple[Sees, ...]] = ("labelled subset", "unlabelled pool")
    conditional: ClassVar[bool] = False  # is the denoiser shown what is kept, instead of having it put back?

    profile: str = "small"  # small: five minutes of one core at 64 x 64 | published: for a GPU; null below: as it says
    mask: str = "box"  # box: of each structure | component: of each connected part | label: the labelled pixels alone
    flip_masks: bool = False  # flip what is kept, along each axis with p 0.5: for lesions that may lie anywhere
    first_stage: str | None = None  # patches: cells of pixels, nothing lost | vq: a vector-quantised autoencoder
    prediction: str | None = None  # of the denoiser: v | epsilon
    steps: int | None = None  # of the sampler
    eta: float = 1.0  # 0: no noise along the way
    resample: int | None = None  # passes of each step; the published 1 hears little of what is kept
    clip: bool = True  # clamp clean latents to the range of the real ones
    paste_latent: bool = True  # the kept cells are the source's in the end
    paste_pixels: bool = False  # the kept pixels are: exact, with a seam
    autoencoder: Autoencoder = field(default_factory=Autoencoder)
    denoiser: Denoiser = field(default_factory=Denoiser)

    def __post_init__(self) -> None:
        super().__post_init__()
        choose("profile", self.profile, tuple(PROFILES))
        plan = self.plan
        # a trial's id and record hold what was used, not that it was left out
        for name in ("first_stage", "prediction", "steps", "resample"):
            object.__setattr__(self, name, getattr(plan, name))
        object.__setattr__(self, "autoencoder", Autoencoder(**vars(plan.autoencoder)))
        object.__setattr__(self, "denoiser", Denoiser(**vars(plan.denoiser)))
        self._check_options(plan)

    @property
    def plan(self) -> Profile:
        """Every option of the profile settled."""
        profile = PROFILES[self.profile]
        names = ("first_stage", "prediction", "steps", "resample")
        own = {name: value for name in names if (value := getattr(self, name)) is not None}
        return replace(
            profile,
            autoencoder=settled(self.autoencoder, profile.autoencoder),
            denoiser=settled(self.denoiser, profile.denoiser),
            **own,
        )

    def _check_options(self, plan: Profile) -> None:
        choose("mask", self.mask, MASKS)
        choose("first_stage", plan.first_stage, STAGES)
        choose("prediction", plan.prediction, PREDICTIONS)
        if not 1 <= plan.steps <= _MOST_STEPS:
            refuse("steps", f"got {plan.steps}", f"use 1 to {_MOST_STEPS}; 50 are published")
        if not 0 <= self.eta <= 1:
            refuse("eta", f"got {self.eta}", "use 0 to 1; 1 is published")
        if plan.resample < 1:
            refuse("resample", f"got {plan.resample}", "use at least 1 pass of each step, which is published")
        plan.autoencoder.check("autoencoder")
        plan.denoiser.check("denoiser")

    def _frame(self, context: PrepareContext) -> Frame:
        size, plan = tuple(context.subset.image.shape[2:]), self.plan
        return Frame(size, plan.autoencoder.factor * 2 ** (len(plan.denoiser.channels) - 1))

    def _check(self, context: PrepareContext) -> None:
        super()._check(context)
        if not context.names("unlabelled pool"):
            raise ConfigError(
                key="scale.size",
                problem="the labelled subset leaves no unlabelled image, and AugPaint learns from both",
                fix="use a smaller size, or augment=random_bank, which needs none",
            )
        if (pool := len(self.learning(context).names)) < _LEAST_POOL:
            raise ConfigError(
                key="dataset",
                problem=f"its pool has {pool} different images, and AugPaint learns from at least {_LEAST_POOL}",
                fix="use more images, or augment=random_bank, which learns from none",
            )
        if not _varies(context.subset.image) and not _varies(context.allowed.unlabelled):
            raise ConfigError(
                key="dataset",
                problem="every image of its pool is constant, and there is nothing to learn from them",
                fix="look at them with segaug data check",
            )
        if not (free := self._free_shares(context)).any():
            raise ConfigError(
                key="augment.mask",
                problem=f"mask={self.mask} keeps every cell of the latent grid in all {len(free)} labelled images",
                fix="use augment.mask=component or label, or larger images",
            )

    def _free_shares(self, context: PrepareContext) -> Tensor:
        """Share of the latent cells of each labelled image with foreground that is painted; those of padding aside."""
        label = context.subset.shown[context.subset.shown.round().flatten(1).any(1)]
        frame, factor, kept_px = self._frame(context), self.plan.autoencoder.factor, kept_pixels(label, self.mask)
        kept, shown = (kept_cells(frame.padded_mask(each), factor) for each in (kept_px, torch.ones_like(kept_px)))
        return 1 - kept.flatten(1).sum(1) / shown.flatten(1).sum(1)

    def _warnings(self, context: PrepareContext) -> list[str]:
        free = self._free_shares(context)
        if free.all():
            return []
        return [
            f"of {int((free == 0).sum())} of {len(free)} labelled images everything is kept, so that their samples are "
            f"copies; over all of them, {free.mean():.0%} of the cells can change"
        ]

    def _learned(self, context: PrepareContext) -> Sequence[Artefact]:
        return self.learning(context).artefacts

    def learning(self, context: PrepareContext) -> Learned:
        """What is learned, from the pool of the base.

        Of other sources there is nothing unlabelled, and each seed has its own.
        """
        base = (context.subset.source == 0).nonzero()[:, 0].tolist()
        subset, unlabelled = context.names("labelled subset"), context.names("unlabelled pool")
        names = {name: row for row, name in enumerate([*(subset[row] for row in base), *unlabelled])}

        def image() -> Tensor:
            assert context.allowed.unlabelled is not None  # declared in `sees`
            every = torch.cat([context.subset.image[base], context.allowed.unlabelled])
            return every[[names[name] for name in sorted(names)]]

        plan = self.plan
        return Learned(
            image=image,
            names=sorted(names),
            channels=context.subset.image.shape[1],
            frame=self._frame(context),
            first_stage=plan.first_stage,
            prediction=plan.prediction,
            conditional=self.conditional,
            autoencoder=plan.autoencoder,
            denoiser=plan.denoiser,
            obtain=context.obtain,
        )

    def _sources(self, context: PrepareContext, labelled: Labelled, real: Real) -> list[Source]:
        learned = self.learning(context)
        device = context.subset.image.device
        painter = cache(partial(learned.painter, device))
        plan = self.plan
        sampling = Sampling(plan.prediction, plan.steps, self.eta, plan.resample, self.paste_latent)
        painting = Painting(sampling, self.clip, self.paste_pixels, self.flip_masks)
        kept = kept_pixels(labelled.batch.shown, self.mask)
        denoiser = learned.denoiser_artefact.name

        def source(place: int) -> Source:
            image, label, kept_px = labelled.batch.image[place], labelled.batch.label[place], kept[place]

            def made(content: Content) -> Made:
                flipped = content.tensors["flipped"][: self.per_image]

                def turned(each: Tensor) -> Tensor:
                    return flip(each.expand(self.per_image, *each.shape), flipped)

                return Made(
                    image=from_bytes(content.tensors["image"][: self.per_image]).to(device),
                    label=turned(label),
                    kept_px=turned(kept_px),
                    turned=turned(image),
                    source=image,
                    source_kept_px=kept_px,
                    reconstruction=from_bytes(content.tensors["reconstruction"]).to(device),
                    place=real.place(labelled.images[place]),
                )

            samples = samples_artefact(
                image, kept_px, self.per_image, painting, painter, denoiser, labelled.images[place]
            )
            return Source(labelled.row[place], samples, made)

        return [source(place) for place in labelled.with_foreground]


def _varies(image: Tensor | None) -> bool:
    """Has any image (B, C, *size) two grey values?"""
    return image is not None and bool((image.flatten(1).amax(1) > image.flatten(1).amin(1)).any())
