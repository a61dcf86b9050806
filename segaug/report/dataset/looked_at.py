"""What the page about a data set shows, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Case:
    """One image.

    image: (C, H, W) in 0..1.  label: (K, H, W) of bool; None where the mask is not to be seen.  ignored: (H, W) of
    bool, pixels that count for nothing; None of a data set without.
    """

    name: str
    words: str  # below it: the part of the split, and what is noted of it
    image: np.ndarray
    label: np.ndarray | None
    ignored: np.ndarray | None = None


@dataclass(frozen=True)
class Site:
    """What is known of the images of one site.  Ranges are (smallest, largest); pixel_mm: None where not known."""

    name: str  # "" where a data set has none
    images: int
    patients: int
    rows: tuple[int, int]
    columns: tuple[int, int]
    pixel_mm: tuple[float, float] | None
    shares: Sequence[float]  # of foreground, of each mask that was opened
    values: np.ndarray  # some stored grey values of some of its images


@dataclass(frozen=True)
class Part:
    """One part of the split; foreground: mean share, as stored and at the network's size; None: never opened."""

    name: str
    images: int
    patients: int
    foreground: float | None
    foreground_at_size: float | None


@dataclass(frozen=True)
class CopyPair:
    """Two images that show the same picture, whatever their masks hold."""

    first: Case
    second: Case
    words: str  # how they differ, and whether the split keeps them together


@dataclass(frozen=True)
class NearCopies:
    """words: how many there are, or why nobody looked.  pairs: some of them, those first that the split may part."""

    words: str
    pairs: tuple[CopyPair, ...] = ()


@dataclass(frozen=True)
class LookedAt:
    """A data set.  shares: by structure, of each mask that was opened, as stored."""

    name: str
    size: int  # side that the network sees [px]
    structures: tuple[str, ...]
    cases: tuple[Case, ...]
    sites: tuple[Site, ...]
    parts: tuple[Part, ...]
    shares: dict[str, list[float]]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    copies: NearCopies

    @property
    def ignores(self) -> bool:
        """Are there pixels that count for nothing?"""
        return any(case.ignored is not None for case in self.cases)
