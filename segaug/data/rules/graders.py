"""Several masks of one image, each by another grader: which one counts, and how far they agree."""

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import numpy as np

from segaug.errors import ConfigError, DataError

KEY = "dataset.grader"
MAJORITY, UNION, INTERSECTION = "majority", "union", "intersection"
JOINED = (MAJORITY, UNION, INTERSECTION)


def check_grader(grader: str, graders: Collection[str], ignored: Collection[object] = ()) -> None:
    """Raise ConfigError unless it is one of the graders, or a way of joining them.

    ignored: values of `dataset.ignore`, which a vote would count as an opinion.
    """
    if ignored and graders and grader in JOINED:
        problem = f"is set, and masks are the {grader} of several graders: who left a pixel open would vote on it"
        raise ConfigError(key="dataset.ignore", problem=problem, fix=f"take one: {KEY}={next(iter(graders))}")
    if len(graders) == 1:
        fix = "name two or more, or their one folder as dataset.masks"
        raise ConfigError(key="dataset.graders", problem=f"names {next(iter(graders))} alone", fix=fix)
    if taken := [name for name in graders if name in JOINED]:
        problem = f"{taken[0]} is a way of joining graders, and no name of one"
        raise ConfigError(key="dataset.graders", problem=problem, fix="rename it")
    if not graders and grader != MAJORITY:
        fix = "name folders of masks, e.g. 'dataset.graders={first: masks, second: masks2}', or leave it out"
        raise ConfigError(key=KEY, problem=f"got {grader}, but there are no dataset.graders", fix=fix)
    if grader not in (*JOINED, *graders):
        raise ConfigError(key=KEY, problem=f"got {grader}", fix=f"choose from: {', '.join((*JOINED, *graders))}")


def graders_told(dataset: object) -> str:
    """Whose masks a data set has, in words; "" of one whose config names no graders."""
    graders, grader = getattr(dataset, "graders", ()), getattr(dataset, "grader", MAJORITY)
    if not graders:
        return ""
    whose = f"the {grader} of {len(graders)} graders" if grader in JOINED else f"the grader {grader}"
    return f"whose masks: {whose}"


def joined_graders(masks: Mapping[str, np.ndarray], grader: str, background: int = 0) -> np.ndarray:
    """One mask (H, W) from those of k graders, by name, all (H, W) integers; checked by `same_size`.

    majority: the value that most graders gave a pixel; where two values share the first place, background.  union: the
    value of the first grader who gave another one than background.  intersection: the value that all graders gave.
    """
    if grader in masks:
        return masks[grader]
    stack = np.stack(list(masks.values()))
    if grader == UNION:
        first = (stack != background).argmax(0)
        return np.take_along_axis(stack, first[None], axis=0)[0]
    if grader == INTERSECTION:
        return np.where((stack == stack[0]).all(0), stack[0], stack.dtype.type(background))
    return _majority(stack, background)


def _majority(stack: np.ndarray, background: int) -> np.ndarray:
    values = np.unique(stack)
    votes = np.stack([(stack == value).sum(0) for value in values])
    winners = votes == votes.max(0)
    return np.where(winners.sum(0) == 1, values[winners.argmax(0)], stack.dtype.type(background))


def same_size(masks: Mapping[str, np.ndarray], files: Mapping[str, object]) -> None:
    """Raise DataError, which names the file, where a grader's mask has another size than that of the first."""
    (first, mask), *others = masks.items()
    for name, other in others:
        if other.shape != mask.shape:
            ours, theirs = (" x ".join(map(str, each.shape)) for each in (mask, other))
            problem = f"has {theirs} pixels, and the mask of the grader {first} has {ours} (rows x columns)"
            raise DataError(file=files[name], problem=problem, fix="export the masks of all graders at one size")


def agreement(marked: Sequence[np.ndarray]) -> list[float]:
    """Dice of each of K structures in one image, mean over the pairs of graders; NaN where no grader marked it.

    marked: of each grader, (K, H, W) of bool.  A pair of which neither marked a structure does not count.
    """
    pairs = [_dice(one, other) for one, other in combinations(marked, 2)]
    return [_mean(of_one) for of_one in zip(*pairs, strict=True)]


def _mean(dice: Sequence[float]) -> float:
    known = [value for value in dice if not np.isnan(value)]
    return float(np.mean(known)) if known else np.nan


def _dice(one: np.ndarray, other: np.ndarray) -> list[float]:
    both, total = (one & other).sum((1, 2)), one.sum((1, 2)) + other.sum((1, 2))
    return [2 * float(part) / float(whole) if whole else np.nan for part, whole in zip(both, total, strict=True)]
