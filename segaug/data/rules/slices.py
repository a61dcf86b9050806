"""Which slices of a patient's volumes are images: chosen without randomness, the same for every N and seed."""

from dataclasses import dataclass

import numpy as np

from segaug.errors import ConfigError

KEY = "dataset.slices"
MOST_WITHOUT = 10  # slices without a structure, for each one with it
AXES = ("axial", "sagittal", "coronal")


@dataclass(frozen=True, kw_only=True)
class Slices:
    """Of each patient: slices that hold a chosen structure, evenly spaced, and a share of those that hold none."""

    axis: str = "axial"  # axial | sagittal | coronal
    per_patient: int = 8  # at most, of slices with the structure
    share_without: float = 0.1  # slices without it, for each one with it that was taken; rounded, half up

    def __post_init__(self) -> None:
        if self.axis not in AXES:
            raise ConfigError(key=f"{KEY}.axis", problem=f"got {self.axis}", fix=f"choose from: {', '.join(AXES)}")
        if self.per_patient < 1:
            problem = f"got {self.per_patient}"
            raise ConfigError(key=f"{KEY}.per_patient", problem=problem, fix="use 1 or more; 8 is the default")
        if not 0 <= self.share_without <= MOST_WITHOUT:
            problem = f"got {self.share_without:g}"
            raise ConfigError(key=f"{KEY}.share_without", problem=problem, fix="use 0 to 10; 0.1 is the default")

    def chosen(self, holds: np.ndarray) -> np.ndarray:
        """Places of the slices to take, increasing.

        holds: (all slices of one patient,) bool, volume after volume: does the slice hold a chosen structure?
        """
        held = _evenly(np.flatnonzero(holds), self.per_patient)
        others = _evenly(np.flatnonzero(~holds), int(self.share_without * len(held) + 0.5))
        return np.sort(np.concatenate([held, others]))


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What a slice rule took of a data set, and what it left."""

    taken: int  # slices that hold a chosen structure
    of: int  # all slices that do
    taken_without: int
    of_without: int
    patients_without: tuple[str, ...]  # nothing of them is taken: no slice of theirs holds a chosen structure

    def __str__(self) -> str:
        """One sentence."""
        text = (
            f"taken are {self.taken} of the {self.of} slices that hold the structure, and {self.taken_without} of the "
            f"{self.of_without} others"
        )
        if not self.patients_without:
            return text
        some = ", ".join(self.patients_without[:3]) + ", ..." * (len(self.patients_without) > 3)
        return f"{text}; nothing of {len(self.patients_without)} patients, who do not have it ({some})"


def _evenly(places: np.ndarray, count: int) -> np.ndarray:
    """`count` of these, in equal steps, the first and last as far from the ends; all, where there are fewer."""
    if len(places) <= count:
        return places
    return places[((np.arange(count) + 0.5) * len(places) / count).astype(int)]
