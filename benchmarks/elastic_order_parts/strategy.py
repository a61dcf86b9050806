"""`red` as it was: the elastic field acts first, on the stored image."""

from dataclasses import dataclass
from typing import ClassVar

from segaug.augment.red import RandomElastic
from segaug.augment.strategy import Strategy


@dataclass(frozen=True, kw_only=True)
class ElasticFirst(RandomElastic):
    """Of version 1; it draws what `red` draws."""

    version: ClassVar[int] = 1
    drawn_as: ClassVar[str] = RandomElastic.__name__

    def stages(self) -> tuple[Strategy, ...]:
        """The baseline comes after it."""
        return (self, self.baseline)
