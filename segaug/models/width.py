"""Networks narrower or wider than they were published: one factor for the channels of all levels."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch

from segaug.errors import ConfigError
from segaug.models.network import Network
from segaug.models.side import check_side


@dataclass(frozen=True, kw_only=True)
class OfAnyWidth(ABC):
    """Config of a U-shaped network with batch norm, in the channels that were published or a factor of them."""

    learning_rate: ClassVar[float]  # under protocol=fixed_steps; found as docs/decisions/0006-protocols.md says
    name: ClassVar[str]
    widths: ClassVar[tuple[int, ...]]  # published channels, at the side of the image and at each of its halvings
    multiple: ClassVar[int] = 1  # what the finest level's number of channels must be a multiple of

    width: float = 1.0  # factor for the channels of all levels

    def __post_init__(self) -> None:
        self._scaled()

    @abstractmethod
    def network(self, widths: tuple[int, ...], in_channels: int, out_channels: int) -> Network:
        """The module with these channels, freshly initialised as published."""

    def build(self, in_channels: int = 1, out_channels: int = 1) -> Network:
        """A freshly initialised network, channels-last."""
        network = self.network(self._scaled(), in_channels, out_channels)
        return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stub

    def check_size(self, size: int) -> None:
        """The side is halved between levels, and the coarsest map of a single image needs 2 x 2 pixels for its norm."""
        halved = 2 ** (len(self.widths) - 1)
        check_side(size, model=self.name, multiple=halved, least=2 * halved)

    def _scaled(self) -> tuple[int, ...]:
        return scaled(self.widths, self.width, model=self.name, multiple=self.multiple)


def scaled(widths: Sequence[int], factor: float, *, model: str, multiple: int = 1) -> tuple[int, ...]:
    """Channels of each level, finest first, times a factor.

    widths: as published, each a multiple of the first.  multiple: what the finest level must be a multiple of.
    Raises ConfigError where the finest level would not have a whole number of channels.
    """
    finest = widths[0] * factor
    if not (finest >= multiple and finest % multiple == 0):
        raise ConfigError(
            key="model.width",
            file=f"conf/model/{model}.yaml",
            problem=f"got {factor}, which leaves {finest:g} channels at the finest level",
            fix=f"use a multiple of {multiple}/{widths[0]}; 1 is the published value",
        )
    return tuple(int(width * factor) for width in widths)
