"""What adding k images does: difference to k = 0 against k, with bands that hold at all k together."""

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from segaug.analysis.addition.curve import AddedPoint, AdditionCurve
from segaug.findings.addition import difference, is_score, measure_words, shown_effect
from segaug.report.addition.panels import AdditionPanel
from segaug.report.look.palette import DASHED, LIGHT, Look, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import PANEL_IN, panel_figure, panel_title
from segaug.report.marks.dodge import dodged_axis
from segaug.report.marks.marks import SIMULTANEOUS, Tooltips, marker, strategy_sign
from segaug.report.marks.scales import shift

_PANEL_IN = (2.6, 2.35)
_REACH = 3.0  # an interval may reach so many times beyond the largest difference
_ROOM = 1.08
XLABEL, YLABEL = "added images k", "difference to k = 0"


def addition_panel(panel: AdditionPanel) -> tuple[Figure, Tooltips]:
    """One panel of the page."""
    figure, axes = panel_figure(*PANEL_IN)
    tooltips = _draw(axes, panel)
    axes.set(xlabel=XLABEL, ylabel=YLABEL)
    panel_title(axes, panel.title, _measure(panel))
    return figure, tooltips


def addition_figure(groups: Sequence[Sequence[AdditionPanel]], note: str) -> Figure:
    """All of them for a paper: a row a base, a column a measure."""
    columns = max(map(len, groups))
    page = sheet(
        len(groups), columns, _PANEL_IN, signs=addition_signs(groups), note=note, xlabel=XLABEL, ylabel=YLABEL,
    )  # fmt: skip
    for row, group in enumerate(groups):
        for column, panel in enumerate(group):
            axes = page.panel(row, column)
            _draw(axes, panel)
            panel_title(axes, panel.title, _measure(panel))
    return page.figure


def addition_signs(groups: Sequence[Sequence[AdditionPanel]]) -> list[Artist]:
    """Strategies, where there are several; and the samplings."""
    curves = [curve for group in groups for panel in group for curve in panel.curves]
    strategies = list(dict.fromkeys(curve.key.strategy for curve in curves))
    ink = LIGHT["ink"]
    signs: dict[str, Artist] = {
        "proportional": Line2D([], [], color=ink, marker="o", label="proportional sampling"),
        "balanced": Line2D([], [], color=ink, marker="o", markerfacecolor=LIGHT["paper"], linestyle=(0.0, DASHED),
                           label="balanced: half of each batch from the base"),
    }  # fmt: skip
    samplings = [sign for name, sign in signs.items() if name in {curve.sampling for curve in curves}]
    return [*(map(strategy_sign, strategies) if len(strategies) > 1 else ()), *samplings]


def _measure(panel: AdditionPanel) -> str:
    """What the panel shows, and which way is good."""
    better = "higher" if is_score(panel.metric) else "lower"
    return f"{measure_words(panel.metric)}, {better} is better"


def _draw(axes: Axes, panel: AdditionPanel) -> Tooltips:
    ks = sorted({point.k for curve in panel.curves for point in curve.points})
    names = [_name(curve) for curve in panel.curves]
    dodged_axis(axes, ks)
    axes.set_ylim(*_limits(panel))
    axes.axhline(0, color=LIGHT["ink"], linewidth=0.9, zorder=1)
    axes.locator_params(axis="y", nbins=6)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    tooltips: Tooltips = {}
    for place, curve in enumerate(panel.curves):
        _draw_curve(axes, curve, shift(names, ks, _name(curve)), look(curve.key.strategy), f"added-{place}")
        tooltips[f"added-{place}"] = [_tooltip(curve, point) for point in curve.points]
    return tooltips


def _draw_curve(axes: Axes, curve: AdditionCurve, aside: float, style: Look, gid: str) -> None:
    """A line through the means; the band and its bars only where there is an interval."""
    balanced = curve.sampling == "balanced"
    signs = marker(style)
    if balanced:
        signs |= {"markerfacecolor": LIGHT["paper"], "markeredgecolor": style.light, "markeredgewidth": 1.2}
    x = [point.k * aside for point in curve.points]
    effects = [shown_effect(point.effect, curve.metric) for point in curve.points]
    line = (0.0, DASHED) if balanced else style.line
    axes.plot(x, [effect.mean for effect in effects], color=style.light, linestyle=line, linewidth=1.1, zorder=3)
    banded = [(at, effect.interval) for at, effect in zip(x, effects, strict=True) if effect.interval]
    if banded:
        low, high = ([getattr(interval, end) for _, interval in banded] for end in ("low", "high"))
        places = [at for at, _ in banded]
        axes.fill_between(places, low, high, color=style.light, alpha=SIMULTANEOUS, linewidth=0, zorder=1)
        for at, interval in banded:
            axes.plot([at, at], [interval.low, interval.high], color=style.light, linewidth=1.2, zorder=3.5)
    axes.plot(x, [effect.mean for effect in effects], zorder=4, gid=gid, **signs)


def _limits(panel: AdditionPanel) -> tuple[float, float]:
    """Every difference is on the axis, and every interval as far as `_REACH`."""
    effects = [shown_effect(point.effect, panel.metric) for curve in panel.curves for point in curve.points]
    far = _REACH * max(abs(effect.mean) for effect in effects) or 1.0
    ends = [effect.mean for effect in effects]
    ends += [max(-far, min(far, end)) for effect in effects if effect.interval
             for end in (effect.interval.low, effect.interval.high)]  # fmt: skip
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = (_ROOM - 1) * ((high - low) or far)
    return low - room, high + room


def _name(curve: AdditionCurve) -> str:
    return f"{curve.key.strategy}, {curve.sampling}"


def _tooltip(curve: AdditionCurve, point: AddedPoint) -> str:
    return f"{_name(curve)}, k = {point.k}: {difference(point.effect, curve.metric)}, n = {point.effect.pairs}"
