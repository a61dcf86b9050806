"""Correlation of Dice and feature discrepancy layer by layer, plain and given the area; and the images behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from segaug.analysis.diagnostics.layers import LayerCell
from segaug.analysis.diagnostics.relation import Estimate
from segaug.findings.with_interval import with_interval
from segaug.report.diagnostics.layer_groups import LayerGroup
from segaug.report.look.palette import LIGHT, look
from segaug.report.look.sheet import sheet
from segaug.report.look.theme import PANEL_IN, panel_figure, panel_title
from segaug.report.marks.marks import Tooltips, marker, strategy_sign
from segaug.report.marks.rows import label_rows, rows_figure, rows_panel
from segaug.report.study.study import Study

_LIMITS = (-1.05, 1.05)
_ASIDE = 0.17  # of the two marks of a row, in rows
_SMALL_IN = (2.1, 1.9)
XLABEL, YLABEL = "feature discrepancy L_fd of the image", "Dice"


@dataclass(frozen=True)
class _Row:
    label: str
    heading: bool = False


def relation_panel(study: Study, group: LayerGroup, strategy: str) -> tuple[Figure, Tooltips]:
    """A row a layer."""
    cells = group.of_strategy(strategy)
    rows = [_Row(cell.layer) for cell in cells]
    figure, axes = rows_panel(rows)
    return figure, _draw_relations(axes, rows, cells, (study.title(group.task, group.model), strategy))


def relation_figure(study: Study, group: LayerGroup, note: str) -> Figure:
    """All strategies side by side, for a paper."""
    rows = [_Row(layer) for layer in group.layers]
    figure, panels = rows_figure(rows, len(group.strategies), relation_signs(), note)
    for axes, strategy in zip(panels, group.strategies, strict=True):
        _draw_relations(axes, rows, group.of_strategy(strategy), (strategy,))
    return figure


def relation_signs() -> list[Artist]:
    """Legend, whatever the strategy."""
    ink = LIGHT["ink"]
    dot: dict = {"marker": "o", "markersize": 5.5, "markeredgecolor": ink, "color": ink, "linewidth": 1.3}
    return [
        Line2D([], [], **dot, markerfacecolor=ink, label="correlation of Dice and L_fd"),
        Line2D([], [], **dot, markerfacecolor=LIGHT["paper"], label="the same given the foreground's log area"),
    ]


def image_panel(group: LayerGroup, layer: str) -> tuple[Figure, Tooltips]:
    """Every test image as a point: Dice against L_fd of one layer, with the line of the mean slope."""
    figure, axes = panel_figure(*PANEL_IN)
    tooltips = _draw_images(axes, group.of_layer(layer))
    axes.set(xlabel=XLABEL, ylabel=YLABEL)
    panel_title(axes, layer)
    return figure, tooltips


def image_figure(group: LayerGroup, note: str) -> Figure:
    """All layers, for a paper."""
    columns = min(len(group.layers), 4)
    signs: list[Artist] = [strategy_sign(strategy) for strategy in group.strategies]
    page = sheet(
        -(-len(group.layers) // columns), columns, _SMALL_IN, signs=signs, note=note, xlabel=XLABEL, ylabel=YLABEL
    )
    for place, layer in enumerate(group.layers):
        axes = page.panel(*divmod(place, columns))
        _draw_images(axes, group.of_layer(layer))
        panel_title(axes, layer)
    return page.figure


def _draw_relations(axes: Axes, rows: Sequence[_Row], cells: Sequence[LayerCell], title: Sequence[str]) -> Tooltips:
    axes.set_xlim(_LIMITS)
    axes.axvline(0, color=LIGHT["ink"], linewidth=0.9, zorder=1)
    place_of = {row.label: place for place, row in enumerate(rows)}
    tooltips: Tooltips = {}
    for cell in cells:
        place, style = place_of[cell.layer], look(cell.strategy)
        for name, estimate, aside, face in (
            ("plain", cell.dice_of.plain, -_ASIDE, style.light),
            ("given area", cell.dice_of.partial, _ASIDE, LIGHT["paper"]),
        ):
            if np.isfinite(estimate.value):
                _draw_bar(axes, estimate, place + aside, style.light)
                gid = f"{'plain' if aside < 0 else 'partial'}-{place}"
                signs = {**marker(style), "markerfacecolor": face, "markeredgecolor": style.light}
                axes.plot([estimate.value], [place + aside], zorder=3, gid=gid, **signs)
                tooltips[gid] = [f"{cell.layer}, {name}: {with_interval(estimate.value, estimate.interval, most=2)}"]
    panel_title(axes, *title)
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}" if value else "0")
    label_rows(axes, rows, "correlation over test images")
    return tooltips


def _draw_bar(axes: Axes, estimate: Estimate, height: float, colour: str) -> None:
    if estimate.interval:
        ends = (estimate.interval.low, estimate.interval.high)
        axes.plot(ends, [height, height], color=colour, linewidth=1.2, zorder=2)


def _draw_images(axes: Axes, cells: Sequence[LayerCell]) -> Tooltips:
    tooltips: Tooltips = {}
    for place, cell in enumerate(cells):
        style, (x, y) = look(cell.strategy), cell.points.T
        signs = {**marker(style), "markersize": 3.5, "markeredgewidth": 0.3}
        axes.plot(x, y, zorder=3, gid=f"images-{place}", alpha=0.8, **signs)
        tooltips[f"images-{place}"] = [
            f"{cell.strategy}: L_fd {at:.3g}, Dice {dice:.3g}" for at, dice in zip(x, y, strict=True)
        ]
        ends = np.array([x.min(), x.max()])
        line = y.mean() + cell.dice_of.slope.value * (ends - x.mean())
        axes.plot(ends, line, color=style.light, linestyle=style.line, linewidth=1.1, zorder=2)
    axes.locator_params(nbins=4)
    return tooltips
