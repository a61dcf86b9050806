"""The page: one HTML file that needs nothing else, and the figures for a paper beside it."""

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from segaug.report import svg, trials
from segaug.report.figure_files import write_figures
from segaug.report.figures import legend_figure
from segaug.report.palette import DARK, LIGHT
from segaug.report.section import Section
from segaug.report.sections import SECTIONS
from segaug.report.study import Study, load_study
from segaug.report.theme import themed
from segaug.results.store import write_atomic


@dataclass(frozen=True)
class Written:
    """Where the report lies."""

    page: Path
    figures: tuple[Path, ...]


def write_report(folder: Path, metric: str | None = None) -> Written:
    """Write <folder>/report/index.html and <folder>/report/figures/; equal records give equal bytes."""
    study = load_study(folder, metric)
    report = folder / "report"
    with themed():
        sections = [section for make in SECTIONS if (section := make(study)) is not None]
        drawn = {name: draw for section in sections for name, draw in section.figures.items()}
        figures = write_figures(drawn, report / "figures")
        page = _render(study, sections)
    write_atomic(report / "index.html", page.encode())
    return Written(report / "index.html", figures)


def _render(study: Study, sections: list[Section]) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("page.html").render(
        study=study,
        sections=sections,
        facts=_facts(study),
        light=LIGHT,
        dark=DARK,
        signs={name: f"sign{index}" for index, name in enumerate(study.strategies)},
        swatches={name: _swatch(index, name) for index, name in enumerate(study.strategies)},
    )


def _swatch(index: int, name: str) -> Markup:
    return Markup(svg.inline(legend_figure(name), f"sign{index}", f"sign of {name}"))


def _facts(study: Study) -> list[tuple[str, str]]:
    seeds = {trial["seed"] for trial in study.trials}
    done = f"{len(study.records):,} of {len(study.trials):,}"
    counts = (
        ("task", study.tasks),
        ("model", study.models),
        ("strategy", study.strategies),
        ("size", study.sizes),
        ("seed", seeds),
    )
    facts = [(_plural(word, len(values)), str(len(values))) for word, values in counts]
    return [*facts, ("trials finished", done), ("spent", trials.hours(study))]


def _plural(word: str, count: int) -> str:
    return word if count == 1 else "strategies" if word == "strategy" else f"{word}s"
