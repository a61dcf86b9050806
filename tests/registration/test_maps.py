"""Maps: units and direction, the inverse, agreement with a fine reference, and no crash."""

import pytest
import torch
from torch import Tensor

from segaug.deform.compose import compose_px
from segaug.deform.grid import centred_px
from segaug.deform.jacobian import min_jacobian
from segaug.registration.maps import displacement_px, inverse_map_px
from segaug.registration.modes import Modes
from segaug.registration.shooting import shoot
from tests.registration.examples import REGULAR, momenta

SIZES = [(128, 128), (75, 128), (101, 63)]


def interior(field: Tensor, margin: float = 0.15) -> Tensor:
    """Without the border, whose points may leave the image."""
    rows, columns = (slice(round(margin * n), n - round(margin * n)) for n in field.shape[2:])
    return field[..., rows, columns]


@pytest.mark.parametrize("size", SIZES)
def test_a_constant_velocity_is_a_translation_in_pixels(size):
    """0.1 down the rows and 0.05 back along the columns, in longer sides."""
    modes = Modes(size)
    w = torch.zeros(1, *modes.shape, dtype=torch.float64)
    w[0, :, 0, 0] = torch.tensor([0.1, -0.05])
    expected = torch.tensor([0.1, -0.05], dtype=torch.float64).view(1, 2, 1, 1) * max(size)
    path = shoot(w, modes)
    torch.testing.assert_close(
        inverse_map_px(-path.flip(0), modes, size), expected.expand(1, 2, *size), rtol=0, atol=1e-6
    )
    torch.testing.assert_close(inverse_map_px(path, modes, size), -expected.expand(1, 2, *size), rtol=0, atol=1e-6)
    torch.testing.assert_close(displacement_px(w, modes, size), inverse_map_px(path, modes, size))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("ell", "peak"), [(0.1, 0.1), (0.05, 0.05)])
def test_the_two_maps_are_each_others_inverse(size, ell, peak):
    modes = Modes(size, ell=ell)
    path = shoot(momenta(modes, peak=peak), modes)
    forward, inverse = inverse_map_px(-path.flip(0), modes, size), inverse_map_px(path, modes, size)
    assert interior(forward).norm(dim=1).amax() > 0.5 * peak * max(size)
    for there, back in ((forward, inverse), (inverse, forward)):
        left = interior(compose_px(there, back)).norm(dim=1)
        assert float(left.mean()) <= 0.05
        assert float(left.max()) <= 1


def reference_px(path: Tensor, modes: Modes, size: tuple[int, int]) -> Tensor:
    """Inverse map with a particle in every pixel and the velocity evaluated exactly where it is; clamped as ours is."""
    starts = [torch.arange(n, dtype=path.dtype) + 0.5 for n in size]
    start = torch.stack(torch.meshgrid(*starts, indexing="ij"))[None] / max(size)
    ends = start.new_tensor(modes.lengths).view(1, 2, 1, 1)
    half_cell = 1 / 256  # the outermost centres of the 128 cells on which velocities are tabulated

    def velocity(time: int, y: Tensor) -> Tensor:
        y = torch.minimum(torch.maximum(y, 0 * ends + half_cell), ends - half_cell)
        values = []
        for axis in (0, 1):
            phase = 2 * torch.pi * y[:, axis, ..., None] / modes.lengths[axis] * torch.arange(1, modes.k + 1)
            values.append(torch.cat([torch.ones_like(phase[..., :1]), 2**0.5 * phase.cos(), 2**0.5 * phase.sin()], -1))
        return -torch.einsum("bhwi,bcij,bhwj->bchw", values[0], path[time] * modes.root_kernel(path), values[1])

    y, h, last = start, 1 / (len(path) - 1), len(path) - 1
    for time in range(last, 0, -2):
        one = velocity(time, y)
        two = velocity(time - 1, y + h * one)
        three = velocity(time - 1, y + h * two)
        y = y + h / 3 * (one + 2 * (two + three) + velocity(time - 2, y + 2 * h * three))
    return max(size) * (y - start)


@pytest.mark.parametrize("size", [(128, 128), (96, 128)])
def test_the_map_is_that_of_a_fine_reference(size):
    modes = Modes(size)
    w = momenta(modes, 2)
    exact = reference_px(shoot(w, modes, 20), modes, size)
    assert float((displacement_px(w, modes, size) - exact).norm(dim=1).mean()) <= 0.05 * max(size) / 256


def test_four_steps_are_as_good_as_many():
    w = momenta(REGULAR)
    few, many = (inverse_map_px(shoot(w, REGULAR, steps), REGULAR, (128, 128)) for steps in (4, 64))
    assert float(interior(few - many).square().mean().sqrt()) <= 0.005  # a wrong weight of RK4: 0.01


@pytest.mark.parametrize("size", SIZES)
def test_displacements_scale_with_the_size_that_is_asked(size):
    modes = Modes(size)
    path = shoot(momenta(modes), modes)
    large = inverse_map_px(path, modes, (2 * size[0], 2 * size[1]))
    small = torch.nn.functional.avg_pool2d(large, 2) / 2
    assert float((small - inverse_map_px(path, modes, size)).norm(dim=1).mean()) <= 0.02


def test_exchanged_axes_give_the_exchanged_map():
    w = momenta(Modes((75, 128)))
    exchanged = displacement_px(w.mT.flip(1), Modes((128, 75)), (128, 75))
    torch.testing.assert_close(exchanged.mT.flip(1), displacement_px(w, Modes((75, 128)), (75, 128)))


def test_no_momentum_moves_nothing():
    assert not displacement_px(torch.zeros(2, *REGULAR.shape), REGULAR, (40, 50)).any()


def test_moderate_momenta_do_not_fold():
    field = displacement_px(momenta(REGULAR, 8, peak=0.06), REGULAR, (256, 256))
    assert 0 < float(min_jacobian(field).min()) < 0.5


def test_rows_are_apart():
    w = momenta(REGULAR, 5).float()
    assert torch.equal(displacement_px(w, REGULAR, (64, 64))[2:3], displacement_px(w[2:3], REGULAR, (64, 64)))


def test_half_precision_on_disk_costs_less_than_a_hundredth_of_a_pixel():
    w = momenta(REGULAR, 8, peak=0.05).float()
    exact, stored = (displacement_px(kept, REGULAR, (256, 256)) for kept in (w, w.half().float()))
    assert 0 < float((exact - stored).norm(dim=1).max()) <= 0.01


def test_the_gradient_through_a_map_agrees_with_differences():
    """Of a smooth function of the map: all of it but the image."""
    modes, size = Modes((48, 64)), (48, 64)
    w = momenta(modes, 1).requires_grad_()
    towards = torch.sin(centred_px(64, w) / 20) * torch.cos(centred_px(48, w) / 15)[:, None]
    direction = momenta(modes, 1, seed=3)

    def value(w: Tensor) -> Tensor:
        return (displacement_px(w, modes, size) * towards).sum()

    (gradient,) = torch.autograd.grad(value(w), w)
    with torch.no_grad():
        difference = (value(w + 1e-5 * direction) - value(w - 1e-5 * direction)) / 2e-5
    torch.testing.assert_close((gradient * direction).sum(), difference, rtol=1e-3, atol=0)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e30])
def test_a_momentum_that_is_no_number_shows_and_disturbs_no_other(bad):
    w = momenta(REGULAR, 2).float()
    w[0, 0, 1, 1] = bad
    field = displacement_px(w, REGULAR, (32, 32))
    assert not field[0].isfinite().all()
    assert torch.equal(field[1:], displacement_px(w[1:], REGULAR, (32, 32)))
