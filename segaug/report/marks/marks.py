"""What panels of errors against N are drawn with: trials, means with their intervals, laws, bands, references."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from segaug.analysis.distributions import t_quantile
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.fit import Fit
from segaug.report.look.palette import LIGHT, Look, look
from segaug.report.study.study import Seed, values_by_size

Tooltips = dict[str, list[str]]  # gid of what is drawn -> a text for each of its points
POINTWISE, SIMULTANEOUS = 0.30, 0.13  # opacity of the two bands of one curve
_SPREAD = 0.14  # width over which the trials of one N are laid out, in doublings of N
_ALONE = 1.15  # factor on N to either side of a single size
_LINE_SIZES = 61


@dataclass(frozen=True)
class Mean:
    """The trials of one strategy at one N."""

    size: int
    n: int
    value: float
    interval: Interval | None  # Student's; None for one trial

    def tooltip(self, strategy: str) -> str:
        """In words."""
        ends = f" [{self.interval.low:.4g}, {self.interval.high:.4g}]" if self.interval else ""
        return f"{strategy}, N = {self.size}\nmean {self.value:.4g}{ends}, n = {self.n}"


def means_of(seeds: Sequence[Seed]) -> list[Mean]:
    """Mean over the trials at each N, ascending."""
    cells = values_by_size((seed.size, seed.value) for seed in seeds)
    return [_mean(size, values) for size, values in cells.items()]


def _mean(size: int, values: Sequence[float]) -> Mean:
    n, middle = len(values), fmean(values)
    if n == 1:
        return Mean(size, n, middle, None)
    half = float(t_quantile(0.5 + LEVEL / 2, n - 1)) * stdev(values) / n**0.5
    return Mean(size, n, middle, Interval(middle - half, middle + half, method="t"))


def marker(style: Look) -> dict:
    """A strategy's sign, in matplotlib's terms."""
    return {
        "linestyle": "none", "marker": style.marker, "markerfacecolor": style.light,
        "markeredgecolor": LIGHT["paper"], "markersize": 5.5, "markeredgewidth": 0.6,
    }  # fmt: skip


def strategy_sign(name: str, label: str = "") -> Line2D:
    """Line and marker of a strategy for a legend; label: what it is called there."""
    style = look(name)
    return Line2D([], [], color=style.light, label=label or name, **{**marker(style), "linestyle": style.line})


def draw_means(axes: Axes, means: Sequence[Mean], shift: float, style: Look, gid: str, joined: bool) -> None:
    """Markers with bars over their intervals; joined: by straight lines, where there is no law."""
    x, y = [mean.size * shift for mean in means], [mean.value for mean in means]
    if joined:
        axes.plot(x, y, color=style.light, linestyle=style.line, linewidth=1.1, zorder=3)
    for mean in means:
        if mean.interval is not None:
            ends = [mean.interval.low, mean.interval.high]
            axes.plot([mean.size * shift] * 2, ends, color=style.light, linewidth=1.2, zorder=3.5)
    axes.plot(x, y, zorder=4, gid=gid, **marker(style))


def draw_trials(axes: Axes, seeds: Sequence[Seed], style: Look, gid: str) -> None:
    """Trials as faint points; those of one N side by side in the order of their seeds."""
    axes.scatter(
        _side_by_side(seeds), [seed.value for seed in seeds], s=9, color=style.light, alpha=0.4, linewidths=0, gid=gid,
        zorder=2,
    )  # fmt: skip


def _side_by_side(seeds: Sequence[Seed]) -> list[float]:
    cells = values_by_size((seed.size, seed.seed) for seed in seeds)
    rank = {(size, seed): place for size, cell in cells.items() for place, seed in enumerate(sorted(cell))}
    steps = {size: len(cell) - 1 for size, cell in cells.items()}
    places = (rank[seed.size, seed.seed] / steps[seed.size] - 0.5 if steps[seed.size] else 0.0 for seed in seeds)
    return [seed.size * 2.0 ** (_SPREAD * place) for seed, place in zip(seeds, places, strict=True)]


def draw_law(axes: Axes, fit: Fit, style: Look) -> None:
    """The law over the measured sizes, and dashed beyond them as far as that is claimed; grey where it is rejected."""
    color = _color(fit, style)
    measured = np.geomspace(fit.data.sizes[0], fit.default.max_size, _LINE_SIZES)
    axes.plot(measured, fit.law.predict(measured), color=color, linestyle=style.line, zorder=3)
    if fit.claimed_size > fit.default.max_size:
        beyond = np.geomspace(fit.default.max_size, fit.claimed_size, _LINE_SIZES)
        axes.plot(beyond, fit.law.predict(beyond), color=color, linestyle=(0, (4, 3)), linewidth=1.1, zorder=3)


def draw_band(axes: Axes, fit: Fit, style: Look, simultaneous: bool, opacity: float) -> None:
    """Pointwise or simultaneous interval of the law, as far as the law is drawn."""
    band, color = fit.default.band, _color(fit, style)
    low, high = (band.low_simultaneous, band.high_simultaneous) if simultaneous else (band.low, band.high)
    shown = band.sizes <= fit.claimed_size * (1 + 1e-9)
    axes.fill_between(band.sizes[shown], low[shown], high[shown], color=color, alpha=opacity, linewidth=0, zorder=1)


def _color(fit: Fit, style: Look) -> str:
    return LIGHT["muted"] if fit.default.lack_of_fit.rejected else style.light


def draw_references(axes: Axes, references: Mapping[str, Mapping[int, float]]) -> None:
    """Atlas and constant in grey, each named at its right end.  references: name -> size -> value."""
    for name, dash, side in (("atlas", ":", -1), ("constant", "--", 1)):
        if values := references.get(name):
            x, y = [float(size) for size in values], list(values.values())
            if len(x) == 1:  # a line of one point is none
                x, y = [x[0] / _ALONE, x[0] * _ALONE], 2 * y
            axes.plot(x, y, color=LIGHT["muted"], linestyle=dash, linewidth=1.1, zorder=1.5)
            axes.annotate(
                name, (x[-1], y[-1]), (0, 3 * side), textcoords="offset points", fontsize=7, color=LIGHT["muted"],
                ha="right", va="bottom" if side > 0 else "top",
            )  # fmt: skip


def draw_diverged(axes: Axes, sizes: Sequence[float], style: Look, gid: str) -> None:
    """Crosses at the top edge."""
    axes.plot(
        sizes, [0.985] * len(sizes), marker="x", markersize=5, markeredgewidth=1.2, color=style.light, linestyle="none",
        transform=axes.get_xaxis_transform(), clip_on=False, gid=gid,
    )  # fmt: skip
