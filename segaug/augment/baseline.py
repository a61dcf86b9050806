"""The augmentation that every trained strategy shares: flips, rotation, affine, histogram shift."""

from dataclasses import dataclass
from math import pi
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from segaug.augment.draws import between, happens, uniform, unit_uniforms
from segaug.augment.histogram_shift import rising_levels, shift_histogram
from segaug.augment.strategy import Prepared, Strategy, check_shares
from segaug.batch import Batch
from segaug.deform.affine_field import AffineField
from segaug.deform.field import where_rows
from segaug.errors import ConfigError

_FILE = "conf/augment/baseline.yaml"
_CHOICES = {"scheme": ("composed", "one_of_five"), "labels": ("nearest", "bilinear")}
_ROTATE, _SCALE, _FLIP, _TURN, _NOTHING = range(5)  # the five of one_of_five
_EMPTY = 1e-3  # largest grey value of an image that shows nothing


@dataclass(frozen=True)
class BaselineParams:
    """One row per image."""

    matrix: Tensor  # (B, 2, 2) pull-back about the image's middle, (row, column)
    levels: Tensor  # (B, control_points) of the histogram shift
    shifted: Tensor  # (B,) bool: does the histogram shift apply?


@dataclass(frozen=True, kw_only=True)
class Baseline(Strategy):
    """Flip, rotate, scale and shear about the middle, as one matrix; then shift the histogram.

    Source: the published transforms in their published order, with MONAI 1.6's conventions (`RandFlip`, then
    `RandAffine`, which rotates, shears, scales): the matrix maps output to input positions, so the output shows `scale`
    times as much of the input along an axis.

    scheme "one_of_five": instead of all that, each image gets one of five with equal chance: a rotation by
    U(-max_angle_deg, max_angle_deg); one scale U(min_scale, max_scale) for both axes; a flip of the columns, with
    probability p_flip; a rotation by 45 k degrees, k = 0..7; nothing.  An image whose maximum is at most 0.001 is left
    as it is.  Source: Chaitanya et al. (2021), section 4.3.
    """

    about_middle: ClassVar[bool] = True

    scheme: str = "composed"  # composed | one_of_five
    labels: str = "nearest"  # how labels are warped; bilinear makes them soft, as task-driven strategies do
    p_flip: float = 0.5  # of each axis
    p_rotation: float = 0.5
    max_angle_deg: float = 15.0
    p_affine: float = 0.5  # of scale and shear together
    min_scale: float = 0.9
    max_scale: float = 1.1  # drawn for each axis
    max_shear: float = 0.1  # drawn for each axis, pixel per pixel
    p_histogram_shift: float = 0.5
    control_points: int = 10  # of the histogram shift; fewer points, larger shifts

    def __post_init__(self) -> None:
        super().__post_init__()
        shares = {name: getattr(self, name) for name in ("p_flip", "p_rotation", "p_affine", "p_histogram_shift")}
        check_shares("augment", _FILE, **shares)
        for name, valid in _CHOICES.items():
            if (value := getattr(self, name)) not in valid:
                raise ConfigError(
                    key=f"augment.{name}", file=_FILE, problem=f"got {value!r}", fix=f"choose from {', '.join(valid)}"
                )
        if not 0 < self.min_scale <= self.max_scale:
            raise ConfigError(
                key="augment.min_scale",
                file=_FILE,
                problem=f"got {self.min_scale} with max_scale {self.max_scale}",
                fix="use 0 < min_scale <= max_scale",
            )
        if self.control_points < 3:
            raise ConfigError(
                key="augment.control_points",
                file=_FILE,
                problem=f"got {self.control_points}",
                fix="use at least 3, of which the two ends stay; or p_histogram_shift: 0",
            )

    def sample(self, batch: Batch, prepared: Prepared, rng: torch.Generator) -> BaselineParams:
        """Draw every number of every row, whether it is used or not: so no probability moves another's draws."""
        if self.scheme == "one_of_five":
            return self._one_of_five(batch, rng)
        rows, points = len(batch), self.control_points
        flips, angles, turned, sheared, scales, shears, shifted, levels = unit_uniforms(
            rng, (rows, 2), (rows,), (rows,), (rows, 1), (rows, 2), (rows, 2), (rows,), (rows, points)
        )
        angle = between(-self.max_angle_deg, self.max_angle_deg, angles) * (turned < self.p_rotation)
        is_sheared = sheared < self.p_affine
        return BaselineParams(
            matrix=pull_back(
                flip=np.where(flips < self.p_flip, np.float32(-1), np.float32(1)),
                angle_rad=angle * np.float32(pi / 180),
                shear=between(-self.max_shear, self.max_shear, shears) * is_sheared,
                scale=np.where(is_sheared, between(self.min_scale, self.max_scale, scales), np.float32(1)),
            ),
            shifted=torch.from_numpy(shifted < self.p_histogram_shift),
            levels=rising_levels(levels),
        )

    def _one_of_five(self, batch: Batch, rng: torch.Generator) -> BaselineParams:
        rows = len(batch)
        kind = torch.randint(5, (rows,), generator=rng)
        kind[batch.image.flatten(1).amax(1).cpu() <= _EMPTY] = _NOTHING
        small = uniform(-self.max_angle_deg, self.max_angle_deg, (rows,), rng) * (kind == _ROTATE)
        eighths = 45.0 * torch.randint(8, (rows,), generator=rng) * (kind == _TURN)
        scale = torch.where(kind == _SCALE, uniform(self.min_scale, self.max_scale, (rows,), rng), 1.0)
        mirrored = happens(self.p_flip, (rows,), rng) & (kind == _FLIP)
        flip = torch.stack([torch.ones(rows), 1 - 2 * mirrored.float()], dim=1)
        return BaselineParams(
            matrix=pull_back(
                flip.numpy(),
                ((small + eighths) * (pi / 180)).numpy(),
                np.zeros((rows, 2), np.float32),
                scale[:, None].expand(-1, 2).numpy(),
            ),
            shifted=torch.zeros(rows, dtype=torch.bool),
            levels=torch.linspace(0, 1, self.control_points).expand(rows, -1),
        )

    def soft_rows(self, batch: Batch, params: BaselineParams) -> Tensor:
        """All or none, as `labels` says."""
        return torch.full((len(batch),), self.labels == "bilinear")

    def displacement_px(self, batch: Batch, params: BaselineParams, prepared: Prepared) -> AffineField:
        """Field of the matrix; whole pixels where a row is only flipped, exactly 0 where nothing happens to it."""
        return AffineField(params.matrix, tuple(batch.image.shape[2:]))

    def recolour(self, image: Tensor, params: BaselineParams, prepared: Prepared) -> Tensor:
        """Shift the histogram of the rows that drew it."""
        if image.is_cuda:  # asking which would wait for it
            return where_rows(params.shifted, shift_histogram(image, params.levels), image)
        rows = params.shifted.nonzero()[:, 0]
        if len(rows) == len(image):
            return shift_histogram(image, params.levels)
        return image.index_copy(0, rows, shift_histogram(image[rows], params.levels[rows])) if len(rows) else image


