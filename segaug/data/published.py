"""A data set that is not on this machine: that it is not, and how many training images it will have."""

from collections.abc import Mapping

import numpy as np

from segaug.data.listing import named_folder
from segaug.data.pooled import Pooled
from segaug.data.split import split
from segaug.data.task import Case, Dataset
from segaug.errors import ConfigError

IMAGES, PATIENTS = "images", "patients"
_MOST = 10_000_000  # images; a plan lists each


def is_absent(dataset: Dataset | Pooled) -> bool:
    """Is the folder of its data, or of one of its sources, not there?  What is wrong inside is said elsewhere."""
    if isinstance(dataset, Pooled):
        return any(map(is_absent, dataset.sources.values()))
    root = getattr(dataset, "root", "")
    try:
        return bool(root) and not named_folder(root, "dataset.root").is_dir()
    except ConfigError:  # a variable of the environment is not set
        return True


def published_counts(dataset: Dataset | Pooled) -> dict[str, int]:
    """Images and patients of the (base) set by `published` of its config; nothing where that tells no patients.

    Of volumes whose slices were not counted there are as many as `dataset.slices` takes at most.
    """
    if isinstance(dataset, Pooled):
        return published_counts(dataset.sources[dataset.base])
    told = getattr(dataset, "published", {})
    _check(told)
    if PATIENTS not in told:
        return {}
    slices = getattr(dataset, "slices", None)
    each = 1 if slices is None else slices.per_patient + round(slices.share_without * slices.per_patient)
    return {IMAGES: told.get(IMAGES, each * told[PATIENTS]), PATIENTS: told[PATIENTS]}


def _check(told: Mapping[str, int]) -> None:
    if unknown := sorted(set(told) - {IMAGES, PATIENTS}):
        fix = f"tell {IMAGES} and {PATIENTS} alone"
        raise ConfigError(key="dataset.published", problem=f"tells {unknown[0]}", fix=fix)
    for name, count in told.items():
        if not 0 < count <= _MOST:
            raise ConfigError(key=f"dataset.published.{name}", problem=f"got {count}", fix=f"use 1 to {_MOST}")
    if told.get(IMAGES, _MOST) < told.get(PATIENTS, 1):
        problem = f"tells {told[PATIENTS]} patients and {told[IMAGES]} images"
        raise ConfigError(key="dataset.published", problem=problem, fix="each patient has an image or more")


def published_pool(dataset: Dataset | Pooled, count: str) -> int | None:
    """How many images or patients a subset can be drawn from, if the images are spread evenly over the patients.

    None where the config does not tell.  Official parts are not known before the data are there.
    """
    counts = published_counts(dataset)
    if not counts:
        return None
    base = dataset.sources[dataset.base] if isinstance(dataset, Pooled) else dataset
    cases = [_case(f"{row % counts[PATIENTS]}", row) for row in range(counts[IMAGES])]
    pool = split(cases, base.split).pool
    return len(pool) if count == IMAGES else len({cases[row].patient for row in pool})


def _case(patient: str, row: int) -> Case:
    return Case(id=str(row), patient=patient, location=str(row), read_image=_not_read, read_mask=_not_read)


def _not_read() -> np.ndarray:
    raise AssertionError("a split reads no pixel")
