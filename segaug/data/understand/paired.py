"""Which files of a folder are images, which are masks, and which belong together."""

from collections import Counter
from collections.abc import Sequence

from segaug.data.understand.pairing import Pairing
from segaug.data.understand.pairs_by_folder import by_folders, only_folder
from segaug.data.understand.pairs_by_name import by_names
from segaug.data.understand.told_apart import IsMask, by_content, told_apart
from segaug.data.understand.tree import Name


def paired(names: Sequence[Name], is_mask: IsMask, *, one_a_folder: bool = False) -> Pairing | None:
    """How images and masks are told apart and belong together; None where that is not to be seen.

    one_a_folder: try first whether each folder holds one image.
    """
    images, masks = told_apart(names)
    if not images or not masks:
        images, masks = by_content(names, is_mask)
    if not images or not masks:
        return None
    images, masks = _equally_deep(images), _equally_deep(masks)
    ways = [by_names, by_folders]
    for way in reversed(ways) if one_a_folder else ways:
        if found := way(images, masks):
            return found
    return only_folder(images, masks)


def _equally_deep(names: list[Name]) -> list[Name]:
    depth = Counter(len(name.folders) for name in names).most_common(1)[0][0]
    return [name for name in names if len(name.folders) == depth]
