"""Policies while they are learned: logits on the CPU, the Adam that moves them, and what became of them."""

import math
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

SNAPSHOTS = 9
_ADAM_EPS = 1e-12  # gradients are small where rows differ little: torch's 1e-8 would slow such groups down


class Policy:
    """The logits (K,) of all options, of one or several groups that follow each other, and their Adam.

    A step moves a logit by about the learning rate at most: `reach` is the sum of all rates, how far it can have moved,
    and `rate` the largest of them.  A forbidden option has the logit -inf, and keeps it.
    """

    def __init__(self, start: Tensor) -> None:
        self.logits = start.detach().float().cpu().clone().requires_grad_()
        self.start = self.logits.detach().clone()
        self.rows = 0  # that it was learned from
        self.reach, self.rate = 0.0, 0.0
        self.snapshots = [(0, self.start)]  # updates done, logits
        self._optimiser = torch.optim.Adam([self.logits], eps=_ADAM_EPS)

    @property
    def sound(self) -> bool:
        """Is every logit finite, but for those of what is forbidden?"""
        forbidden = (self.logits == -math.inf) & (self.start == -math.inf)
        return bool((self.logits.isfinite() | forbidden).all())

    def descend(self, gradient: Tensor, rate: float, rows: int) -> None:
        """One step of Adam; rows: how many the gradient was made of."""
        self._optimiser.param_groups[0]["lr"] = rate
        self.logits.grad = gradient.to(self.logits)
        self._optimiser.step()
        self.rows += rows
        self.reach, self.rate = self.reach + rate, max(self.rate, rate)

    def remember(self, update: int, updates: int) -> None:
        """Keep a copy, where this many of all updates done is one of nine evenly placed moments."""
        moments = {round(place * updates / (SNAPSHOTS - 1)) for place in range(SNAPSHOTS)}
        if update in moments:
            self.snapshots.append((update, self.logits.detach().clone()))


class Policies:
    """What a strategy learns beside the network: a training-time policy for each class of rows, or one for all of them.

    start: the logits that each class starts from.  test_time: over the operations of `test_time`; None: not learned.
    It is no module, for those are moved to the device of the network: options are drawn on the CPU.
    """

    def __init__(self, axes: int, start: Mapping[str, Tensor]) -> None:
        self.axes, self.kinds = axes, tuple(start)
        self.training_time = [Policy(logits) for logits in start.values()]
        self.test_time: Policy | None = None
        self.updates = 0

    def of(self, kind: int) -> Policy:
        """The training-time policy of a class, by its place in `kinds`."""
        return self.training_time[kind]

    def logits_of(self, kind: Tensor) -> Tensor:
        """Of each row, (B, K); kind: (B,) long, place in `kinds`."""
        return torch.stack([policy.logits.detach() for policy in self.training_time])[kind]

    def state(self) -> dict[str, Tensor]:
        """The logits of all policies, by name; not copied."""
        return {name: policy.logits.detach() for name, policy in self._named()}

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Put all logits back, in place, to what `state` gave."""
        with torch.no_grad():
            for name, policy in self._named():
                policy.logits.copy_(state[name])

    @property
    def sound(self) -> bool:
        """Are all policies?"""
        return all(policy.sound for _, policy in self._named())

    def count(self, updates: int) -> None:
        """One more update is done, of so many."""
        self.updates += 1
        for policy in self.training_time:
            policy.remember(self.updates, updates)

    def _named(self) -> Iterator[tuple[str, Policy]]:
        yield from zip(self.kinds, self.training_time, strict=True)
        if self.test_time is not None:
            yield "test_time", self.test_time
