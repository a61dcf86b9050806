import math

import pytest
import torch

from segaug.augment.gan_losses import adversarial_loss, discriminator_loss, gradient_penalty

ZERO = torch.zeros(3)


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
