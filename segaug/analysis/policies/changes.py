"""How the probability of doing nothing has changed in each group of a policy, over seeds, beside chance.

One seed's policy wanders even where there is nothing to find, so a change counts where seeds agree: Student's t over
their changes, and Holm's adjustment over the groups of a policy.  Changes are tested as log-odds, which is what is
learned: probabilities bunch near 0 and 1, so that seeds which wandered to the same end would look like certainty.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from segaug.analysis.comparison.effect import Effect, effect
from segaug.analysis.comparison.multiplicity import holm
from segaug.analysis.interval import SIGNIFICANCE
from segaug.analysis.law.power_law import Array

Probabilities = Mapping[str, Array]  # group -> (S, K) of its K options, in S seeds
NOTHING = 0  # the place of doing nothing in a group
_NEAREST = 1e-6  # to 0 or 1, that a probability is told from it


@dataclass(frozen=True)
class Change:
    """Of the probability that nothing of a group is done, over S seeds."""

    group: str
    start: float
    end: float  # mean over seeds
    by_seed: tuple[float, ...]  # end - start of each
    effect: Effect  # of these
    tested: Effect  # of the same changes as log-odds
    p_holm: float  # NaN: not tested
    risen: str  # the option whose mean probability has grown most
    risen_by: float

    @property
    def free(self) -> bool:
        """Could it move, or was all of the group but one option forbidden?"""
        return any(self.by_seed)

    @property
    def clear(self) -> bool:
        """Is it more than chance, with all groups of the policy in view?"""
        return self.p_holm < SIGNIFICANCE


@dataclass(frozen=True)
class Apart:
    """How far the foreground's probability of doing nothing in a group lies above the background's, over seeds."""

    group: str
    effect: Effect
    tested: Effect  # of the same differences as log-odds
    p_holm: float

    @property
    def clear(self) -> bool:
        """Is it more than chance, with all groups in view?"""
        return self.p_holm < SIGNIFICANCE


def changes(groups: Mapping[str, Sequence[str]], start: Probabilities, end: Probabilities) -> tuple[Change, ...]:
    """One for each group; groups: its options."""
    found = tuple(_change(group, groups[group], start[group], end[group]) for group in groups)
    adjusted = holm([change.tested.p_t for change in found])
    return tuple(replace(change, p_holm=float(p)) for change, p in zip(found, adjusted, strict=True))


def apart(background: Probabilities, foreground: Probabilities) -> tuple[Apart, ...]:
    """One for each group; the policies of the same seeds at the end."""
    ends = {group: (background[group][:, NOTHING], foreground[group][:, NOTHING]) for group in background}
    found = [
        (group, _within(effect(there - here), -1.0, 1.0), effect(_log_odds(there) - _log_odds(here)))
        for group, (here, there) in ends.items()
    ]
    adjusted = holm([tested.p_t for *_, tested in found])
    return tuple(Apart(*one, p_holm=float(p)) for one, p in zip(found, adjusted, strict=True))


def _change(group: str, options: Sequence[str], start: Array, end: Array) -> Change:
    begun, ended = start[:, NOTHING], end[:, NOTHING]
    rise = (end - start).mean(axis=0)
    most = int(np.argmax(rise))
    return Change(
        group,
        start=float(begun.mean()),
        end=float(ended.mean()),
        by_seed=tuple((ended - begun).tolist()),
        effect=_within(effect(ended - begun), -float(begun.mean()), 1 - float(begun.mean())),
        tested=effect(_log_odds(ended) - _log_odds(begun)),
        p_holm=np.nan,
        risen=options[most],
        risen_by=float(rise[most]),
    )


def _within(found: Effect, least: float, most: float) -> Effect:
    """With an interval that ends where probabilities do."""
    if found.interval is None:
        return found
    low, high = max(found.interval.low, least), min(found.interval.high, most)
    return replace(found, interval=replace(found.interval, low=low, high=high))


def _log_odds(p: Array) -> Array:
    inside = np.clip(p, _NEAREST, 1 - _NEAREST)
    return np.log(inside) - np.log1p(-inside)
