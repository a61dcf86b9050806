"""Sizes of the parts of a split that suit the number of patients, and what to say where too few are left."""

from collections.abc import Sequence
from math import ceil

from segaug.data.task import Case, Split, SplitSizes
from segaug.errors import ConfigError

LEAST_TO_TRAIN = 4  # images: with fewer there is no curve, and a study of it is a mistake
_EXTERNAL_FROM = 40  # patients: with fewer, each is worth more in the pool
_USUAL = SplitSizes()


def fitting_sizes(patients: int, images: int) -> SplitSizes:
    """The usual sizes, with a validation part of about a fifth of what the test set leaves where that is less.

    Below 40 patients there is no external part.  patients: those that images are cut by, of about equally many images.
    """
    each = ceil(images / max(1, patients))
    left = patients - ceil(_USUAL.test_share * patients)
    validation = min(_USUAL.min_validation, max(1, round(left / 5)) * each)
    return SplitSizes(min_validation=validation, max_external=_USUAL.max_external if patients >= _EXTERNAL_FROM else 0)


def too_few_left(cases: Sequence[Case], parts: Split, sizes: SplitSizes) -> list[ConfigError]:
    """What to say where fewer than 4 images are left to train on; at most one sentence.

    `data check` says it.  A plan does not: there may be trials of such a set, and a pool of one image has a reason
    where somebody chose it.
    """
    if len(parts.pool) >= LEAST_TO_TRAIN:
        return []
    return [ConfigError(key="dataset.split", problem=left(cases, parts), fix=options_to_type(cases, sizes))]


def few_left(cases: Sequence[Case], parts: Split, sizes: SplitSizes) -> list[str]:
    """A remark where less is left to train on than to validate on; none where it is too few."""
    if not LEAST_TO_TRAIN <= len(parts.pool) < len(parts.validation):
        return []
    return [f"{left(cases, parts)}; {options_to_type(cases, sizes)}"]


def left(cases: Sequence[Case], parts: Split) -> str:
    """How many labelled images each part has."""
    external = sum(cases[row].labelled for row in parts.external)
    counts = f"test {len(parts.test)}, validation {len(parts.validation)}, external {external}"
    return f"{counts}: {len(parts.pool)} left to train on"


def options_to_type(cases: Sequence[Case], sizes: SplitSizes) -> str:
    """Options that suit this number of patients, or what else helps where these are set already."""
    labelled = [case for case in cases if case.labelled]
    fitting = fitting_sizes(len({case.patient for case in labelled}), len(labelled))
    wanted = {key: min(getattr(sizes, key), getattr(fitting, key)) for key in ("min_validation", "max_external")}
    changed = [f"dataset.split.{key}={value}" for key, value in wanted.items() if value != getattr(sizes, key)]
    if not changed or any(case.part for case in cases):
        return "add patients to train on, or name fewer images for the other parts"
    return f"type {' '.join(changed)}"
