"""A figure for a paper: panels in a grid, a legend that fits, shared labels and small print that overlap nothing."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

from segaug.report.look.sheet import Sheet, sheet
from segaug.report.look.theme import error_axis, new_figure, panel_figure, panel_title, size_axis, write_note
from tests.report.drawn import entries

PANEL = (2.5, 2.0)


pytestmark = pytest.mark.usefixtures("theme")


def signs(*labels: str) -> list[Line2D]:
    return [Line2D([], [], label=label) for label in labels]


def page(rows: int = 2, columns: int = 3, note: str = "small print", labels: tuple[str, ...] = ("a", "b")) -> Sheet:
    return sheet(rows, columns, PANEL, signs=signs(*labels), xlabel="size", ylabel="error", note=note)


def test_panels_are_in_rows_from_above_and_do_not_overlap() -> None:
    drawn = page()
    boxes = {(row, column): drawn.panel(row, column).bbox for row in range(2) for column in range(3)}
    for (row, column), box in boxes.items():
        assert box.x0 == pytest.approx(boxes[0, column].x0)
        assert box.y0 == pytest.approx(boxes[row, 0].y0)
        assert (box.width, box.height) == pytest.approx((boxes[0, 0].width, boxes[0, 0].height))
    dpi = drawn.figure.dpi
    assert boxes[0, 1].x0 - boxes[0, 0].x0 == pytest.approx(PANEL[0] * dpi)
    assert boxes[0, 0].y0 - boxes[1, 0].y0 == pytest.approx(PANEL[1] * dpi)
    assert all(0 < box.x0 < box.x1 < drawn.figure.bbox.width for box in boxes.values())
    assert all(0 < box.y0 < box.y1 < drawn.figure.bbox.height for box in boxes.values())


def test_labels_are_at_the_left_and_below_and_the_note_below_them() -> None:
    drawn = page()
    at = {text.get_text(): text.get_position() for text in drawn.figure.texts}
    assert set(at) == {"size", "error", "small print"}
    lowest = drawn.panel(1, 0).get_position().y0
    assert at["small print"][1] < at["size"][1] < lowest
    assert at["error"][0] < drawn.panel(0, 0).get_position().x0
    assert at["size"][0] == 0.5
    assert lowest < at["error"][1] < drawn.panel(0, 0).get_position().y1


def test_the_label_below_is_below_the_panels_where_the_legend_is_wider() -> None:
    drawn = page(rows=1, columns=1)
    (at,) = (text.get_position()[0] for text in drawn.figure.texts if text.get_text() == "size")
    box = drawn.panel(0, 0).get_position()
    assert box.x0 < at < box.x1
    assert at == pytest.approx((box.x0 + box.x1) / 2, abs=0.1)


def test_a_longer_note_makes_a_taller_figure_whose_panels_keep_their_size() -> None:
    short, long = page(), page(note="small print " * 60)
    assert long.figure.get_figheight() > short.figure.get_figheight()
    assert long.figure.get_figwidth() == short.figure.get_figwidth()
    sizes = [drawn.panel(0, 0).bbox.size for drawn in (short, long)]
    assert sizes[0] == pytest.approx(sizes[1])
    (note,) = (text.get_text() for text in long.figure.texts if "print" in text.get_text())
    assert note.count("\n") > 2
    assert max(map(len, note.split("\n"))) <= 21 * long.figure.get_figwidth()


def test_a_legend_has_as_many_columns_as_its_longest_name_leaves_room_for() -> None:
    few = page(labels=("a", "b", "c", "d")).figure
    many = page(labels=("a", "b", "c", "a name of forty letters, more or less ...")).figure
    assert [figure.legends[0]._ncols for figure in (few, many)] == [4, 2]
    assert entries(few) == ["a", "b", "c", "d"]
    assert many.get_figheight() > few.get_figheight()


def test_a_name_without_end_is_cut_and_takes_two_lines() -> None:
    (name,) = entries(page(labels=("x" * 300,)).figure)
    assert "…" in name
    assert len(name) <= 101
    assert max(map(len, name.split("\n"))) <= 50


def test_a_single_panel_is_wide_enough_for_its_legend_and_none_needs_no_room() -> None:
    alone = page(rows=1, columns=1)
    bare = page(rows=1, columns=1, labels=())
    assert alone.figure.get_figwidth() == 4.6
    assert not bare.figure.legends
    assert bare.figure.get_figheight() < alone.figure.get_figheight()


def test_more_room_at_the_left_moves_the_panels() -> None:
    wide = sheet(1, 1, PANEL, signs=[], xlabel="", ylabel="", note="", left_in=3.0)
    assert wide.panel(0, 0).bbox.x0 - page(1, 1).panel(0, 0).bbox.x0 == pytest.approx(3 * wide.figure.dpi)
    assert wide.figure.get_figwidth() == pytest.approx(PANEL[0] + 3.2)


def test_a_size_axis_names_each_size_and_reaches_as_far_as_it_is_told() -> None:
    axes = new_figure(3, 3).subplots()
    size_axis(axes, [2, 8, 32])
    assert list(axes.get_xticks()) == [2, 8, 32]
    assert not list(axes.get_xticks(minor=True))
    assert axes.get_xlim() == pytest.approx((2 / 1.3, 32 * 1.3))
    left, middle, right = axes.transData.transform([[2, 0.5], [8, 0.5], [32, 0.5]])[:, 0]
    assert middle - left == pytest.approx(right - middle)
    size_axis(axes, [2, 8, 32], last=100)
    assert axes.get_xlim()[1] == pytest.approx(130)


@pytest.mark.parametrize(("sizes", "turned"), [([2, 4, 8], False), ([1000, 2000, 4000, 8000, 16000, 32000], True)])
def test_many_long_sizes_are_written_aslant(sizes: list[int], turned: bool) -> None:
    axes = new_figure(3, 3).subplots()
    size_axis(axes, sizes)
    assert {label.get_rotation() for label in axes.get_xticklabels()} == {45.0 if turned else 0.0}


@pytest.mark.parametrize(("limits", "within"), [((0.1, 10), {0.1, 0.2, 0.5, 1, 2, 5, 10}), ((0.01, 100), {0.1, 1, 10})])
def test_an_error_axis_has_plain_numbers_and_fewer_of_them_over_more_decades(
    limits: tuple[float, float], within: set[float]
) -> None:
    axes = new_figure(3, 3).subplots()
    axes.set_yscale("log")
    axes.set_ylim(*limits)
    error_axis(axes, log=True)
    low, high = limits
    shown = {round(tick, 9) for tick in axes.get_yticks() if low <= tick <= high}
    assert within <= shown <= within | set(limits)
    assert [axes.yaxis.get_major_formatter()(value) for value in (0.2, 10)] == ["0.2", "10"]
    assert axes.get_xscale() == "linear"


def test_an_error_axis_may_be_the_other_one() -> None:
    axes = new_figure(3, 3).subplots()
    error_axis(axes, log=True, axis="x")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    error_axis(axes, log=False)
    assert axes.get_yscale() == "linear"


def test_a_long_title_is_smaller_then_in_two_lines_then_cut() -> None:
    _, axes = panel_figure(3, 3)
    written = []
    for parts in (("short",), ("x" * 32,), ("x" * 20, "strategy " * 3), ("x" * 200,)):
        panel_title(axes, *parts)
        (title,) = (
            text for text in axes.findobj(Text) if text.get_text() and text.get_text() == axes.get_title(loc="left")
        )
        written.append((title.get_text(), title.get_fontsize()))
    texts, sizes = zip(*written, strict=True)
    assert texts[:2] == ("short", "x" * 32)
    assert texts[2] == "x" * 20 + " ·\n" + "strategy " * 3
    assert "…" in texts[3]
    assert sizes[0] > sizes[1] > sizes[2]
    assert sizes[3] == pytest.approx(sizes[2], abs=0.2)


def test_a_note_is_broken_to_the_width_of_its_figure_and_says_how_tall_it_is() -> None:
    narrow, wide = new_figure(2, 3), new_figure(6, 3)
    heights = [write_note(figure, "a word " * 30) for figure in (narrow, wide)]
    lines = [figure.texts[0].get_text().count("\n") + 1 for figure in (narrow, wide)]
    assert lines[0] > lines[1] > 1
    assert (heights[0] - heights[1]) / (lines[0] - lines[1]) == pytest.approx(1.3 * 6.5 / 72)


@pytest.mark.parametrize("columns", [1, 3])
def test_a_label_that_is_wider_than_its_panel_is_not_cut_off(columns):
    label = "N labelled training images, and V labelled for validation"
    page = sheet(1, columns, (2.6, 2.35), signs=[], xlabel=label, ylabel="", note="")
    (text,) = (each for each in page.figure.texts if each.get_text() == label)
    extent = text.get_window_extent(FigureCanvasAgg(page.figure).get_renderer())
    assert 0 <= extent.x0 < extent.x1 <= page.figure.bbox.width
