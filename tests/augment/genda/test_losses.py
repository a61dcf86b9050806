import math

import pytest
import torch

from segaug.augment.genda.losses import adversarial_loss, discriminator_loss, folding, gradient_penalty, roughness
from segaug.deform.affine import affine_px

ZERO = torch.zeros(3)


def affine(matrix, size=(20, 30)):
    return affine_px(torch.tensor(matrix)[None], size)


def test_the_undecided_pay_log_2_and_the_certain_nothing():
    assert discriminator_loss(ZERO, ZERO).item() == pytest.approx(2 * math.log(2))
    assert adversarial_loss(ZERO).item() == pytest.approx(math.log(2))
    assert discriminator_loss(ZERO + 50, ZERO - 50) < 1e-6
    assert adversarial_loss(ZERO + 50) < 1e-6


def test_a_generator_that_is_found_out_has_full_gradient():
    logits = (ZERO - 50).requires_grad_()
    adversarial_loss(logits).backward()
    torch.testing.assert_close(logits.grad, -torch.ones(3) / 3)


def test_the_penalty_of_a_linear_discriminator_is_half_its_squared_weights():
    weight = torch.randn(7, 5, 6, generator=torch.Generator().manual_seed(0), requires_grad=True)
    evidence = torch.randn(4, 7, 5, 6, requires_grad=True)
    penalty = gradient_penalty((evidence * weight).flatten(1).sum(1), evidence)
    assert penalty.item() == pytest.approx(0.5 * weight.square().sum().item(), rel=1e-5)
    penalty.backward()
    torch.testing.assert_close(weight.grad, weight.detach())


def test_roughness_of_an_affine_field_is_the_squared_norm_of_its_slope():
    assert roughness(affine([[1.0, 0.0], [0.0, 1.0]])) == 0
    assert roughness(affine([[1.2, 0.5], [-0.1, 0.7]])).item() == pytest.approx(0.04 + 0.25 + 0.01 + 0.09, rel=1e-4)


def test_nothing_is_paid_for_the_identity_a_shift_or_a_mild_strain():
    assert folding(affine([[1.0, 0.0], [0.0, 1.0]])) == 0
    assert folding(affine([[1.0, 0.0], [0.0, 1.0]]) + 5) == 0
    assert folding(affine([[0.3, 0.0], [0.0, 0.3]])) == 0


def test_a_mirrored_image_pays_its_determinant_and_the_margin():
    assert folding(affine([[-1.0, 0.0], [0.0, 1.0]])).item() == pytest.approx(1.05, rel=1e-4)


def test_a_fold_at_one_corner_of_one_cell_is_paid_for():
    field = torch.zeros(1, 2, 9, 9)
    field[0, 0, 4, 4] = 1.25  # on central differences, every determinant is positive
    assert folding(field) > 0


def test_descending_the_penalty_unfolds():
    field = affine([[-0.2, 0.0], [0.0, 1.0]], (12, 12)).clone().requires_grad_()
    before = folding(field).item()
    optimizer = torch.optim.Adam([field], lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        folding(field).backward()
        optimizer.step()
    assert folding(field) < 0.1 * before
