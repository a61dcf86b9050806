"""Which masks belong to which volume, by the name that both have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from segaug.data.kinds.channels import is_numbered, of_channel
from segaug.data.kinds.facts import FactFiles, by_frame
from segaug.data.kinds.file_a_structure import KEY as MASKS
from segaug.data.kinds.found_volumes import Found, Place, only_one, without
from segaug.data.kinds.pattern import is_pattern
from segaug.errors import ConfigError, DataError

_ADD_OR_REMOVE = "add it, or remove the mask"


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Volumes and masks as they were found, by name."""

    root: Path
    place: Place  # of the volumes
    images: Found
    masks: Mapping[Place, Found]  # several where a mask is joined of files
    channel: int | None  # of each volume file

    def image(self, name: str, asked_by: object) -> Path:
        """The one volume of this name."""
        return only_one(self.images, name, asked_by, self.root / self.place.text)

    def mask(self, name: str, image: Path) -> list[tuple[int, Path]]:
        """The files of its mask, and what stands in each for all that is not 0.  Raises where one is missing."""
        return [
            (place.value, only_one(found, name, image, self.root / place.text)) for place, found in self.masks.items()
        ]

    def unlabelled(self) -> list[str]:
        """Volumes that have no mask at all."""
        return [name for name in self.images if not any(name in found for found in self.masks.values())]

    def without_image(self) -> list[DataError]:
        """Masks that would be passed over without a word."""
        return [
            DataError(file=path, problem=f"has no image {name} in {self.root / self.place.text}", fix=_ADD_OR_REMOVE)
            for name, path in self._strays
        ]

    def unlabelled_told(self) -> list[str]:
        """A sentence on the volumes that have no mask, if there are any."""
        files = [str(self.images[name][0]) for name in self.unlabelled()]
        return [f"{len(files)} volumes have no mask, among them {files[0]}; they are not used"] if files else []

    def strays_told(self) -> list[str]:
        """A sentence on the masks that have no volume, if there are any."""
        files = [str(path) for _, path in self._strays]
        return [f"{len(files)} masks have no volume, among them {files[0]}; they are not used"] if files else []

    @property
    def _strays(self) -> list[tuple[str, Path]]:
        return [
            (name, paths[0])
            for found in self.masks.values()
            for name, paths in found.items()
            if name not in self.images
        ]

    def of_frames(self, files: FactFiles, frames: Sequence[str]) -> "Pairs":
        """The volumes of these frames alone, by the names that these have.  Raises where another one has a mask."""
        masks = {}
        for place, found in self.masks.items():
            masks[place] = by_frame(found, files, frames)
            for name, (path, *_) in without(found, masks[place]).items():
                problem = f"is the mask of a frame that {files.file(name)} does not name as {' or '.join(frames)}"
                raise DataError(file=path, problem=problem, fix="correct one of them, or dataset.frames")
        return replace(self, images=by_frame(self.images, files, frames), masks=masks)


def found_pairs(root: Path, images: Place, masks: Sequence[Place], channel: int | None, follow_links: bool) -> Pairs:
    """All volumes and masks; files that both name are of the place that says more of them: `{id}_seg` beside `{id}`.

    channel: of 4-D files, or of files that hold one each, as NAME_0000.
    """
    found = images.find(root, follow_links, images.names)
    of_masks = {place: place.find(root, follow_links, images.names) for place in masks}
    for place, others in of_masks.items():
        if not any(map(is_pattern, (images.text, place.text))):
            continue
        if place.given > images.given:
            found = without(found, others)
        elif place.given < images.given:
            of_masks[place] = without(others, found)
        elif without(others, found) != others:
            problem = f"{place.text} finds the same files as dataset.images={images.text}"
            raise ConfigError(key=place.key, problem=problem, fix="write what tells masks from images")
        if not found or not of_masks[place]:
            problem = f"{place.text} and dataset.images={images.text} find the same files, and none is left for one"
            raise ConfigError(key=place.key, problem=problem, fix="write what tells masks from images")
    if is_numbered(found, {name: paths for others in of_masks.values() for name, paths in others.items()}):
        found, channel = of_channel(found, channel, described(root, images)), None
    return Pairs(root=root, place=images, images=found, masks=of_masks, channel=channel)


def described(root: Path, images: Place) -> Path:
    """The folder whose `dataset.json` names channels: the one that the folder of the volumes lies in."""
    return root if is_pattern(images.text) else (root / images.text).parent


def check_places(masks: object) -> None:
    """Raise ConfigError unless `mask_places` can take it."""
    of_each = list(masks.values()) if isinstance(masks, Mapping) else [masks]
    texts = [text for each in of_each for text in (each if isinstance(each, list | tuple) else [each])]
    if not texts or not all(isinstance(text, str) for text in texts):
        fix = "use a folder, a pattern, or a mapping of structures to these or to lists of them"
        raise ConfigError(key=MASKS, problem=f"got {masks!r}", fix=fix)


def mask_places(masks: str | Mapping[str, str | list[str]]) -> list[Place]:
    """Where masks lie: those that hold values of their own, or for each structure those that make it up."""
    if isinstance(masks, str):
        return [Place(masks, MASKS)]
    return [
        Place(text, f"{MASKS}.{name}", value)
        for value, (name, texts) in enumerate(masks.items(), start=1)
        for text in ([texts] if isinstance(texts, str) else texts)
    ]
