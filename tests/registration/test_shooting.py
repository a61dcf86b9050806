"""Shooting keeps what geodesics keep, and its adjoint is exact."""

from functools import partial
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from segaug.registration.maps import inverse_map_px
from segaug.registration.modes import Modes
from segaug.registration.shooting import energy, shoot
from tests.registration.examples import REGULAR, WEAK, momenta

OBLONG = Modes((80, 128), k=4)


def drift(path: Tensor) -> float:
    """Largest relative change of the energy along paths."""
    along = torch.stack([energy(w) for w in path])
    return float(((along - along[0]) / along[0]).abs().max())


def per_halving(errors: list[float]) -> list[float]:
    return [coarse / fine for coarse, fine in pairwise(errors)]


@pytest.mark.parametrize("modes", [REGULAR, WEAK, OBLONG], ids=["regular", "weak", "oblong"])
def test_energy_is_kept_and_its_error_falls_with_the_fourth_order(modes):
    w = momenta(modes, 8)
    errors = [drift(shoot(w, modes, steps)) for steps in (4, 8, 16, 32)]
    assert errors[0] <= 5e-3
    assert errors[0] > 1e-8  # there is something to keep
    assert min(per_halving(errors)) >= 12


def test_single_precision_keeps_energy_as_well():
    assert drift(shoot(momenta(WEAK, 8).float(), WEAK, 4)) <= 5e-3


def test_the_endpoint_is_reached_with_the_fourth_order():
    w = momenta(REGULAR, 8)
    end = shoot(w, REGULAR, 128)[-1]
    errors = [float((shoot(w, REGULAR, steps)[-1] - end).norm()) for steps in (4, 8, 16)]
    assert min(per_halving(errors)) >= 12


def test_shooting_back_from_the_end_returns_to_the_start():
    w = momenta(REGULAR, 8)
    back = -shoot(-shoot(w, REGULAR)[-1], REGULAR)[-1]
    assert float((back - w).norm() / w.norm()) <= 1e-2


def test_a_constant_velocity_is_a_geodesic():
    w = torch.zeros(1, *REGULAR.shape, dtype=torch.float64)
    w[0, :, 0, 0] = torch.tensor([0.1, -0.05], dtype=torch.float64)
    path = shoot(w, REGULAR)
    assert (path - w).abs().max() < 1e-15


def test_a_geodesic_twice_as_fast_is_the_same_curve():
    w = momenta(REGULAR)
    torch.testing.assert_close(shoot(2 * w, REGULAR, 8)[4], 2 * shoot(w, REGULAR, 4)[4], rtol=1e-12, atol=1e-12)


def shifted(w: Tensor, modes: Modes, by: tuple[float, float]) -> Tensor:
    """The momentum moved by shares of the sides: each pair of cosine and sine turns."""
    waves = 2 * torch.pi * torch.arange(1, modes.k + 1, dtype=w.dtype)
    for axis, share in enumerate(by):
        parts = w.movedim(2 + axis, 0)
        constant, cosine, sine = parts[:1], parts[1 : modes.k + 1], parts[modes.k + 1 :]
        c, s = ((waves * share).cos().view(-1, 1, 1, 1), (waves * share).sin().view(-1, 1, 1, 1))
        w = torch.cat([constant, cosine * c - sine * s, cosine * s + sine * c]).movedim(0, 2 + axis)
    return w


@pytest.mark.parametrize("modes", [REGULAR, OBLONG], ids=["square", "oblong"])
def test_a_moved_momentum_shoots_the_moved_geodesic(modes):
    w, move = momenta(modes), partial(shifted, modes=modes, by=(1 / 4, -3 / 32))
    velocity = modes.velocity(w, (32, 32))
    torch.testing.assert_close(modes.velocity(move(w), (32, 32)), velocity.roll((8, -3), (2, 3)))
    moved, still = shoot(move(w), modes)[-1], shoot(w, modes)[-1]
    assert (moved - move(still)).abs().max() <= 1e-12


