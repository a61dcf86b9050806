"""How often training diverged: rate of each strategy at each N."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.analysis.curves.curve_fit import CurveFit
from segaug.analysis.curves.size_point import SizeState
from segaug.analysis.trials.divergence import MATTERS_RATE
from segaug.report.divergence import divergence_caption, diverging_groups
from segaug.report.dodge import dodge, dodged_axis
from segaug.report.figures import PANEL_IN, strategy_sign
from segaug.report.marks import Tooltips, marker
from segaug.report.palette import LIGHT, look
from segaug.report.study import Study
from segaug.report.theme import footnote, new_figure, panel_figure

_NONE_DIVERGED = 0.35  # opacity of the interval of a rate of 0


def divergence_panel(study: Study, task: str, model: str) -> tuple[Figure, Tooltips]:
    """One task and model, with the seeds that diverged under the pointer."""
    figure, axes = panel_figure(*PANEL_IN)
    axes.set_title(study.title(task, model))
    return figure, _draw(axes, study, task, model)


def divergence_figure(study: Study) -> Figure:
    """All panels in a row, for a paper."""
    groups = diverging_groups(study)
    figure = new_figure(max(2.6 * len(groups), 4.2), 3.2)
    for axes, (task, model) in zip(figure.subplots(1, len(groups), squeeze=False)[0], groups, strict=True):
        axes.set_title(study.title(task, model))
        _draw(axes, study, task, model)
    names = [name for name in study.strategies if any(name in study.curves_of(*group) for group in groups)]
    figure.legend(handles=[strategy_sign(name) for name in names], loc="outside upper left", ncols=3)
    footnote(figure, divergence_caption(study))
    return figure


def _draw(axes: Axes, study: Study, task: str, model: str) -> Tooltips:
    tooltips: Tooltips = {}
    curves = study.curves_of(task, model)
    sizes = sorted({state.size for curve in curves.values() for state in curve.states if state.rate.trials})
    shift = dodge(list(curves), sizes)
    for index, (strategy, curve) in enumerate(curves.items()):
        states = [state for state in curve.states if state.rate.trials]
        x, style, gid = [state.size * shift[strategy] for state in states], look(strategy), f"rates-{index}"
        for place, state in zip(x, states, strict=True):
            ends = [100 * state.rate.interval.low, 100 * state.rate.interval.high]
            axes.plot(
                [place] * 2, ends, color=style.light, linewidth=1.2, alpha=1 if state.diverged else _NONE_DIVERGED
            )
        axes.plot(x, [100 * state.rate.share for state in states], gid=gid, clip_on=False, zorder=4, **marker(style))
        tooltips[gid] = [_tooltip(curve, state) for state in states]
    axes.axhline(100 * MATTERS_RATE, color=LIGHT["muted"], linestyle="--", linewidth=1.1, zorder=1)
    axes.set(xlabel=f"labelled training {study.counted} N", ylabel="diverged trials [%]")
    axes.set_ylim(bottom=0)
    dodged_axis(axes, sizes)
    return tooltips


def _tooltip(curve: CurveFit, state: SizeState) -> str:
    ends = state.rate.interval
    ids = _diverged_ids(curve, state.size)
    listed = f"\n{', '.join(ids)}" if ids else ""
    return (
        f"{curve.strategy}, N = {state.size}: {state.diverged} of {state.rate.trials} diverged "
        f"[{100 * ends.low:.0f}, {100 * ends.high:.0f}] %{listed}"
    )


def _diverged_ids(curve: CurveFit, size: int) -> list[str]:
    table = curve.trials.table
    ids: list[str] = table.loc[(table["size"] == size) & (table["status"] == "diverged"), "id"].tolist()
    return ids
