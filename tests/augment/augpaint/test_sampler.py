"""The sampler beside a denoiser that is known exactly: that of a Gaussian."""

from functools import partial

import pytest
import torch

from segaug.augment.augpaint.noise import signal_shares
from segaug.augment.augpaint.sampler import Range, Sampling, grid, painted
from segaug.rng import stream

DRAWS = 20_000
PLAIN = Sampling("epsilon", 50)
PAIR = torch.tensor([[1.0, 0.9], [0.9, 1.0]], dtype=torch.float64)
NOTHING, FIRST = torch.tensor([False, False]).view(1, 1, 2, 1), torch.tensor([True, False]).view(1, 1, 2, 1)


def best_epsilon(z, t):
    """E[eps | z_t] of z_0 ~ N(0, PAIR): the best denoiser that there can be."""
    share = signal_shares()[t]
    inverse = torch.linalg.inv(share * PAIR + (1 - share) * torch.eye(2, dtype=torch.float64))
    return ((1 - share).sqrt() * z.flatten(1).double() @ inverse).to(z).view(z.shape)


def sample(sampling=PLAIN, known=0.0, kept=NOTHING, draws=DRAWS, predict=best_epsilon, bounds=None):
    """(draws, 2)"""
    rng = stream(0, "gaussian")
    source = torch.tensor([known, 0.0]).view(1, 1, 2, 1).expand(draws, 1, 2, 1)
    draw = partial(torch.randn, draws, 1, 2, 1, generator=rng)
    return painted(predict, source, kept, sampling, draw, bounds).flatten(1)


def closed_form_variance(eigenvalue, steps):
    """Of the samples along an eigenvector: every pass is linear in z, with noise of its own."""
    shares = signal_shares()[grid(steps)]
    before = torch.cat([shares.new_ones(1), shares[:-1]])
    variance = 1.0
    for share, following in zip(shares.flip(0).tolist(), before.flip(0).tolist(), strict=True):
        noise = (1 - share) ** 0.5 / (share * eigenvalue + 1 - share)  # eps = noise * z
        spread = (1 - following) / (1 - share) * (1 - share / following)
        factor = (following / share) ** 0.5 * (1 - (1 - share) ** 0.5 * noise) + (1 - following - spread) ** 0.5 * noise
        variance = factor**2 * variance + spread
    return variance


@pytest.mark.parametrize(("steps", "published"), [(50, 0.944), (25, 0.889), (10, 0.778)])
def test_without_a_mask_it_samples_the_gaussian_as_well_as_that_many_steps_can(steps, published):
    wide, narrow = closed_form_variance(1.9, steps), closed_form_variance(0.1, steps)
    samples = sample(Sampling("epsilon", steps))
    assert samples.std(0).mean().item() == pytest.approx(((wide + narrow) / 2) ** 0.5, abs=0.015)
    assert samples.std(0).mean().item() == pytest.approx(published, abs=0.025)
    assert torch.corrcoef(samples.T)[0, 1].item() == pytest.approx((wide - narrow) / (wide + narrow), abs=0.005)


def test_two_hundred_and_fifty_steps_come_near_the_truth():
    assert sample(Sampling("epsilon", 250), draws=5000).std(0).mean().item() == pytest.approx(1, abs=0.03)


def test_the_surroundings_hear_more_of_what_is_known_the_more_passes_a_step_has():
    """Truth: mean 1.35, standard deviation 0.436."""
    found = {
        resample: sample(Sampling("epsilon", 50, resample=resample), known=1.5, kept=FIRST)[:, 1]
        for resample in (1, 2, 5)
    }
    means = {resample: values.mean().item() for resample, values in found.items()}
    assert means == pytest.approx({1: 0.91, 2: 1.11, 5: 1.26}, abs=0.02)
    assert found[1].std().item() == pytest.approx(0.52, abs=0.02)  # 0.61 with one noise for all steps
    assert found[5].std().item() == pytest.approx(0.36, abs=0.02)


def test_what_is_known_spreads_as_far_as_its_last_noise_before_it_is_pasted():
    """0.008 where 1 - abar lacks its root."""
    known = sample(Sampling("epsilon", 50, paste_latent=False), known=1.5, kept=FIRST)[:, 0]
    assert known.mean().item() == pytest.approx(1.5, abs=0.02)
    assert known.std().item() == pytest.approx(0.054, abs=0.002)


def test_no_noise_on_the_way_is_worse_and_decided_by_the_start():
    """eta = 0: every number is a function of the start and of the noise of what is known."""
    still = Sampling("epsilon", 50, eta=0.0)
    assert sample(still, known=1.5, kept=FIRST)[:, 1].mean().item() == pytest.approx(0.68, abs=0.02)
    start = torch.randn(7, 1, 2, 1, generator=stream(0, "start"))
    draws = [iter([start, *torch.randn(200, 7, 1, 2, 1, generator=stream(0, other))]) for other in ("a", "b")]
    one, two = (
        painted(best_epsilon, torch.zeros_like(start), NOTHING, still, partial(next, draw), None) for draw in draws
    )
    assert torch.equal(one, two)


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 50, 333, 500])
def test_the_variance_of_a_step_never_exceeds_what_is_left(steps):
    times = grid(steps)
    assert len(times) == len(set(times)) == steps
    shares = signal_shares()[times]
    before = torch.cat([shares.new_ones(1), shares[:-1]])
    spread = (1 - before) / (1 - shares) * (1 - shares / before)
    assert (1 - before - spread >= -1e-12).all()


def test_what_is_kept_everywhere_is_the_source_bit_for_bit():
    everything = torch.ones(1, 1, 2, 1, dtype=torch.bool)
    assert (sample(known=1.5, kept=everything, draws=9) == torch.tensor([1.5, 0.0])).all()


def test_without_a_mask_the_source_does_not_matter():
    assert torch.equal(sample(known=1.5, draws=9), sample(known=-7.0, draws=9))


def test_v_and_epsilon_of_the_same_knowledge_give_the_same_samples():
    def best_v(z, t):
        share = signal_shares()[t]
        epsilon = best_epsilon(z, t)
        latent = (z - (1 - share).sqrt() * epsilon) / share.sqrt()
        return share.sqrt() * epsilon - (1 - share).sqrt() * latent

    one, two = sample(draws=50), sample(Sampling("v", 50), draws=50, predict=best_v)
    torch.testing.assert_close(one, two.to(one), atol=1e-4, rtol=0)


def test_clean_latents_are_clamped_to_their_range():
    bound = torch.full((1, 1, 1, 1), 0.5)
    low, high = sample(bounds=Range(-bound, bound), draws=500).aminmax()
    assert (low.item(), high.item()) == pytest.approx((-0.5, 0.5), abs=1e-6)
    wide = 100 * bound
    torch.testing.assert_close(sample(bounds=Range(-wide, wide), draws=50), sample(draws=50), atol=1e-4, rtol=0)
