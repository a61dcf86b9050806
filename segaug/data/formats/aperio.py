"""Annotations of Aperio ImageScope: outlines in layers, in an XML file beside each image."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from segaug.data.formats.bounds import library
from segaug.data.outlines import Marked, Outline
from segaug.data.place import refuse_special
from segaug.errors import DataError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_BYTES = 2**26  # elements take some thirty times as much memory as text
OUTLINED = ("0", "1")  # types of regions whose vertices are an outline: drawn freely, and rectangles


def read(path: Path) -> Marked:
    """Regions of all layers; the structure is the name of the layer, or its number where it has none.

    A region with NegativeROA="1" is a hole.  Entities and document types are refused, wherever they lead.
    """
    shapes = []
    for layer in _root(path).iter("Annotation"):
        name = layer.get("Name") or layer.get("Id") or ""
        for region in layer.iter("Region"):
            if (kind := region.get("Type", "0")) not in OUTLINED:
                problem = f"has a region of {name} of the type {kind[:40]!r}, which is no outline"
                raise DataError(file=path, problem=problem, fix="draw it as a freehand region or a rectangle")
            shapes.append(Outline(name, _points(path, region, name), hole=region.get("NegativeROA") == "1"))
    return Marked([*shapes], None)


def _root(path: Path) -> "Element":
    refuse_special(path, MAX_BYTES)
    with library("defusedxml", "medical", path):
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, parse
    try:
        root: Element | None = parse(path, forbid_dtd=True).getroot()
    except DefusedXmlException as error:
        problem = "declares a document type or entities, which can read other files or grow without end"
        raise DataError(file=path, problem=problem, fix="remove everything from <!DOCTYPE to ]>") from error
    except (ParseError, ValueError, LookupError, OSError, MemoryError, RecursionError) as error:
        told = " ".join(str(error).split())[:200]
        raise DataError(file=path, problem=f"is no XML ({told})", fix="export it again from ImageScope") from error
    if root is None or root.tag != "Annotations":
        raise DataError(file=path, problem="is no XML of Aperio ImageScope", fix="its first element is <Annotations>")
    return root


def _points(path: Path, region: "Element", name: str) -> np.ndarray:
    try:
        pairs = [(float(vertex.get("Y", "")), float(vertex.get("X", ""))) for vertex in region.iter("Vertex")]
    except ValueError as error:
        problem = f"a region of {name} has a vertex whose X or Y is no number"
        raise DataError(file=path, problem=problem, fix="export it again from ImageScope") from error
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)
