"""The geometry below the families: maps, fields, shapes, and how structures lie to each other."""

import numpy as np
import pytest

from segaug.data.phantom import FAMILIES, Phantom
from segaug.data.phantom.acquisition import average_down, majority
from segaug.data.phantom.deform import MARGIN, NODES, Warp, at_pixels, random_map, smallest_jacobian
from segaug.data.phantom.draw import Draw
from segaug.data.phantom.shapes import ellipse, pixel_centres, star, tubes
from segaug.data.phantom.template import LV, MYO, RV
from segaug.data.phantom.texture import smooth_noise, spline_matrix, tissue_noise
from segaug.data.phantom.thorax import HEART
from segaug.data.phantom.ultrasound import speckle
from segaug.data.phantom.vessels import grow
from segaug.errors import ConfigError
from segaug.rng import stream


def draw(*names: str | int, variability: float = 1.0) -> Draw:
    return Draw(stream(0, "test", *names), variability)


@pytest.mark.parametrize("family", FAMILIES)
def test_anatomy_is_never_folded(family: str) -> None:
    jacobians = [smallest_jacobian(random_map(draw("map", case), FAMILIES[family].warp)) for case in range(30)]
    assert min(jacobians) > 0


def test_maps_of_the_template_move_the_heart_far() -> None:
    maps = np.stack([at_pixels(random_map(draw("map", case), FAMILIES["template"].warp), 32) for case in range(20)])
    assert 0.02 < maps.std() < 0.12  # sides of the image


def test_a_map_without_variability_moves_nothing() -> None:
    assert not random_map(draw("map", variability=0.0), Warp(0.05, 0.01)).any()


def test_a_map_that_would_fold_is_refused() -> None:
    with pytest.raises(ConfigError, match="variability"):
        random_map(draw("map", variability=3.0), Warp(0.3, 0.3))


def test_the_jacobian_of_a_linear_map_and_of_a_fold() -> None:
    at = np.linspace(-MARGIN, 1 + MARGIN, NODES)
    row, column = np.meshgrid(at, at, indexing="ij")
    np.testing.assert_allclose(smallest_jacobian(np.stack([0.2 * row + 0.1 * column, 0.3 * column])), 1.2 * 1.3)
    assert smallest_jacobian(np.stack([-1.5 * row, 0 * column])) < 0


def test_a_field_is_read_at_the_pixel_centres() -> None:
    at = np.linspace(-MARGIN, 1 + MARGIN, NODES)
    field = np.stack(np.meshgrid(at, at, indexing="ij"))  # linear, so linear interpolation is exact
    np.testing.assert_allclose(at_pixels(field, 20), pixel_centres(20), atol=1e-6)


def test_a_map_moves_the_anatomy_and_not_the_edge_of_its_lattice() -> None:
    field = random_map(draw("map"), Warp(0.05, 0.01))
    assert not field[:, [0, -1]].any()
    assert not field[:, :, [0, -1]].any()
    assert np.abs(field).max() > 0.01


def test_splines_are_a_partition_of_one() -> None:
    np.testing.assert_allclose(spline_matrix(50, 7).sum(1), 1, atol=1e-6)


@pytest.mark.parametrize(
    "field", [lambda rng: smooth_noise(rng, 96, 12), lambda rng: tissue_noise(rng, 96), lambda rng: speckle(rng, 96)]
)
def test_fields_have_mean_0_and_variance_1(field: object) -> None:
    values = np.stack([field(draw("field", case)) for case in range(20)])
    assert abs(values.mean()) < 0.1
    assert 0.85 < values.var() < 1.15


def test_a_field_is_the_same_function_at_every_resolution() -> None:
    coarse, fine = (smooth_noise(draw("field"), points, 6) for points in (64, 192))
    np.testing.assert_allclose(fine[1::3, 1::3], coarse, atol=1e-5)  # the middle of three is the centre of one


def test_areas_of_shapes() -> None:
    points = pixel_centres(400)
    circle = ellipse(points, (0.4, 0.5), (0.2, 0.3), angle=0.7) < 1
    np.testing.assert_allclose(circle.mean(), np.pi * 0.2 * 0.3, rtol=0.01)
    box = ellipse(points, (0.5, 0.5), (0.2, 0.3), power=60) < 1
    np.testing.assert_allclose(box.mean(), 0.4 * 0.6, rtol=0.05)
    tube = tubes(points, np.array([[0.3, 0.3]]), np.array([[0.3, 0.7]]), np.array([[0.05, 0.05]])) < 1
    np.testing.assert_allclose(tube.mean(), 0.4 * 0.1 + np.pi * 0.05**2, rtol=0.02)


def test_a_star_without_waves_is_an_ellipse_and_with_them_follows_its_radius() -> None:
    points = pixel_centres(64)
    placed = {"centre": (0.5, 0.45), "radii": (0.2, 0.3), "angle": 0.5}
    np.testing.assert_allclose(star(points, waves=np.zeros((2, 3)), **placed), ellipse(points, **placed), rtol=1e-5)
    along = np.array([[0.7], [0.5]])  # on the first axis, where the cosine waves are 1
    waves = np.array([[0.1, 0.2], [0.5, 0.5]])
    np.testing.assert_allclose(star(along, (0.5, 0.5), (0.2, 0.2), waves), np.exp(-0.3), rtol=1e-5)


def test_a_vessel_tree_is_connected_and_thins() -> None:
    tree = grow(draw("tree"), (0.5, 0.5), 0.3, 0.1, 0.02, 4)
    assert len(tree.start) == 1 + 2 + 4 + 8
    parents = {tuple(point) for point in tree.stop} | {(0.5, 0.5)}
    assert all(tuple(point) in parents for point in tree.start)
    assert (np.diff(tree.radius, axis=1) < 0).all()


def test_averaging_and_majority_of_a_block() -> None:
    fine = np.array([[0, 1, 2, 2], [1, 1, 2, 0], [0, 0, 1, 1], [0, 0, 2, 2]])
    np.testing.assert_allclose(average_down(fine, 2), [[0.75, 1.5], [0, 1.5]])
    np.testing.assert_array_equal(majority(fine, (0, 1, 2), 2), [[1, 2], [0, 1]])


def dilated(mask: np.ndarray) -> np.ndarray:
    grown = mask.copy()
    for axis in (0, 1):
        for shift in (-1, 1):
            grown |= np.roll(mask, shift, axis)
    return grown


def test_the_wall_encloses_the_left_ventricle_and_touches_the_right() -> None:
    for case in Phantom(family="template", structure="lv", images=10, label_noise=0.0).cases():
        mask = case.read_mask()
        around = dilated(mask == LV) & (mask != LV)
        assert (mask[around] == MYO).all()
        assert (dilated(mask == RV) & (mask == MYO)).any()


def test_the_heart_lies_between_the_lungs() -> None:
    for case in Phantom(images=10, label_noise=0.0).cases():
        columns = np.indices((64, 64))[1]
        mask = case.read_mask()
        right, left, heart = (columns[mask == value].mean() for value in (1, 2, HEART))
        assert right < heart < left  # the patient's right is on the left of the picture
