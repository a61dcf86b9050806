"""Figures for a paper: each as PNG at 300 dpi and as SVG."""

from collections.abc import Mapping
from pathlib import Path

from segaug.report import svg
from segaug.report.section import Draw
from segaug.results.store import write_atomic


def write_figures(drawn: Mapping[str, Draw], folder: Path) -> tuple[Path, ...]:
    """Draw each and write <folder>/<name>.png and .svg; to be called inside `themed()`."""
    paths = []
    for name, draw in drawn.items():
        figure = draw()
        paths += [folder / f"{name}.png", folder / f"{name}.svg"]
        write_atomic(paths[-1], svg.standalone(figure))
        figure.set_layout_engine("none")  # laid out once; both files look the same
        write_atomic(paths[-2], svg.raster(figure))
    return tuple(paths)
