"""Mixtures of momenta."""

import torch

from segaug.registration.mixing import mix
from segaug.registration.shooting import energy
from tests.registration.examples import REGULAR, momenta


def test_a_weight_of_one_keeps_the_bits():
    w = momenta(REGULAR, 6).float().view(2, 3, *REGULAR.shape)
    weights = torch.eye(3)
    assert torch.equal(mix(w, weights[[1, 2]]), torch.stack([w[0, 1], w[1, 2]]))


def test_a_mixture_is_the_weighted_sum_of_its_row():
    w = momenta(REGULAR, 6).view(2, 3, *REGULAR.shape)
    weights = torch.tensor([[0.2, 0.5, 0.3], [0.6, 0.4, 0.0]], dtype=w.dtype)
    expected = torch.stack([0.2 * w[0, 0] + 0.5 * w[0, 1] + 0.3 * w[0, 2], 0.6 * w[1, 0] + 0.4 * w[1, 1]])
    torch.testing.assert_close(mix(w, weights), expected)


def test_it_has_no_more_energy_than_its_largest_part():
    w = momenta(REGULAR, 60).view(20, 3, *REGULAR.shape)
    weights = torch.distributions.Dirichlet(torch.ones(3, dtype=w.dtype)).sample((20,))
    largest = torch.stack([energy(part) for part in w.unbind(1)]).amax(0)
    assert (energy(mix(w, weights)) <= largest).all()
