"""What the record tells of policies that were learned."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from segaug.augment.policy.options import groups
from segaug.augment.policy.policies import Policies, Policy
from segaug.augment.policy.starts import probabilities_of
from segaug.augment.policy.test_time import MOST, most_probable

_DIGITS = 6  # of what is only shown; what a start file is made of is exact
Json = Any


def policy_facts(policies: Policies, best: Mapping[str, Tensor]) -> Json | None:
    """The record's "policies"; best: the state that belongs to the best weights.  None where they are not finite.

    What is not finite at some update stays so: the last logits tell of all before.
    """
    if not policies.sound:
        return None
    axes, training = policies.axes, policies.training_time
    return {
        "axes": axes,
        "groups": {group.name: list(group.names) for group in groups(axes)},
        "policy_updates": policies.updates,
        "beta": max(policy.rate for policy in training),
        "beta_updates": max(policy.reach for policy in training),
        "gamma": None if policies.test_time is None else policies.test_time.rate,
        "gamma_updates": None if policies.test_time is None else policies.test_time.reach,
        "classes": {
            kind: _training_time(policy, best[kind], axes)
            for kind, policy in zip(policies.kinds, training, strict=True)
        },
        "test_time": None if policies.test_time is None else _test_time(policies.test_time, best["test_time"], axes),
    }


def _training_time(policy: Policy, best: Tensor, axes: int) -> Json:
    return {
        "rows": policy.rows,
        "start": _by_group(policy.start, axes, rounded=True),
        "best": _by_group(best, axes),
        "final": _by_group(policy.logits, axes),
        "snapshots": _snapshots(policy, axes),
    }


def _snapshots(policy: Policy, axes: int) -> Json:
    """Updates done, and of each group the probabilities then, one list a snapshot."""
    each = [_by_group(logits, axes, rounded=True) for _, logits in policy.snapshots]
    return {
        "update": [update for update, _ in policy.snapshots],
        **{group.name: [one[group.name] for one in each] for group in groups(axes)},
    }


def _test_time(policy: Policy, best: Tensor, axes: int) -> Json:
    chosen = most_probable(best, MOST[axes])
    return {
        "start": _rounded(policy.start.double().softmax(0)),
        "final": policy.logits.detach().double().softmax(0).tolist(),
        "best_ids": list(chosen.ids),
        "best_weights": list(chosen.weights),
    }


def _by_group(logits: Tensor, axes: int, *, rounded: bool = False) -> dict[str, list[float]]:
    found = probabilities_of(logits.detach(), axes)
    return {
        group.name: _rounded(own) if rounded else own.tolist() for group, own in zip(groups(axes), found, strict=True)
    }


def _rounded(values: Tensor) -> list[float]:
    return [round(value, _DIGITS) for value in values.tolist()]
