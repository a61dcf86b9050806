"""Images and masks as named arrays in files of NumPy or HDF5: one image, a stack of images or a volume in each."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.kinds.array_pairs import PLACES, SUFFIXES, Pair, pairs, volume_limits
from segaug.data.kinds.axes import Axes
from segaug.data.kinds.beside import files_with
from segaug.data.kinds.rows import Row
from segaug.data.kinds.stored import Stored
from segaug.data.listing import own_folder
from segaug.data.rules.slices import Slices
from segaug.data.rules.values import joined
from segaug.errors import ConfigError, DataError


@dataclass(frozen=True, kw_only=True)
class Arrays(Stored):
    """Arrays `image_key` with masks `label_key` in each file of `files`.

    Keys may hold {part}, which stands for train, val or test and gives the image its part of the split, and {case},
    which stands for a name.  Images are called after their file, case or part, and numbered from 0 in a stack.

    Slices of a volume (axis d) are of one patient, the volume's, unless the table or the volume's name says otherwise;
    `slices` says which are taken, and listing opens the masks of all volumes to choose them.
    """

    files: str = "."  # a file, or a folder of files, inside of root: .npz, .h5, .hdf5
    image_key: str = "image"
    label_key: str = "label"
    axes: str = "hw"  # of the images, a letter each: h rows, w columns, c channels, n images, d slices of a patient
    label_axes: str | None = None  # None: those of the images, without c
    channel: Any = None  # of the images, counted from 0; None: the only one, or the three of a picture in colour
    slices: Slices = field(default_factory=Slices)  # of volumes; the arrays say along which axis

    def __post_init__(self) -> None:
        super().__post_init__()
        image, label = self._axes
        if (image.stack is None) != (label.stack is None):
            fix = f"give it the stacked axis of dataset.axes={self.axes}, or none"
            raise ConfigError(key="dataset.label_axes", problem=f"got {label.letters!r}", fix=fix)
        if self.slices.axis != Slices().axis:
            fix = "name the axis of the slices by d in dataset.axes, and leave this out"
            raise ConfigError(key="dataset.slices.axis", problem="is not known of arrays", fix=fix)
        places = re.findall(r"{(.*?)}", self.image_key)
        if len(set(places) & set(PLACES)) < len(places):
            fix = "use {part} or {case}, each once"
            raise ConfigError(key="dataset.image_key", problem=f"got {self.image_key!r}", fix=fix)
        if sorted(places) != sorted(re.findall(r"{(.*?)}", self.label_key)):
            problem = f"{self.label_key!r} has not the places of dataset.image_key={self.image_key!r}"
            raise ConfigError(key="dataset.label_key", problem=problem, fix="use {part} and {case} in both, or neither")

    def cases(self) -> list[FileCase]:
        """All images by name and place; reads the headers of the arrays, and the masks of volumes.

        Raises where a file has no such array, where there is not one mask for each image, and where no slice is left.
        """
        root = own_folder(self.root, "dataset.root")
        found, problems = self._pairs(root)
        places = {pair.base: pair for pair in found}
        if not self._of_volumes:
            images = {name: (pair, at) for pair in found for name, at in pair.ids()}
            rows = self._known(root, images, problems)
            cases = [self._case(row, *images[row.id]) for row in rows]
        else:
            rows = self._known(root, places, problems)
            cases = [self._case(row, places[row.id], at) for row, at in self._chosen(rows, places, problems)]
        if problems:
            raise IncompleteDatasetError(root=root, cases=cases, problems=problems)
        if not cases:
            problem = f"no slice of {len(found)} volumes holds {', '.join(self.form.structures)}"
            raise ConfigError(key="dataset.slices", problem=problem, fix="correct dataset.structures")
        return cases

    @cached_property
    def _axes(self) -> tuple[Axes, Axes]:
        """Of images and of masks."""
        label = self.axes.replace("c", "") if self.label_axes is None else self.label_axes
        return Axes(self.axes, "dataset.axes"), Axes(label, "dataset.label_axes")

    @property
    def _of_volumes(self) -> bool:
        return self._axes[0].of_one_patient

    def _channel(self) -> int | None:
        if self.channel is None or (type(self.channel) is int and self.channel >= 0):  # true is an int as well
            return self.channel
        raise ConfigError(key="dataset.channel", problem=f"got {self.channel}", fix="use a number from 0 on, or null")

    def _pairs(self, root: Path) -> tuple[list[Pair], list[DataError]]:
        """All pairs of arrays, and what is wrong with the files that have none."""
        files = files_with(root, self.files, "dataset.files", SUFFIXES, self.follow_links)
        keys, problems = (self.image_key, self.label_key), []
        found: dict[str, Pair] = {}
        for stem, paths in files.items():
            try:
                for path in paths:
                    for pair in pairs(path, stem, keys, self._axes, alone=len(files) == 1):
                        if pair.base in found:
                            problem = f"holds {pair.base} a second time, after {found[pair.base].images}"
                            raise DataError(file=path, problem=problem, fix="keep one of them")
                        found[pair.base] = pair
            except DataError as error:
                problems.append(error)
        return list(found.values()), problems

    def _known(self, root: Path, names: dict[str, Any], problems: list[DataError]) -> list[Row]:
        """Rows by id, of images or of volumes; those that are nowhere are a problem each."""
        if not names:
            return []
        rows = sorted(self.rows(root, list(names), named_in=root / self.files), key=lambda row: row.id)
        fix = f"its images are called {', '.join(sorted(names)[:3])}{', ...' * (len(names) > 3)}"
        for row in rows:
            if row.id not in names:
                problem = f"there is no {row.id} in {root / self.files}"
                problems.append(DataError(file=row.named_in, problem=problem, fix=fix))
        return [row for row in rows if row.id in names]

    def _chosen(self, rows: list[Row], volumes: dict[str, Pair], problems: list[DataError]) -> list[tuple[Row, int]]:
        """Slices to take: the rule looks at each patient's slices, volume after volume."""
        of_patient: dict[str, list[tuple[Row, int, bool]]] = defaultdict(list)
        for row in rows:
            try:
                of_patient[row.patient] += [(row, at, held) for at, held in enumerate(self._holds(volumes[row.id]))]
            except DataError as error:
                problems.append(error)
        chosen = []
        for slices in of_patient.values():
            places = self.slices.chosen(np.array([held for *_, held in slices], dtype=bool))
            chosen += [slices[place][:2] for place in places]
        return sorted(chosen, key=lambda one: (one[0].id, one[1]))

    def _holds(self, volume: Pair) -> list[bool]:
        """Of each slice: does it hold a chosen structure?"""
        wanted = [value for values in self.foreground() for value in values]
        return [bool(np.isin(joined(volume.mask(at), self.values()), wanted).any()) for at in range(volume.count or 0)]

    def _case(self, row: Row, pair: Pair, at: int | None) -> FileCase:
        return FileCase(
            id=pair.name(at),
            patient=row.patient,
            location=str(pair.images) + ("" if at is None else f"[{at}]"),
            read_image=partial(pair.image, at, self.channel),
            read_mask=partial(pair.mask, at),
            duplicate_group=row.group,
            pixel_mm=self._pixel_mm,
            image_file=pair.images.file,
            mask_file=pair.masks.file,
            site=row.site,
            part=row.part or pair.part,
            in_parts=True,
            reading=f"{pair.images.key} {self.axes} {self.channel} {pair.masks.key} {self._axes[1].letters} {at}",
            limits=partial(volume_limits, pair, self.channel, self.intensity) if self._of_volumes else None,
        )
