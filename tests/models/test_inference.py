import pytest
import torch
from monai.inferers.utils import sliding_window_inference
from torch import nn

from segaug.models.inference import forward_of, logits_of
from segaug.models.nnunet import NnUnet


class Local(nn.Module):
    """Logits that depend on each pixel alone, and what images it was given."""

    def __init__(self):
        super().__init__()
        self.given = []

    def forward(self, image):
        self.given.append(tuple(image.shape))
        return torch.cat([2 * image, image - 1], dim=1)


@pytest.fixture
def image():
    return torch.rand(3, 1, 40, 56, generator=torch.Generator().manual_seed(0))


def test_without_a_window_the_network_is_given_whole_images(image):
    network = Local()
    assert forward_of(network, None) is network
    assert torch.equal(logits_of(network, image, rows=2), Local()(image))
    assert network.given == [(2, 1, 40, 56), (1, 1, 40, 56)]


@pytest.mark.parametrize("window", [(40, 56), (64, 56)])
def test_one_window_is_the_plain_forward_pass(image, window):
    network = NnUnet(feature_size=2).build().eval()
    assert torch.equal(logits_of(network, image, window=window), logits_of(network, image))


def test_windows_are_joined_by_a_gaussian_over_half_of_each():
    network, image = NnUnet(feature_size=2).build().eval(), torch.rand(2, 1, 40, 56)
    with torch.no_grad():
        expected = sliding_window_inference(
            image, (32, 32), 4, network, overlap=0.5, mode="gaussian", sigma_scale=0.125
        )
    joined = logits_of(network, image, window=(32, 32))
    torch.testing.assert_close(joined, expected, atol=1e-5, rtol=0)
    assert (joined - logits_of(network, image)).abs().max() > 1e-3  # instance norm sees what it was trained on


def test_where_the_network_looks_at_a_pixel_alone_windows_change_nothing(image):
    network = Local()
    torch.testing.assert_close(logits_of(network, image, window=(16, 24)), Local()(image), atol=1e-5, rtol=0)
    assert {shape[2:] for shape in network.given} == {(16, 24)}


def test_a_way_of_predicting_is_given_the_network_by_windows(image):
    """So that test-time augmentation transforms the whole image."""

    def flipped(forward, image):
        assert image.shape[2:] == (40, 56)
        return forward(image.flip(-1)).flip(-1)

    network = Local()
    found = logits_of(network, image, flipped, window=(16, 24))
    torch.testing.assert_close(found, Local()(image), atol=1e-5, rtol=0)
    assert {shape[2:] for shape in network.given} == {(16, 24)}


def test_it_is_asked_in_inference_mode_and_put_back(image):
    network = NnUnet(feature_size=2).build().train()
    assert not logits_of(network, image, window=(16, 16)).requires_grad
    assert network.training


@pytest.mark.parametrize("window", [None, (32, 32)])
def test_a_network_that_predicts_in_bfloat16_still_gives_float32_logits(image, window):
    network = NnUnet(feature_size=2).build()
    exact = logits_of(network, image, window=window)
    network.inference_precision = "bfloat16"
    low = logits_of(network, image, window=window)
    assert low.dtype == torch.float32
    assert 0 < (low - exact).abs().mean() < 0.02


def test_the_precision_of_inference_does_not_reach_training():
    network, image = NnUnet(feature_size=2).build(), torch.rand(1, 1, 32, 32)
    exact = network(image)
    network.inference_precision = "bfloat16"
    assert torch.equal(network(image), exact)
