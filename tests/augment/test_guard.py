"""Momenta that are shot from where an affine map looks: the composed map, and the guard of the flow itself."""

import pytest
import torch
from torch import Tensor

from segaug.augment import guard
from segaug.augment.guard import DRIFT, MARGIN, guarded_displacement_px, guarded_field
from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.jacobian import min_jacobian
from segaug.deform.spline_field import SplineField
from segaug.registration.lddmm import Lddmm, register
from segaug.registration.maps import displacement_px, inverse_map_px, seen_from
from segaug.registration.modes import Modes
from segaug.registration.shooting import energy, shoot
from tests.registration.examples import WEAK, momenta, pairs

MODES = Modes((64, 48))
TURNED = torch.tensor([[[0.9, 0.3], [-0.3, 0.95]], [[-1.0, 0.0], [0.0, 1.0]], [[0.8, 0.2], [0.1, -0.9]]])
STRENGTHS = torch.linspace(0.3, 2.5, 24).view(-1, 1, 1, 1)


def calm(rows: int = 3) -> Tensor:
    return momenta(MODES, rows).float()


def changed_px(field: Tensor, other: Tensor) -> Tensor:
    return (field - other).norm(dim=1).mean((1, 2))


def in_full_px(w: Tensor, modes: Modes, limit: float | None, matrix: Tensor) -> Tensor:
    return compose_px(guarded_displacement_px(w, modes, limit), affine_px(matrix, modes.size))


@pytest.mark.parametrize("limit", [None, 0.05, 0.3])
@pytest.mark.parametrize(("strength", "most_px"), [(0.5, 0.02), (0.7, 0.02), (1.0, 0.04), (2.0, 0.02)])
def test_it_is_the_composed_map(strength, most_px, limit):
    """White momenta are rougher than any that registration finds; most of the strongest are shot in full."""
    w = strength * calm()
    found = guarded_field(w, MODES, limit, TURNED).dense_px()
    assert float(changed_px(found, in_full_px(w, MODES, limit, TURNED)).mean()) <= most_px


def test_mixtures_of_registrations_change_by_hundredths_of_a_pixel():
    moving, fixed = pairs((64, 64))
    modes = Modes((64, 64))
    single = register(moving[:1].expand(3, -1, -1, -1), fixed, Lddmm()).momentum
    weights = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0], [0.2, 0.3, 0.5]])
    w = torch.einsum("ij,jabc->iabc", weights, single)
    matrix = TURNED[:1].expand(5, 2, 2)
    changed = changed_px(guarded_field(w, modes, 0.05, matrix).dense_px(), in_full_px(w, modes, 0.05, matrix))
    assert float(changed.mean()) <= 0.02
    assert float(changed.max()) <= 0.05


def test_a_constant_velocity_is_a_translation_of_what_the_matrix_shows():
    w = torch.zeros(3, *MODES.shape)
    w[:, :, 0, 0] = torch.tensor([0.1, -0.05])
    at_once = guarded_displacement_px(w, MODES, None)[:, :, :1, :1]
    expected = affine_px(TURNED, MODES.size) + at_once
    torch.testing.assert_close(guarded_field(w, MODES, 0.05, TURNED).dense_px(), expected, rtol=0, atol=1e-3)


def test_what_does_not_move_is_the_affine_map():
    still = guarded_field(torch.zeros(3, *MODES.shape), MODES, 0.05, TURNED)
    assert isinstance(still, SplineField)  # and is not shot in full
    torch.testing.assert_close(still.dense_px(), affine_px(TURNED, MODES.size), rtol=0, atol=1e-5)


def looked_at(w: Tensor, modes: Modes, matrix: Tensor) -> Tensor:
    """Smallest determinants among the few particles, as training sees them."""
    return seen_from(shoot(w, modes, 2), modes, matrix, guard.PARTICLES, min(guard.CELLS, max(modes.size)))[1]


def drift(w: Tensor, modes: Modes) -> Tensor:
    path = shoot(w, modes, 2)
    return torch.stack([(energy(at) / energy(w) - 1).abs() for at in path]).amax(0)


