"""Exports of annotation tools, arrays, and masks of several graders."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tests.troubles.real_sets import SPLIT, change, hearts, images, masks, of_hearts, pixels
from tests.troubles.trouble import ERROR, NOTE, Asked, trouble


def _contour(file: Path) -> list[list[float]]:
    """(x, y) of the largest outline of a mask."""
    found, _ = cv2.findContours(pixels(file), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return max(found, key=cv2.contourArea)[:, 0].astype(float).tolist()


def coco(root: Path, **first: Any) -> Asked:
    """The hearts as COCO; first: replaces members of the first annotation."""
    whole: dict[str, list[Any]] = {"images": [], "annotations": [], "categories": [{"id": 1, "name": "cavity"}]}
    for place, (image, mask) in enumerate(zip(images(hearts(root)), masks(root), strict=True)):
        whole["images"].append({"id": place, "file_name": image.name, "height": 96, "width": 96})
        outline = [np.ravel(_contour(mask)).tolist()]
        whole["annotations"].append({"id": place, "image_id": place, "category_id": 1, "segmentation": outline})
    whole["annotations"][0] |= first
    (root / "annotations.json").write_text(json.dumps(whole))
    return _of_marks(root, format="coco")


def _of_marks(root: Path, **options: Any) -> Asked:
    own = {"root": str(root), "categories": ["cavity"], "patient_pattern": "^(.+)_", "split": SPLIT}
    return Asked("contours", own | options)


@trouble("COCO: an undeclared category", ERROR, "of image 0 and category 9, and one of them is not declared")
def unknown_category(root: Path) -> Asked:
    """One annotation has category_id 9."""
    return coco(root, category_id=9)


@trouble("COCO: a category that the set does not name", ERROR, "names no category 'ventricle'; choose from: cavity")
def unnamed_category(root: Path) -> Asked:
    """dataset.categories=[ventricle], and the file says cavity."""
    asked = coco(root)
    return Asked(asked.kind, {**asked.options, "categories": ["ventricle"]})


@trouble("COCO: a contour that leaves the image", ERROR, "leaves the image by 4[0-9.]+ px")
def leaves(root: Path) -> Asked:
    """One contour moved by half of the image."""
    return coco(root, segmentation=[[80, 40, 140, 40, 140, 60, 80, 60]])


@trouble("COCO: a contour that crosses itself", ERROR, "crosses itself")
def crosses(root: Path) -> Asked:
    """One contour is a star of five points, which goes around its middle twice."""
    return coco(root, segmentation=[[48, 20, 60, 70, 20, 38, 76, 38, 36, 70]])


@trouble("COCO: boxes alone", ERROR, "export segmentations, not boxes alone")
def boxes(root: Path) -> Asked:
    """One annotation has a bbox and no segmentation."""
    return coco(root, segmentation=[], bbox=[1, 1, 9, 9])


@trouble("COCO: run lengths of another size", ERROR, "has runs for \\[9, 9\\] pixels, its image has \\[96, 96\\]")
def wrong_runs(root: Path) -> Asked:
    """One annotation has run lengths for 9 x 9 pixels."""
    return coco(root, segmentation={"size": [9, 9], "counts": [40, 41]})


def labelme(root: Path) -> Path:
    """The hearts as LabelMe."""
    (hearts(root) / "marks").mkdir()
    for image, mask in zip(images(root), masks(root), strict=True):
        shape = {"label": "cavity", "points": _contour(mask), "shape_type": "polygon"}
        own = {"shapes": [shape], "imagePath": image.name, "imageHeight": 96, "imageWidth": 96}
        (root / "marks" / f"{image.stem}.json").write_text(json.dumps(own))
    return root


@trouble("LabelMe: a label with a typo", ERROR, "marks 'cavitiy', which the data set does not name")
def typo(root: Path) -> Asked:
    """One label is spelt cavitiy."""
    file = min((labelme(root) / "marks").iterdir())
    file.write_text(file.read_text().replace("cavity", "cavitiy"))
    return _of_marks(root, format="labelme", marks="marks")


@trouble(
    "LabelMe: a label with control characters", ERROR, "marks 'cavity\\\\x1b\\[2J', which the data set does not name"
)
def control_in_label(root: Path) -> Asked:
    """One label holds an escape sequence."""
    file = min((labelme(root) / "marks").iterdir())
    file.write_text(file.read_text().replace("cavity", "cavity\\u001b[2J"))
    return _of_marks(root, format="labelme", marks="marks")


@trouble("Aperio XML with entities", ERROR, "declares a document type or entities, which can read other files")
def entities(root: Path) -> Asked:
    """One file declares an entity that reads /etc/passwd."""
    (hearts(root) / "marks").mkdir()
    for image, mask in zip(images(root), masks(root), strict=True):
        points = "".join(f'<Vertex X="{x}" Y="{y}"/>' for x, y in _contour(mask))
        region = f'<Region Type="0"><Vertices>{points}</Vertices></Region>'
        whole = f'<Annotations><Annotation Name="cavity"><Regions>{region}</Regions></Annotation></Annotations>'
        (root / "marks" / f"{image.stem}.xml").write_text(whole)
    file = min((root / "marks").iterdir())
    file.write_text(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + file.read_text().replace("cavity", "&x;")
    )
    return _of_marks(root, format="aperio", marks="marks")


def _arrays(root: Path, **more: Any) -> Asked:
    """The hearts as one npz."""
    hearts(root)
    held = {"images": np.stack([*map(pixels, images(root))]), "label": np.stack([*map(pixels, masks(root))]), **more}
    np.savez(root / "set.npz", **held)
    own = {"root": str(root), "files": "set.npz", "image_key": "images", "label_key": "label", "axes": "nhw"}
    return Asked("arrays", own | {"structures": {"foreground": [1]}, "structure": "foreground", "split": SPLIT})


@trouble("npz with Python objects", ERROR, "array 'label' holds Python objects")
def objects(root: Path) -> Asked:
    """The array of masks is one of objects, which is a pickle."""
    asked = _arrays(root)
    held = dict(np.load(root / "set.npz"))
    ragged = np.empty(len(held["label"]), dtype=object)
    ragged[:] = list(held["label"])
    np.savez(root / "set.npz", images=held["images"], label=ragged)
    return asked


@trouble("npz with fewer masks than images", ERROR, "has 40 images in 'images' and 39 masks in 'label'")
def fewer_masks(root: Path) -> Asked:
    """The last mask is left out."""
    asked = _arrays(root)
    held = dict(np.load(root / "set.npz"))
    np.savez(root / "set.npz", images=held["images"], label=held["label"][:-1])
    return asked


@trouble("npz with an array of another name", ERROR, "has no array 'label'; it holds images, masks")
def other_key(root: Path) -> Asked:
    """The masks are called masks."""
    asked = _arrays(root)
    held = dict(np.load(root / "set.npz"))
    np.savez(root / "set.npz", images=held["images"], masks=held["label"])
    return asked


@trouble("npz with soft masks", ERROR, "mask values that are no whole numbers, such as 0.5")
def soft_masks(root: Path) -> Asked:
    """Masks of 0 and 0.5."""
    asked = _arrays(root)
    held = dict(np.load(root / "set.npz"))
    np.savez(root / "set.npz", images=held["images"], label=held["label"] * 0.5)
    return asked


@trouble("graders of different size", ERROR, "48 x 48.*96 x 96|96 x 96.*48 x 48")
def two_sizes(root: Path) -> Asked:
    """Masks of a second grader are half as large."""
    (hearts(root) / "second").mkdir()
    for file in masks(root):
        Image.fromarray(pixels(file)[::2, ::2].copy()).save(root / "second" / file.name)
    return of_hearts(root, graders={"a": "masks", "b": "second"})


@trouble("a grader who left images out", ERROR, "there is no .*\\.\\* in .*second")
def left_out(root: Path) -> Asked:
    """Two masks of the second grader are missing."""
    (hearts(root) / "second").mkdir()
    for file in masks(root)[2:]:
        Image.fromarray(pixels(file)).save(root / "second" / file.name)
    return of_hearts(root, graders={"a": "masks", "b": "second"})


@trouble("a file for each structure, which overlap", ERROR, "overlap|both")
def overlapping(root: Path) -> Asked:
    """The same masks named for two structures."""
    hearts(root)
    options = {"masks": {"cavity": "masks", "wall": "more"}, "structures": {}, "structure": "all"}
    (root / "more").mkdir()
    for file in masks(root):
        Image.fromarray(pixels(file)).save(root / "more" / file.name)
    return of_hearts(root, **options)


@trouble("black and white files for each structure, one of them empty", NOTE, "40 masks hold no wall")
def empty_structure(root: Path) -> Asked:
    """The files of the second structure are black."""
    hearts(root)
    (root / "more").mkdir()
    for file in masks(root):
        Image.fromarray(pixels(file)).save(root / "more" / file.name)
    change(sorted((root / "more").iterdir()), np.zeros_like)
    options = {"masks": {"cavity": "masks", "wall": "more"}, "structures": {}, "structure": "all"}
    return of_hearts(root, **options)
