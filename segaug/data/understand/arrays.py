"""Arrays of NumPy and HDF5: which are images, which are masks, and what their axes are."""

import re
from collections.abc import Mapping
from typing import Any

from segaug.data.formats import hdf5, npz
from segaug.data.formats.array_header import ArrayHeader
from segaug.data.kinds.array_pairs import HDF5_SUFFIXES, SUFFIXES
from segaug.data.understand.layout import Layout
from segaug.data.understand.tree import Name, Tree

Headers = Mapping[str, ArrayHeader]
_PAIRS = (("images", "labels"), ("images", "label"), ("images", "masks"), ("image", "label"), ("image", "mask"),
          ("img", "mask"), ("img", "gt"), ("images", "segmentations"), ("image", "seg"), ("data", "seg"),
          ("data", "label"), ("x", "y"))  # fmt: skip
_PARTS = r"(train|validation|valid|val|test)"


def arrays(tree: Tree) -> Layout | None:
    """The layout of the arrays; None where there are none, or their names say nothing."""
    names = tree.of(SUFFIXES)
    folders = {name.folder for name in names}
    if not names or len(folders) > 1:
        return None
    keys = _keys(_headers(tree, names[0]))
    if keys is None:
        return None
    image, label, example, of_mask = keys
    volumes = len(names) > 1 or "{case}" in image
    axes = _axes(example.shape, volumes)
    if axes is None:
        return None
    options: dict[str, Any] = {"files": names[0].path if len(names) == 1 else (folders.pop() or ".")}
    options |= {"image_key": image, "label_key": label, "axes": axes}
    over = _axes(of_mask.shape, volumes)
    if over is not None and over != axes.replace("c", ""):
        options["label_axes"] = over
    shape = " x ".join(map(str, example.shape))
    told = [f"the array {image} holds images, {label} their masks; of shape {shape} the axes are read as {axes}"]
    if (channels := example.shape[axes.index("c")] if "c" in axes else 1) not in (1, 3):
        options["channel"] = 0
        told.append(f"of {channels} channels the first is taken; --set channel=1 takes the next")
    kinds = sorted({name.suffix for name in names})
    return Layout(
        kind="arrays", called=f"arrays in {len(names)} {' and '.join(kinds)}", options=options, told=tuple(told)
    )


def _headers(tree: Tree, name: Name) -> Headers:
    read = hdf5.headers if name.suffix in HDF5_SUFFIXES else npz.headers
    return read(tree.file(name))


def _keys(headers: Headers) -> tuple[str, str, ArrayHeader, ArrayHeader] | None:
    """Names of the two arrays, with {part} or {case} where they have such, and an example of each."""
    for image, label in _PAIRS:
        for before, place in (("", ""), (f"{_PARTS}[_/]", "{part}"), ("(.+)/", "{case}")):
            for name in headers:
                match = re.fullmatch(f"{before}({image})", name)
                other = name[: -len(image)] + label
                if match and other in headers:
                    separator = name[len(match[1]) : -len(image)] if place else ""
                    return f"{place}{separator}{image}", f"{place}{separator}{label}", headers[name], headers[other]
    return None


def _axes(shape: tuple[int, ...], volumes: bool) -> str | None:
    """A letter for each axis: slices of one patient in `volumes`, images where there is one file; None: not known."""
    stack = "d" if volumes else "n"
    if len(shape) == 2:
        return "hw"
    if len(shape) == 3 and shape[2] in (1, 3) and min(shape[:2]) > 4:
        return "hwc"
    if len(shape) == 3:
        return "chw" if shape[0] == 3 and volumes and shape[1] > 16 else f"{stack}hw"
    if len(shape) == 4:
        return f"{stack}chw" if shape[1] <= 4 < shape[3] else f"{stack}hwc"
    return None
