"""Figures for a paper: each as PNG at 300 dpi and as SVG."""

import gc
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from segaug.files import writing_into
from segaug.report import svg
from segaug.report.failed import Failed, attempt
from segaug.report.section import Draw
from segaug.results.store import write_atomic


def write_figures(drawn: Mapping[str, Draw], folder: Path) -> tuple[tuple[Path, ...], tuple[Failed, ...]]:
    """Draw each and write <folder>/<name>.png and .svg; to be called inside `themed()`.

    Returns the files, and the figures that could not be drawn, of which no file of an earlier report is left either.
    """
    paths: list[Path] = []
    failures: list[Failed] = []
    for name, draw in drawn.items():
        files = folder / f"{name}.png", folder / f"{name}.svg"
        figure = attempt(f"figure {name}", partial(_draw, draw))
        gc.collect()  # a figure is a ring of references: it would stay, with its 6 MiB, until many have been drawn
        with writing_into(folder):
            if isinstance(figure, Failed):
                failures.append(figure)
                for path in files:
                    path.unlink(missing_ok=True)
                continue
            for path, data in zip(files, figure, strict=True):
                write_atomic(path, data)
        paths += files
    return tuple(paths), tuple(failures)


def _draw(draw: Draw) -> tuple[bytes, bytes]:
    """As PNG and as SVG."""
    figure = draw()
    vector = svg.standalone(figure)
    figure.set_layout_engine("none")  # laid out once; both files look the same
    return svg.raster(figure), vector
