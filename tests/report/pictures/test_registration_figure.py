"""The figure of a registration: all panels, folds marked, and a Jacobian that agrees with that of `deform`."""

import io

import numpy as np
import torch

from segaug.deform.jacobian import min_jacobian
from segaug.report.pictures.registration_figure import cell_jacobian, registration_figure

RNG = np.random.default_rng(0)


def texts(figure):
    return [axes.get_title("left") for axes in figure.axes if axes.get_title("left")]


def test_panels_say_what_they_show():
    image = RNG.random((3, 20, 30))
    figure = registration_figure(*image, RNG.random((2, 20, 30)), mask=image[0] > 0.9, warped_mask=image[2] > 0.9)
    shown = texts(figure)
    assert shown[:4] == ["moving", "moving, deformed", "fixed", "grid, deformed"]
    assert shown[4] == f"difference before: {np.abs(image[0] - image[1]).mean():.3f}"
    assert shown[5] == f"difference after: {np.abs(image[2] - image[1]).mean():.3f}"
    figure.savefig(io.BytesIO(), format="png", dpi=40)


def test_folds_are_counted_and_marked():
    calm, folded = np.zeros((2, 20, 30)), np.zeros((2, 20, 30))
    folded[0, 10, 15] = 1.5  # one pixel beyond its neighbour below
    image = RNG.random((3, 20, 30))
    assert texts(registration_figure(*image, calm))[-1] == "Jacobian, no folds"
    figure = registration_figure(*image, folded)
    assert texts(figure)[-1] == "Jacobian, 2 folds"
    marks = next(axes for axes in figure.axes if "Jacobian" in axes.get_title("left")).collections[0].get_offsets()
    assert sorted(map(tuple, marks.tolist())) == [(14, 10), (15, 10)]


def test_the_jacobian_is_the_strict_one():
    field = 3 * RNG.random((2, 20, 30))
    smallest = min_jacobian(torch.from_numpy(field)[None]).item()
    assert cell_jacobian(field).shape == (19, 29)
    np.testing.assert_allclose(cell_jacobian(field).min(), smallest)
