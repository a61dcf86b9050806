"""Volumes whose slices are images: NIfTI, MHA, NRRD or DICOM, with masks on the same grid."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.formats.opened import MaskStack, Stack, image_slice, mask_slice, opened_mask, volume_limits
from segaug.data.formats.volume import Volume
from segaug.data.kinds.channels import channel_number
from segaug.data.kinds.facts import KEY as FACTS
from segaug.data.kinds.facts import FactFiles, with_facts
from segaug.data.kinds.file_a_structure import structures_of
from segaug.data.kinds.found_volumes import Place
from segaug.data.kinds.joined import AS_STORED
from segaug.data.kinds.pattern import is_pattern
from segaug.data.kinds.rows import Row
from segaug.data.kinds.stacks import image_stack, joined_stack, mask_stack
from segaug.data.kinds.stored import Stored
from segaug.data.kinds.told import check_once, kept, told
from segaug.data.kinds.volume_pairs import Pairs, check_places, described, found_pairs, mask_places
from segaug.data.listing import own_folder
from segaug.data.place import refuse_foreign
from segaug.data.rules.channel import KEY as CHANNEL
from segaug.data.rules.slices import LeftOut, Slices
from segaug.data.rules.values import KEY as STRUCTURES
from segaug.data.rules.values import joined
from segaug.errors import ConfigError, DataError


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A volume whose mask was looked at."""

    row: Row
    image: Stack
    mask: MaskStack
    volume: Volume  # of the mask, seen along the axis
    holds: np.ndarray  # (slices,) bool: does it hold a chosen structure?


ERROR, LEAVE_OUT = "error", "leave_out"
_UNNAMED: tuple[dict[str, list[int]], ...] = ({}, {"foreground": [1]})
"""Structures where nobody named any: those of conf/dataset/volumes.yaml."""


