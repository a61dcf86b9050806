"""The update rule of the segmentation network."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from segaug.errors import ConfigError

NAMES = ("adam", "adamw", "sgd")


@dataclass(frozen=True, kw_only=True)
class Optimiser:
    """How gradients become an update (`protocol.optimiser`); the betas of adam and adamw are protocol.beta1 and beta2.

    adam and sgd add weight_decay times the weight to its gradient, adamw shrinks the weight itself.
    """

    name: str = "adam"
    weight_decay: float = 0.0
    momentum: float = 0.0  # of sgd
    nesterov: bool = False  # of sgd
    clip_norm: float | None = None  # scale the gradient of all weights down to this length; null: never

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise _error("name", f"got {self.name!r}", f"choose from {', '.join(NAMES)}")
        if not 0 <= self.weight_decay < math.inf:
            raise _error("weight_decay", f"got {self.weight_decay}", "use 0 or more")
        if not 0 <= self.momentum < 1:
            raise _error("momentum", f"got {self.momentum}", "use 0 to below 1")
        if self.clip_norm is not None and not 0 < self.clip_norm < math.inf:
            raise _error("clip_norm", f"got {self.clip_norm}", "use a length above 0, or null")
        if self.name != "sgd":
            self._refuse_options_of_sgd()
        if self.nesterov and not self.momentum:
            raise _error("nesterov", "needs momentum", "set protocol.optimiser.momentum, e.g. 0.99")

    def build(self, parameters: Iterable[nn.Parameter], learning_rate: float, betas: tuple[float, float]) -> Optimizer:
        """The rule of torch; gradients are clipped by `clip` before it."""
        common: dict[str, Any] = {"lr": learning_rate, "weight_decay": self.weight_decay, "fused": True}  # of each rule
        if self.name == "sgd":
            return torch.optim.SGD(parameters, momentum=self.momentum, nesterov=self.nesterov, **common)
        kind = torch.optim.AdamW if self.name == "adamw" else torch.optim.Adam
        return kind(parameters, betas=betas, **common)

    def clip(self, parameters: Iterable[nn.Parameter]) -> None:
        """Clip the gradients in place.  (Lightning's own clipping refuses fused rules under bfloat16.)"""
        if self.clip_norm is not None:
            nn.utils.clip_grad_norm_(parameters, self.clip_norm)

    def _refuse_options_of_sgd(self) -> None:
        for name, value in {"momentum": self.momentum, "nesterov": self.nesterov}.items():
            if value:
                raise _error(name, f"got {value}, but {self.name} has none", "use protocol.optimiser.name=sgd")


def _error(name: str, problem: str, fix: str) -> ConfigError:
    return ConfigError(key=f"protocol.optimiser.{name}", file="conf/protocol/", problem=problem, fix=fix)
