import numpy as np
import pytest
import torch
from monai.transforms import RandHistogramShift

from segaug.augment.baseline import Baseline, BaselineParams
from segaug.augment.draws import unit_uniforms
from segaug.augment.histogram_shift import rising_levels, shift_histogram
from segaug.deform import blocks
from segaug.rng import stream


def drawn_levels(rows, count, rng):
    return rising_levels(*unit_uniforms(rng, (rows, count)))


def test_levels_rise_between_fixed_ends():
    levels = drawn_levels(200, 10, stream(0, "levels"))
    assert levels.shape == (200, 10)
    assert (levels[:, 0] == 0).all()
    assert (levels[:, -1] == 1).all()
    assert (levels.diff(dim=1) >= 0).all()


def test_each_level_lies_uniformly_between_its_moved_left_and_its_unmoved_right_neighbour():
    levels = drawn_levels(20_000, 10, stream(0, "levels"))
    even = torch.linspace(0, 1, 10)
    for i in range(1, 9):
        place = (levels[:, i] - levels[:, i - 1]) / (even[i + 1] - levels[:, i - 1])
        # Mean and variance of U(0, 1): what a draw between unmoved neighbours would not give.
        assert place.mean().item() == pytest.approx(1 / 2, abs=0.01)
        assert place.var().item() == pytest.approx(1 / 12, abs=0.003)


def test_monai_agrees_on_equal_control_points():
    images = 3 * torch.rand(4, 2, 30, 41) - 1
    levels = drawn_levels(4, 10, stream(1, "levels"))
    peer = RandHistogramShift(num_control_points=10, prob=1.0)
    peer.randomize()
    for image, level, ours in zip(images, levels, shift_histogram(images, levels), strict=True):
        peer.reference_control_points, peer.floating_control_points = np.linspace(0, 1, 10), level.numpy()
        torch.testing.assert_close(ours, torch.as_tensor(peer(image, randomize=False)), atol=1e-5, rtol=0)


def test_range_and_order_of_grey_values_stay():
    image = torch.rand(3, 1, 20, 25)
    shifted = shift_histogram(image, drawn_levels(3, 10, stream(2, "levels")))
    for before, after in zip(image.flatten(1), shifted.flatten(1), strict=True):
        torch.testing.assert_close(after.aminmax(), before.aminmax())
        assert (after[before.argsort()].diff() >= -1e-6).all()


def test_even_levels_change_nothing():
    image = torch.rand(2, 1, 20, 25)
    torch.testing.assert_close(shift_histogram(image, torch.linspace(0, 1, 10).repeat(2, 1)), image)


def test_an_image_that_is_not_finite_spoils_only_its_own_row():
    image = torch.rand(2, 1, 5, 6)
    image[0, 0, 2, 2] = float("nan")
    shifted = shift_histogram(image, drawn_levels(2, 10, stream(4, "levels")))
    assert shifted[0].isnan().any()
    assert shifted[1].isfinite().all()


@pytest.mark.parametrize("grey", [0.0, 0.7, -2.0])
def test_a_flat_image_stays_as_it_is(grey):
    image = torch.full((1, 1, 5, 6), grey)
    assert torch.equal(shift_histogram(image, drawn_levels(1, 10, stream(3, "levels"))), image)


@pytest.mark.parametrize("cache_bytes", [1, 40_000])
def test_how_many_rows_are_worked_on_at_a_time_changes_no_bit(monkeypatch, cache_bytes):
    image, levels = torch.rand(5, 2, 20, 25), drawn_levels(5, 10, stream(5, "levels"))
    whole = shift_histogram(image, levels)
    monkeypatch.setattr(blocks, "_CACHE_BYTES", cache_bytes)
    assert torch.equal(shift_histogram(image, levels), whole)


def test_where_gradients_are_asked_for_values_are_the_same_and_the_slope_is_that_of_the_cell():
    image, levels = torch.rand(3, 1, 20, 25), drawn_levels(3, 10, stream(6, "levels"))
    learned = image.clone().requires_grad_()
    shifted = shift_histogram(learned, levels)
    assert torch.equal(shifted, shift_histogram(image, levels))
    shifted.sum().backward()
    low, high = image.flatten(1).amin(1).view(-1, 1, 1, 1), image.flatten(1).amax(1).view(-1, 1, 1, 1)
    cell = ((image - low) / (high - low) * 9).long().clamp(max=8)
    slope = 9 * levels.diff(dim=1).gather(1, cell.flatten(1)).view_as(image)
    inner = (image > low) & (image < high)
    torch.testing.assert_close(learned.grad[inner], slope[inner], atol=1e-4, rtol=0)


@pytest.mark.parametrize("shifted", [[True, True, True], [False, True, False], [False, False, False]])
def test_the_baseline_shifts_the_rows_that_drew_it_and_no_others(shifted):
    image, levels = torch.rand(3, 1, 20, 25), drawn_levels(3, 10, stream(7, "levels"))
    every = shift_histogram(image, levels)
    made = Baseline().recolour(
        image, BaselineParams(torch.eye(2).expand(3, -1, -1), levels, torch.tensor(shifted)), None
    )
    for row, is_shifted in enumerate(shifted):
        assert torch.equal(made[row], (every if is_shifted else image)[row])
