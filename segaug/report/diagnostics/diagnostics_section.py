"""What the layers make of test images, how that goes with Dice, and the images that are segmented worst."""

from collections.abc import Iterator, Sequence
from functools import partial

from markupsafe import Markup

from segaug.report.blocks.section import Block, Draw, Folded, Heading, Panels, Section
from segaug.report.diagnostics.layer_figure import (
    image_figure,
    image_panel,
    relation_figure,
    relation_panel,
    relation_signs,
)
from segaug.report.diagnostics.layer_groups import LayerGroup, drawn, layer_groups
from segaug.report.diagnostics.layer_table import IMAGE_CAPTION, RELATION_CAPTION, layer_finding, layer_table
from segaug.report.diagnostics.worst import worst_pictures
from segaug.report.look import svg
from segaug.report.marks.marks import strategy_sign
from segaug.report.marks.signs import key
from segaug.report.study.study import Study


def section(study: Study) -> Section | None:
    """None where no record has diagnostics."""
    groups = layer_groups(study)
    if not groups:
        return None
    shown = drawn(groups)
    return Section(
        "layers", "Layers of the networks", "Layers", tuple(_blocks(study, groups, shown)), _figures(study, shown),
        finding=layer_finding(shown),
    )  # fmt: skip


def _blocks(study: Study, groups: Sequence[LayerGroup], shown: Sequence[LayerGroup]) -> Iterator[Block]:
    yield key(relation_signs(), "layers")
    charts = tuple(tuple(_relations(study, place, group)) for place, group in enumerate(shown))
    yield Panels(RELATION_CAPTION + _left_out(groups, shown), charts, "by-measure")
    yield Folded("Every layer as a table", (layer_table(groups),))
    yield Folded("Dice of each image against its feature discrepancy", tuple(_images(study, shown)))
    if worst := worst_pictures(study, [(group.task, group.model, group.size) for group in shown]):
        yield Heading("Images that are segmented worst")
        yield worst


def _relations(study: Study, place: int, group: LayerGroup) -> Iterator[Markup]:
    for index, strategy in enumerate(group.strategies):
        figure, tooltips = relation_panel(study, group, strategy)
        label = f"correlation of Dice and feature discrepancy by layer for {group.task}, {group.model}, {strategy}"
        yield Markup(svg.inline(figure, f"layers{place}-{index}", label, tooltips))


def _images(study: Study, shown: Sequence[LayerGroup]) -> Iterator[Block]:
    for place, group in enumerate(shown):
        if len(shown) > 1:
            yield Heading(f"{study.title(group.task, group.model)}, N = {group.size}")
        yield key([strategy_sign(strategy) for strategy in group.strategies], f"images{place}")
        charts = []
        for index, layer in enumerate(group.layers):
            figure, tooltips = image_panel(group, layer)
            label = f"Dice of test images against feature discrepancy in {layer} for {group.task}, {group.model}"
            charts.append(Markup(svg.inline(figure, f"images{place}-{index}", label, tooltips)))
        yield Panels(IMAGE_CAPTION, (tuple(charts),), "by-measure")


def _figures(study: Study, shown: Sequence[LayerGroup]) -> dict[str, Draw]:
    figures: dict[str, Draw] = {}
    for group in shown:
        where = f"{group.task}_{group.model}"
        figures[f"layers_{where}"] = partial(relation_figure, study, group, RELATION_CAPTION)
        figures[f"layers_images_{where}"] = partial(image_figure, group, IMAGE_CAPTION)
    return figures


def _left_out(groups: Sequence[LayerGroup], shown: Sequence[LayerGroup]) -> str:
    places, drawn_places = ({(group.task, group.model) for group in some} for some in (groups, shown))
    return f" Drawn: {len(drawn_places)} of {len(places)} tasks and models." if len(drawn_places) < len(places) else ""
