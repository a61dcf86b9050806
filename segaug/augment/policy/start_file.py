"""Policies that a file holds, as the start of a training: by groups and options of the table, or refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import torch
from torch import Tensor

from segaug.augment.policy.options import groups
from segaug.policy_file import Policy, is_file, read_policy


class Starting(Protocol):
    """Config of a strategy that starts from a named policy or from one in a file."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def start(self) -> str:
        """A name, or the path of a file; of a trial, the file's name alone."""

    @property
    def start_policy(self) -> Policy:
        """What the file holds; empty where there is none, and before it was read."""


S = TypeVar("S", bound=Starting)


def resolved(strategy: S, axes: int) -> S:
    """The strategy with the policies of the file that it starts from; raises ConfigError as `read_start` does."""
    if not is_file(strategy.start) or strategy.start_policy:
        return strategy
    return replace(strategy, start=Path(strategy.start).name, start_policy=read_start(strategy.start, axes))


def read_start(path: str, axes: int) -> Policy:
    """The policies in a file, plain: what a trial that starts from them is known by.  Raises ConfigError."""
    return read_policy(path, axes, {group.name: group.names for group in groups(axes)})


def start_of(policy: Policy, of_class: str) -> tuple[Tensor, ...]:
    """Probabilities (K_g,) float64 of each group, as a strategy starts from them.

    of_class: background or foreground; all: of policies that are told apart by class the mean of both, which is what a
    batch of as many rows of either is given.
    """
    chosen = [policy[of_class]] if of_class in policy else [*policy.values()]
    return tuple(
        torch.tensor([[*of_groups[group].values()] for of_groups in chosen], dtype=torch.float64).mean(dim=0)
        for group in chosen[0]
    )
