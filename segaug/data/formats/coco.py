"""COCO JSON: outlines and run lengths of many images in one file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segaug.data.formats.json_file import member, points, read_object
from segaug.data.formats.run_length import from_counts
from segaug.data.outlines import Marked, Outline, Shape
from segaug.errors import DataError


@dataclass(frozen=True)
class Coco:
    """What the file declares.  images: by `file_name`, folders included; one without annotations has no shapes."""

    categories: tuple[str, ...]
    images: dict[str, Marked]


def read(path: Path) -> Coco:
    """All images of the file.  Several outlines of one annotation are joined, as COCO defines it."""
    whole = read_object(path, "COCO")
    names: dict[int, str] = {}
    for one in member(path, whole, "categories", list, "the file"):
        number = member(path, one, "id", int, "a category")
        if number in names:
            raise DataError(file=path, problem=f"has two categories of id {number}", fix="give each an id of its own")
        names[number] = member(path, one, "name", str, "a category")
    found: dict[int, tuple[str, Marked]] = {}
    for one in member(path, whole, "images", list, "the file"):
        number, name = member(path, one, "id", int, "an image"), member(path, one, "file_name", str, "an image")
        if number in found:
            raise DataError(file=path, problem=f"has two images of id {number}", fix="give each an id of its own")
        size = member(path, one, "height", int, f"image {name!r}"), member(path, one, "width", int, f"image {name!r}")
        if min(size) < 1:
            raise DataError(file=path, problem=f"image {name!r} has the size {size}", fix="correct its size")
        found[number] = name, Marked([], size)
    for one in member(path, whole, "annotations", list, "the file"):
        number = member(path, one, "image_id", int, "an annotation")
        category = member(path, one, "category_id", int, "an annotation")
        if number not in found or category not in names:
            problem = f"an annotation is of image {number} and category {category}, and one of them is not declared"
            raise DataError(file=path, problem=problem, fix="export images, categories and annotations together")
        _, marked = found[number]
        marked.shapes.extend(_shapes(path, one, names[category], marked))
    if len({name for name, _ in found.values()}) < len(found):
        raise DataError(file=path, problem="names one image file twice", fix="join what belongs to one image")
    return Coco(tuple(dict.fromkeys(names.values())), dict(found.values()))


def _shapes(path: Path, annotation: Any, structure: str, image: Marked) -> Iterator[Shape]:  # annotation: JSON
    found = annotation.get("segmentation")
    what = f"an annotation of {structure}"
    if isinstance(found, dict):
        size = member(path, found, "size", list, what)
        if tuple(size) != image.size:
            problem = f"{what} has runs for {size} pixels, its image has {list(image.size or ())} (rows, columns)"
            raise DataError(file=path, problem=problem, fix="export it again at the size of the image")
        yield from_counts(path, structure, found.get("counts"), size[0] * size[1])
    elif isinstance(found, list) and found:
        for outline in found:
            yield Outline(structure, points(path, outline, what))
    else:
        problem = f"{what} (image_id {annotation['image_id']}) has no outline: its 'segmentation' is empty or missing"
        raise DataError(file=path, problem=problem, fix="export segmentations, not boxes alone")
