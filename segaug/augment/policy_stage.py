"""The stage that every policy is: draw an option of each group, then how strong it is, then apply all of them."""

from dataclasses import dataclass, field, replace
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.policy.carry import carried
from segaug.augment.policy.categorical import Drawn, draw
from segaug.augment.policy.chain import recoloured
from segaug.augment.policy.geometry import affine, carrying, matrices
from segaug.augment.policy.intensity import Statistics, noise_seeds, statistics
from segaug.augment.policy.options import sizes
from segaug.augment.policy.strength import drawn_strength
from segaug.augment.strategy import ON_CPU, Prepared, Strategy
from segaug.batch import Batch
from segaug.deform.affine_field import AffineField


@dataclass(frozen=True)
class PolicyParams:
    """One row per image; G groups, in the order of `options.groups`."""

    drawn: Drawn = field(metadata=ON_CPU)
    strength: Tensor  # (B, G), see `drawn_strength`
    matrix: Tensor  # (B, D, D) pull-back about the middle, of the part that interpolates
    whole: Statistics  # of the images as they are stored, on their device
    moves: Tensor = field(metadata=ON_CPU)  # (B,) bool: is that part not the identity?
    carried: Tensor = field(metadata=ON_CPU)  # (B, D, D) of mirrors and quarter turns, which come last
    seed: Tensor = field(metadata=ON_CPU)  # (B,) long, of the noise


@dataclass(frozen=True, kw_only=True)
class PolicyStage(Strategy):
    """Transform each image by one option of each group, drawn from the softmax of the group's logits.

    It takes the place of the shared baseline.  A strategy says only where the logits come from: `logits_for`.
    Source: Li et al. (2023), IEEE TMI.  What is drawn, and how strong: `options`; in which order: `geometry`, `chain`.
    """

    own_baseline: ClassVar[bool] = True
    drawn_as: ClassVar[str] = "Policy"  # all alike: with equal logits, two strategies draw the same
    about_middle: ClassVar[bool] = True
    # Nothing is clipped at the end: gamma stretches an image of a few bright pixels most, whose deviation it restores.
    intensity: ClassVar[tuple[float, float]] = (-20.0, 20.0)

    forbid: list[str] = field(default_factory=list)  # groups such as mirror_columns, single options such as rotation/90

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "forbid", sorted({*self.forbid}))  # what is forbidden has no order: one trial, one id

    def logits_for(self, batch: Batch, prepared: Prepared) -> Tensor:
        """Logits (B, K) float32 on the CPU, of all groups one after the other; rows may have different ones."""
        raise NotImplementedError

    def draw_options(self, batch: Batch, prepared: Prepared, rng: torch.Generator) -> Drawn:
        """An option of each group for each row."""
        return draw(self.logits_for(batch, prepared), sizes(axes_of(batch)), rng)

    def sample(self, batch: Batch, prepared: Prepared, rng: torch.Generator) -> PolicyParams:
        """Draw every number of every row and group, whatever it is used for: so no row moves another's draws."""
        axes = axes_of(batch)
        drawn = self.draw_options(batch, prepared, rng)
        strength = drawn_strength(drawn.option, axes, rng)
        matrix, carry = self._geometry(batch, drawn.option, strength)
        return PolicyParams(
            drawn=drawn,
            strength=strength,
            matrix=matrix,
            moves=(matrix != torch.eye(axes)).flatten(1).any(1),
            carried=carry,
            whole=statistics(batch.image),
            seed=noise_seeds(len(batch), rng),
        )

    def _geometry(self, batch: Batch, option: Tensor, strength: Tensor) -> tuple[Tensor, Tensor]:
        """What interpolates, and what only carries pixels elsewhere.  Where sides differ a turn shows other pixels."""
        axes = axes_of(batch)
        size = batch.image.shape[2:] if batch.patch is None else batch.patch.size
        if len(set(size)) == 1:
            return affine(option, strength, axes), carrying(option, strength, axes)
        return matrices(option, strength, axes), torch.eye(axes).repeat(len(batch), 1, 1)

    def displacement_px(self, batch: Batch, params: PolicyParams, prepared: Prepared) -> AffineField | None:
        """Field of scale and rotation; exactly 0 in rows that drew neither."""
        if not params.moves.any():
            return None
        return AffineField(params.matrix, tuple(batch.image.shape[2:]))

    def recolour(self, image: Tensor, params: PolicyParams, prepared: Prepared) -> Tensor:
        """The changes of grey values, in the rows that drew some."""
        option = params.drawn.option
        return recoloured(image, option, params.strength, params.whole, params.seed, axes=image.ndim - 2)

    def mix(self, batch: Batch, params: PolicyParams, prepared: Prepared) -> Batch:
        """Turn and mirror, exactly: pixels are carried and not read again, and the others are not touched."""
        image, label = (carried(each, params.carried) for each in (batch.image, batch.label))
        return batch if image is batch.image else replace(batch, image=image, label=label)


def axes_of(batch: Batch) -> int:
    """Spatial axes of its images."""
    return batch.image.ndim - 2
