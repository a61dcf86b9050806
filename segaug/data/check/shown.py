"""A few cases of a data set as they are to be looked at: stored pixels with masks, no larger than a screen needs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segaug.data.check.report import Report
from segaug.data.pixels import crop_centre, mask_values, stored_pixels
from segaug.data.task import Case, Dataset
from segaug.errors import DataError

SIDE = 192  # of a picture, at most [px]
_VALUES = 4096  # of an image, for a histogram


@dataclass(frozen=True)
class Shown:
    """One case.

    image: (C, H, W), the range of its stored values as 0..1, after the crop.  label: (K, H, W) of bool, one plane a
    structure; None where the mask is not opened or cannot be read.  ignored: (H, W) of bool, pixels that count for
    nothing, where the data set has some and the mask is seen.  values: some stored grey values.
    """

    id: str
    site: str
    part: str
    marks: tuple[str, ...]  # what the check says of it
    pixel_mm: tuple[float, float] | None
    image: np.ndarray
    label: np.ndarray | None
    ignored: np.ndarray | None
    values: np.ndarray


def chosen_rows(report: Report, count: int) -> list[int]:
    """Up to `count` rows whose masks may be seen, in order: at most half are marked by the check, the rest spread."""
    open_ = [row for row, case in enumerate(report.cases) if case.labelled and case.part != "external"]
    marked = _spread([row for row in open_ if report.cases[row].notes], count // 2)
    others = [row for row in open_ if row not in set(marked)]
    return sorted([*marked, *_spread(others, count - len(marked))])


def shown(case: Case, dataset: Dataset, part: str, marks: tuple[str, ...]) -> Shown | None:
    """None where the image cannot be read, which the check has said."""
    try:
        stored = crop_centre(stored_pixels(case), dataset.crop, case.location)
    except DataError:
        return None
    step = max(1, -(-max(stored.shape[:2]) // SIDE))
    grey = (stored if stored.ndim == 2 else stored.mean(axis=2)).ravel()
    mask = _mask(case, dataset) if part not in ("", "external") and case.labelled else None
    label = None if mask is None else np.stack([_any(np.isin(mask, values), step) for values in dataset.foreground()])
    return Shown(
        id=case.id,
        site=case.site,
        part=part,
        marks=marks,
        pixel_mm=case.pixel_mm,
        image=_unit(stored, step),
        label=label,
        ignored=_ignored(mask, label, dataset, step) if mask is not None and label is not None else None,
        values=grey[:: max(1, len(grey) // _VALUES)],
    )


def _mask(case: Case, dataset: Dataset) -> np.ndarray | None:
    """Its values."""
    try:
        return crop_centre(mask_values(case, dataset.values(), None), dataset.crop, case.location)
    except DataError:
        return None


def _ignored(mask: np.ndarray, label: np.ndarray, dataset: Dataset, step: int) -> np.ndarray | None:
    """What counts for nothing, beside the structures."""
    if not dataset.form.ignored:
        return None
    beside: np.ndarray = np.where(label.any(axis=0), False, _any(np.isin(mask, dataset.ignored()), step))
    return beside


def _any(plane: np.ndarray, step: int) -> np.ndarray:
    """(H, W) of bool, smaller: is it anywhere in each square of `step` pixels?  Thin vessels would fall into dots."""
    rows, columns = plane.shape
    wide = np.pad(plane, ((0, -rows % step), (0, -columns % step)))
    small: np.ndarray = wide.reshape(wide.shape[0] // step, step, -1, step).max(axis=(1, 3))
    return small


def _unit(stored: np.ndarray, step: int) -> np.ndarray:
    """(C, H, W) in 0..1, every `step`-th pixel."""
    planes = np.moveaxis(stored if stored.ndim == 3 else stored[..., None], 2, 0)[:, ::step, ::step].astype(np.float32)
    low, high = float(planes.min()), float(planes.max())
    unit: np.ndarray = (planes - low) / (high - low) if high > low else np.zeros_like(planes)
    return unit


def _spread(rows: Sequence[int], count: int) -> list[int]:
    """Evenly, the first among them."""
    if len(rows) <= count:
        return list(rows)
    return [rows[place * len(rows) // count] for place in range(count)]
