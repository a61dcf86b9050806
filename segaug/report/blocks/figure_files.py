"""Figures for a paper: each as PNG at 300 dpi and as SVG."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from segaug.file_name import file_name
from segaug.files import write_atomic, writing_into
from segaug.report.blocks.failed import Failed, attempt
from segaug.report.blocks.freed_memory import give_back_freed_memory
from segaug.report.blocks.section import Draw
from segaug.report.look import svg
from segaug.results.inside import inside

FIGURES = ("report", "figures")  # folders in a study


def write_figures(drawn: Mapping[str, Draw], study: Path) -> tuple[tuple[Path, ...], tuple[Failed, ...]]:
    """Draw each and write <study>/report/figures/<name>.png and .svg; to be called inside `themed()`.

    Returns the files, and the figures that could not be drawn, of which no file of an earlier report is left either.
    """
    paths: list[Path] = []
    failures: list[Failed] = []
    for name, draw in drawn.items():
        stem = file_name(name)
        files = [inside(study, *FIGURES, f"{stem}.{kind}") for kind in ("png", "svg")]
        figure = attempt(f"figure {name}", partial(_draw, draw))
        give_back_freed_memory()  # a figure is a ring of references, of 6 MiB: it would stay until many are drawn
        with writing_into(study.joinpath(*FIGURES)):
            if isinstance(figure, Failed):
                failures.append(figure)
                for path in files:
                    path.unlink(missing_ok=True)
                continue
            for path, data in zip(files, figure, strict=True):
                write_atomic(path, data)
        paths += files
    return tuple(paths), tuple(failures)


@contextmanager
def collecting_figures() -> Iterator[None]:
    """Look for rings of references only among what is made in here.

    Beside the many objects of a study figures would seldom be looked for, and each search would take a quarter of a
    second. What a caller has set aside stays so.
    """
    if gc.get_freeze_count():
        yield
        return
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _draw(draw: Draw) -> tuple[bytes, bytes]:
    """As PNG and as SVG."""
    figure = draw()
    vector = svg.standalone(figure)
    figure.set_layout_engine("none")  # laid out once; both files look the same
    return svg.raster(figure), vector
