"""No augmentation at all, not even the baseline's."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.augment.strategy import Strategy


@dataclass(frozen=True, kw_only=True)
class NoAugmentation(Strategy):
    """Return every batch as it is, bit for bit."""

    own_baseline: ClassVar[bool] = True
