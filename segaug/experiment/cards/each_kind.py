"""What each kind of change of a `ByKind` strategy does to an image, for previews."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from torch import Tensor

from segaug.augment.augment import draw, recoloured, total_displacement_px, warped
from segaug.augment.baseline import Baseline
from segaug.augment.kinds import ByKind
from segaug.augment.strategy import Prepared, Strategy
from segaug.batch import Batch
from segaug.rng import stream

_SHARES = {"deformed": "share_v", "recoloured": "share_i", "both": "share_both"}


@dataclass(frozen=True)
class KindExample:
    """One kind, on every image of a batch.

    displacement_px: (B, 2, H, W), from output pixels to input positions.  deformed: the images after the warp.  result:
    after their grey values were changed, too.
    """

    name: str
    displacement_px: Tensor
    deformed: Batch
    result: Batch


def each_kind(strategy: Strategy, prepared: Prepared, batch: Batch, seed: int = 0) -> list[KindExample]:
    """The baseline alone, then each kind that the strategy has a share for, alone and before the baseline.

    All kinds have the same draws: that of both is the field of the one and the change of the other.  Nothing where the
    strategy knows no kinds.
    """
    if not isinstance(strategy, ByKind):
        return []
    baseline = tuple(stage for stage in strategy.stages() if isinstance(stage, Baseline))
    stages: dict[str, tuple[Strategy, ...]] = {"baseline alone": baseline}
    stages |= {name: (alone,) for name, alone in _alone(strategy)}
    return [_example(name, of_kind, prepared, batch, seed) for name, of_kind in stages.items()]


def _alone(strategy: ByKind) -> Iterator[tuple[str, Strategy]]:
    """The strategy as if all rows were of one kind."""
    for name, share in _SHARES.items():
        if getattr(strategy, share) > 0:
            yield name, replace(strategy, p=1.0, **{each: float(each == share) for each in _SHARES.values()})


def _example(name: str, stages: tuple[Strategy, ...], prepared: Prepared, batch: Batch, seed: int) -> KindExample:
    draws = draw(stages, prepared, batch, partial(stream, seed, "kinds"))
    field = total_displacement_px(draws, prepared, batch)
    if field is None:
        field = batch.image.new_zeros(len(batch), 2, *batch.image.shape[-2:])
    deformed = warped(draws, prepared, batch)
    return KindExample(name, field, deformed, recoloured(draws, prepared, deformed))
