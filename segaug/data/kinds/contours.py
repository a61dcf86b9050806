"""Images with outlines or run lengths instead of masks, from the files of annotation tools."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.formats import aperio, coco, labelme, points, run_length
from segaug.data.kinds.beside import files_with, only_named
from segaug.data.kinds.stored import Stored
from segaug.data.listing import FilesByStem, files_by_stem, only_file, own_folder
from segaug.data.names import Names
from segaug.data.outlines import Drawing, Marked, Outline
from segaug.data.readers import READERS, read_image
from segaug.errors import ConfigError, DataError

FORMATS = ("coco", "labelme", "points", "aperio", "run_lengths")
IN_ONE_FILE = ("coco", "run_lengths")


@dataclass(frozen=True)
class Found:
    """Where the marks of an image lie, and how they are read."""

    files: tuple[Path, ...]
    read: Callable[[], Marked]


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

    The first of `categories` has the mask value 1, the next 2, and so on; each is a structure of its name.
    """

    format: str = "coco"
    images: str = "images"  # folder inside of root
    marks: str = "annotations.json"  # file or folder inside of root
    categories: list[str] = field(default_factory=list)  # structures, by the names that the files have for them
    skip: list[str] = field(default_factory=list)  # names in the files that are background
    drawing: Drawing = field(default_factory=Drawing)
    points_order: str = "xy"  # of the two numbers of a point: xy, or row_column
    columns: RunColumns = field(default_factory=RunColumns)

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
        if not self.structures:
            own = {name: [value] for value, name in enumerate(self.categories, start=1)}
            object.__setattr__(self, "structures", own)
        if not self.structure:
            object.__setattr__(self, "structure", list(self.structures))
        super().__post_init__()

    def cases(self) -> list[FileCase]:
        """All images by id; reads what was written of them, but no pixel.

        Raises where an image or its marks are missing or ambiguous, and where the files name no such category.
        """
        root = own_folder(self.root, "dataset.root")
        images = files_by_stem(root, self.images, "dataset.images", self.follow_links)
        marks = self._marks(root, images)
        problems: list[DataError] = []
        cases = []
        names = images if self.format not in IN_ONE_FILE or self.table else {**dict.fromkeys(marks, ()), **images}
        for row in sorted(self.rows(root, names, named_in=root / self.images), key=lambda row: row.id):
            try:
                asked_by = marks[row.id].files[0] if row.id in marks else row.named_in
                image = only_file(images, row.id, root / self.images, asked_by=asked_by)
                if row.id not in marks:
                    problem = f"nothing is marked in it by {root / self.marks}"
                    fix = "add it there, with an empty list if it shows no structure, or take the image away"
                    raise DataError(file=image, problem=problem, fix=fix)
            except DataError as error:
                problems.append(error)
                continue
            found = marks[row.id]
            cases.append(
                FileCase(
                    id=row.id,
                    patient=row.patient,
                    location=str(image),
                    read_image=partial(read_image, image),
                    read_mask=partial(self._mask, image, found),
                    duplicate_group=row.group,
                    pixel_mm=self._pixel_mm,
                    image_file=image,
                    mask_file=found.files[0],
                    more_masks=found.files[1:],
                    site=row.site,
                    part=row.part,
                    reading=self._reading(found.files),
                )
            )
        if problems:
            raise IncompleteDatasetError(root=root, cases=cases, problems=problems)
        return cases

    def _reading(self, files: Sequence[Path]) -> str:
        """What decides what is read of files of marks: the options, and of points the folder, which is the category."""
        told = (self.format, self.categories, self.skip, self.drawing, self.points_order, self.columns)
        categories = [file.parent.name for file in files] if self.format == "points" else []
        return " ".join(map(str, [*told, *categories]))

    def _mask(self, image: Path, found: Found) -> np.ndarray:
        """(H, W) integers."""
        marked = found.read()
        file = f"{found.files[0]} ({image.name})" if self.format in IN_ONE_FILE else str(found.files[0])
        self._refuse_unknown({shape.structure for shape in marked.shapes}, file)
        height, width = marked.size or read_image(image).shape[:2]
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

    def _marks(self, root: Path, images: FilesByStem) -> Mapping[str, Found]:
        """What is marked, by the id of the image."""
        key = "dataset.marks"
        if self.format == "coco":
            file = only_named(root, self.marks, key, self.follow_links)
            whole = coco.read(file)
            self._refuse_missing(set(whole.categories), file)
            return _by_id(file, whole.images, images)
        if self.format == "run_lengths":
            file = only_named(root, self.marks, key, self.follow_links)
            names = self.columns
            runs = run_length.read(file, names.image, names.runs, names.category, self.categories[0])
            self._refuse_missing({run.structure for own in runs.values() for run in own}, file)
            return _by_id(file, {name: Marked([*own], None) for name, own in runs.items()}, images)
        if self.format == "points":
            return dict(self._points(root))
        suffix, read = (".json", labelme.read) if self.format == "labelme" else (".xml", aperio.read)
        files = files_with(root, self.marks, key, (suffix,), self.follow_links)
        return {stem: Found((path,), partial(read, path)) for stem, (path, *_) in files.items()}

    def _points(self, root: Path) -> Iterator[tuple[str, Found]]:
        """The contours of each image, a file for each category that it shows."""
        files: dict[str, dict[str, Path]] = {}
        for category in self.categories:
            part = str(PurePosixPath(self.marks, category))
            found = files_with(root, part, "dataset.marks", points.SUFFIXES, self.follow_links)
            for stem in found:
                files.setdefault(stem, {})[category] = only_file(found, stem, root / part, asked_by=root / part)
        for stem, own in files.items():
            yield stem, Found(tuple(own.values()), partial(_drawn, own, self.points_order))


def _drawn(files: Mapping[str, Path], order: str) -> Marked:
    return Marked([Outline(category, points.read(path, order)) for category, path in files.items()], None)


def _by_id(file: Path, marked: Mapping[str, Marked], images: FilesByStem) -> dict[str, Found]:
    """By the image that each name in the file means; raises DataError where two mean one."""
    ids = Names(images).of(list(marked), file, pad=0)
    known = [name if name in images else _stem(name) for name in ids]
    return {name: Found((file,), partial(_same, own)) for name, own in zip(known, marked.values(), strict=True)}


def _stem(name: str) -> str:
    """What an image would be called that is not there."""
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in READERS else path.name


def _same(marked: Marked) -> Marked:
    return marked