def test_exchanged_axes_shoot_the_exchanged_geodesic():
    turned = Modes((128, 80), k=4)
    w = momenta(OBLONG)
    exchanged = shoot(w.mT.flip(1), turned)[-1].mT.flip(1)
    torch.testing.assert_close(exchanged, shoot(w, OBLONG)[-1], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("size", [(128, 128), (96, 128)])
def test_momentum_is_carried_by_the_flow(size):
    """m_1 = |D psi| (D psi)^T m_0(psi), for momenta so smooth that truncation does not matter (1e-2 at k = 8)."""
    modes = Modes(size, k=16)
    w = momenta(modes, 2, peak=0.06, k=2)
    path, grid = shoot(w, modes, 8), (2 * size[0], 2 * size[1])
    psi_px = inverse_map_px(path, modes, grid, particles=128, cells=512)
    middle = tuple(slice(n // 4, -n // 4) for n in grid)  # whose particles stay inside the image
    per_px = max(grid)
    rows, columns = (torch.arange(n, dtype=w.dtype) + 0.5 for n in grid)
    psi = (psi_px + torch.stack(torch.meshgrid(rows, columns, indexing="ij"))) / per_px
    by_row, by_column = (torch.gradient(psi, spacing=1 / per_px, dim=axis)[0] for axis in (2, 3))
    volume = by_row[:, 0] * by_column[:, 1] - by_row[:, 1] * by_column[:, 0]
    start = at_points(w / modes.root_kernel(w), modes, psi)
    carried = volume[:, None] * torch.stack([(by_row * start).sum(1), (by_column * start).sum(1)], 1)
    there = modes.basis(0, grid[0], w) @ (path[-1] / modes.root_kernel(w)) @ modes.basis(1, grid[1], w).T
    difference = (carried - there)[:, :, *middle]
    assert float(difference.norm() / there[:, :, *middle].norm()) <= 2e-3


def at_points(coefficients: Tensor, modes: Modes, points: Tensor) -> Tensor:
    """Field of coefficients (B, 2, n, n) at points (B, 2, H, W), in lengths; (B, 2, H, W)."""
    values = []
    for axis in (0, 1):
        phase = 2 * torch.pi * points[:, axis, ..., None] / modes.lengths[axis] * torch.arange(1, modes.k + 1)
        values.append(torch.cat([torch.ones_like(phase[..., :1]), 2**0.5 * phase.cos(), 2**0.5 * phase.sin()], -1))
    return torch.einsum("bhwi,bcij,bhwj->bchw", values[0], coefficients, values[1])


def plain_shoot(w: Tensor, modes: Modes, steps: int) -> Tensor:
    """The same scheme with nothing but differentiable products."""
    n = 3 * modes.k + 2
    values = [modes.basis(axis, n, w) for axis in (0, 1)]
    slopes = [modes.slope(axis, n, w) for axis in (0, 1)]
    root = modes.root_kernel(w)

    def on_grid(field: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        return torch.einsum("pi,bcij,qj->bcpq", rows, field, columns)

    def slope_of(w: Tensor) -> Tensor:
        m, v = w / root, w * root
        m_grid, v_grid = on_grid(m, *values), on_grid(v, *values)
        dv = torch.stack([on_grid(v, slopes[0], values[1]), on_grid(v, values[0], slopes[1])], 1)  # [b, by, component]
        pulled = torch.einsum("bjcpq,bcpq->bjpq", dv, m_grid)
        flux = torch.einsum("bcpq,bjpq->bjcpq", m_grid, v_grid)
        weak = torch.einsum("bcpq,pi,qj->bcij", flux[:, 0], slopes[0], values[1])
        weak = weak + torch.einsum("bcpq,pi,qj->bcij", flux[:, 1], values[0], slopes[1])
        whole = torch.einsum("bcpq,pi,qj->bcij", pulled, *values) - weak
        return -root * whole / n**2

    path, h = [w], 1 / steps
    for _ in range(steps):
        one = slope_of(w)
        two = slope_of(w + h / 2 * one)
        three = slope_of(w + h / 2 * two)
        w = w + h / 6 * (one + 2 * two + 2 * three + slope_of(w + h * three))
        path.append(w)
    return torch.stack(path)


@pytest.mark.parametrize("modes", [REGULAR, WEAK, OBLONG], ids=["regular", "weak", "oblong"])
def test_values_and_gradients_are_those_of_autograd_through_the_same_scheme(modes):
    w = momenta(modes).requires_grad_()
    ours, plain = shoot(w, modes), plain_shoot(w, modes, 4)
    assert float((ours - plain).detach().norm() / plain.detach().norm()) <= 1e-12
    towards = torch.randn(ours.shape, dtype=ours.dtype, generator=torch.Generator().manual_seed(1))
    gradient, expected = (torch.autograd.grad((path * towards).sum(), w)[0] for path in (ours, plain))
    assert float((gradient - expected).norm() / expected.norm()) <= 1e-12


def test_the_gradient_agrees_with_differences():
    modes = WEAK
    w = momenta(modes, 1).requires_grad_()
    towards, direction = momenta(modes, 2, seed=2)

    def value(w: Tensor) -> Tensor:
        return (shoot(w, modes)[-1] * towards).sum()

    (gradient,) = torch.autograd.grad(value(w), w)
    step = 1e-4
    with torch.no_grad():
        difference = (value(w + step * direction) - value(w - step * direction)) / (2 * step)
    torch.testing.assert_close((gradient * direction).sum(), difference, rtol=1e-8, atol=0)


def test_rows_are_apart():
    w = momenta(REGULAR, 5).float().requires_grad_()
    whole, alone = shoot(w, REGULAR), shoot(w[3:4], REGULAR)
    assert torch.equal(whole[:, 3:4], alone)
    gradient, of_one = (torch.autograd.grad(path[-1].square().sum(), w)[0][3] for path in (whole, alone))
    assert torch.equal(gradient, of_one)


def test_the_path_needs_no_gradient_when_none_is_asked():
    path = shoot(momenta(REGULAR), REGULAR, steps=2)
    assert path.shape == (3, 4, 2, 17, 17)
    assert not path.requires_grad
