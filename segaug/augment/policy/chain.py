"""All changes of grey values in their order; rows that drew the identity are not computed, and keep their bits."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from segaug.augment.policy import intensity
from segaug.augment.policy.filters import blurred, low_resolution, sharpened
from segaug.augment.policy.intensity import Statistics, in_cache
from segaug.augment.policy.options import groups, place

Changed = tuple[Tensor, Statistics]
Change = Callable[[Tensor, Statistics, Sequence[Tensor], Tensor, bool], Changed]
"""Image, statistics, strengths (R,) of the groups, seeds, are statistics after it asked for? -> image, statistics."""


@dataclass(frozen=True)
class Step:
    """A change, made to rows that drew one of these options in one of these groups."""

    change: Change
    groups: tuple[int, ...]
    options: Container[int]
    asks: bool = False  # does it ask for statistics that other changes alter?

    def rows(self, drawn: Sequence[Sequence[int]]) -> list[int]:
        """Numbers of these rows; drawn: the options of each."""
        return [row for row, option in enumerate(drawn) if any(option[group] in self.options for group in self.groups)]


def recoloured(image: Tensor, option: Tensor, strength: Tensor, whole: Statistics, seeds: Tensor, axes: int) -> Tensor:
    """Noise, filter, shift and scale, contrast, low resolution, inverted gamma, gamma: (B, C, *size) to the same.

    option: (B, G) long on the CPU, and seeds (B,), so that nothing waits for a GPU; strength: (B, G), and whole, of the
    images before any change, on the image's device.  Order: the released code of Li et al. (2023).
    """
    drawn = option.tolist()
    if not any(step.rows(drawn) for step in _steps(axes)):
        return image
    strength = strength.to(image)
    parts = [
        _recoloured(image[part], drawn[part], strength[part], whole.rows(part), seeds[part], axes)
        for part in in_cache(image)
    ]
    return parts[0] if len(parts) == 1 else torch.cat(parts)


def _recoloured(
    image: Tensor, drawn: Sequence[Sequence[int]], strength: Tensor, whole: Statistics, seeds: Tensor, axes: int
) -> Tensor:
    todo = [(step, rows) for step in _steps(axes) if (rows := step.rows(drawn))]
    for number, (step, rows) in enumerate(todo):
        follow = any(later.asks for later, _ in todo[number + 1 :])
        if len(rows) == len(image):  # the one row of a large image
            strengths = [strength[:, group] for group in step.groups]
            image, whole = step.change(image, whole, strengths, seeds, follow)
            continue
        here = torch.tensor(rows)
        there = here.to(image.device, non_blocking=True)
        strengths = [strength[:, group].index_select(0, there) for group in step.groups]
        changed, after = step.change(image.index_select(0, there), whole.rows(there), strengths, seeds[here], follow)
        image, whole = image.index_copy(0, there, changed), whole.replaced(there, after) if follow else whole
    return image


@lru_cache
def _steps(axes: int) -> tuple[Step, ...]:
    at = place(axes)
    names = groups(axes)[at["filter"]].names
    blurs, sharpens = ([k for k, name in enumerate(names) if name.startswith(kind)] for kind in ("blur", "sharpen"))
    one = range(1, len(names))  # whatever a group has beside the identity
    return (
        Step(_noise, (at["noise"],), one),
        Step(_blur, (at["filter"],), blurs),
        Step(_sharpen, (at["filter"],), sharpens),
        Step(_brighten, (at["shift"], at["intensity_scale"]), one),
        Step(_contrast, (at["contrast"],), one, asks=True),
        Step(_coarsen, (at["low_resolution"],), one),
        Step(_inverted_gamma, (at["inverted_gamma"],), one, asks=True),
        Step(_gamma, (at["gamma"],), one, asks=True),
    )


def _noise(image: Tensor, whole: Statistics, strengths: Sequence[Tensor], seeds: Tensor, follow: bool) -> Changed:
    return intensity.noisy(image, whole, strengths[0], seeds), whole


def _blur(image: Tensor, whole: Statistics, strengths: Sequence[Tensor], seeds: Tensor, follow: bool) -> Changed:
    return blurred(image, strengths[0]), whole


def _sharpen(image: Tensor, whole: Statistics, strengths: Sequence[Tensor], seeds: Tensor, follow: bool) -> Changed:
    return sharpened(image, strengths[0], whole), whole


def _brighten(image: Tensor, whole: Statistics, strengths: Sequence[Tensor], seeds: Tensor, follow: bool) -> Changed:
    return intensity.brightened(image, whole, strengths[0], strengths[1], follow)


def _contrast(image: Tensor, whole: Statistics, strengths: Sequence[Tensor], seeds: Tensor, follow: bool) -> Changed:
    return intensity.contrasted(image, whole, strengths[0], follow)


def _coarsen(image: Tensor, whole: Statistics, strengths: Sequence[Tensor], seeds: Tensor, follow: bool) -> Changed:
    return low_resolution(image, strengths[0]), whole


def _inverted_gamma(
    image: Tensor, whole: Statistics, strengths: Sequence[Tensor], seeds: Tensor, follow: bool
) -> Changed:
    return intensity.inverted_gamma(image, whole, strengths[0], follow)


def _gamma(image: Tensor, whole: Statistics, strengths: Sequence[Tensor], seeds: Tensor, follow: bool) -> Changed:
    return intensity.gamma(image, whole, strengths[0], follow)
