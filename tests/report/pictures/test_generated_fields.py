import matplotlib as mpl
import numpy as np
import pytest

from segaug.report.look.theme import themed
from segaug.report.pictures.generated_fields import generated_fields_figure


@pytest.fixture(autouse=True)
def _themed():
    with themed():
        yield


def figure(n=2, real=3, made=2, size=(20, 30), shift=(0.0, 0.0)):
    image = np.linspace(0, 1, n * size[0] * size[1]).reshape(n, *size)
    fields = [np.zeros((n, count, 2, *size)) + np.array(shift)[:, None, None] for count in (real, made)]
    return generated_fields_figure(image, *fields, title="hippocampus")


def test_a_row_holds_the_image_its_real_and_its_generated_fields():
    drawn = figure()
    tiles = [axes for axes in drawn.axes if axes.images and axes.images[0].get_array().shape == (20, 30)]
    assert len(tiles) == 2 * (1 + 3 + 2)
    headed = {axes.get_title(loc="left"): place for place, axes in enumerate(tiles[:6]) if axes.get_title(loc="left")}
    assert headed == {"image": 0, "registered": 1, "generated": 4}


def test_grid_lines_are_drawn_where_the_field_takes_them():
    still, moved = figure(), figure(shift=(2.0, -1.5))
    for one, other in zip(still.axes, moved.axes, strict=True):
        for line, shifted in zip(one.lines, other.lines, strict=True):
            np.testing.assert_allclose(shifted.get_xdata() - line.get_xdata(), -1.5)
            np.testing.assert_allclose(shifted.get_ydata() - line.get_ydata(), 2.0)


def test_all_fields_share_one_colour_scale_in_pixels():
    drawn = figure(shift=(3.0, 4.0))
    tops = {axes.images[0].get_clim()[1] for axes in drawn.axes if axes.lines}
    assert tops == {5.0}


def test_fields_of_zero_can_be_drawn(tmp_path):
    figure(n=1, real=1, made=1).savefig(tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 1000


def test_the_users_settings_stay():
    before = dict(mpl.rcParams)
    figure()
    assert dict(mpl.rcParams) == before
