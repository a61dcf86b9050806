"""Momenta that are shot from where an affine map looks: today's composed map, and the guard of the flow itself."""

import pytest
import torch
from torch import Tensor

from segaug.augment.guard import MARGIN, guarded_displacement_px
from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.jacobian import min_jacobian
from segaug.registration.maps import displacement_px, seen_from_px
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


def test_what_the_particles_call_calm_no_pixel_refuses():
    w = momenta(WEAK, 24).float() * torch.linspace(0.3, 2.5, 24).view(-1, 1, 1, 1)
    matrix = torch.eye(2).expand(24, 2, 2)
    looked = seen_from_px(shoot(w, WEAK, 2), WEAK, matrix, 48, 96)[1]
    refused = ~(min_jacobian(displacement_px(w, WEAK, WEAK.size)) >= 0.05)
    assert refused.any()
    assert not (refused & (looked >= 0.05 + MARGIN)).any()
    assert (looked >= 0.05 + MARGIN).any()


def test_no_map_folds():
    w = momenta(WEAK, 6).float() * torch.tensor([0.5, 1, 1.5, 2, 2.5, 0.2]).view(-1, 1, 1, 1)
    assert (min_jacobian(guarded_displacement_px(w, WEAK, 0.05, TURNED[:1].expand(6, 2, 2))) > 0).all()


def test_rows_are_apart_and_the_guard_does_not_see_the_matrix():
    w = momenta(WEAK, 3).float() * torch.tensor([0.3, 2.0, 2.0]).view(-1, 1, 1, 1)
    field = guarded_displacement_px(w, WEAK, 0.05, TURNED)
    alone = guarded_displacement_px(w[1:2], WEAK, 0.05, TURNED[1:2])
    torch.testing.assert_close(field[1:2], alone, rtol=0, atol=1e-4)
    looked = [seen_from_px(shoot(w[:1], WEAK, 2), WEAK, TURNED[i : i + 1], 48, 96)[1] for i in range(3)]
    assert looked[0].item() == pytest.approx(looked[1].item(), abs=1e-6)
    assert looked[0].item() == pytest.approx(looked[2].item(), abs=1e-6)
