"""Images and masks in files of their own."""

from typing import Any

from segaug.data.readers import READERS, read_mask
from segaug.data.understand.layout import Layout
from segaug.data.understand.levels import CLASS, PART, PATIENT
from segaug.data.understand.paired import paired
from segaug.data.understand.pairing import Pairing
from segaug.data.understand.tree import Name, Tree
from segaug.errors import DataError

_FEW = 8  # values: more are a picture, or a mask that was saved with losses


def pictures(tree: Tree) -> Layout | None:
    """The layout; None where there are no files of such suffixes, or masks cannot be told from images."""
    names = tree.of(READERS)
    found = paired(names, lambda name: _has_few_values(tree, name)) if names else None
    if found is None:
        return None
    options: dict[str, Any] = {"images": found.images, "masks": found.masks}
    if found.graders:
        options["graders"] = found.graders
    folders = next((tuple(sorted(level.texts)) for level in found.groups if level.group == PATIENT), ())
    return Layout(
        kind="folder",
        called="images and masks in files",
        options=options,
        told=(*(_sentence(found, group) for group in (PART, CLASS) if _folders(found, group)), *found.told),
        folders=folders if "{patient}" in found.images or "{id}" in found.images.rpartition("/")[0] else (),
    )


def _folders(found: Pairing, group: str) -> list[str]:
    return sorted({text for level in found.groups if level.group == group for text in level.texts.values()})


def _sentence(found: Pairing, group: str) -> str:
    texts = _folders(found, group)
    listed = ", ".join(texts[:6]) + ", ..." * (len(texts) > 6)
    if group == PART:
        return f"the folders {listed} are taken as the official parts of the split"
    return f"the folders {listed} are taken as classes: 'dataset.where={{class: [{texts[0]}]}}' keeps one of them"


def _has_few_values(tree: Tree, name: Name) -> bool:
    import numpy as np

    try:
        return len(np.unique(read_mask(tree.file(name)))) <= _FEW
    except DataError:
        return False
