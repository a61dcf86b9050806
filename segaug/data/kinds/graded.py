"""Masks of several graders: the cases of each of them, as one case with one mask."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from segaug.data.cases import FileCase, mask_name
from segaug.data.pixels import mask_values
from segaug.data.rules.graders import joined_graders, same_size
from segaug.data.rules.values import Values


def graded(by_grader: Mapping[str, Sequence[FileCase]], grader: str, values: Values) -> list[FileCase]:
    """The same images, with the mask of one grader or of all of them together (see `joined_graders`).

    by_grader: of each grader by name, the same images in the same order.
    """
    together = zip(*by_grader.values(), strict=True)
    return [_joined(dict(zip(by_grader, cases, strict=True)), grader, values) for cases in together]


def _joined(cases: Mapping[str, FileCase], grader: str, values: Values) -> FileCase:
    if grader in cases:
        return cases[grader]
    first, *others = cases.values()
    masks = [file for case in others for file in (case.mask_file, *case.more_masks) if file is not None]
    return replace(
        first,
        read_mask=partial(_read, cases, grader, values),
        more_masks=(*first.more_masks, *masks),
        reading=f"{grader} of " + ", ".join(f"{name} ({_told(case)})" for name, case in cases.items()),
    )


def _told(case: FileCase) -> str:
    """Which of the masks are of this grader, and how they are read."""
    return f"{(case.mask_file is not None) + len(case.more_masks)} files {case.reading}".strip()


def _read(cases: Mapping[str, FileCase], grader: str, values: Values) -> np.ndarray:
    """Graders agree on a structure, whichever of its values they use; raises where one has a value of none."""
    masks = {name: values.alike(mask_values(case, values.allowed(), None)) for name, case in cases.items()}
    same_size(masks, {name: mask_name(case) for name, case in cases.items()})
    return joined_graders(masks, grader, values.nothing)
