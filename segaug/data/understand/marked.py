"""What annotation tools write beside images: COCO, one JSON file of all; LabelMe, one for each."""

from collections import Counter
from pathlib import PurePosixPath
from typing import Any

from segaug.data.formats import coco, labelme
from segaug.data.formats.json_file import read_object
from segaug.data.readers import READERS
from segaug.data.understand.layout import Layout
from segaug.data.understand.tree import Name, Tree
from segaug.errors import DataError


def marked(tree: Tree) -> Layout | None:
    """The layout; None where no JSON file of the two kinds is there."""
    files, pictures = tree.of([".json"]), tree.of(READERS)
    if not files or not pictures:
        return None
    whole = {name: _read(tree, name) for name in files[:20]}
    of_all = [name for name, told in whole.items() if {"images", "annotations", "categories"} <= set(told)]
    if of_all:
        return _coco(tree, of_all, pictures)
    if all("shapes" in told for told in whole.values()):
        return _labelme(tree, files, pictures)
    return None


def _read(tree: Tree, name: Name) -> dict[str, Any]:
    try:
        return read_object(tree.file(name), "export of an annotation tool")
    except DataError:
        return {}  # some other tool's; it stands among what was not used


def _coco(tree: Tree, files: list[Name], pictures: list[Name]) -> Layout:
    first, *others = files
    found = coco.read(tree.file(first))
    stems = {PurePosixPath(name.replace("\\", "/")).stem for name in found.images}
    shapes = Counter(shape.structure for image in found.images.values() for shape in image.shapes)
    categories = [name for name in found.categories if shapes[name]]
    told = [f"{first.path} marks {', '.join(f'{name} ({shapes[name]})' for name in categories) or 'nothing'}"]
    told += [f"not used: {', '.join(name.path for name in others)}; --set marks=FILE takes another"] * bool(others)
    folder = _folder([name for name in pictures if name.stem in stems] or pictures)
    return _layout("coco", folder, first.path, categories, told)


def _labelme(tree: Tree, files: list[Name], pictures: list[Name]) -> Layout:
    shapes: Counter[str] = Counter()
    for name in files:
        shapes.update(shape.structure for shape in labelme.read(tree.file(name)).shapes)
    told = [f"{len(files)} JSON files mark {', '.join(f'{name} ({count})' for name, count in shapes.most_common())}"]
    stems = {name.stem for name in files}
    folder = _folder([name for name in pictures if name.stem in stems] or pictures)
    return _layout("labelme", folder, _folder(files), sorted(shapes), told)


def _folder(names: list[Name]) -> str:
    return Counter(name.folder for name in names).most_common(1)[0][0] or "."


def _layout(form: str, images: str, marks: str, categories: list[str], told: list[str]) -> Layout:
    options = {"format": form, "images": images, "marks": marks, "categories": categories}
    called = {"coco": "images with outlines in a COCO file", "labelme": "images with outlines of LabelMe"}[form]
    structures = {name: [value] for value, name in enumerate(categories, start=1)}
    return Layout(kind="contours", called=called, options=options, told=tuple(told), structures=structures)
