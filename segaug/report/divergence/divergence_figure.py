"""How often training diverged: rate of each strategy at each N."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.size_point import SizeState
from segaug.analysis.trials.divergence import MATTERS_RATE
from segaug.report.curves.figures import MOST_COLUMNS
from segaug.report.divergence.rates import divergence_caption, diverging_groups
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import panel_title
from segaug.report.marks.dodge import dodge, dodged_axis
from segaug.report.marks.marks import Tooltips, marker, strategy_sign
from segaug.report.marks.together import by_panel, numbered_title, stacked_panels
from segaug.report.study.study import Study

_PANEL_IN = (2.6, 2.35)
_NONE_DIVERGED = 0.35  # opacity of the interval of a rate of 0


def divergence_panel(study: Study, task: str, model: str) -> tuple[Figure, Tooltips]:
    """One task and model, with the seeds that diverged under the pointer."""
    curves = study.curves_of(task, model)

    def draw(axes: Axes, names: Sequence[str], first: int) -> Tooltips:
        return _draw(axes, study, [curves[name] for name in names], first)

    return stacked_panels([study.title(task, model)], list(curves), draw)


def divergence_figure(study: Study) -> Figure:
    """All panels, for a paper."""
    panels = [
        (numbered_title([study.title(*group)], part, len(shown)), [study.curves_of(*group)[name] for name in names])
        for group in diverging_groups(study)
        for shown in [by_panel(list(study.curves_of(*group)))]
        for part, names in enumerate(shown)
    ]
    names = [
        name for name in study.strategies if any(curve.strategy == name for _, curves in panels for curve in curves)
    ]
    columns = min(len(panels), MOST_COLUMNS)
    page = sheet(
        -(-len(panels) // columns), columns, _PANEL_IN,
        signs=[strategy_sign(name) for name in names], xlabel=f"labelled training {study.counted} N",
        ylabel="diverged trials [%]", note=divergence_caption(study),
    )  # fmt: skip
    for place, (title, curves) in enumerate(panels):
        axes = page.panel(*divmod(place, columns))
        _draw(axes, study, curves, 0)
        panel_title(axes, *title)
        axes.set(xlabel="", ylabel="")
    return page.figure


def _draw(axes: Axes, study: Study, curves: Sequence[CurveFit], first: int) -> Tooltips:
    tooltips: Tooltips = {}
    sizes = sorted({state.size for curve in curves for state in curve.states if state.rate.trials})
    shift = dodge([curve.strategy for curve in curves], sizes)
    for index, curve in enumerate(curves, start=first):
        strategy = curve.strategy
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
