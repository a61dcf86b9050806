"""Images with outlines or run lengths instead of masks, from the files of annotation tools."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.formats import coco, points, run_length
from segaug.data.kinds.beside import only_named
from segaug.data.kinds.graded import graded
from segaug.data.kinds.marks import KEY as MARKS
from segaug.data.kinds.marks import Found, by_id, filled, in_files, in_points
from segaug.data.kinds.pattern import is_pattern
from segaug.data.kinds.places import Places, places, texts_of
from segaug.data.kinds.stored import Stored
from segaug.data.kinds.told import check_once, said_by, told
from segaug.data.listing import FilesByStem, only_file, own_folder
from segaug.data.outlines import Drawing, Marked
from segaug.data.readers import read_image
from segaug.data.rules.canvas import Canvas
from segaug.data.rules.graders import MAJORITY, check_grader
from segaug.errors import ConfigError, DataError

FORMATS = ("coco", "labelme", "points", "aperio", "run_lengths")
IN_ONE_FILE = ("coco", "run_lengths")


@dataclass(frozen=True, kw_only=True)
class RunColumns:
    """Columns of a table of run lengths."""

    image: str = "ImageId"
    runs: str = "EncodedPixels"
    category: str | None = None  # None: all runs are of the one category


@dataclass(frozen=True, kw_only=True)
class Contours(Stored):
    """Images `<root>/<images>/<id>.*` with what annotation tools have written of them, at `<root>/<marks>`.

    coco: one JSON file of all images.  run_lengths: one CSV file of all images.  labelme: `<marks>/<id>.json`.  aperio:
    `<marks>/<id>.xml`.  points: `<marks>/<category>/<id>.npy` or `.txt`, one contour each; an image that shows nothing
    of a category has no file there.

    Instead of a folder, `images` and `marks` may be a pattern (see `Pattern`), or a list of folders and patterns:
    `contours/{id}_{category}_1.txt`.  Where several graders drew contours, `graders` names what stands in for `marks`.

    The first of `categories` has the mask value 1, the next 2, and so on; each is a structure of its name.
    """

    format: str = "coco"
    images: Any = "images"  # inside of root.  Any: OmegaConf knows no union of a text and a list
    marks: Any = "annotations.json"  # file, folder or pattern inside of root, or a list
    categories: list[str] = field(default_factory=list)  # structures, by the names that the files have for them
    skip: list[str] = field(default_factory=list)  # names in the files that are background
    drawing: Drawing = field(default_factory=Drawing)
    points_order: str = "xy"  # of the two numbers of a point: xy, or row_column
    columns: RunColumns = field(default_factory=RunColumns)
    canvas: Canvas = field(default_factory=Canvas)  # that the contours were drawn on, where it is not the image
    graders: dict[str, Any] = field(default_factory=dict)  # name -> what stands in for `marks`
    grader: str = MAJORITY  # whose contours count: a name, or majority, union or intersection of all

    def __post_init__(self) -> None:
        for key, allowed in (("format", FORMATS), ("points_order", points.ORDERS)):
            if (value := getattr(self, key)) not in allowed:
                fix = f"choose from: {', '.join(allowed)}"
                raise ConfigError(key=f"dataset.{key}", problem=f"got {value!r}", fix=fix)
        names = [*self.categories, *self.skip]
        if not self.categories or len(set(names)) < len(names):
            problem = f"names one twice ({', '.join(names)})" if names else "is empty"
            fix = "name the structures as the files do, e.g. 'dataset.categories=[lesion,nerve]'"
            raise ConfigError(key="dataset.categories", problem=problem, fix=fix)
        if self.format == "run_lengths" and self.columns.category is None and len(self.categories) > 1:
            fix = "name the column that tells the categories apart, or one category"
            raise ConfigError(key="dataset.columns.category", problem="is not set", fix=fix)
        for text in texts_of(self.images, "dataset.images"):
            by_option = {"patient.patient": self.patient, "patient.patient_pattern": self.patient_pattern}
            check_once(said_by(text), {**by_option, "site.site": self.site, "part.split.column": self.split.column})
        texts_of(self.marks, MARKS)
        self._check_one_file()
        if not self.structures:
            own = {name: [value] for value, name in enumerate(self.categories, start=1)}
            object.__setattr__(self, "structures", own)
        if not self.structure:
            object.__setattr__(self, "structure", list(self.structures))
        super().__post_init__()
        check_grader(self.grader, self.graders, self.ignore)
        if self.canvas.side and self.pixel_mm:
            problem = "is set together with dataset.canvas.side, onto which each image is brought at a scale of its own"
            raise ConfigError(key="dataset.pixel_mm", problem=problem, fix="leave it out: distances are in pixels")

    def _check_one_file(self) -> None:
        if self.format in IN_ONE_FILE and not all(isinstance(one, str) for one in (self.marks, *self.graders.values())):
            problem = f"names several files, and format={self.format} is one file of all images"
            raise ConfigError(key=MARKS, problem=problem, fix="name one file")

    def cases(self) -> list[FileCase]:
        """All images by id; reads what was written of them, but no pixel.

        Raises where an image or its marks are missing or ambiguous, where marks that a pattern finds are of no image,
        and where the files name no such category.
        """
        if self.graders:
            return graded(self.by_grader(), self.grader, self.meaning)
        root = own_folder(self.root, "dataset.root")
        images = places(root, texts_of(self.images, "dataset.images"), "dataset.images", self.follow_links)
        marks, problems = self._marks(root, images)
        cases = []
        one_file = self.format in IN_ONE_FILE and not self.table
        names = {**dict.fromkeys(marks, ()), **images.by_id} if one_file else images.by_id
        for row in sorted(self.rows(root, names, named_in=images.place), key=lambda row: row.id):
            row = told(row, images.groups.get(row.id, {}), images.place)
            try:
                asked_by = marks[row.id].files[0] if row.id in marks else row.named_in
                image = only_file(images.by_id, row.id, images.place, asked_by=asked_by)
                if row.id not in marks:
                    raise self._unmarked(root, image, images.groups[row.id])
            except DataError as error:
                problems.append(error)
                continue
            found = marks[row.id]
            cases.append(
                FileCase(
                    id=row.id,
                    patient=row.patient,
                    location=str(image),
                    read_image=partial(self._image, image, row.site),
                    read_mask=partial(self._mask, image, found),
                    duplicate_group=row.group,
                    pixel_mm=self._pixel_mm,
                    image_file=image,
                    mask_file=found.files[0],
                    more_masks=found.files[1:],
                    site=row.site,
                    part=row.part,
                    reading=self._reading(found, row.site),
                )
            )
        if problems:
            raise IncompleteDatasetError(root=root, cases=cases, problems=problems)
        return cases

    def by_grader(self) -> dict[str, list[FileCase]]:
        """The same images, with the contours of each grader."""
        return {
            name: replace(self, marks=marks, graders={}, grader=MAJORITY).cases()
            for name, marks in self.graders.items()
        }

    def _unmarked(self, root: Path, image: Path, groups: Mapping[str, str]) -> DataError:
        """What to say of an image of which no file tells anything."""
        known = [{**groups, "category": category} for category in self.categories]
        texts = dict.fromkeys(filled(text, each) for text in texts_of(self.marks, MARKS) for each in known)
        problem = f"nothing is marked in it by {root / ' or '.join(texts)}"
        fix = "add it there, with an empty list if it shows no structure, or take the image away"
        return DataError(file=image, problem=problem, fix=fix)

    def _reading(self, found: Found, site: str) -> str:
        """What decides what is read of files of marks: the options, and of points the category of each.

        That is the file's folder, unless a pattern says it.
        """
        told = (self.format, self.categories, self.skip, self.drawing, self.points_order, self.columns)
        by_pattern = any(map(is_pattern, texts_of(self.marks, MARKS)))
        categories = found.categories if by_pattern else [file.parent.name for file in found.files]
        categories = categories if self.format == "points" else ()
        placed = [f"{self.canvas} {site in self.canvas.whole}"] if self.canvas.side else []
        return " ".join(map(str, [*told, *categories, *placed]))

    def _image(self, image: Path, site: str) -> np.ndarray:
        """(H, W) or (H, W, 3), on the canvas if there is one."""
        return self.canvas.placed(read_image(image), site, image)

    def _mask(self, image: Path, found: Found) -> np.ndarray:
        """(H, W) integers."""
        marked = found.read()
        file = f"{found.files[0]} ({image.name})" if self.format in IN_ONE_FILE else str(found.files[0])
        self._refuse_unknown({shape.structure for shape in marked.shapes}, file)
        side = self.canvas.side
        height, width = (side, side) if side else marked.size or read_image(image).shape[:2]
        return self.drawing.mask(marked.shapes, self.categories, (height, width), file)

    def _refuse_unknown(self, names: set[str], file: object) -> None:
        if unknown := sorted(names - {*self.categories, *self.skip}):
            listed = ", ".join(map(repr, unknown[:8])) + (", ..." if len(unknown) > 8 else "")
            fix = "add them to dataset.categories, or to dataset.skip where they are background"
            raise DataError(file=file, problem=f"marks {listed}, which the data set does not name", fix=fix)

    def _refuse_missing(self, found: set[str], file: Path) -> None:
        for name in self.categories:
            if name not in found:
                near = get_close_matches(name, found, n=1)
                hint = f"did you mean {near[0]!r}? " if near else ""
                listed = ", ".join(sorted(found)[:20]) or "(none)"
                problem = f"{file} names no category {name!r}"
                raise ConfigError(key="dataset.categories", problem=problem, fix=f"{hint}choose from: {listed}")

    def _marks(self, root: Path, images: Places) -> tuple[dict[str, Found], list[DataError]]:
        """What is marked, by the id of the image, and what is wrong with files that are of none."""
        if self.format in IN_ONE_FILE:
            return self._in_one_file(root, images.by_id), []
        texts = texts_of(self.marks, MARKS)
        if self.format == "points":
            return in_points(root, texts, images, self.categories, self.points_order, self.follow_links)
        return in_files(root, texts, images, self.format, self.follow_links)

    def _in_one_file(self, root: Path, images: FilesByStem) -> dict[str, Found]:
        file = only_named(root, self.marks, MARKS, self.follow_links)
        if self.format == "coco":
            whole = coco.read(file)
            self._refuse_missing(set(whole.categories), file)
            return by_id(file, whole.images, images)
        names = self.columns
        runs = run_length.read(file, names.image, names.runs, names.category, self.categories[0])
        self._refuse_missing({run.structure for own in runs.values() for run in own}, file)
        return by_id(file, {name: Marked([*own], None) for name, own in runs.items()}, images)
