"""The page: one HTML file that needs nothing else, and the figures for a paper beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from segaug.analysis.metric import Metric
from segaug.report import captions, provenance, svg, tables, trials
from segaug.report.cards import read_card
from segaug.report.cautions import cautions
from segaug.report.coefficients import coefficient_panel, coefficients_figure, fitted_groups
from segaug.report.figures import curve_panel, curves_figure, legend_figure
from segaug.report.histories import history_panel
from segaug.report.measure import BCE, DICE, RECALIBRATED, Measure
from segaug.report.palette import DARK, LIGHT
from segaug.report.strength import strength_table
from segaug.report.study import Study, load_study
from segaug.report.theme import themed
from segaug.results.store import write_atomic

MEASURES = (BCE, RECALIBRATED, DICE)  # shown side by side, whatever the laws are fitted to


@dataclass(frozen=True)
class Panels:
    """One figure on the page: groups of panels that stay together, and the caption."""

    caption: str
    groups: tuple[tuple[Markup, ...], ...]

    @property
    def count(self) -> int:
        """How many panels there are."""
        return sum(map(len, self.groups))


@dataclass(frozen=True)
class Written:
    """Where the report lies."""

    page: Path
    figures: tuple[Path, ...]


def write_report(folder: Path, metric: Metric = "bce") -> Written:
    """Write <folder>/report/index.html and <folder>/report/figures/; equal records give equal bytes."""
    study = load_study(folder, metric)
    report = folder / "report"
    with themed():
        figures = _write_figures(study, report / "figures")
        page = render(study)
    write_atomic(report / "index.html", page.encode())
    return Written(report / "index.html", figures)


def render(study: Study) -> str:
    """The page as HTML; to be called inside `themed()`."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    cards = [read_card(study.folder, task) for task in study.tasks]
    return environment.get_template("page.html").render(
        study=study,
        css=Markup(environment.get_template("page.css").render(light=LIGHT, dark=DARK)),
        signs={name: f"sign{index}" for index, name in enumerate(study.strategies)},
        swatches={name: _swatch(index, name) for index, name in enumerate(study.strategies)},
        facts=_facts(study),
        cautions=cautions(study),
        curves=_curves(study),
        coefficients=_coefficients(study),
        measures=_measures(study),
        histories=_histories(study),
        tables=tables,
        trials=trials,
        provenance=provenance,
        strength_table=strength_table,
        cards=cards,
        licences=[(card.task, card.licence) for card in cards if card.licence],
        plan=tuple((key, text) for key, text in provenance.flatten(_plan_notes(study)) if key),
    )


def _write_figures(study: Study, folder: Path) -> tuple[Path, ...]:
    drawn: dict[str, Callable[[], Figure]] = {f"curves_{study.metric}": partial(curves_figure, study, study.measure)}
    for measure in MEASURES:
        drawn.setdefault(f"curves_{measure.key}", partial(curves_figure, study, measure))
    if fitted_groups(study):
        drawn[f"coefficients_{study.metric}"] = partial(coefficients_figure, study)
    paths = []
    for name, draw in drawn.items():
        figure = draw()
        paths += [folder / f"{name}.png", folder / f"{name}.svg"]
        write_atomic(paths[-1], svg.standalone(figure))
        figure.set_layout_engine("none")  # laid out once; both files look the same
        write_atomic(paths[-2], svg.raster(figure))
    return tuple(paths)


def _curves(study: Study) -> Panels:
    """A column a task, its models below each other."""
    columns: dict[str, list[Markup]] = {}
    for index, (task, _) in enumerate(study.groups):
        columns.setdefault(task, []).append(_chart(study, study.measure, index, law=True))
    return Panels(captions.curves_caption(study), tuple(map(tuple, columns.values())))


def _measures(study: Study) -> Panels:
    """A row a task and model, its measures side by side."""
    indices = range(len(study.groups))
    rows = tuple(tuple(_chart(study, measure, index, law=False) for measure in MEASURES) for index in indices)
    return Panels(captions.measures_caption(study, MEASURES), rows)


def _chart(study: Study, measure: Measure, index: int, law: bool) -> Markup:
    task, model = study.groups[index]
    figure, tooltips = curve_panel(study, measure, task, model, law)
    key = f"{'law' if law else measure.key}{index}"
    return Markup(svg.inline(figure, key, f"{measure.name} against N for {task}, {model}", tooltips))


def _coefficients(study: Study) -> Panels:
    columns: dict[str, list[Markup]] = {}
    for index, (task, model) in enumerate(fitted_groups(study)):
        chart = svg.inline(coefficient_panel(study, task, model), f"abc{index}", f"a, b and c of {task}, {model}")
        columns.setdefault(task, []).append(Markup(chart))
    return Panels(captions.coefficients_caption(study), tuple(map(tuple, columns.values())))


def _histories(study: Study) -> Panels:
    columns: dict[str, list[Markup]] = {}
    for index, (task, model) in enumerate(study.groups):
        if (figure := history_panel(study, task, model)) is not None:
            chart = svg.inline(figure, f"history{index}", f"validation BCE during training for {task}, {model}")
            columns.setdefault(task, []).append(Markup(chart))
    return Panels(captions.histories_caption(study), tuple(map(tuple, columns.values())))


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


def _plan_notes(study: Study) -> dict[str, object]:
    """What the plan says beside its trials."""
    return {key: value for key, value in study.plan.items() if key not in ("schema", "trials", "skipped") and value}
