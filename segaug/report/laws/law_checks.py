"""Does the law hold?  Residuals, noise, and what the smaller sizes predict."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from segaug.analysis.law.fit import Fit
from segaug.findings.laws import lack_of_fit
from segaug.report.laws.verdicts import holdout_words
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.theme import PANEL_IN, error_axis, panel_figure, size_axis
from segaug.report.marks.marks import Tooltips, marker
from segaug.report.marks.scales import shift
from segaug.report.marks.together import stacked_panels
from segaug.report.study.study import Study

_LIMIT = 2.0  # standard errors
_GRID = 41  # sizes at which a smooth spread is drawn


def residual_panel(study: Study, task: str, model: str) -> tuple[Figure, Tooltips]:
    """(mean - law) / standard error of the mean against N, with the p of the lack of fit."""
    laws = study.laws_of(task, model)

    def draw(axes: Axes, names: Sequence[str], first: int) -> Tooltips:
        return draw_residuals(axes, study, {name: laws[name] for name in names}, first)

    return stacked_panels([study.title(task, model)], list(laws), draw)


def draw_residuals(axes: Axes, study: Study, laws: Mapping[str, Fit], first: int) -> Tooltips:
    """By strategy; lines at -2, 0 and 2."""
    tooltips: Tooltips = {}
    for index, (strategy, fit) in enumerate(laws.items(), start=first):
        style, gid, residuals = look(strategy), f"residuals-{index}", fit.default.relative_residuals
        x = fit.data.sizes * shift(list(laws), study.sizes, strategy)
        axes.plot(x, residuals, color=style.light, linestyle=style.line, linewidth=0.8, alpha=0.6, zorder=2)
        axes.plot(x, residuals, gid=gid, zorder=3, label=", ".join(lack_of_fit(fit.default)), **marker(style))
        tooltips[gid] = [_residual_text(strategy, fit, place) for place in range(len(residuals))]
    for level in (-_LIMIT, _LIMIT):
        axes.axhline(level, color=LIGHT["muted"], linestyle="--", linewidth=0.9, zorder=1)
    axes.axhline(0, color=LIGHT["muted"], linewidth=0.8, zorder=1)
    size_axis(axes, _sizes(laws.values()))
    reach = max(float(np.abs(fit.default.relative_residuals).max()) for fit in laws.values())
    reach = 1.15 * max(reach, 1.3 * _LIMIT)
    axes.set(ylim=(-reach, 1.5 * reach), xlabel=f"labelled training {study.counted} N")
    axes.set_ylabel("(mean − law) / standard error")
    axes.legend(loc="upper left", ncols=2, fontsize=7, handlelength=0.8, columnspacing=1.0, borderpad=0.1)
    return tooltips


def _residual_text(strategy: str, fit: Fit, place: int) -> str:
    size, mean = fit.data.sizes[place], fit.data.means[place]
    residual = fit.default.relative_residuals[place]
    law = float(fit.law.predict(size))
    return f"{strategy}, N = {size:.0f}\nmean {mean:.4g}, law {law:.4g}: {residual:+.2f} standard errors"


def noise_panel(study: Study, task: str, model: str) -> tuple[Figure, Tooltips]:
    """Coefficient of variation of the trials against N, with the line that gives the weights."""
    laws = study.laws_of(task, model)

    def draw(axes: Axes, names: Sequence[str], first: int) -> Tooltips:
        return draw_noise(axes, study, {name: laws[name] for name in names}, first)

    return stacked_panels([study.title(task, model)], list(laws), draw)


def draw_noise(axes: Axes, study: Study, laws: Mapping[str, Fit], first: int) -> Tooltips:
    """By strategy."""
    tooltips: Tooltips = {}
    for index, (strategy, fit) in enumerate(laws.items(), start=first):
        style, gid, data = look(strategy), f"noise-{index}", fit.data
        spread = 100 * np.sqrt(data.variance) / data.means
        known = np.isfinite(spread) & (spread > 0)
        x = data.sizes[known] * shift(list(laws), study.sizes, strategy)
        axes.plot(x, spread[known], gid=gid, zorder=3, **marker(style))
        grid = np.geomspace(data.sizes[0], data.sizes[-1], _GRID)
        axes.plot(grid, 100 * data.noise.cv(grid), color=style.light, linestyle=style.line, zorder=2)
        tooltips[gid] = [
            f"{strategy}, N = {size:.0f}\nCV {value:.3g} %, n = {count:.0f}"
            for size, value, count in zip(data.sizes[known], spread[known], data.counts[known], strict=True)
        ]
    size_axis(axes, _sizes(laws.values()))
    axes.set(xlabel=f"labelled training {study.counted} N", ylabel="spread of trials (CV) [%]")
    error_axis(axes, log=True)
    return {gid: texts for gid, texts in tooltips.items() if texts}


def holdout_panel(study: Study) -> tuple[Figure, Tooltips]:
    """What the smaller sizes predict for the largest one, against what was observed; all curves with a check."""
    figure, axes = panel_figure(*PANEL_IN)
    axes.set_title("largest N, predicted by the others")
    return figure, draw_holdouts(axes, study)


def draw_holdouts(axes: Axes, study: Study) -> Tooltips:
    """A marker a curve, hollow where the check failed; the diagonal is a perfect prediction."""
    tooltips: Tooltips = {}
    checks = [(curve, fit.holdout) for curve, fit in study.laws if fit.holdout is not None]
    for index, (curve, check) in enumerate(checks):
        style, gid = look(curve.strategy), f"holdout-{index}"
        ends = [check.interval.low, check.interval.high]
        axes.plot([check.observed] * 2, ends, color=style.light, linewidth=1.2, zorder=2)
        face = style.light if check.passed else LIGHT["paper"]
        look_of = {**marker(style), "markerfacecolor": face, "markeredgecolor": style.light}
        axes.plot([check.observed], [check.predicted], gid=gid, zorder=3, **look_of)
        verdict = "passed" if check.passed else "failed"
        where = study.title(curve.task, curve.model)
        tooltips[gid] = [f"{where}, {curve.strategy}: {verdict}\n{holdout_words(check)}"]
    values = [value for _, check in checks for value in (check.observed, check.predicted)]
    ends = [min(values) / 1.4, max(values) * 1.4]
    axes.plot(ends, ends, color=LIGHT["muted"], linewidth=0.9, zorder=1)
    axes.set(xscale="log", xlim=ends, ylim=ends)
    axes.set_xlabel(f"observed mean {study.measured.axis}")
    axes.set_ylabel("predicted without the largest N")
    error_axis(axes, log=True)
    error_axis(axes, log=True, axis="x")
    return tooltips


def _sizes(laws: Iterable[Fit]) -> list[int]:
    return sorted({int(size) for fit in laws for size in fit.data.sizes})
