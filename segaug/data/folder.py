"""A folder of images and a folder of masks: every public or own dataset that lies in image files."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.listing import FilesByStem, files_by_stem, only_file, own_folder
from segaug.data.place import inside
from segaug.data.readers import read_image, read_mask
from segaug.data.structures import chosen, tidy
from segaug.data.table import read_table
from segaug.data.task import Described, SplitSizes
from segaug.data.unlabelled import KEY as UNLABELLED
from segaug.data.unlabelled import no_mask, of_new_patients
from segaug.errors import ConfigError, DataError
from segaug.form import COLOUR, GREY, Form


@dataclass(frozen=True, kw_only=True)
class Folder(Described):
    """Images `<root>/<images>/<id>.*` with masks `<root>/<masks>/<id>.*`; suffixes may differ.

    Patients come from a column of the table or from the file name; with neither, each image is its own patient.
    Images of the folder `unlabelled`, of other patients, join the external part; the table does not name them.
    """

    root: str = ""  # ~ and $VARIABLES are replaced
    follow_links: bool = False  # read files that are links to somewhere outside of root
    images: str = "images"  # this folder, masks and table lie inside of root
    masks: str = "masks"
    unlabelled: str | None = None  # folder of images without a mask, anywhere; ~ and $VARIABLES are replaced
    table: str | None = None  # CSV below root, one row per image; None = all files of the images folder
    id_column: str = "id"  # column of the file name without its suffix
    where: dict[str, list[str]] = field(default_factory=dict)  # keep the rows with one of these texts in this column
    patient: str | None = None  # column
    patient_pattern: str | None = None  # regular expression with one group, searched in the file name without suffix
    group: str | None = None  # column; images with the same text are near copies and stay on one side of the split
    site: str | None = None  # column of where the image was taken; counts only with dataset.split.target
    structures: dict[str, list[int]] = field(default_factory=dict)  # name -> the mask values that make it up
    structure: Any = ""  # to segment: a name, a list of names, or all.  Any: OmegaConf knows no union with a list
    background: list[int] = field(default_factory=lambda: [0])  # mask values outside all structures
    colour: bool = False  # three channels; images that are stored grey are repeated
    rescale: bool = True  # the range of each image's grey values becomes 0 to 1; false: 0 to 255 does, in all images
    size: int = 64
    crop: int | None = None
    pixel_mm: float | None = None  # side of a stored pixel [mm]
    split: SplitSizes = field(default_factory=SplitSizes)

    def __post_init__(self) -> None:
        object.__setattr__(self, "structure", tidy(self.structure))
        chosen(self.structure, self.structures)
        for key, value in (("size", self.size), ("crop", self.crop), ("pixel_mm", self.pixel_mm)):
            if value is not None and value <= 0:
                raise ConfigError(key=f"dataset.{key}", problem=f"got {value}", fix="use a positive number")
        self._check_patient()

    def _check_patient(self) -> None:
        if self.patient is not None and self.patient_pattern is not None:
            problem = "is set together with dataset.patient_pattern"
            raise ConfigError(key="dataset.patient", problem=problem, fix="keep one of them and set the other to null")
        if self.patient_pattern is None:
            return
        fix = "write a regular expression with one group, e.g. '^([^_]+)_'"
        try:
            groups = re.compile(self.patient_pattern).groups
        except re.error as error:
            raise ConfigError(key="dataset.patient_pattern", problem=str(error), fix=fix) from error
        if groups != 1:
            raise ConfigError(key="dataset.patient_pattern", problem=f"has {groups} groups", fix=fix)

    @property
    def form(self) -> Form:
        """Square images."""
        names = chosen(self.structure, self.structures)
        return Form(channels=COLOUR if self.colour else GREY, structures=names, size=(self.size, self.size))

    def foreground(self) -> tuple[tuple[int, ...], ...]:
        """Mask values of each chosen structure."""
        return tuple(tuple(sorted(set(self.structures[name]))) for name in self.form.structures)

    def values(self) -> tuple[int, ...]:
        """Mask values of all structures and of the background."""
        return tuple(sorted({value for values in (self.background, *self.structures.values()) for value in values}))

    def cases(self) -> list[FileCase]:
        """All images by id, those without a mask last; reads no pixel.

        Raises where a folder, an image or a mask is missing or ambiguous, and where an image of `unlabelled` shows a
        patient of a labelled one.
        """
        root = own_folder(self.root, "dataset.root")
        images = files_by_stem(root, self.images, "dataset.images", self.follow_links)
        masks = files_by_stem(root, self.masks, "dataset.masks", self.follow_links)
        problems: list[DataError] = []
        cases = []
        for row in sorted(self._rows(root, images), key=lambda row: row.id):
            try:
                image = only_file(images, row.id, root / self.images, asked_by=row.named_in)
            except DataError as error:
                problems.append(error)
                continue
            try:
                mask = only_file(masks, row.id, root / self.masks, asked_by=image)
                cases.append(self._case(row, image, mask, partial(read_mask, mask)))
            except DataError as error:
                problems.append(error)
                cases.append(self._case(row, image, None, partial(_fail, error)))
        if self.unlabelled is not None:
            unlabelled, refused = self._unlabelled(own_folder(self.unlabelled, UNLABELLED), cases)
            cases += unlabelled
            problems += refused
        if problems:
            raise IncompleteDatasetError(root=root, cases=cases, problems=problems)
        return cases

    def _unlabelled(self, folder: Path, labelled: list[FileCase]) -> tuple[list[FileCase], list[DataError]]:
        """Images of a folder that has no masks, and what is wrong with the others that lie there."""
        images = files_by_stem(folder, ".", UNLABELLED, self.follow_links)
        cases: list[FileCase] = []
        ambiguous: list[DataError] = []
        for row in self._rows_by_name(folder, sorted(images)):
            try:
                image = only_file(images, row.id, folder, asked_by=folder)
                cases.append(self._case(row, image, None, partial(_fail, no_mask(image)), labelled=False))
            except DataError as error:
                ambiguous.append(error)
        new, refused = of_new_patients(cases, labelled)
        return new, [*ambiguous, *refused]

    def _rows(self, root: Path, images: FilesByStem) -> list["_Row"]:
        """One row per image, from the table or from the names of the files."""
        if self.table is None:
            return self._rows_of_files(root / self.images, images)
        table = read_table(inside(root, self.table, "dataset.table", self.follow_links)).where(self.where)
        ids = table.ids(self.id_column)
        patients = table.column(self.patient, "dataset.patient") if self.patient else [self._patient(i) for i in ids]
        groups = table.column(self.group, "dataset.group") if self.group else [""] * len(ids)
        sites = table.column(self.site, "dataset.site") if self.site else [""] * len(ids)
        for what, column, texts in (("patient", self.patient, patients), ("site", self.site, sites)):
            if column and "" in texts:
                problem = f"column {column!r} is empty for image {ids[texts.index('')]!r}"
                raise DataError(file=table.path, problem=problem, fix=f"fill in a {what} for every image")
        return [_Row(*row, named_in=table.path) for row in zip(ids, patients, groups, sites, strict=True)]

    def _rows_of_files(self, folder: Path, images: FilesByStem) -> list["_Row"]:
        for key in ("where", "patient", "group", "site"):
            if getattr(self, key):
                fix = "set dataset.table=NAME.csv, or leave this key out"
                raise ConfigError(key=f"dataset.{key}", problem="names columns, but there is no table", fix=fix)
        return self._rows_by_name(folder, images)

    def _rows_by_name(self, folder: Path, stems: Iterable[str]) -> list["_Row"]:
        """One row per name."""
        return [_Row(stem, self._patient(stem), "", "", named_in=folder) for stem in stems]

    def _patient(self, stem: str) -> str:
        """Patient of a file: what the pattern finds in its name; without a pattern, each image is its own patient."""
        if self.patient_pattern is None:
            return stem
        match = re.search(self.patient_pattern, stem)
        if not match or not match[1]:
            problem = f"{self.patient_pattern!r} finds no patient in {stem!r}"
            raise ConfigError(key="dataset.patient_pattern", problem=problem, fix="correct it, or set it to null")
        return match[1]

    def _case(
        self, row: "_Row", image: Path, mask: Path | None, open_mask: Callable[[], np.ndarray], *, labelled: bool = True
    ) -> FileCase:
        return FileCase(
            id=row.id,
            patient=row.patient,
            location=str(image),
            read_image=partial(read_image, image),
            read_mask=open_mask,
            duplicate_group=row.group,
            pixel_mm=None if self.pixel_mm is None else (self.pixel_mm, self.pixel_mm),
            image_file=image,
            mask_file=mask,
            labelled=labelled,
            site=row.site,
        )


@dataclass(frozen=True)
class _Row:
    """What is known of an image before its files are looked up."""

    id: str
    patient: str
    group: str
    site: str
    named_in: Path  # the table or folder that names the image


def _fail(error: DataError) -> np.ndarray:
    raise error
