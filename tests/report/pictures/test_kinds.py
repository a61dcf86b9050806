"""The figure of kinds: a row each, the field over the image, the change of grey on one scale."""

import numpy as np
import pytest

from segaug.report.look.palette import LIGHT
from segaug.report.pictures.kinds import KindPictures, kinds_figure
from tests.report.drawn import colour

SIDE = 13  # a grid line a pixel
IMAGE = np.full((1, SIDE, SIDE), 0.5)
LABEL = np.zeros((1, SIDE, SIDE))
LABEL[0, 3:7, 3:7] = 1


def kind(name: str, shift_px: float = 0.0, change: float = 0.0) -> KindPictures:
    field = np.zeros((2, SIDE, SIDE))
    field[1] = shift_px
    return KindPictures(name, field, IMAGE, LABEL, IMAGE + change, LABEL)


@pytest.fixture
def drawn():
    return kinds_figure(IMAGE, LABEL, [kind("deformed", 2.0), kind("recoloured", 0.0, -0.25)], "a title").axes


def test_a_row_a_kind_and_a_column_a_step(drawn):
    assert [axes.get_ylabel() for axes in drawn[:10:5]] == ["deformed", "recoloured"]
    assert [axes.get_title() for axes in drawn[:5]] == ["original", "field", "deformed", "change of grey", "result"]


@pytest.mark.parametrize(("place", "shift_px"), [(1, 2.0), (6, 0.0)])
def test_a_line_bends_to_where_its_pixels_are_read_from(drawn, place, shift_px):
    upright = [line for line in drawn[place].lines if len(set(line.get_xdata())) == 1]
    assert [float(line.get_xdata()[0]) for line in upright] == [column + shift_px for column in range(SIDE)]
    assert {colour(line) for line in drawn[place].lines} == {LIGHT["vermillion"]}


def test_changes_of_grey_share_a_scale_about_zero(drawn):
    changes = [drawn[place].images[0] for place in (3, 8)]
    assert {image.get_clim() for image in changes} == {(-0.25, 0.25)}
    assert [float(image.get_array()[0, 0]) for image in changes] == [0.0, -0.25]


def test_colour_is_shown_and_its_change_is_the_mean_over_channels():
    image = np.repeat(IMAGE, 3, axis=0)
    result = image + np.array([0.3, 0.0, 0.0])[:, None, None]
    shown = KindPictures("recoloured", np.zeros((2, SIDE, SIDE)), image, LABEL, result, LABEL)
    axes = kinds_figure(image, LABEL, [shown]).axes
    assert axes[0].images[0].get_array().shape == (SIDE, SIDE, 3)
    assert float(axes[3].images[0].get_array()[0, 0]) == pytest.approx(0.1)
