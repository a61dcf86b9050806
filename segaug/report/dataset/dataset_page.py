"""The page about a data set: one HTML file that needs nothing else, and its contact sheet as PNG beside it."""

import io
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from segaug.files import write_atomic, writing_into
from segaug.report.blocks.pictures import Picture, png_url
from segaug.report.blocks.section import Panels
from segaug.report.blocks.tables import Table
from segaug.report.dataset.histograms import intensity_panel, share_panel
from segaug.report.dataset.looked_at import Case, LookedAt, Site
from segaug.report.dataset.sheet_figure import sheet_figure
from segaug.report.dataset.tiles import GROUND, STRIPE, strip_png
from segaug.report.look import svg
from segaug.report.look.palette import DARK, LIGHT
from segaug.report.look.pictures import IGNORED, outline_of
from segaug.report.look.theme import themed
from segaug.visible import visible

PAGE, SHEET = "index.html", "preview.png"
_DPI = 130


def write_dataset_page(looked: LookedAt, folder: Path) -> tuple[Path, Path]:
    """Write the page and the sheet into `folder`, which is made where it is missing; DataError where that fails."""
    page, sheet = folder / PAGE, folder / SHEET
    with themed():
        html, png = _html(looked), _sheet(looked)
    with writing_into(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(page, visible(html).encode())
        write_atomic(sheet, png)
    return page, sheet


def _html(looked: LookedAt) -> str:
    loader = FileSystemLoader(Path(__file__).parents[1] / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    names = looked.structures if len(looked.structures) > 1 else ()
    return environment.get_template("dataset.html").render(
        looked=looked,
        strips=[(_picture(case), case) for case in looked.cases],
        copies=[(_picture(pair.first), _picture(pair.second), pair.words) for pair in looked.copies.pairs],
        ignored=IGNORED if looked.ignores else "",
        stripe=f"rgb{STRIPE}",
        ground=f"rgb{GROUND}",
        outlines=[(name, outline_of(place).colour) for place, name in enumerate(names)],
        parts=_parts(looked),
        sites=_sites(looked.sites),
        charts=_charts(looked),
        light=LIGHT,
        dark=DARK,
    )


def _picture(case: Case) -> Picture:
    return Picture(case.name, png_url(strip_png(case)), f"{case.name}, {case.words}")


def _sheet(looked: LookedAt) -> bytes:
    buffer = io.BytesIO()
    sheet_figure(looked).savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    return buffer.getvalue()


def _charts(looked: LookedAt) -> Panels:
    shares = Markup(svg.inline(share_panel(looked.shares), "shares", "histogram of the foreground of each mask"))
    grey = Markup(svg.inline(intensity_panel(looked.sites), "intensities", "histogram of stored grey values"))
    caption = (
        "Left: each mask that was opened, by its share of foreground as stored. Right: stored grey values of some of "
        "the images; the highest bin, often a black ground, may be cut."
    )
    return Panels(caption, ((shares,), (grey,)))


def _parts(looked: LookedAt) -> Table:
    rows = tuple(
        (part.name, str(part.images), str(part.patients), _percent(part.foreground), _percent(part.foreground_at_size))
        for part in looked.parts
    )
    columns = ("part", "images", "patients", "foreground", f"at {looked.size} px")
    return Table("Parts of the split; masks of external images are never opened.", columns, rows,
                 number_columns=frozenset(range(1, 5)))  # fmt: skip


def _sites(sites: tuple[Site, ...]) -> Table:
    rows = tuple(
        (site.name or "all", str(site.images), str(site.patients), _range(site.rows), _range(site.columns),
         _range(site.pixel_mm) if site.pixel_mm else "not known", _percent(_mean(site.shares)))
        for site in sites
    )  # fmt: skip
    columns = ("site", "images", "patients", "rows", "columns", "pixel [mm]", "foreground")
    caption = "Sizes as stored, smallest to largest, and the side of a pixel."
    return Table(caption, columns, rows, number_columns=frozenset(range(1, 7)))


def _range(ends: tuple[float, float]) -> str:
    low, high = (f"{end:.4g}" for end in ends)
    return low if low == high else f"{low}–{high}"


def _mean(shares: Sequence[float]) -> float | None:
    return sum(shares) / len(shares) if shares else None


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.2f} %"
