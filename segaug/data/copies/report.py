"""Near copies in a data set, by the names of its images, and the table that keeps them together."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from segaug.data.cases import IncompleteDatasetError
from segaug.data.copies.groups import groups
from segaug.data.copies.pair import Pair
from segaug.data.copies.search import Tell, find_copies
from segaug.data.pixels import grey_pixels
from segaug.data.task import Case, Dataset

Plain = dict[str, object]


@dataclass(frozen=True)
class CopiesReport:
    """pairs: all that were found.  groups: of places, by these pairs and by what the data set itself says."""

    cases: Sequence[Case]
    pairs: list[Pair]
    groups: list[tuple[int, ...]]
    featureless: list[int]  # images of which nothing can be said

    def kept(self, pair: Pair) -> bool:
        """Does the split keep the two together already, as images of one patient or of one group of its table?"""
        first, second = (self.cases[place] for place in pair.places)
        one_group = bool(first.duplicate_group) and first.duplicate_group == second.duplicate_group
        return first.patient == second.patient or one_group

    def names(self) -> dict[int, str]:
        """The group of each image that is in one: copies_001, ..."""
        return {place: f"copies_{number:03}" for number, group in enumerate(self.groups, 1) for place in group}

    def plain(self) -> Plain:
        """As JSON values, images by their ids."""
        ids, names = [case.id for case in self.cases], self.names()
        return {
            "images": len(ids),
            "groups": {names[group[0]]: [ids[place] for place in group] for group in self.groups},
            "pairs": [_pair(pair, ids) | {"group": names[pair.first], "kept": self.kept(pair)} for pair in self.pairs],
            "featureless": [ids[place] for place in self.featureless],
        }


def report_copies(dataset: Dataset, tell: Tell | None = None) -> CopiesReport:
    """Search all images of a data set, labelled or not; masks are not opened, and may be missing.

    Raises DataError for an image that cannot be read, UserError where OpenCV is missing.
    """
    try:
        return copies_among(dataset.cases(), tell)
    except IncompleteDatasetError as error:
        return copies_among(error.cases, tell)


def copies_among(cases: Sequence[Case], tell: Tell | None = None) -> CopiesReport:
    """The same of these images, which may be of several data sets."""
    found = find_copies(_Grey(cases), tell)
    links = [pair.places for pair in found.pairs]
    return CopiesReport(cases, found.pairs, groups([*links, *_known(cases)]), found.featureless)


class _Grey(Sequence[np.ndarray]):
    """Grey pixels of cases, read when they are asked for: a data set may be larger than the memory."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.cases = cases

    def __len__(self) -> int:
        return len(self.cases)

    def __getitem__(self, place: int) -> np.ndarray:  # type: ignore[override]  # nobody asks for a slice
        return grey_pixels(self.cases[place])


def _known(cases: Sequence[Case]) -> Iterator[tuple[int, int]]:
    """Links that the data set's own table gives: a new group must not part an old one."""
    first_of: dict[str, int] = {}
    for place, case in enumerate(cases):
        if case.duplicate_group:
            yield first_of.setdefault(case.duplicate_group, place), place


def _pair(pair: Pair, ids: Sequence[str]) -> Plain:
    places = {"first": ids[pair.first], "second": ids[pair.second]}
    return asdict(pair) | places | {"mirrored": pair.mirrored, "scale": pair.scale, "angle_deg": pair.angle_deg}
