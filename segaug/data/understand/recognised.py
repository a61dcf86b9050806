"""Which layout a folder has, and the options that a config of it begins with."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from segaug.data.cases import FileCase
from segaug.data.understand.arrays import arrays
from segaug.data.understand.built import built
from segaug.data.understand.described import described
from segaug.data.understand.found import Wishes
from segaug.data.understand.layout import Layout
from segaug.data.understand.marked import marked
from segaug.data.understand.pictures import pictures
from segaug.data.understand.stacks import volumes
from segaug.data.understand.tree import Tree
from segaug.errors import DataError

RECOGNISERS: tuple[Callable[[Tree], Layout | None], ...] = (described, arrays, marked, volumes, pictures)
"""The most certain first."""


def layout_of(tree: Tree, wishes: Wishes) -> Layout:
    """Raises DataError where no layout fits."""
    broken: list[DataError] = []
    for recogniser in RECOGNISERS:
        try:
            found = recogniser(tree)
        except DataError as error:  # of a file that may be of something else than the set
            broken.append(error)
            continue
        if found:
            return replace(found, told=(*found.told, *(f"not used: {error}" for error in broken)))
    if {"images", "masks"} <= set(wishes.options):
        return Layout(kind="folder", called="images and masks where they were said to lie", options={})
    if broken:
        raise broken[0]
    held = ", ".join(f"{count} {suffix}" for suffix, count in tree.suffixes().most_common(6)) or "no file"
    fix = "name the folder that holds both, or say where they lie: --set images=FOLDER --set 'masks=FOLDER/{id}_mask'"
    raise DataError(file=tree.root, problem=f"holds {held}, and no images with masks were recognised", fix=fix)


def options_of(tree: Tree, layout: Layout, said: Mapping[str, Any]) -> dict[str, Any]:
    """With the folder, and what was said above all."""
    root = str(Path(tree.root, layout.below).resolve())
    if "$" in root:
        raise DataError(file=root, problem="has a $ in its path, which stands for a variable", fix="rename the folder")
    return {"root": root, **layout.options, **said}


def provisional(layout: Layout, options: Mapping[str, Any]) -> Any:
    """The set with every value of a mask above 0 as one structure, to list and to look at it."""
    if layout.kind == "contours" or isinstance(options.get("masks"), Mapping):
        more: dict[str, Any] = {"structure": "all"} if layout.kind != "contours" and len(options["masks"]) > 1 else {}
        if layout.kind != "contours" and len(options["masks"]) == 1:
            more = {"structure": next(iter(options["masks"]))}
    else:
        more = {"structures": {"foreground": [1]}, "structure": "foreground", "above_zero": True}
    masks_alone = ("structures", "structure", "background", "ignore")
    left_out = (*masks_alone, "graders", "grader")  # the first grader's masks stand for all
    own = {key: value for key, value in options.items() if key not in left_out}
    return built(layout.kind, {**own, **more})


def of_volumes(layout: Layout) -> bool:
    """Are images cut from volumes, which a table and a pattern name instead?"""
    return layout.kind == "volumes" or layout.options.get("axes", "").startswith("d")


def called(case: FileCase, layout: Layout) -> str:
    """What a table or a pattern calls it: the image, or the volume that it was cut from (NAME_s003, NAME_003)."""
    return case.id.rpartition("_")[0] if of_volumes(layout) else case.id
