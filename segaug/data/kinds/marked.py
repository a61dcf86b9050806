"""Images, and copies of them into which graders have drawn contours."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.kinds.graded import graded
from segaug.data.kinds.marks import filled
from segaug.data.kinds.places import Places, by_image, places, texts_of
from segaug.data.kinds.stored import Stored
from segaug.data.kinds.told import check_once, said_by, told
from segaug.data.listing import only_file, own_folder
from segaug.data.readers import read_image
from segaug.data.rules.drawn import INNER, OUTER, Lines
from segaug.data.rules.graders import MAJORITY, check_grader
from segaug.data.rules.intensity import is_8_bit
from segaug.data.suffix import suffix_of
from segaug.errors import ConfigError, DataError

IMAGES, COPIES = "dataset.images", "dataset.copies"
GRADER = "{grader}"  # in a pattern of copies, where the grader stands
LOSSY = (".jpg", ".jpeg")


@dataclass(frozen=True, kw_only=True)
class Marked(Stored):
    """Images and copies of them by patterns, such as `image{id}prime` and `image{id}-{grader}`.

    What the outer, or the inner, of the lines drawn into a copy encloses has the mask value 1, and is the structure.
    """

    images: Any = "{id}_image"  # a pattern or a list of them.  Any: OmegaConf knows no union of a text and a list
    copies: Any = "{id}_marked"
    graders: list[str] = field(default_factory=list)  # what stands for {grader}
    grader: str = MAJORITY  # whose contours count: one of them, or majority, union or intersection of all
    outline: str = OUTER  # which of two lines is the structure: outer | inner
    lines: Lines = field(default_factory=Lines)
    leave_out: list[str] = field(default_factory=list)  # images that are not used, and their copies; * is any text

    def __post_init__(self) -> None:
        if self.outline not in (OUTER, INNER):
            raise ConfigError(key="dataset.outline", problem=f"got {self.outline}", fix=f"use {OUTER} or {INNER}")
        if self.outline == INNER and self.lines.count < 2:
            problem, fix = "is inner, and one line is looked for", "set dataset.lines.count=2"
            raise ConfigError(key="dataset.outline", problem=problem, fix=fix)
        for text in texts_of(self.images, IMAGES):
            by_option = {"patient.patient": self.patient, "patient.patient_pattern": self.patient_pattern}
            check_once(said_by(text), {**by_option, "site.site": self.site, "part.split.column": self.split.column})
        for text in texts_of(self.copies, COPIES):
            if (GRADER in text) != bool(self.graders):
                fix = f"write {GRADER} where it stands, and name the graders by dataset.graders, or neither"
                raise ConfigError(key=COPIES, problem=f"got {text!r} with {len(self.graders)} graders", fix=fix)
        if not self.structures and isinstance(self.structure, str) and self.structure:
            object.__setattr__(self, "structures", {self.structure: [1]})
        super().__post_init__()
        check_grader(self.grader, self.graders)

    def cases(self) -> list[FileCase]:
        """All images by id that are not left out; reads no pixel.

        Raises where an image or a copy is missing or ambiguous, and where a copy is of no image.
        """
        if self.graders:
            return graded(self.by_grader(), self.grader, self.meaning)
        root = own_folder(self.root, "dataset.root")
        images = places(root, texts_of(self.images, IMAGES), IMAGES, self.follow_links)
        found = places(root, texts_of(self.copies, COPIES), COPIES, self.follow_links)
        copies, strays = by_image(found, images, COPIES)
        problems = [_of_no_image(path) for path in strays if not self._is_out(_name(found, path))]
        cases = []
        for row in sorted(self.rows(root, images.by_id, named_in=images.place), key=lambda row: row.id):
            if self._is_out(row.id):
                continue
            row = told(row, images.groups.get(row.id, {}), images.place)
            try:
                image = only_file(images.by_id, row.id, images.place, asked_by=row.named_in)
                if row.id not in copies:
                    raise self._unmarked(root, image, images.groups[row.id])
            except DataError as error:
                problems.append(error)
                continue
            cases.append(
                FileCase(
                    id=row.id,
                    patient=row.patient,
                    location=str(image),
                    read_image=partial(read_image, image),
                    read_mask=partial(_enclosed, image, copies[row.id], self.lines, self.outline),
                    duplicate_group=row.group,
                    pixel_mm=self._pixel_mm,
                    image_file=image,
                    mask_file=copies[row.id],
                    site=row.site,
                    part=row.part,
                    reading=f"{self.outline} {self.lines}",
                )
            )
        if problems:
            raise IncompleteDatasetError(root=root, cases=cases, problems=problems)
        return cases

    def by_grader(self) -> dict[str, list[FileCase]]:
        """The same images, with the contours of each grader."""
        texts = texts_of(self.copies, COPIES)
        return {
            name: replace(
                self, copies=[text.replace(GRADER, name) for text in texts], graders=[], grader=MAJORITY
            ).cases()
            for name in self.graders
        }

    def remarks(self) -> list[str]:
        """Which images are not used."""
        return [f"not used are, by dataset.leave_out: {', '.join(self.leave_out)}"] if self.leave_out else []

    def _is_out(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.leave_out)

    def _unmarked(self, root: Path, image: Path, groups: Mapping[str, str]) -> DataError:
        called = " or ".join(filled(text, groups) for text in texts_of(self.copies, COPIES))
        fix = "add it, or leave the image out by dataset.leave_out"
        return DataError(file=image, problem=f"there is no copy {called} in {root}", fix=fix)


def _name(found: Places, path: Path) -> str:
    """What the image of a copy would be called."""
    return next(name for name, paths in found.by_id.items() if path in paths)


def _of_no_image(path: Path) -> DataError:
    fix = "add the image, correct the names, or leave it out by dataset.leave_out"
    return DataError(file=path, problem="is a copy of an image that is not there", fix=fix)


def _enclosed(image: Path, copy: Path, lines: Lines, outline: str) -> np.ndarray:
    """(H, W) of 0 and 1."""
    original, drawn = read_image(image), read_image(copy)
    if original.shape != drawn.shape or not is_8_bit(original.dtype) or not is_8_bit(drawn.dtype):
        ours, theirs = (f"{' x '.join(map(str, one.shape))} of {one.dtype}" for one in (drawn, original))
        raise DataError(file=copy, problem=f"has {ours}, its image {theirs}", fix="save both alike, with 8 bits")
    lossy = any(suffix_of(path) in LOSSY for path in (image, copy))
    return lines.enclosed(original, drawn, outline, lossy=lossy, file=copy).astype(np.uint8)