@dataclass(frozen=True, kw_only=True)
class Volumes(Stored):
    """Volumes `<root>/<images>/NAME` with masks `<root>/<masks>/NAME`: files of a known suffix, or folders of slices.

    nnU-Net's NAME_0000 and NAME_0001 are channels of NAME.  A pattern (see `Pattern`) instead of a folder says whole
    names: `images: "{patient}/{id}/t1.nii.gz"`.  `masks` may also name, for each structure, one such file or a list of
    those that make it up: whatever is not 0 there is it.  A volume is a patient of its own, unless table, pattern or
    name say otherwise.  Slices are turned as `formats.volume.view` says; their pixels have the spacing of the file.

    Listing opens the masks of all volumes, also of those that become external, to choose slices by what they hold; no
    trial is shown more of them than that.
    """

    images: str = "imagesTr"  # folder below root, or a pattern with {id}
    masks: Any = "labelsTr"  # a text, or a mapping of structures to texts or lists of them, which OmegaConf knows not
    missing_mask: str = ERROR  # "leave_out": of volumes without a mask nothing is used, and that is said
    missing_image: str = ERROR  # "leave_out": masks without a volume are not used, and that is said
    facts: str | None = None  # `{patient}/info.txt`: lines `KEY: value` on each volume; `site`, `where` name keys
    frames: list[str] = field(default_factory=list)  # keys of numbers in `facts`: the volumes whose {id} is one of them
    releases: dict[str, str] = field(default_factory=dict)  # mask value of other releases -> which, and what it means
    channel: Any = None  # of 4-D and multi-modality volumes: its number, or its name in dataset.json
    series: str | None = None  # of DICOM folders that hold several: description, number or UID
    slices: Slices = field(default_factory=Slices)
    unoriented: bool = False  # take files that do not say how they lie in the patient, as they are stored

    def __post_init__(self) -> None:
        if isinstance(self.masks, Mapping):
            object.__setattr__(self, "structures", structures_of(self.masks, self.structures, _UNNAMED, self.ignore))
        check_places(self.masks)
        by_option = {"patient.patient": self.patient, "patient.patient_pattern": self.patient_pattern}
        check_once(self._place.names, {**by_option, "site.site": self.site, "part.split.column": self.split.column})
        if self.table and self.facts:
            raise ConfigError(key=FACTS, problem="is set together with dataset.table", fix="leave one of them out")
        if self.frames and not self.facts:
            problem = "names frames, but there is no file that says their numbers"
            raise ConfigError(key="dataset.frames", problem=problem, fix=f"set {FACTS}, or leave this out")
        if self.facts and not (self.frames or self.site or self.columns_where()):
            fix = "set dataset.frames, dataset.site or dataset.where to keys of these files, or leave it out"
            raise ConfigError(key=FACTS, problem="is set, and nothing asks what it says", fix=fix)
        if wrong := [value for value in self.releases if not value.isdecimal()]:
            problem, fix = (
                f"got {wrong[0]!r}",
                'name a mask value, as in {"3": "the release of 2021, where 3 is a cyst"}',
            )
            raise ConfigError(key="dataset.releases", problem=problem, fix=fix)
        for key in ("missing_mask", "missing_image"):
            if getattr(self, key) not in (ERROR, LEAVE_OUT):
                problem, fix = f"got {getattr(self, key)!r}", f"use {ERROR} or {LEAVE_OUT}"
                raise ConfigError(key=f"dataset.{key}", problem=problem, fix=fix)
        super().__post_init__()

    def cases(self) -> list[FileCase]:
        """The chosen slices of all volumes, by name and place; opens masks, but no image unless it is needed for one.

        Raises where a folder, a volume or a mask is missing, ambiguous or broken, and where no slice is left.
        """
        root = own_folder(self.root, "dataset.root")
        volumes, problems = self._labelled(root)
        chosen = self._chosen(volumes)
        cases = [self._case(volumes[at], place) for at, place in chosen]
        if problems:
            raise IncompleteDatasetError(root=root, cases=cases, problems=problems)
        if not cases:
            names = ", ".join(self.form.structures)
            problem = f"no slice of {len(volumes)} volumes holds {names} (mask values {self._listed()})"
            raise ConfigError(key="dataset.slices", problem=problem, fix="correct dataset.structures or dataset.root")
        return cases

    def remarks(self) -> list[str]:
        """What the rule for slices took, and what it left, and files that are not used; opens masks as `cases` does."""
        pairs = self._pairs(own_folder(self.root, "dataset.root"))
        unlabelled = pairs.unlabelled_told() if self.missing_mask == LEAVE_OUT else []
        strays = pairs.strays_told() if self.missing_image == LEAVE_OUT else []
        return [str(self.left_out()), *unlabelled, *strays]

    def left_out(self) -> LeftOut:
        """The same, counted."""
        volumes, _ = self._labelled(own_folder(self.root, "dataset.root"))
        taken = [bool(volumes[at].holds[place]) for at, place in self._chosen(volumes)]
        held = sum(int(volume.holds.sum()) for volume in volumes)
        seen = {volume.row.patient for volume in volumes if volume.holds.any()}
        return LeftOut(
            taken=sum(taken),
            of=held,
            taken_without=len(taken) - sum(taken),
            of_without=sum(len(volume.holds) for volume in volumes) - held,
            patients_without=tuple(sorted({volume.row.patient for volume in volumes} - seen)),
        )

    def _channel(self) -> str | int | None:
        if isinstance(self.channel, str) and self.channel:
            return int(self.channel) if self.channel.isdecimal() else self.channel
        if self.channel is None or (type(self.channel) is int and self.channel >= 0):  # true is an int as well
            return self.channel
        raise ConfigError(key=CHANNEL, problem=f"got {self.channel}", fix="use a number from 0 on, or a name")

    @property
    def _place(self) -> Place:
        return Place(self.images, "dataset.images")

    def _pairs(self, root: Path) -> Pairs:
        channel = channel_number(described(root, self._place), self.channel)
        pairs = found_pairs(root, self._place, mask_places(self.masks), channel, self.follow_links)
        return pairs.of_frames(self._facts(root), self.frames) if self.frames else pairs

    def _facts(self, root: Path) -> FactFiles:
        return FactFiles(root=root, text=self.facts or "", names=self._place.names, follow_links=self.follow_links)

    def _rows(self, root: Path, pairs: Pairs) -> list[Row]:
        """One row a volume, from the table or its name, with what the pattern and the facts say of it."""
        place = root / self.images
        unused = pairs.unlabelled() if self.missing_mask == LEAVE_OUT else []
        images = {name: paths for name, paths in pairs.images.items() if name not in unused}
        groups = self._groups(images)
        wanted = kept(images, groups, place, {key: texts for key, texts in self.where.items() if key in self._said})
        if self.facts:
            rows = with_facts(self.rows_by_name(place, wanted), self._facts(root), self.site, self.columns_where())
        else:
            others = {*images, *unused} - {*wanted}
            found = self.rows(root, wanted if self.table is None else images, named_in=place)
            rows = [row for row in found if row.id not in others]
        return sorted((told(row, groups.get(row.id, {}), place) for row in rows), key=lambda row: row.id)

    def _groups(self, images: Iterable[str]) -> dict[str, dict[str, str]]:
        """What the pattern says of each volume; nothing where they lie in a folder."""
        return {name: dict(zip(self._said, name.split("/"), strict=True)) for name in images} if self._said else {}

    @property
    def _said(self) -> tuple[str, ...]:
        return self._place.names if is_pattern(self.images) else ()

    def columns_where(self) -> dict[str, list[str]]:
        """`where` without what the pattern of the volumes says: of the table, or of `facts`."""
        return {key: texts for key, texts in self.where.items() if key not in self._said}

    def _labelled(self, root: Path) -> tuple[list[Labelled], list[DataError]]:
        """All volumes by name, with their masks, and what is wrong with the others."""
        pairs = self._pairs(root)
        strict = not self.table and self.missing_image == ERROR
        problems = pairs.without_image() if strict else []
        volumes = []
        for row in self._rows(root, pairs):
            try:
                path = pairs.image(row.id, row.named_in)
                image = image_stack(path, channel=pairs.channel, series=self.series, unoriented=self.unoriented)
                parts = pairs.mask(row.id, path)
                whole = parts[0][0] == AS_STORED
                mask = mask_stack(parts[0][1], image) if whole else joined_stack(parts, image)
                for file in () if self.follow_links else (*image.files, *mask.files):  # also inside of folders
                    refuse_foreign(file, root)
                volumes.append(self._looked_at(row, image, mask))
            except DataError as error:
                problems.append(error)
        return volumes, problems

    def _looked_at(self, row: Row, image: Stack, mask: MaskStack) -> Labelled:
        volume = opened_mask(mask, self.slices.axis)
        for value, release in self.releases.items():
            if (volume.voxels == int(value)).any():
                fix = f"use the release that this set is of, or name the value in {STRUCTURES} or dataset.background"
                raise DataError(file=mask.files[0], problem=f"holds the value {value}: {release}", fix=fix)
        wanted = [value for values in self.foreground() for value in values]
        held = np.isin(joined(volume.voxels, self.values()), wanted).reshape(len(volume.voxels), -1)
        return Labelled(row=row, image=image, mask=mask, volume=volume, holds=np.asarray(held.any(axis=1)))

    def _chosen(self, volumes: Sequence[Labelled]) -> list[tuple[int, int]]:
        """(volume, slice) of all slices to take: the rule looks at each patient's slices, volume after volume."""
        of_patient: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, volume in enumerate(volumes):
            of_patient[volume.row.patient] += [(at, place) for place in range(len(volume.holds))]
        chosen = []
        for slices in of_patient.values():
            holds = np.array([volumes[at].holds[place] for at, place in slices])
            chosen += [slices[place] for place in self.slices.chosen(holds)]
        return sorted(chosen)

    def _case(self, of: Labelled, place: int) -> FileCase:
        axis, grid = self.slices.axis, of.volume.grid
        _, down, right = grid.spacing_mm
        return FileCase(
            id=f"{of.row.id}_s{place:03}",
            patient=of.row.patient,
            location=f"{of.image.files[0]} ({axis} slice {place})",
            read_image=partial(image_slice, of.image, axis, place, of.mask.files[0], grid),
            read_mask=partial(mask_slice, of.mask, axis, place),
            duplicate_group=of.row.group,
            pixel_mm=self._pixel_mm or ((down, right) if of.volume.oriented else None),
            image_file=of.image.files[0],
            mask_file=of.mask.files[0],
            more_files=of.image.files[1:],
            more_masks=of.mask.files[1:],
            in_parts=True,
            reading=f"{axis} slice {place} of channel {of.image.channel}" + _joined(of.mask),
            site=of.row.site,
            part=of.row.part,
            unit=of.image.unit,
            limits=partial(volume_limits, of.image, axis, self.intensity),
        )

    def _listed(self) -> str:
        return ", ".join(str(value) for values in self.foreground() for value in values)


def _joined(mask: MaskStack) -> str:
    """Which structures the files of a joined mask stand for."""
    return f", masks of {' '.join(map(str, mask.values))}" if mask.values else ""