def pull_back(flip: np.ndarray, angle_rad: np.ndarray, shear: np.ndarray, scale: np.ndarray) -> Tensor:
    """One matrix (B, 2, 2) for: flip the image, then rotate, then shear, then scale it; all about its middle.

    flip: (B, 2) of 1 or -1.  angle_rad: (B,).  shear, scale: (B, 2).  Pairs are (row, column); all float32.
    """
    angle = torch.from_numpy(angle_rad)
    cos, sin = angle.cos().numpy(), angle.sin().numpy()  # numpy's differ in the last bit from processor to processor
    rows, columns = shear.T  # a shear of the rows times a shear of the columns, so areas are kept
    both = 1 + rows * columns
    matrix = np.empty((len(cos), 2, 2), cos.dtype)
    matrix[:, 0, 0], matrix[:, 0, 1] = cos - sin * columns, cos * rows - sin * both
    matrix[:, 1, 0], matrix[:, 1, 1] = sin + cos * columns, sin * rows + cos * both
    return torch.from_numpy(flip[:, :, None] * matrix * scale[:, None, :])


def own_stages(strategy: Strategy) -> tuple[Strategy, ...]:
    """The stages that a strategy adds to the shared baseline; none for that itself, all where it brings its own."""
    if strategy.own_baseline:
        return strategy.stages()
    return tuple(stage for stage in strategy.stages() if not isinstance(stage, Baseline))
