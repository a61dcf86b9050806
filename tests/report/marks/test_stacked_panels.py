"""Strategies in parts: a panel and a legend each, below each other, and tooltips that keep their points."""

from collections.abc import Sequence

import pytest
from matplotlib.axes import Axes

from segaug.report.marks.marks import Tooltips
from segaug.report.marks.together import MOST, numbered_title, stacked_panels
from tests.report.drawn import colour, entries, mark, titles

NAMES = ["baseline", *(f"method_{place}" for place in range(12))]


pytestmark = pytest.mark.usefixtures("theme")


def draw(axes: Axes, names: Sequence[str], first: int) -> Tooltips:
    for place, _ in enumerate(names, start=first):
        axes.plot([1], [1], gid=f"mark-{place}")
    return {f"mark-{place}": [name] for place, name in enumerate(names, start=first)}


def test_few_share_one_panel_without_a_legend_of_its_own() -> None:
    figure, tooltips = stacked_panels(["lung", "rv"], NAMES[:MOST], draw)
    assert [title.replace(" ·\n", " · ") for title in titles(figure)] == ["lung · rv"]
    assert not figure.legends
    assert tooltips == {f"mark-{place}": [name] for place, name in enumerate(NAMES[:MOST])}


def test_many_have_a_panel_and_a_legend_a_part_below_each_other() -> None:
    figure, tooltips = stacked_panels(["lung"], NAMES, draw)
    upper, lower = figure.axes
    assert titles(figure) == ["lung (1 of 2)", "lung (2 of 2)"]
    assert upper.bbox.y0 > lower.bbox.y1
    assert upper.bbox.size == pytest.approx(lower.bbox.size)
    listed = [[text.get_text() for text in legend.get_texts()] for legend in figure.legends]
    assert listed[0][0] == listed[1][0] == "baseline"
    assert [*listed[0], *listed[1][1:]] == NAMES
    tops = [legend.get_bbox_to_anchor().y0 for legend in figure.legends]
    assert upper.bbox.y0 > tops[0] > lower.bbox.y1 > tops[1]
    for place, axes in enumerate((upper, lower)):
        drawn = [gid for gid in tooltips if axes.findobj(lambda artist, gid=gid: artist.get_gid() == gid)]
        assert [tooltips[gid][0] for gid in drawn] == listed[place]
        assert all(colour(mark(axes, gid)) for gid in drawn)
    assert len(entries(figure)) == len(tooltips) == len(NAMES) + 1


def test_the_last_word_of_a_title_has_the_number_of_the_part() -> None:
    assert numbered_title(["lung", "rv"], 1, 3) == ("lung", "rv (2 of 3)")
    assert numbered_title(["lung", "rv"], 0, 1) == ("lung", "rv")
