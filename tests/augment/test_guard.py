"""Momenta that are shot from where an affine map looks: today's composed map, and the guard of the flow itself."""

import pytest
import torch
from torch import Tensor

from segaug.augment.guard import CELLS, COARSE_PX, MARGIN, PARTICLES, coarse_path, guarded_displacement_px
from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.jacobian import min_jacobian
from segaug.registration.maps import displacement_px, inverse_map_px, seen_from_px
from segaug.registration.modes import Modes
from segaug.registration.shooting import shoot
from tests.registration.examples import WEAK, momenta

MODES = Modes((64, 48))
TURNED = torch.tensor([[[0.9, 0.3], [-0.3, 0.95]], [[-1.0, 0.0], [0.0, 1.0]], [[0.8, 0.2], [0.1, -0.9]]])


def calm(rows: int = 3) -> Tensor:
    return momenta(MODES, rows).float()


def changed_px(field: Tensor, other: Tensor) -> Tensor:
    return (field - other).norm(dim=1).mean((1, 2))


@pytest.mark.parametrize("limit", [None, 0.05, 0.3])
@pytest.mark.parametrize("strength", [0.5, 1.0, 2.0])
def test_it_is_the_composed_map(strength, limit):
    w = strength * calm()
    inner = guarded_displacement_px(w, MODES, limit)
    found = guarded_displacement_px(w, MODES, limit, TURNED)
    assert float(changed_px(found, compose_px(inner, affine_px(TURNED, MODES.size))).mean()) <= 0.02


def test_a_constant_velocity_is_a_translation_of_what_the_matrix_shows():
    w = torch.zeros(3, *MODES.shape)
    w[:, :, 0, 0] = torch.tensor([0.1, -0.05])
    at_once = guarded_displacement_px(w, MODES, None)[:, :, :1, :1]
    expected = affine_px(TURNED, MODES.size) + at_once
    torch.testing.assert_close(guarded_displacement_px(w, MODES, 0.05, TURNED), expected, rtol=0, atol=1e-3)


def looked_at(w: Tensor, modes: Modes, matrix: Tensor) -> Tensor:
    """Smallest determinants among the few particles, as training sees them."""
    return seen_from_px(coarse_path(w, modes), modes, matrix, PARTICLES, min(CELLS, max(modes.size)))[1]


@pytest.mark.parametrize("modes", [WEAK, Modes((64, 64)), Modes((96, 64), ell=0.05)], ids=lambda modes: str(modes.size))
def test_what_the_particles_call_calm_no_pixel_refuses(modes):
    """Nor does it come near: determinants among them are at most a third of the margin too large."""
    w = momenta(modes, 24).float() * torch.linspace(0.3, 2.5, 24).view(-1, 1, 1, 1)
    looked = looked_at(w, modes, torch.eye(2).expand(24, 2, 2))
    in_full = min_jacobian(displacement_px(w, modes, modes.size))
    calm = looked >= 0.05 + MARGIN
    assert calm.any()
    assert (~(in_full >= 0.05)).any()
    assert (in_full[calm] >= looked[calm] - MARGIN / 3).all()


def finely_px(w: Tensor, modes: Modes) -> Tensor:
    """Shot in many steps, with a particle in each pixel."""
    return inverse_map_px(shoot(w, modes, 16), modes, modes.size, max(modes.size), 4 * max(modes.size))


@pytest.mark.parametrize("size", [(64, 48), (COARSE_PX, COARSE_PX), (COARSE_PX + 2, 80)])
def test_it_is_as_good_as_a_much_finer_integration(size):
    """The last two are the largest size of half the steps, and one of all of them."""
    modes = Modes(size)
    w = 0.8 * momenta(modes, 3).float()
    found = guarded_displacement_px(w, modes, None, TURNED)
    assert (looked_at(w, modes, TURNED) >= MARGIN).all()  # none is shot in full
    assert float(changed_px(found, compose_px(finely_px(w, modes), affine_px(TURNED, size))).mean()) <= 0.02


def test_no_map_folds():
    w = momenta(WEAK, 6).float() * torch.tensor([0.5, 1, 1.5, 2, 2.5, 0.2]).view(-1, 1, 1, 1)
    assert (min_jacobian(guarded_displacement_px(w, WEAK, 0.05, TURNED[:1].expand(6, 2, 2))) > 0).all()


def test_rows_are_apart_and_the_guard_does_not_see_the_matrix():
    w = momenta(WEAK, 3).float() * torch.tensor([0.3, 2.0, 2.0]).view(-1, 1, 1, 1)
    field = guarded_displacement_px(w, WEAK, 0.05, TURNED)
    alone = guarded_displacement_px(w[1:2], WEAK, 0.05, TURNED[1:2])
    torch.testing.assert_close(field[1:2], alone, rtol=0, atol=1e-4)
    looked = [looked_at(w[:1], WEAK, TURNED[i : i + 1]) for i in range(3)]
    assert looked[0].item() == pytest.approx(looked[1].item(), abs=1e-6)
    assert looked[0].item() == pytest.approx(looked[2].item(), abs=1e-6)
