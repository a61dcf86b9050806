"""What the four task-driven strategies share: which generators they learn, and how these are used."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn

import torch
from torch import Tensor, nn

from segaug.augment.artefact import Artefact
from segaug.augment.baseline import Baseline
from segaug.augment.kinds import ByKind, Kinds
from segaug.augment.strategy import PrepareContext, Sees, Strategy
from segaug.augment.task_driven.generator import Kind, generator_artefact, generator_of
from segaug.augment.task_driven.networks import LATENT, SIDE_MULTIPLE, DeformationGenerator, IntensityGenerator
from segaug.augment.task_driven.options import Joint
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.form import Form

UNLABELLED_FROM = ("external", "pool")
_LEAST_UNLABELLED = 2


@dataclass(frozen=True)
class Codes:
    """One row per image."""

    kinds: Kinds
    z: Tensor  # (B, LATENT), the same for both generators


class Generators(nn.Module):
    """What is learned before training, frozen, in inference mode."""

    def __init__(self, deformation: DeformationGenerator | None, intensity: IntensityGenerator | None) -> None:
        super().__init__()
        self.deformation, self.intensity = deformation, intensity


@dataclass(frozen=True, kw_only=True)
class TaskDriven(ByKind):
    """Deform and recolour by generators that were trained so that a segmentation network profits from them.

    Each generator is trained in a joint phase of its own, on the labelled subset, on images without labels and, to
    choose it, on validation labels.  Here it runs in inference mode, on the rows that need it: v = G_V(x, z) on the
    stored image, then the baseline, resampled once, then x + G_I(x, z) on the result, not clipped.  Labels of deformed
    rows are soft.

    Source: Chaitanya et al. (2021), Medical Image Analysis 68:101934.  What differs from the text and the released code
    is said in `options`, `networks` and `joint_phase`, and why in docs/decisions/0019-joint-phase.md.
    """

    learns_channels: ClassVar[bool] = True
    learns_whole: ClassVar[bool] = True

    unlabelled_from: str = "external"  # external: the same at every N and seed | pool: what the subset leaves of it
    unlabelled_images: int | None = None  # so many of them, from the first on; null: all
    joint: Joint = field(default_factory=Joint)
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.unlabelled_from not in UNLABELLED_FROM:
            self._refuse("unlabelled_from", f"choose from {', '.join(UNLABELLED_FROM)}")
        if self.unlabelled_images is not None and self.unlabelled_images < _LEAST_UNLABELLED:
            self._refuse("unlabelled_images", f"use at least {_LEAST_UNLABELLED} images, or null for all")
        if not self.deforms and not self.recolours:
            self._refuse("share_both", "use a share above 0 for at least one kind; augment=baseline has none")

    @property
    def sees(self) -> tuple[Sees, ...]:  # type: ignore[override]  # what it sees is an option
        """Images without labels where there is an adversarial loss, validation labels where they choose."""
        seen: list[Sees] = ["labelled subset"]
        if self.joint.plan.lambda_adv:
            seen.append("external images" if self.unlabelled_from == "external" else "unlabelled pool")
        if self.joint.plan.coupling != "independent":
            seen.append("validation labels")
        return tuple(seen)

    def taken(self, part: Sees, rows: tuple[int, ...]) -> tuple[int, ...]:
        """The first `unlabelled_images` of those without labels."""
        return rows if part in ("labelled subset", "validation labels") else rows[: self.unlabelled_images]

    def stages(self) -> tuple[Strategy, ...]:
        """The generated field acts on the stored image, the baseline on the result."""
        return (self, self.baseline)

    def check(self, form: Form) -> None:
        """The sides are halved five times."""
        if any(side % SIDE_MULTIPLE for side in form.size):
            sides = " x ".join(map(str, form.size))
            raise ConfigError(
                key="dataset.size",
                problem=f"the generators of task-driven strategies cannot take images of {sides} pixels",
                fix=f"use a multiple of {SIDE_MULTIPLE}",
            )

    def artefacts(self, context: PrepareContext) -> Sequence[Artefact]:
        """The generators that the shares ask for; they do not depend on each other."""
        if self._has_no_task(context) or (self.unlabelled_from == "pool" and self._too_few(context)):
            return ()  # of this subset: nothing is made ahead, its trial fails by name, and the sweep goes on
        return self._artefacts(context)

    def prepare(self, context: PrepareContext) -> Generators:
        """The generators, on the device of the images."""
        if self._has_no_task(context):
            raise ConfigError(
                key="scale.size",
                problem="no labelled image shows anything to segment, and the generators learn from what is there",
                fix="use more images, another seed, or augment.joint.coupling=independent",
            )
        made = {
            kind: generator_of(kind, context.obtain(artefact)).to(context.subset.image.device)
            for kind, artefact in zip(self._generators(), self._artefacts(context), strict=True)
        }
        return Generators(made.get("deformation"), made.get("intensity"))  # type: ignore[arg-type]

    def sample(self, batch: Batch, prepared: Generators, rng: torch.Generator) -> Codes:
        """Draw the kind of each row, and a code, whether it is used or not."""
        kinds = self.draw_kinds(len(batch), rng)
        return Codes(kinds, torch.randn(len(batch), LATENT, generator=rng))

    def soft_rows(self, batch: Batch, params: Codes) -> Tensor:
        """The deformed ones."""
        return params.kinds.deformed

    @torch.no_grad()
    def displacement_px(self, batch: Batch, params: Codes, prepared: Generators) -> Tensor | None:
        """The generated fields; 0 in rows of other kinds."""
        if prepared.deformation is None:
            return None
        rows = params.kinds.deformed
        field_px = batch.image.new_zeros(len(batch), 2, *batch.image.shape[2:])
        if rows.any():
            field_px[rows] = prepared.deformation.in_px(prepared.deformation(batch.image[rows], params.z[rows]))
        return field_px

    @torch.no_grad()
    def recolour(self, image: Tensor, params: Codes, prepared: Generators) -> Tensor:
        """Add the generated change; other rows keep their bits."""
        rows = params.kinds.recoloured
        if prepared.intensity is None or not rows.any():
            return image
        changed = image.clone()
        changed[rows] += prepared.intensity(image[rows], params.z[rows])
        return changed

    def _has_no_task(self, context: PrepareContext) -> bool:
        return self.joint.plan.coupling != "independent" and not context.subset.shown.any()

    def _artefacts(self, context: PrepareContext) -> list[Artefact]:
        unlabelled = self._unlabelled(context)
        return [
            generator_artefact(kind, context, unlabelled, self.joint.plan, self.baseline) for kind in self._generators()
        ]

    def _generators(self) -> tuple[Kind, ...]:
        kinds: list[Kind] = []
        if self.deforms:
            kinds.append("deformation")
        if self.recolours:
            kinds.append("intensity")
        return tuple(kinds)

    def _unlabelled(self, context: PrepareContext) -> Tensor | None:
        if not self.joint.plan.lambda_adv:
            return None
        images = self._offered(context)
        if images is None or self._too_few(context):
            wanted, count = self.unlabelled_images or _LEAST_UNLABELLED, 0 if images is None else len(images)
            more = "raise dataset.split.external_share, or use augment.unlabelled_from=pool"
            more = more if self.unlabelled_from == "external" else "lower N"
            raise ConfigError(
                key="augment.unlabelled_images" if self.unlabelled_images else "augment.unlabelled_from",
                file=self.file,
                problem=f"{wanted} images without labels are wanted, and the {self.unlabelled_from} part has {count}",
                fix=f"lower it, or {more}" if self.unlabelled_images else more,
            )
        return images[: self.unlabelled_images]

    def _offered(self, context: PrepareContext) -> Tensor | None:
        return context.allowed.external if self.unlabelled_from == "external" else context.allowed.unlabelled

    def _too_few(self, context: PrepareContext) -> bool:
        images = self._offered(context)
        wanted = (self.unlabelled_images or _LEAST_UNLABELLED) if self.joint.plan.lambda_adv else 0
        return (0 if images is None else len(images)) < wanted

    def _refuse(self, option: str, fix: str) -> NoReturn:
        raise ConfigError(key=f"augment.{option}", file=self.file, problem=f"got {getattr(self, option)}", fix=fix)