@pytest.mark.parametrize("modes", [WEAK, Modes((64, 64)), Modes((96, 64), ell=0.05)], ids=lambda modes: str(modes.size))
def test_what_the_particles_call_calm_no_pixel_refuses(modes):
    """Nor does it come near: determinants among them are at most half the margin too large."""
    w = momenta(modes, 24).float() * STRENGTHS
    looked = looked_at(w, modes, torch.eye(2).expand(24, 2, 2))
    in_full = min_jacobian(displacement_px(w, modes, modes.size))
    calm = (looked >= 0.05 + MARGIN) & (drift(w, modes) <= DRIFT)
    assert calm.any()
    assert (~(in_full >= 0.05)).any()
    assert (in_full[calm] >= looked[calm] - MARGIN / 2).all()


@pytest.mark.parametrize("modes", [Modes((64, 64)), MODES], ids=lambda modes: str(modes.size))
def test_rows_whose_energy_strays_are_shot_in_full(modes):
    """No strain tells of them, and half the steps are too few."""
    w = momenta(modes, 24).float() * STRENGTHS
    matrix = TURNED[:1].expand(24, 2, 2)
    strays = (drift(w, modes) > DRIFT) & (looked_at(w, modes, matrix) > MARGIN)
    assert strays.any()
    found = torch.cat([guarded_field(w[i : i + 1], modes, None, matrix[:1]).dense_px() for i in range(24)])
    assert torch.equal(
        found[strays], torch.cat([in_full_px(w[i : i + 1], modes, None, matrix[:1]) for i in strays.nonzero()[:, 0]])
    )


def test_the_energy_tells_how_far_off_half_the_steps_are(monkeypatch):
    modes, matrix = Modes((64, 64)), TURNED[:1].expand(24, 2, 2)
    w = momenta(modes, 24).float() * STRENGTHS
    monkeypatch.setattr(guard, "DRIFT", torch.inf)
    monkeypatch.setattr(guard, "MARGIN", -torch.inf)
    off = changed_px(guarded_field(w, modes, None, matrix).dense_px(), in_full_px(w, modes, None, matrix))
    few = drift(w, modes) <= DRIFT
    assert off[few].max() < 0.1 < off[~few].max()


def finely_px(w: Tensor, modes: Modes) -> Tensor:
    """Shot in many steps, with a particle in each pixel."""
    return inverse_map_px(shoot(w, modes, 16), modes, modes.size, max(modes.size), 4 * max(modes.size))


@pytest.mark.parametrize(("strength", "most_px"), [(0.5, 0.02), (0.8, 0.04)])
@pytest.mark.parametrize("size", [(64, 48), (96, 96), (98, 80), (128, 100), (256, 256)])
def test_it_is_as_good_as_a_much_finer_integration(size, strength, most_px):
    modes = Modes(size)
    w = strength * momenta(modes, 3).float()
    found = guarded_field(w, modes, None, TURNED)
    assert isinstance(found, SplineField)  # none is shot in full
    expected = compose_px(finely_px(w, modes), affine_px(TURNED, size))
    assert float(changed_px(found.dense_px(), expected).mean()) <= most_px


def test_no_map_folds():
    w = momenta(WEAK, 6).float() * torch.tensor([0.5, 1, 1.5, 2, 2.5, 0.2]).view(-1, 1, 1, 1)
    assert (min_jacobian(guarded_field(w, WEAK, 0.05, TURNED[:1].expand(6, 2, 2)).dense_px()) > 0).all()


def test_rows_are_apart_and_the_guard_does_not_see_the_matrix():
    w = momenta(WEAK, 3).float() * torch.tensor([0.3, 2.0, 2.0]).view(-1, 1, 1, 1)
    field = guarded_field(w, WEAK, 0.05, TURNED).dense_px()
    alone = guarded_field(w[1:2], WEAK, 0.05, TURNED[1:2]).dense_px()
    torch.testing.assert_close(field[1:2], alone, rtol=0, atol=1e-4)
    looked = [looked_at(w[:1], WEAK, TURNED[i : i + 1]) for i in range(3)]
    assert looked[0].item() == pytest.approx(looked[1].item(), abs=1e-6)
    assert looked[0].item() == pytest.approx(looked[2].item(), abs=1e-6)
