import pytest
import torch

from segaug.augment.augpaint.noise import PREDICTIONS, STEPS, clean, gaussian_loss, noised, signal_shares, target
from segaug.rng import stream


def test_the_schedule_is_that_of_latent_diffusion():
    shares = signal_shares()
    assert len(shares) == STEPS
    assert (shares.diff() < 0).all()
    torch.testing.assert_close(shares[0], torch.tensor(1 - 0.0015, dtype=torch.float64))
    torch.testing.assert_close(shares[-1] / shares[-2], torch.tensor(1 - 0.0195, dtype=torch.float64))
    roots = (1 - shares[1:] / shares[:-1]).sqrt()
    torch.testing.assert_close(roots.diff(), roots.diff().mean().expand(STEPS - 2))  # linear in the root of beta


def test_noised_latents_have_the_moments_of_the_forward_process():
    share = torch.tensor(0.3).view(1, 1)
    z = noised(torch.full((200_000, 1), 2.0), torch.randn(200_000, 1, generator=stream(0, "noise")), share)
    assert z.mean().item() == pytest.approx(2 * 0.3**0.5, abs=0.01)
    assert z.var().item() == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_a_right_prediction_gives_the_clean_latent_back(prediction):
    rng = stream(0, "pairs")
    latent, noise = torch.randn(2, 500, 3, generator=rng, dtype=torch.float64)
    share = signal_shares()[torch.randint(STEPS, (500, 1), generator=rng)]
    found = clean(prediction, target(prediction, latent, noise, share), noised(latent, noise, share), share)
    torch.testing.assert_close(found, latent)


@pytest.mark.parametrize("prediction", PREDICTIONS)
@pytest.mark.parametrize("variance", [0.04, 1.0, 2.5])
def test_the_closed_form_is_the_loss_of_the_best_predictor_of_a_gaussian(prediction, variance):
    """Independent normal latents: E[z_0 | z_t] is linear in z_t."""
    rng = stream(0, "gaussian")
    latent, noise = torch.randn(2, 400_000, generator=rng, dtype=torch.float64)
    latent = latent * variance**0.5
    share = signal_shares()[torch.randint(STEPS, (400_000,), generator=rng)]
    noisy = noised(latent, noise, share)
    mean = share.sqrt() * variance / (share * variance + 1 - share) * noisy
    best = target(prediction, mean, (noisy - share.sqrt() * mean) / (1 - share).sqrt(), share)
    loss = (best - target(prediction, latent, noise, share)).square().mean().item()
    assert gaussian_loss(prediction, torch.tensor([variance])) == pytest.approx(loss, rel=0.02)
