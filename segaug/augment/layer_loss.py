"""What strategies share that train the network by a loss of its feature maps, beside the protocol's objective."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NoReturn

import torch
from torch import Tensor

from segaug.augment.baseline import Baseline
from segaug.augment.strategy import Strategy
from segaug.augment.taps import Layers, check_layers, tapped
from segaug.errors import ConfigError
from segaug.form import Form


@dataclass(frozen=True, kw_only=True)
class LayerLoss(Strategy):
    """The shared baseline, and a loss of some layers of the network, of the whole batch."""

    file: ClassVar[str]  # of its options
    weighed_by: ClassVar[str] = "weight"  # the option that says how much the loss counts

    layers: Layers = "all"  # all | encoder | decoder | a list of names
    baseline: Baseline = field(default_factory=Baseline)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.p != 1:
            self.refuse("p", f"leave it at 1: the loss is of the whole batch; see augment.{self.weighed_by}")
        if not 0 <= getattr(self, self.weighed_by) < math.inf:
            self.refuse(self.weighed_by, f"use 0 or more; {getattr(type(self), self.weighed_by)} is the default")
        check_layers(self.layers, self.file)

    def check_maps(self, form: Form, maps: Callable[[], Mapping[str, Tensor]]) -> None:
        """Are there such layers, and does a mask reach them?"""
        tapped(self.layers, maps(), torch.zeros(1, 1, *form.size), self.file)

    def refuse(self, option: str, fix: str) -> NoReturn:
        """Raise ConfigError for the value of an option."""
        raise ConfigError(key=f"augment.{option}", file=self.file, problem=f"got {getattr(self, option)}", fix=fix)

    def stages(self) -> tuple[Strategy, ...]:
        """The baseline alone: what is special is how the network is trained."""
        return (self.baseline,)
