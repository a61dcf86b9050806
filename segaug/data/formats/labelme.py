"""LabelMe JSON: the outlines of one image, in a file beside it."""

from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.formats.json_file import member, points, read_object
from segaug.data.outlines import Marked, Outline
from segaug.errors import DataError

CIRCLE_POINTS = 360


def read(path: Path) -> Marked:
    """Polygons, rectangles and circles; other kinds of shape are refused by name."""
    whole = read_object(path, "LabelMe")
    height, width = whole.get("imageHeight"), whole.get("imageWidth")
    size = (height, width) if isinstance(height, int) and isinstance(width, int) and min(height, width) > 0 else None
    return Marked([_outline(path, one) for one in member(path, whole, "shapes", list, "the file")], size)


def _outline(path: Path, shape: Any) -> Outline:  # shape: whatever JSON holds
    label = member(path, shape, "label", str, "a shape")
    kind = shape.get("shape_type", "polygon")
    corners = points(path, shape.get("points"), f"a shape of {label}")
    if kind == "rectangle" and len(corners) == 2:
        (top, left), (bottom, right) = corners
        corners = np.array([[top, left], [top, right], [bottom, right], [bottom, left]])
    elif kind == "circle" and len(corners) == 2:
        angle = np.linspace(0, 2 * np.pi, CIRCLE_POINTS, endpoint=False)
        radius = np.hypot(*(corners[1] - corners[0]))
        corners = corners[0] + radius * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    elif kind != "polygon" and not (kind == "rectangle" and len(corners) == 4):
        problem = f"has a shape of {label} of the type {str(kind)[:40]!r}, which has no inside that is known"
        fix = "draw it as a polygon, a rectangle or a circle, or export masks as PNG"
        raise DataError(file=path, problem=problem, fix=fix)
    return Outline(label, corners)
