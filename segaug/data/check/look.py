"""What is seen of one case: its report, and the small numbers that the rules on the whole set compare."""

from dataclasses import dataclass

import numpy as np

from segaug.data.check.blank import is_blank
from segaug.data.check.edge_fit import Outline, outline
from segaug.data.check.polarity import Extent, extent
from segaug.data.check.reduction import Reduced, reduced
from segaug.data.check.report import CaseReport
from segaug.data.check.rim import has_rim
from segaug.data.check.same_masks import foreground_hash, shows_its_mask
from segaug.data.pixels import (
    content_hash,
    crop_centre,
    grey_limits,
    in_channels,
    in_colour,
    is_one_of,
    mask_values,
    network_label,
    stored_pixels,
)
from segaug.data.reduced import by_nearest
from segaug.data.rules.intensity import is_8_bit
from segaug.data.rules.mask_area import covered
from segaug.data.task import Case, Dataset
from segaug.errors import DataError

Shares = dict[str, float]


@dataclass(frozen=True)
class Look:
    """One image and its mask.  problems: as errors, to be said once with all that are alike."""

    report: CaseReport
    problems: tuple[DataError, ...]
    content: str  # hash of the pixels; names the case where the image cannot be read
    coloured: bool
    blank: bool
    wide: bool  # more than 8 bits
    rim: bool
    ignored: float | None  # share of the pixels that count for nothing; None: the mask was not read
    mask_content: str  # hash of the foreground; "" where there is none
    shows_mask: bool  # and nothing else
    extent: Extent | None  # None of these three: neither was it
    reduced: Reduced | None  # or holds no foreground
    outline: Outline | None  # or the image shows no edges


@dataclass(frozen=True)
class _Image:
    shape: tuple[int, int]
    grey: bool
    content: str
    coloured: bool
    blank: bool
    wide: bool
    pixels: np.ndarray  # (H, W) after the crop, floats of one channel


@dataclass(frozen=True)
class _Mask:
    shares: Shares
    at_size: Shares
    rim: bool
    ignored: float
    foreground: np.ndarray  # (H, W) of bool, after the crop


def look(case: Case, dataset: Dataset, part: str) -> Look:
    """Read the image, and the mask but of an external one; part: of the split, "" where that is open."""
    problems: list[DataError] = []
    image, mask = None, None
    try:
        image = _image(case, dataset)
    except DataError as error:
        problems.append(error)
    if part not in ("", "external"):
        try:
            mask = _mask(case, dataset, None if image is None else image.shape)
        except DataError as error:
            problems.append(error)
    foreground = None if mask is None else mask.foreground
    return Look(
        report=_report(case, part, image, mask, problems),
        problems=tuple(problems),
        content=f"unreadable {case.id}" if image is None else image.content,
        coloured=image is not None and image.coloured,
        blank=image is not None and image.blank,
        wide=image is not None and image.wide,
        rim=mask is not None and mask.rim,
        ignored=None if mask is None else mask.ignored,
        mask_content="" if foreground is None else foreground_hash(foreground),
        shows_mask=image is not None and foreground is not None and shows_its_mask(image.pixels, foreground),
        extent=None if foreground is None else extent(foreground),
        reduced=None if foreground is None or not foreground.any() else reduced(foreground, dataset.size),
        outline=None if image is None else outline(image.pixels, foreground),
    )


def _image(case: Case, dataset: Dataset) -> _Image:
    stored = stored_pixels(case, dataset.channel)
    grey_limits(case, stored, dataset)  # raises where there are none
    kept = crop_centre(stored, dataset.crop, case.location)
    return _Image(
        shape=(stored.shape[0], stored.shape[1]),
        grey=stored.ndim == 2,
        content=content_hash(in_channels(stored, dataset.form.channels)),
        coloured=in_colour(stored),
        blank=is_blank(kept),
        wide=not is_8_bit(stored.dtype),
        pixels=(kept if kept.ndim == 2 else kept.mean(axis=2)).astype(np.float32),
    )


def _mask(case: Case, dataset: Dataset, shape: tuple[int, int] | None) -> _Mask:
    whole = mask_values(case, dataset.values(), shape)
    mask = crop_centre(whole, dataset.crop, case.location)
    chosen = [value for values in dataset.foreground() for value in values]
    return _Mask(
        shares=_shares(mask, dataset),
        at_size=_of_known(whole, dataset, case) if dataset.form.ignored else _shares_at_size(mask, dataset),
        rim=has_rim(mask),
        ignored=float(is_one_of(mask, dataset.ignored()).mean()) if dataset.form.ignored else 0.0,
        foreground=np.isin(mask, chosen),
    )


def _shares(mask: np.ndarray, dataset: Dataset) -> Shares:
    """Share of the pixels of each structure, of those that count."""
    if dataset.form.ignored:
        mask = mask[~is_one_of(mask, dataset.ignored())]
    structures = zip(dataset.form.structures, dataset.foreground(), strict=True)
    return {name: float(np.isin(mask, values).mean()) if mask.size else 0.0 for name, values in structures}


def _shares_at_size(mask: np.ndarray, dataset: Dataset) -> Shares:
    """The same as the network sees it."""
    if dataset.mask_resize != "area":
        return _shares(by_nearest(mask, (dataset.size, dataset.size)), dataset)
    planes = np.stack([np.isin(mask, values) for values in dataset.foreground()])
    shares = covered(planes, (dataset.size, dataset.size)).mean(axis=(1, 2))
    return dict(zip(dataset.form.structures, shares.tolist(), strict=True))


def _of_known(mask: np.ndarray, dataset: Dataset, case: Case) -> Shares:
    """The same of the known pixels of a mask before the crop; raises where there are none."""
    label = network_label(mask, dataset, case.location).numpy()
    return dict(zip(dataset.form.structures, np.nanmean(label, axis=(1, 2)).tolist(), strict=True))


def _report(case: Case, part: str, image: _Image | None, mask: _Mask | None, problems: list[DataError]) -> CaseReport:
    sentences = tuple(dict.fromkeys(map(str, problems)))
    return CaseReport(
        id=case.id,
        patient=case.patient,
        part=part,
        labelled=case.labelled,
        shape=None if image is None else image.shape,
        foreground=None if mask is None else sum(mask.shares.values()),
        structures=None if mask is None else mask.shares,
        foreground_at_size=None if mask is None else sum(mask.at_size.values()),
        structures_at_size=None if mask is None else mask.at_size,
        grey=None if image is None else image.grey,
        problems=sentences,
        notes=(),
        verdict="problem" if sentences else "ok",
    )
