"""How many trials a sweep may stand for, and how deep its texts may go: both are told before anything is made of it."""

import math
from collections.abc import Iterable
from itertools import accumulate

from hydra.core.override_parser.types import Override, RangeSweep

from segaug.errors import ConfigError

MOST_TRIALS = 1_000_000  # fifty of the published grid
MOST_DEEP = 20  # brackets within each other: Hydra's parser takes seconds for a hundred
_STEPS = {**dict.fromkeys("([{", 1), **dict.fromkeys(")]}", -1)}


def check_number(overrides: Iterable[Override]) -> None:
    """Raise ConfigError, naming the key that goes too far, where their product is of too many trials."""
    product = 1.0
    for override in overrides:
        if override.is_discrete_sweep():
            product *= _choices(override)
        if not product <= MOST_TRIALS:  # it may be no number
            problem = f"makes this a sweep over more than {MOST_TRIALS:,} trials"
            raise ConfigError(key=override.key_or_group, problem=problem, fix="sweep over less, or in several commands")


def check_depth(word: str) -> None:
    """Raise ConfigError for brackets within brackets without end; word: one override, not yet parsed."""
    if max(accumulate(_STEPS.get(letter, 0) for letter in word), default=0) > MOST_DEEP:
        problem = f"has more than {MOST_DEEP} brackets within each other"
        raise ConfigError(key=word.partition("=")[0], problem=problem, fix="write the values, with commas in between")


def _choices(override: Override) -> float:
    """How many values it stands for; a range is not walked through, it may be endless."""
    value = override.value()
    if isinstance(value, RangeSweep):
        if value.start is None or value.stop is None or not value.step:
            return math.inf
        return max(0.0, (value.stop - value.start) / value.step)
    return sum(1 for _ in override.sweep_iterator())
