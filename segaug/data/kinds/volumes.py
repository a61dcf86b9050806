"""Volumes whose slices are images: NIfTI, MHA, NRRD or DICOM, with masks on the same grid."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.formats.opened import MaskStack, Stack, image_slice, mask_slice, opened_mask, volume_limits
from segaug.data.formats.volume import Volume
from segaug.data.kinds.channels import channel_number, is_numbered, of_channel
from segaug.data.kinds.found_volumes import Found, only_one, volumes_by_name
from segaug.data.kinds.rows import Row
from segaug.data.kinds.stacks import image_stack, mask_stack
from segaug.data.kinds.stored import Stored
from segaug.data.listing import own_folder
from segaug.data.place import refuse_foreign
from segaug.data.rules.channel import KEY as CHANNEL
from segaug.data.rules.slices import LeftOut, Slices
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


@dataclass(frozen=True, kw_only=True)
class Volumes(Stored):
    """Volumes `<root>/<images>/NAME` with masks `<root>/<masks>/NAME`: files of a known suffix, or folders of slices.

    nnU-Net's NAME_0000 and NAME_0001 are channels of NAME.  One folder a patient: `images: "{id}/t1.nii.gz"`.  A volume
    is a patient of its own, unless the table or its name says otherwise.  Slices are turned as `formats.volume.view`
    says; their pixels have the spacing of the file.

    Listing opens the masks of all volumes, also of those that become external, to choose slices by what they hold; no
    trial is shown more of them than that.
    """

    images: str = "imagesTr"  # folder below root, or a pattern with {id}
    masks: str = "labelsTr"
    channel: Any = None  # of 4-D and multi-modality volumes: its number, or its name in dataset.json
    series: str | None = None  # of DICOM folders that hold several: description, number or UID
    slices: Slices = field(default_factory=Slices)
    unoriented: bool = False  # take files that do not say how they lie in the patient, as they are stored

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
        """What the rule for slices took, and what it left; opens masks as `cases` does."""
        return [str(self.left_out())]

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

    def _labelled(self, root: Path) -> tuple[list[Labelled], list[DataError]]:
        """All volumes by name, with their masks, and what is wrong with the others."""
        images = volumes_by_name(root, self.images, "dataset.images", self.follow_links)
        masks = volumes_by_name(root, self.masks, "dataset.masks", self.follow_links)
        channel = channel_number(root, self.channel)
        if is_numbered(images, masks):
            images, channel = of_channel(images, channel, root), None
        rows = sorted(self.rows(root, images, named_in=root / self.images), key=lambda row: row.id)
        problems = [] if self.table else _without_image(images, masks, root / self.images)
        volumes = []
        for row in rows:
            try:
                path = only_one(images, row.id, row.named_in, root / self.images)
                image = image_stack(path, channel=channel, series=self.series, unoriented=self.unoriented)
                mask = mask_stack(only_one(masks, row.id, path, root / self.masks), image)
                for file in () if self.follow_links else (*image.files, *mask.files):  # also inside of folders
                    refuse_foreign(file, root)
                volumes.append(self._looked_at(row, image, mask))
            except DataError as error:
                problems.append(error)
        return volumes, problems

    def _looked_at(self, row: Row, image: Stack, mask: MaskStack) -> Labelled:
        volume = opened_mask(mask, self.slices.axis)
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
            reading=f"{axis} slice {place} of channel {of.image.channel}",
            site=of.row.site,
            part=of.row.part,
            unit=of.image.unit,
            limits=partial(volume_limits, of.image, axis, self.intensity),
        )

    def _listed(self) -> str:
        return ", ".join(str(value) for values in self.foreground() for value in values)


def _without_image(images: Found, masks: Found, folder: Path) -> list[DataError]:
    """Masks that would be passed over without a word."""
    return [
        DataError(file=masks[name][0], problem=f"has no image {name} in {folder}", fix="add it, or remove the mask")
        for name in masks
        if name not in images
    ]
