"""The space of momenta: an orthonormal basis, its derivatives, and the kernel."""

from math import cos, pi, sin, sqrt

import pytest
import torch

from segaug.registration.modes import Modes, widened
from tests.registration.examples import momenta

LIKE = torch.empty((), dtype=torch.float64)
WIDE = Modes((96, 160))


@pytest.mark.parametrize("axis", [0, 1])
def test_the_basis_is_orthonormal_on_any_grid_that_resolves_it(axis):
    values = WIDE.basis(axis, 26, LIKE)
    torch.testing.assert_close(values.T @ values / 26, torch.eye(17, dtype=torch.float64))


def test_derivatives_are_by_length_of_which_the_longer_side_has_one_unit():
    """sqrt2 sin(2 pi 3 y / 0.6) on the shorter side."""
    where, middle = 2 * WIDE.k - (WIDE.k - 3), (100 + 0.5) / 1000
    assert WIDE.lengths == (0.6, 1)
    slope = WIDE.slope(0, 1000, LIKE)[100, where]
    assert slope.item() == pytest.approx(sqrt(2) * 2 * pi * 3 / 0.6 * cos(2 * pi * 3 * middle))
    assert WIDE.basis(0, 1000, LIKE)[100, where].item() == pytest.approx(sqrt(2) * sin(2 * pi * 3 * middle))


def test_the_kernel_damps_by_the_wave_numbers_of_both_axes():
    root = Modes((96, 160), ell=0.2, s=1.5).root_kernel(LIKE)
    assert root[0, 0] == 1
    squared = (2 * pi * 2 / 0.6) ** 2 + (2 * pi * 5) ** 2  # 2 waves down the rows, 5 along the columns
    assert root[2, WIDE.k + 5].item() == pytest.approx((1 + 0.04 * squared) ** -0.75)


def test_a_velocity_is_the_sum_of_its_modes():
    w = torch.zeros(1, *WIDE.shape, dtype=torch.float64)
    w[0, 1, 0, 2] = 3.0
    velocity = WIDE.velocity(w, (5, 7))
    along = ((torch.arange(7, dtype=torch.float64) + 0.5) / 7 * 4 * pi).cos()
    expected = 3 * WIDE.root_kernel(LIKE)[0, 2] * sqrt(2) * along.expand(5, 7)
    torch.testing.assert_close(velocity[0, 1], expected)
    assert not velocity[0, 0].any()


def test_widened_momenta_have_the_same_velocity():
    w = momenta(Modes((64, 64), k=3), 2)
    wide = widened(w, 7)
    assert wide.shape == (2, 2, 15, 15)
    narrow_velocity = Modes((64, 64), k=3).velocity(w, (20, 20))
    torch.testing.assert_close(Modes((64, 64), k=7).velocity(wide, (20, 20)), narrow_velocity)
    assert widened(w, 3) is w
