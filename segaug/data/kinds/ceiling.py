"""How far the graders of a data set agree: no network can be expected to agree more with one of them."""

from collections.abc import Collection, Sequence

import numpy as np

from segaug.data.kinds.contours import Contours
from segaug.data.kinds.folder import Folder
from segaug.data.kinds.marked import Marked
from segaug.data.pixels import mask_values, network_label
from segaug.data.rules.graders import agreement
from segaug.data.task import Case, Dataset


def ceiling(dataset: Dataset, ids: Collection[str]) -> dict[str, float | None]:
    """Dice of each structure between the graders, at the size that the network sees; nothing where there is one grader.

    ids: the images that count, e.g. those of the test set.  Mean over pairs of graders, then over images, of those in
    which one of them marked it; None where no image is left.
    """
    if not isinstance(dataset, Folder | Contours | Marked) or not dataset.graders:
        return {}
    chosen = set(ids)
    together = zip(*dataset.by_grader().values(), strict=True)
    dice = [agreement(_marked(cases, dataset)) for cases in together if cases[0].id in chosen]
    return {name: _mean(each) for name, each in zip(dataset.form.structures, zip(*dice, strict=True), strict=True)}


def _marked(cases: Sequence[Case], dataset: Dataset) -> list[np.ndarray]:
    """Of each grader (K, size, size) of bool; nothing where one of them left it open."""
    labels = [
        network_label(mask_values(case, dataset.values(), None), dataset, case.location).numpy() for case in cases
    ]
    known = ~np.isnan(labels).any(axis=0)
    return [(label > 0) & known for label in labels]


def _mean(values: tuple[float, ...]) -> float | None:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else None
