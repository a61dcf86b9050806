"""Masks that lie beside what they mark, or belong to another image."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.troubles.real_sets import cells, change, hearts, lesions, masks, of_cells, of_hearts
from tests.troubles.trouble import ERROR, NOTE, UNSEEN, Asked, trouble


@trouble("masks shifted", NOTE, "when they are moved by about -?[89] rows and -?[0-2] columns")
def shifted(root: Path) -> Asked:
    """All masks moved down by 9 of 96 pixels."""
    change(masks(hearts(root)), lambda mask: np.roll(mask, 9, axis=0))
    return of_hearts(root)


@trouble("masks of the next image, of different sizes", ERROR, "has [0-9]+ x [0-9]+ pixels, its image has [0-9]+ x")
def next_of_other_size(root: Path) -> Asked:
    """Each mask has the name of the image before its own; images of ultrasound."""
    _one_on(lesions(root), 1)
    return of_hearts(root, patient_pattern=None)


@trouble("masks of the next image", NOTE, "masks fit the next image of the list better than their own")
def next_image(root: Path) -> Asked:
    """The same of hearts, two images a patient."""
    _one_on(hearts(root), 1)
    return of_hearts(root)


@trouble("masks of the previous image", NOTE, "masks fit the previous image of the list better than their own")
def previous_image(root: Path) -> Asked:
    """Each mask has the name of the image after its own; cells."""
    _one_on(cells(root), -1)
    return of_cells(root)


def _one_on(root: Path, step: int) -> None:
    files = masks(root)
    held = [file.read_bytes() for file in files]
    for place, file in enumerate(files):
        file.write_bytes(held[(place + step) % len(held)])


@trouble("masks turned by 90 degrees", NOTE, "turned")
def turned(root: Path) -> Asked:
    """numpy.rot90 of each mask."""
    change(masks(hearts(root)), lambda mask: np.ascontiguousarray(np.rot90(mask)))
    return of_hearts(root)


@trouble("masks transposed", NOTE, "turned|transposed")
def transposed(root: Path) -> Asked:
    """Rows and columns of each mask swapped, as MATLAB and NIfTI do."""
    change(masks(hearts(root)), lambda mask: np.ascontiguousarray(mask.T))
    return of_hearts(root)


@trouble("masks mirrored", NOTE, "mirrored")
def mirrored(root: Path) -> Asked:
    """Each mask left to right."""
    change(masks(hearts(root)), lambda mask: np.ascontiguousarray(mask[:, ::-1]))
    return of_hearts(root)


@trouble("masks upside down", NOTE, "mirrored|upside down")
def upside_down(root: Path) -> Asked:
    """Each mask top to bottom."""
    change(masks(hearts(root)), lambda mask: np.ascontiguousarray(mask[::-1]))
    return of_hearts(root)


@trouble(
    "three pairs of masks swapped", NOTE, "masks that fit each other's image far better than their own, swapped\\? "
)
def three_pairs(root: Path) -> Asked:
    """Masks 0 and 23, 3 and 30, 5 and 25 of forty cells exchanged."""
    _swap(cells(root))
    return of_cells(root)


@trouble("three pairs of masks swapped among alike ones", NOTE, "swapped\\? SC-HF-I-01_0108 and SC-HF-NI-34_0179")
def three_pairs_of_hearts(root: Path) -> Asked:
    """The same of hearts, of which one pair differs enough to be named."""
    _swap(hearts(root))
    return of_hearts(root)


@trouble("masks of one patient's slices swapped", UNSEEN, "slices of one heart have nearly one outline, and each mask "
         "fits both as well; looking at `segaug data preview` may tell")  # fmt: skip
def slices_swapped(root: Path) -> Asked:
    """The masks of the two slices of one patient exchanged."""
    _swap(hearts(root), [(0, 1)])
    return of_hearts(root)


def _swap(root: Path, pairs: Sequence[tuple[int, int]] = ((0, 23), (3, 30), (5, 25))) -> None:
    files = masks(root)
    for one, other in pairs:
        first, second = files[one].read_bytes(), files[other].read_bytes()
        files[one].write_bytes(second)
        files[other].write_bytes(first)
