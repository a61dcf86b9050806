"""Exponent and floor together: the pairs (b, phi) that the data of one curve accept."""

import math

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.law.fit import Fit
from segaug.analysis.law.power_law import PowerLaws
from segaug.analysis.law.profile import JointRegion
from segaug.report.look.palette import LIGHT, Look, look
from segaug.report.look.theme import panel_figure, panel_title
from segaug.report.study.study import Study

LEVELS = (0.5, 0.95)
MOST_DRAWS = 200  # of the bootstrap, drawn as points
_PANEL_IN = (2.9, 2.5)
_SHARES = (-0.02, 1.02)
_MARGIN = 0.2  # on either side of the 95 % region, of its width


def joint_panel(study: Study, curve: CurveFit, fit: Fit) -> Figure:
    """Contours at 50 % and 95 %, the best law, and laws of resampled seeds."""
    figure, axes = panel_figure(*_PANEL_IN, right_in=0.6)
    _draw(axes, curve, fit)
    panel_title(axes, study.title(curve.task, curve.model), curve.strategy)
    largest = float(fit.law.predict(fit.default.max_size))
    right = axes.twinx()
    right.set_ylim(*(largest * end for end in _SHARES))
    right.set_ylabel(f"c, if E(Nmax) = {largest:.3g}")
    right.yaxis.set_label_coords(1 + 0.45 / (_PANEL_IN[0] - 1.2), 0.5)
    right.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}")
    right.locator_params(axis="y", nbins=5)
    right.grid(visible=False)
    return figure


def joint_signs() -> list[Artist]:
    """Legend of the panels."""
    muted = LIGHT["muted"]
    return [
        Patch(facecolor=muted, alpha=0.35, label="50 % region"),
        Patch(facecolor=muted, alpha=0.15, label="95 % region"),
        Line2D([], [], linestyle="none", marker="o", markersize=5.5, color=muted, label="best law"),
        Line2D([], [], linestyle="none", marker=".", markersize=3, color=muted, label="laws of resampled seeds"),
    ]


def _draw(axes: Axes, curve: CurveFit, fit: Fit) -> None:
    style, law = look(curve.strategy), fit.law
    region = fit.default.joint_region()
    _draw_region(axes, fit, region, style)
    if curve.seed_laws is not None:
        b, share = _cloud(curve.seed_laws, fit.default.max_size)
        axes.scatter(b, share, s=2.5, color=style.light, alpha=0.4, linewidths=0, zorder=1.5)
    if law.a > 0:
        axes.plot([law.b], [law.floor_share(fit.default.max_size)], marker=style.marker, markersize=6, zorder=3,
                  markerfacecolor=style.light, markeredgecolor=LIGHT["paper"])  # fmt: skip
    axes.set(xlim=_limits(fit, region), ylim=_SHARES, xlabel="exponent b", ylabel="floor share φ = c / E(Nmax)")
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")


def _draw_region(axes: Axes, fit: Fit, region: JointRegion, style: Look) -> None:
    """RSS above that of the best law; everything is inside where nothing says how precise the means are."""
    best = fit.default.profile.rss
    limits = [fit.default.joint_level(level) - best for level in LEVELS]
    if not limits[0] < limits[1] < math.inf:
        axes.axhspan(0, 1, color=style.light, alpha=0.2, linewidth=0)
        return
    grid = region.b, region.floor_share, np.maximum(region.rss - best, 0.0).T
    axes.contourf(*grid, levels=[0.0, *limits], colors=[style.light] * 2, alpha=0.2)
    axes.contour(*grid, levels=limits, colors=style.light, linewidths=0.8)


def _cloud(laws: PowerLaws, size: float) -> tuple[np.ndarray, np.ndarray]:
    """b and phi of the first draws that have a decay."""
    shown = np.flatnonzero(laws.a > 0)[:MOST_DRAWS]
    return laws.b[shown], laws.floor_share(size)[shown]


def _limits(fit: Fit, region: JointRegion) -> tuple[float, float]:
    """Around the 95 % region, on the axis of b."""
    accepted = region.b[(region.rss <= fit.default.joint_level(LEVELS[-1])).any(axis=1)]
    if not len(accepted):
        return float(region.b[0]), float(region.b[-1])
    low, high = float(accepted[0]), float(accepted[-1])
    margin = _MARGIN * max(high - low, 0.1 * high)
    return max(low - margin, 0.0), high + margin
