"""The page: one HTML file that needs nothing else, and the figures for a paper beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from segaug.files import write_pieces, writing_into
from segaug.report.blocks.failed import Failed, attempt, failed_section
from segaug.report.blocks.figure_files import collecting_figures, write_figures
from segaug.report.blocks.freed_memory import give_back_freed_memory
from segaug.report.blocks.section import Section
from segaug.report.curves.figures import legend_figure
from segaug.report.look import svg
from segaug.report.look.palette import DARK, LIGHT
from segaug.report.look.theme import themed
from segaug.report.sections import SECTIONS
from segaug.report.study.study import Study, load_study
from segaug.report.trials import times
from segaug.results.inside import inside
from segaug.visible import visible
from segaug.ways import plain_strategy

Make = Callable[[Study], Section | None]


@dataclass(frozen=True)
class Written:
    """Where the report lies, and what of it could not be made."""

    page: Path
    figures: tuple[Path, ...]
    failures: tuple[Failed, ...] = ()


@dataclass(frozen=True)
class _Made:
    """A section on the page, whole or with what is left of it."""

    anchor: str
    link: str
    style: str
    utf8: bytes  # of its HTML: half the room of a text with any letter beyond Latin ones, and the section is let go
    figures: tuple[Path, ...]
    failures: tuple[Failed, ...]

    @property
    def html(self) -> Markup:
        """For the template of the page."""
        return Markup(self.utf8.decode())


def write_report(folder: Path, metric: str | None = None) -> Written:
    """Write <folder>/report/index.html and <folder>/report/figures/; equal records give equal bytes.

    A section that fails is shown as such in its place, and told in `failures`; the others stand.
    Raises DataError where nothing can be written, besides those of `load_study`.
    """
    index = inside(folder, "report", "index.html")
    study = load_study(folder, metric)
    give_back_freed_memory()
    with themed(), collecting_figures():
        context = _context(study)
        sections = (_made(make, study, context) for make in SECTIONS)
        made = [section for section in sections if section is not None]
    page = _environment().get_template("page.html").generate(context | {"sections": made})
    with writing_into(folder):
        write_pieces(index, (visible(piece).encode() for piece in page))
    figures = tuple(path for section in made for path in section.figures)
    return Written(index, figures, tuple(failure for section in made for failure in section.failures))


def _made(make: Make, study: Study, context: Mapping[str, object]) -> _Made | None:
    """One section with its figures; None where there is nothing to show."""
    name = make.__module__.rpartition(".")[2].removesuffix("_section")
    section = attempt(f"section {name}", partial(make, study))
    if section is None:
        return None
    if isinstance(section, Failed):
        return _left(name, section, context)
    paths, failures = write_figures(section.figures, study.folder)
    section = replace(section, blocks=(*failures, *section.blocks), finding="" if failures else section.finding)
    html = attempt(f"section {name}", partial(_render, section, context))
    if isinstance(html, Failed):
        return replace(_left(name, html, context), figures=paths, failures=(*failures, html))
    give_back_freed_memory()
    return _whole(section, html, paths, failures)


def _left(name: str, failure: Failed, context: Mapping[str, object]) -> _Made:
    section = failed_section(name, failure)
    return _whole(section, _render(section, context), (), (failure,))


def _whole(section: Section, html: bytes, figures: tuple[Path, ...], failures: tuple[Failed, ...]) -> _Made:
    return _Made(section.anchor, section.link, section.style, html, figures, failures)


def _render(section: Section, context: Mapping[str, object]) -> bytes:
    return visible(_environment().get_template("section.html").render(context, section=section)).encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _context(study: Study) -> dict[str, object]:
    """What templates know besides their own section."""
    return {
        "study": study,
        "facts": _facts(study),
        "light": LIGHT,
        "dark": DARK,
        "signs": {name: f"sign{index}" for index, name in enumerate(study.strategies)},
        "swatches": {name: _swatch(index, name) for index, name in enumerate(study.strategies)},
    }


def _swatch(index: int, name: str) -> Markup:
    return Markup(svg.inline(legend_figure(name), f"sign{index}", f"sign of {name}"))


def _facts(study: Study) -> list[tuple[str, str]]:
    seeds = {trial["seed"] for trial in study.trials}
    done = f"{len(study.trained):,} of {len(study.trials):,}"
    counts = (
        ("task", study.tasks),
        ("model", study.models),
        ("strategy", {plain_strategy(name)[0] for name in study.strategies}),
        ("size", study.sizes),
        ("seed", seeds),
    )
    facts = [(_plural(word, len(values)), str(len(values))) for word, values in counts]
    return [*facts, ("trials finished", done), ("spent", times.hours(study))]


def _plural(word: str, count: int) -> str:
    return word if count == 1 else "strategies" if word == "strategy" else f"{word}s"
