"""Images and fields as they are shown: outlines in one colour a structure, arrows and grids where the field points."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver

from segaug.report.look.palette import LIGHT
from segaug.report.look.pictures import outline_of, pixels, show, structure_signs
from segaug.report.look.theme import new_figure
from segaug.report.pictures.generated_fields import generated_fields_figure
from segaug.report.pictures.preview import preview_figure
from segaug.report.pictures.registration_figure import registration_figure
from tests.report.drawn import colour, contours, entries

SIDE = 16
RNG = np.random.default_rng(0)


pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def axes() -> Axes:
    drawn: Axes = new_figure(2, 2).subplots()
    return drawn


def square(first: int, last: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE))
    mask[first:last, first:last] = 1
    return mask


def test_colours_of_structures_come_again_dashed() -> None:
    seen = [outline_of(place) for place in range(12)]
    assert len(set(seen)) == 12
    assert [outline.colour for outline in seen[:6]] == [outline.colour for outline in seen[6:]]
    assert [bool(outline.dash) for outline in seen] == [False] * 6 + [True] * 6


def test_a_structure_is_outlined_along_its_border_the_widest_first(axes: Axes) -> None:
    masks = np.stack([square(6, 9), square(2, 14), np.zeros((SIDE, SIDE)), np.ones((SIDE, SIDE))])
    show(axes, np.zeros((1, SIDE, SIDE)), masks)
    wide, narrow = contours(axes)  # nothing and everything have no border
    for contour, place, first, last in ((wide, 1, 2, 14), (narrow, 0, 6, 9)):
        (path,) = contour.get_paths()
        assert path.vertices.min(axis=0).tolist() == pytest.approx([first - 0.5] * 2)
        assert path.vertices.max(axis=0).tolist() == pytest.approx([last - 0.5] * 2)
        assert np.allclose(contour.get_edgecolor()[0][:3] * 255, list(bytes.fromhex(outline_of(place).colour[1:])))


def test_a_soft_mask_is_foreground_from_one_half_on(axes: Axes) -> None:
    show(axes, np.zeros((1, SIDE, SIDE)), np.stack([0.5 * square(4, 8), 0.49 * square(4, 8)]))
    assert len(contours(axes)) == 1


def test_images_are_shown_from_black_to_white_whatever_they_hold(axes: Axes) -> None:
    image = np.full((1, SIDE, SIDE), 0.5)
    show(axes, image, np.zeros((1, SIDE, SIDE)))
    (shown,) = axes.images
    assert shown.get_clim() == (0, 1)
    assert shown.get_cmap().name == "gray"
    np.testing.assert_array_equal(shown.get_array(), image[0])


def test_colour_images_are_cut_to_what_can_be_shown() -> None:
    image = RNG.random((3, 4, 5)) * 3 - 1
    shown = pixels(image)
    assert shown.shape == (4, 5, 3)
    np.testing.assert_array_equal(shown[..., 1], np.clip(image[1], 0, 1))


def test_structures_are_named_in_their_colours_unless_there_is_one() -> None:
    signs = structure_signs(["rv", "myo"])
    assert [(sign.get_label(), colour(sign)) for sign in signs] == [
        (name, outline_of(place).colour) for place, name in enumerate(("rv", "myo"))
    ]
    assert structure_signs(["lung"]) == []


def preview(displacement: np.ndarray | None = None, jacobian: np.ndarray | None = None, title: str = "") -> Figure:
    """Two images with three versions each, all of them different."""
    images, labels = RNG.random((2, 1, SIDE, SIDE)), np.stack([square(3, 9)[None], square(5, 12)[None]])
    made = RNG.random((2, 3, 1, SIDE, SIDE))
    figure = preview_figure(
        images, labels, made, np.repeat(labels[:, None], 3, axis=1), displacement, jacobian, title=title
    )
    tiles = [axes.images[0].get_array() for axes in figure.axes if axes.images and not axes.images[0].colorbar]
    rows = [images[0, 0], *made[0, :, 0], images[1, 0], *made[1, :, 0]]
    shown = [tile for tile in tiles if any(np.array_equal(tile, image) for image in rows)]
    np.testing.assert_array_equal(shown, rows)  # each image before its versions
    return figure


def test_a_row_has_an_image_and_its_versions_under_their_headings() -> None:
    figure = preview(title="red")
    headed = {axes.get_title(loc="left"): place for place, axes in enumerate(figure.axes) if axes.get_title(loc="left")}
    assert headed == {"original": 0, "augmented": 1}
    assert figure.get_suptitle() == "red"
    assert not preview().get_suptitle()


def test_arrows_point_to_where_a_pixel_is_read_from_on_one_colour_scale() -> None:
    displacement = np.zeros((2, 3, 2, SIDE, SIDE))
    displacement[0, 0, 0] = 3.0  # from below: rows grow downwards
    displacement[0, 1, 1] = -4.0  # from the left
    displacement[1, 2] = 0.5
    figure = preview(displacement)
    fields = [axes for axes in figure.axes if any(isinstance(marks, Quiver) for marks in axes.collections)]
    assert len(fields) == 6
    quivers = [next(marks for marks in axes.collections if isinstance(marks, Quiver)) for axes in fields]
    assert {(quiver.U.min(), quiver.U.max(), quiver.V.min(), quiver.V.max()) for quiver in quivers[:3]} == {
        (0, 0, 3, 3), (-4, -4, 0, 0), (0, 0, 0, 0)
    }  # fmt: skip
    assert {(axes.images[0].get_clim()) for axes in fields} == {(0, 4)}
    assert [float(axes.images[0].get_array().max()) for axes in fields] == pytest.approx([3, 4, 0, 0, 0, 0.5**0.5])
    assert {float(quiver.scale) for quiver in quivers} == {4 * 9 / SIDE}  # the longest reaches the next arrow
    assert "displacement [px]" in [axes.get_ylabel() for axes in figure.findobj(Axes)]


def test_halved_and_doubled_areas_are_equally_strong_and_folds_are_apart() -> None:
    jacobian = np.ones((2, 3, SIDE - 1, SIDE - 1))
    jacobian[0, 0, 3, 3], jacobian[0, 0, 3, 4], jacobian[1, 1, 5, 5] = 0.5, 2.0, -0.1
    figure = preview(np.ones((2, 3, 2, SIDE, SIDE)), jacobian)
    maps = [axes for axes in figure.axes if axes.texts]
    assert [axes.texts[0].get_text() for axes in maps] == ["min 0.50", *["min 1.00"] * 3, "1 folded", "min 1.00"]
    drawn = maps[0].images[0].get_array()
    assert (drawn[3, 3], drawn[3, 4], drawn[0, 0]) == (-1, 1, 0)
    assert {axes.images[0].get_clim() for axes in maps} == {(-1, 1)}
    assert np.ma.masked_invalid(maps[4].images[0].get_array()).mask.nonzero() == (5, 5)
    (bar,) = (axes for axes in figure.findobj(Axes) if axes.get_ylabel() == "Jacobian")
    assert list(bar.get_yticks()) == [-1, 0, 1]
    assert [bar.yaxis.get_major_formatter()(tick) for tick in (-1, 0, 1)] == ["0.5", "1", "2"]


def test_areas_of_a_quarter_and_more_than_four_are_at_the_ends_of_the_scale() -> None:
    jacobian = np.ones((2, 3, SIDE - 1, SIDE - 1))
    jacobian[0, 0, 3, 3], jacobian[0, 0, 3, 4] = 0.25, 9.0
    figure = preview(np.ones((2, 3, 2, SIDE, SIDE)), jacobian)
    (bar,) = (axes for axes in figure.findobj(Axes) if axes.get_ylabel() == "Jacobian")
    assert list(bar.get_yticks()) == [-2, -1, 0, 1, 2]


def registered(displacement: np.ndarray, mask: np.ndarray | None = None) -> tuple[dict[str, Axes], np.ndarray]:
    images = RNG.random((3, SIDE, SIDE))
    figure = registration_figure(*images, displacement, mask=mask, warped_mask=mask)
    return {axes.get_title(loc="left").split(":")[0]: axes for axes in figure.axes}, images


def test_a_registration_shows_images_and_signed_differences_before_and_after() -> None:
    panels, (moving, fixed, warped) = registered(np.zeros((2, SIDE, SIDE)))
    for name, image in (("moving", moving), ("fixed", fixed), ("moving, deformed", warped)):
        np.testing.assert_array_equal(panels[name].images[0].get_array(), image)
    for name, difference in (("difference before", moving - fixed), ("difference after", warped - fixed)):
        np.testing.assert_array_equal(panels[name].images[0].get_array(), difference)
        assert panels[name].images[0].get_clim() == (-1, 1)


def test_a_mask_is_outlined_on_the_images_it_belongs_to() -> None:
    panels, _ = registered(np.zeros((2, SIDE, SIDE)), mask=square(4, 9))
    assert {name for name, axes in panels.items() if len(contours(axes)) == 1} == {
        "moving",
        "moving, deformed",
        "fixed",
    }
    bare, _ = registered(np.zeros((2, SIDE, SIDE)), mask=square(0, SIDE))
    assert not any(contours(bare[name]) for name in ("moving", "fixed"))


def test_grid_lines_are_even_at_rest_and_move_against_the_field() -> None:
    still, shifted = np.zeros((2, SIDE, SIDE)), np.zeros((2, SIDE, SIDE))
    shifted[0], shifted[1] = 0.25, -0.5  # read a quarter of a pixel below, half a pixel to the left

    def places(displacement: np.ndarray) -> list[list[float]]:
        panels, _ = registered(displacement)
        rows, columns = contours(panels["grid, deformed"])
        return [
            sorted({round(float(x), 6) for path in lines.get_paths() for x in path.vertices[:, axis]})
            for lines, axis in ((rows, 1), (columns, 0))
        ]

    rows, columns = places(still)
    assert np.allclose(np.diff(rows), SIDE / 16)
    assert rows == columns
    moved_rows, moved_columns = places(shifted)
    assert {round((value + 0.25) % 1, 6) for value in moved_rows} == {round(value % 1, 6) for value in rows}
    assert {round((value - 0.5) % 1, 6) for value in moved_columns} == {round(value % 1, 6) for value in columns}


def test_the_jacobian_of_a_registration_is_on_a_logarithmic_scale() -> None:
    row = np.arange(SIDE)[:, None] * np.ones(SIDE)
    panels, _ = registered(np.stack([row, np.zeros((SIDE, SIDE))]))  # twice the rows
    panel = panels["Jacobian, no folds"]
    np.testing.assert_allclose(panel.images[0].get_array(), 1)
    assert panel.images[0].get_clim() == (-2, 2)
    np.testing.assert_allclose(panels["displacement [px]"].images[0].get_array(), row)


def test_generated_fields_stand_beside_real_ones_of_their_image() -> None:
    images = RNG.random((2, SIDE, SIDE))
    real, made = RNG.random((2, 2, 2, SIDE, SIDE)), RNG.random((2, 1, 2, SIDE, SIDE))
    figure = generated_fields_figure(images, real, made)
    tiles = [axes.images[0] for axes in figure.axes if axes.images][: 2 * 4]
    expected = [
        shown for row in range(2)
        for shown in (images[row], *(np.linalg.norm(field, axis=0) for field in (*real[row], *made[row])))
    ]  # fmt: skip
    for tile, image in zip(tiles, expected, strict=True):
        np.testing.assert_allclose(tile.get_array(), image)
    assert tiles[0].get_clim() == (0, 1)
    assert not entries(figure)
    lines = figure.axes[1].lines
    assert len(lines) == 2 * 13
    assert {line.get_color() for line in lines} == {LIGHT["ink"]}
    rows, columns = np.mgrid[:SIDE, :SIDE] + real[0, 0]
    for edge, row, column in ((0, lines[0], lines[13]), (-1, lines[12], lines[25])):
        np.testing.assert_allclose(row.get_xydata().T, [columns[edge], rows[edge]])  # the edges, moved by the field
        np.testing.assert_allclose(column.get_xydata().T, [columns[:, edge], rows[:, edge]])
