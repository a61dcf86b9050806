"""What every data set promises of the cases that it lists; a few of its images are read."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property

import numpy as np
from omegaconf import OmegaConf

from segaug.contract.global_state import not_moved
from segaug.contract.promise import Broken, NotAsked, Promise, close, kept
from segaug.data.cases import FileCase
from segaug.data.decode import Rows, decoded_rows
from segaug.data.rules.intensity import Intensity
from segaug.data.split import PARTS, split
from segaug.data.task import TOLD, Case, Dataset, SplitSizes
from segaug.form import COLOUR, GREY, Form

LOOKED_AT = 6  # images that are read


@dataclass(frozen=True)
class TriedSet:
    """A data set, its cases, and the few of them that are read; masks of the external part are never opened."""

    dataset: Dataset

    @cached_property
    def cases(self) -> Sequence[Case]:
        """All of them."""
        return self.dataset.cases()

    @cached_property
    def few(self) -> list[Case]:
        """Some that have a mask, evenly spaced."""
        external = set(split(self.cases, self.dataset.split).external)
        open_ = [case for row, case in enumerate(self.cases) if case.labelled and row not in external]
        step = max(1, len(open_) // LOOKED_AT)
        return open_[::step][:LOOKED_AT]

    def decoded(self) -> Rows:
        """These, as networks see them."""
        return decoded_rows(self.dataset, self.few, [True] * len(self.few))


def options_survive(tried: TriedSet) -> None:
    """It is a frozen dataclass whose options survive the config system."""
    chosen = tried.dataset
    kept(is_dataclass(chosen), f"{type(chosen).__name__} is no dataclass")
    again = OmegaConf.to_object(OmegaConf.structured(chosen))
    for field in fields(chosen):  # type: ignore[arg-type]  # is a dataclass
        if not field.metadata.get("omegaconf_ignore"):
            before, after = (getattr(one, field.name) for one in (chosen, again))
            kept(after == before, f"{field.name} comes back as {after!r}, and was {before!r}")


def its_description_is_words(tried: TriedSet) -> None:
    """What it tells its readers (modality, licence, citation and so on) is words, as in `Described`."""
    for name in TOLD:
        told = getattr(tried.dataset, name, "")
        words = told if isinstance(told, list | tuple) else [told]
        kept(all(isinstance(word, str) for word in words), f"{name} is {told!r}")


def its_form_is_said(tried: TriedSet) -> None:
    """It says its form and how it is decoded: channels, structures, size, crop, range of grey values, split."""
    chosen, form = tried.dataset, tried.dataset.form
    kept(isinstance(form, Form), f"form is {form!r}")
    kept(form.channels in (GREY, COLOUR), f"it has {form.channels} channels; images are grey or in colour")
    kept(form.size == (chosen.size, chosen.size), f"form.size is {form.size}, and size {chosen.size}")
    kept(chosen.crop is None or chosen.crop > 0, f"crop is {chosen.crop}")
    kept(isinstance(chosen.rescale, bool), f"rescale is {chosen.rescale!r}")
    kept(isinstance(chosen.intensity, Intensity), f"intensity is {chosen.intensity!r}")
    kept(chosen.mask_resize in ("nearest", "area"), f"mask_resize is {chosen.mask_resize!r}")
    kept(isinstance(chosen.name, str), f"name is {chosen.name!r}")
    kept(isinstance(chosen.split, SplitSizes), f"split is {chosen.split!r}")


def structures_share_no_value(tried: TriedSet) -> None:
    """Each structure has mask values of its own, all of them among those that may occur."""
    foreground, structures = tried.dataset.foreground(), tried.dataset.form.structures
    kept(len(structures) > 0, "there is no structure")
    kept(len(foreground) == len(structures), f"{len(foreground)} sets of values for {len(structures)} structures")
    listed = [value for values in foreground for value in values]
    kept(len(set(listed)) == len(listed), f"a value is in two structures: {listed}")
    unknown = sorted(set(listed) - set(tried.dataset.values()))
    kept(not unknown, f"values() does not hold {unknown}, which are foreground")


def cases_are_told_apart(tried: TriedSet) -> None:
    """Its cases are told apart by their ids, each names its patient, and those without a mask come last."""
    cases = tried.cases
    kept(len(cases) > 0 and all(isinstance(case, Case) for case in cases), "cases() gives something else than cases")
    for name in ("id", "patient", "location"):
        wrong = [case for case in cases if not (isinstance(getattr(case, name), str) and getattr(case, name))]
        kept(not wrong, f"{name} of {len(wrong)} cases is no text, or empty")
    kept(len({case.id for case in cases}) == len(cases), "two cases have one id")
    labelled = [case.labelled for case in cases]
    kept(labelled == sorted(labelled, reverse=True), "a case without a mask stands before one with a mask")
    wrong = [case for case in cases if case.pixel_mm and (len(case.pixel_mm) != 2 or min(case.pixel_mm) <= 0)]
    kept(not wrong, f"pixel_mm of {len(wrong)} cases is no (row, column) in mm")


def cases_come_in_one_order(tried: TriedSet) -> None:
    """A second listing, as each worker makes one of a copy of the options, gives the same cases in the same order."""
    first, again = (list(map(_facts, cases)) for cases in (tried.cases, deepcopy(tried.dataset).cases()))
    kept(first == again, "it lists other ones, or in another order")


def remarks_are_sentences(tried: TriedSet) -> None:
    """What it does not use it tells in sentences."""
    remarks = tried.dataset.remarks()
    kept(isinstance(remarks, list) and all(isinstance(one, str) for one in remarks), f"remarks() gives {remarks!r}")


def files_are_there(tried: TriedSet) -> None:
    """A case that names files names such that are there: decoded copies are kept by their content."""
    cases = [case for case in tried.cases if isinstance(case, FileCase)]
    if not cases:
        raise NotAsked("its images lie in no files")
    for case in cases:
        named = [case.image_file, case.mask_file, *case.more_files, *case.more_masks]
        lost = [str(file) for file in named if file is not None and not file.exists()]
        kept(not lost, f"{case.id} names {', '.join(lost)}, which is not there")


def the_split_takes_it(tried: TriedSet) -> None:
    """Its patients can be cut into test, validation and pool, and no patient is in two parts."""
    parts = split(tried.cases, tried.dataset.split)
    homes: dict[str, str] = {}
    for part in PARTS:
        for row in getattr(parts, part):
            case = tried.cases[row]
            kept(homes.setdefault(case.patient, part) == part, f"patient {case.patient} is in two parts")


def images_and_masks_fit(tried: TriedSet) -> None:
    """Images are grey (H, W) or RGB (H, W, 3); masks are (H, W) integers of the same size, with values that may occur.

    A few of them are read, twice: the second time they are the same.
    """
    for case in tried.few:
        image, mask = case.read_image(), case.read_mask()
        kept(isinstance(image, np.ndarray) and isinstance(mask, np.ndarray), f"{case.id}: what is read is no array")
        shape = image.shape[:2]
        kept(image.ndim == 2 or image.shape[2:] == (COLOUR,), f"{case.id}: the image is {image.shape}")
        kept(image.dtype.kind in "uif", f"{case.id}: the image holds {image.dtype}")
        kept(mask.shape == shape, f"{case.id}: the mask is {mask.shape}, and the image {image.shape}")
        kept(mask.dtype.kind in "ui", f"{case.id}: the mask holds {mask.dtype}, not integers")
        unknown = sorted(set(np.unique(mask).tolist()) - set(tried.dataset.values()))
        kept(not unknown, f"{case.id}: the mask holds {unknown}, and values() does not")
        same = np.array_equal(image, case.read_image()) and np.array_equal(mask, case.read_mask())
        kept(same, f"{case.id}: a second reading gives other values")


def decoded_as_its_form_says(tried: TriedSet) -> None:
    """Decoded, images are of the form that it says, in 0 to 1, and labels are 0 or 1, or NaN where ignored."""
    rows, form = tried.decoded(), tried.dataset.form
    shape = (len(tried.few), form.channels, *form.size)
    kept(rows.image.shape == shape, f"images are {tuple(rows.image.shape)}, not {shape}")
    least, most = float(rows.image.min()), float(rows.image.max())
    kept(0 <= least <= most <= 1, f"images are in {least:.4g} to {most:.4g}")
    known = rows.label[~rows.label.isnan()] if form.ignored else rows.label
    kept(set(known.unique().tolist()) <= {0.0, 1.0}, "labels hold something else than 0 and 1")
    apart = (rows.label.isnan() != rows.label[:, :1].isnan()).any()
    kept(not apart, "a pixel is ignored in one structure and not in another")


def size_is_an_option(tried: TriedSet) -> None:
    """Another `size` decodes the same cases at that size."""
    if not (is_dataclass(tried.dataset) and any(field.name == "size" for field in fields(tried.dataset))):
        raise Broken("it has no option `size`")
    smaller = TriedSet(replace(tried.dataset, size=32))
    kept(smaller.dataset.form.size == (32, 32), f"with size=32, form.size is {smaller.dataset.form.size}")
    kept(
        [case.id for case in smaller.cases] == [case.id for case in tried.cases], "with size=32 other cases are listed"
    )
    again, first = smaller.decoded().image, smaller.decoded().image
    close(again, first, "a second decoding", atol=0.0)


def global_random_state_is_left_alone(tried: TriedSet) -> None:
    """Global random state of torch, numpy and Python is not moved by listing and reading."""
    with not_moved():
        for case in TriedSet(tried.dataset).few:
            case.read_image()
            case.read_mask()


def _facts(case: Case) -> tuple[object, ...]:
    return (case.id, case.patient, case.location, case.duplicate_group, case.labelled, case.site, case.part)


PROMISES: tuple[Promise[TriedSet], ...] = (
    options_survive,
    its_description_is_words,
    its_form_is_said,
    structures_share_no_value,
    cases_are_told_apart,
    cases_come_in_one_order,
    remarks_are_sentences,
    files_are_there,
    the_split_takes_it,
    images_and_masks_fit,
    decoded_as_its_form_says,
    size_is_an_option,
    global_random_state_is_left_alone,
)
