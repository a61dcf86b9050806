"""Images and masks that do not make a pair."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from segaug.data.kinds.pairs import Files, Pairs
from segaug.data.listing import only_file
from segaug.errors import DataError

_OF_MASKS = re.compile(r"[ _.-]+(?:mask|seg|label|gt|annotation|manual)", re.IGNORECASE)


def without_image(found: Pairs) -> list[DataError]:
    """What to say of each mask that no image belongs to."""
    problem, fix = "is a mask without an image", "add the image, correct the names, or remove the mask"
    return [DataError(file=path, problem=problem, fix=fix) for path in found.strays()]


def not_used(what: str, left: Sequence[object]) -> list[str]:
    """A remark on files that are there and count for nothing; none where there are none."""
    return [f"{len(left)} {what}, among them {left[0]}; they are not used"] if left else []


def not_one(files: Files, groups: Mapping[str, str], paths: list[Path], image: Path) -> DataError:
    """What to say of an image that has no mask, or several that nobody said are to be joined."""
    if files.pattern is None:
        try:
            only_file(files.by_id, groups["id"], files.place, asked_by=image)
        except DataError as error:
            return error
    called = files.called(groups)
    if paths:
        problem = f"{files.root} holds several masks {called} ({', '.join(map(str, paths))})"
        return DataError(file=image, problem=problem, fix="keep one of them, or join them by a * behind {id}")
    fix = "add it, correct dataset.masks, or count images without a mask as empty by dataset.missing_mask=empty"
    return DataError(file=image, problem=f"there is no mask {called} in {files.root}", fix=fix)


def refuse_mask(image: Path, name: str, images: Mapping[str, list[Path]]) -> None:
    """Raise where an image that is to be empty is called like a further mask of another one: x_mask_2 beside x."""
    for word in _OF_MASKS.finditer(name):
        if (other := name[: word.start()]) in images:
            problem = f"has no mask, and is called like a mask of {other}"
            fix = "let the pattern of dataset.masks find it, as in {id}_mask*, or rename it"
            raise DataError(file=image, problem=problem, fix=fix)
