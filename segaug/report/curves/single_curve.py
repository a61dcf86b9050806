"""One curve by itself, with everything that is known about it: the panel that the others abridge."""

from itertools import groupby

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.law.fit import Fit
from segaug.report.curves.figures import diverged_tooltip
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import panel_figure, panel_title
from segaug.report.marks.crowd import drawn
from segaug.report.marks.marks import (
    POINTWISE,
    SIMULTANEOUS,
    Tooltips,
    draw_band,
    draw_diverged,
    draw_law,
    draw_means,
    draw_references,
    draw_trials,
    marker,
    means_of,
)
from segaug.report.marks.scales import references, set_axes, validation_labels
from segaug.report.study.study import Seed, Study

BASELINE = "baseline"
SMALL_IN = (2.9, 2.5)  # width, height of a panel of one curve
_LEFT_OF_EDGE = 0.985  # where the bracket of the floor stands, in shares of the axis
_MOST_COLUMNS = 4  # curves side by side in a figure for a paper
_BRACKET = Path([(-0.4, -1.0), (0.2, -1.0), (0.2, 1.0), (-0.4, 1.0)])  # a marker: ]


def single_panel(study: Study, curve: CurveFit) -> tuple[Figure, Tooltips]:
    """The panel of one curve, with the text that each trial and mean shows under the pointer."""
    figure, axes = panel_figure(*SMALL_IN)
    tooltips = draw_single(axes, study, curve)
    panel_title(axes, study.title(curve.task, curve.model), curve.strategy)
    return figure, tooltips


def single_figure(study: Study, task: str, model: str, note: str) -> Figure:
    """All curves of one task and model on the same axes."""
    curves = study.curves_of(task, model)
    columns = min(len(curves), _MOST_COLUMNS)
    page = sheet(
        -(-len(curves) // columns), columns, SMALL_IN, signs=single_signs(LIGHT["muted"]),
        ylabel=study.measured.fitted_of(task).axis,
        xlabel=f"N labelled training {study.counted}, and V labelled for validation", note=note,
    )  # fmt: skip
    for index, (strategy, curve) in enumerate(curves.items()):
        axes = page.panel(index // columns, index % columns)
        draw_single(axes, study, curve)
        panel_title(axes, study.title(task, model), strategy)
        axes.set_ylabel("")
    return page.figure


def draw_single(axes: Axes, study: Study, curve: CurveFit) -> Tooltips:
    """Trials, means, law with both bands, the falling curve without a law, floor, diverged trials, and the baseline."""
    task, model, strategy = curve.key
    style, fit, measure = look(strategy), curve.fit, study.measured.fitted_of(task)
    seeds = study.seeds(measure, task, model).get(strategy, [])
    draw_references(axes, references(study, measure, task, model))
    _draw_baseline(axes, study, curve)
    means = means_of(seeds)
    cells = [[*cell] for _, cell in groupby(seeds, lambda seed: seed.size)]
    shown = [seed for cell in cells for seed in drawn(cell, lambda seed: seed.value)]
    draw_trials(axes, shown, style, "trials")
    if fit is not None:
        draw_band(axes, fit, style, simultaneous=True, opacity=SIMULTANEOUS)
        draw_band(axes, fit, style, simultaneous=False, opacity=POINTWISE)
        axes.plot(fit.data.sizes, fit.isotonic, color=LIGHT["ink"], linestyle=(0, (1, 1.6)), linewidth=1.0, zorder=2.5)
        draw_law(axes, fit, style)
    draw_means(axes, means, 1.0, style, "means", joined=fit is None)
    set_axes(axes, study, measure, task, model, laws=True)
    axes.set_xlabel(f"N (+ V = {validation_labels(study, task, model)})")
    if fit is not None and fit.verdict.floor == "identified":
        _draw_floor(axes, fit)
    tooltips = {"trials": _trial_texts(strategy, shown), "means": [mean.tooltip(strategy) for mean in means]}
    if trials := study.diverged_of(task, model, strategy):
        draw_diverged(axes, [trial["size"] for trial in trials], style, "diverged")
        tooltips["diverged"] = [diverged_tooltip(t["id"], strategy, t["size"], t["seed"]) for t in trials]
    return tooltips


def _trial_texts(strategy: str, seeds: list[Seed]) -> list[str]:
    return [f"{s.trial}\n{strategy}, N = {s.size}, seed {s.seed}: {s.value:.4g}" for s in seeds]


def _draw_baseline(axes: Axes, study: Study, curve: CurveFit) -> None:
    """Its means in grey, to compare with."""
    if curve.strategy == BASELINE:
        return
    measure = study.measured.fitted_of(curve.task)
    means = means_of(study.seeds(measure, curve.task, curve.model).get(BASELINE, []))
    sizes, values = [mean.size for mean in means], [mean.value for mean in means]
    axes.plot(sizes, values, color=LIGHT["muted"], linewidth=0.8, zorder=1.6)


def _draw_floor(axes: Axes, fit: Fit) -> None:
    """A bracket at the right edge over the interval of c."""
    interval, low_end = fit.stated_floor or fit.default.floor.interval, axes.get_ylim()[0]
    ends = [max(interval.low, low_end), interval.high]
    edge, tip = _LEFT_OF_EDGE, _LEFT_OF_EDGE - 0.02
    axes.plot(
        [tip, edge, edge, tip], [ends[0], *ends, ends[1]], color=LIGHT["ink"], linewidth=1.1, solid_capstyle="butt",
        transform=axes.get_yaxis_transform(), zorder=3.2,
    )  # fmt: skip


def single_signs(color: str) -> list[Artist]:
    """Legend of what the panels of single curves show."""
    ink = LIGHT["ink"]
    return [
        Line2D([], [], linestyle="none", marker="o", markersize=3.2, color=color, alpha=0.5, label="one trial"),
        Line2D([], [], color=color, **_upright(), label="mean, 95 % t interval"),
        Line2D([], [], color=color, label="law"),
        Patch(facecolor=color, alpha=POINTWISE + SIMULTANEOUS, label="95 % band, pointwise"),
        Patch(facecolor=color, alpha=SIMULTANEOUS, label="95 % band, simultaneous"),
        Line2D([], [], color=color, linestyle=(0, (4, 3)), linewidth=1.1, label="extrapolation, where claimed"),
        Line2D([], [], color=ink, linestyle=(0, (1, 1.6)), linewidth=1.0, label="falling curve, no law"),
        Line2D(
            [],
            [],
            color=ink,
            linestyle="none",
            marker=_BRACKET,
            markerfacecolor="none",
            markersize=7,
            label="interval of an identified floor",
        ),
        Line2D([], [], color=color, linestyle="none", marker="x", markersize=5, label="diverged"),
        Line2D([], [], color=color, linewidth=0.8, label="means of the baseline"),
    ]


def _upright() -> dict:
    return {**marker(look(BASELINE)), "markerfacecolor": LIGHT["muted"]}
