import pytest
import torch

from segaug.augment.task_driven.networks import LATENT, DeformationGenerator, Discriminator, IntensityGenerator
from segaug.deform.warp import warp
from segaug.rng import stream

PARAMETERS = {
    DeformationGenerator: {64: 171_858, 224: 753_618, 320: 1_412_946},
    IntensityGenerator: {64: 171_584, 224: 753_344, 320: 1_412_672},
    Discriminator: {64: 762_209, 224: 1_499_489, 320: 2_335_073},
}


def inputs(rows, size, channels=1):
    rng = stream(0, "inputs")
    return torch.rand(rows, channels, *size, generator=rng), torch.randn(rows, LATENT, generator=rng)


@pytest.mark.parametrize("network", PARAMETERS)
def test_parameter_counts_are_those_of_the_published_layers(network):
    for side, count in PARAMETERS[network].items():
        with torch.device("meta"):
            assert sum(p.numel() for p in network((side, side), 1).parameters()) == count


@pytest.mark.parametrize("channels", [1, 3])
def test_outputs_have_the_size_of_the_image(channels):
    image, z = inputs(2, (32, 64), channels)
    assert DeformationGenerator((32, 64), channels)(image, z).shape == (2, 2, 32, 64)
    assert IntensityGenerator((32, 64), channels)(image, z).shape == image.shape
    assert Discriminator((32, 64), channels)(image).shape == (2,)


def test_a_change_of_intensity_stays_below_one():
    image, z = inputs(4, (32, 32))
    generator = IntensityGenerator((32, 32), 1)
    with torch.no_grad():
        generator.last.weight.mul_(1e4)
    assert generator(image, z).abs().max() <= 1


def test_a_generator_starts_with_a_field_that_a_gradient_can_pass():
    """From a last layer of zeros the shared warp would keep the bits of each row, and nothing would be learned."""
    image, z = inputs(4, (32, 32))
    field = DeformationGenerator((32, 32), 1)(image, z)
    assert (field.flatten(1).norm(dim=1) > 0).all()


def test_what_is_generated_depends_on_image_and_code():
    image, z = inputs(4, (32, 32))
    for kind in (DeformationGenerator, IntensityGenerator):
        generator = kind((32, 32), 1).eval()
        first = generator(image[:1], z[:1])
        assert not torch.equal(generator(image[1:2], z[:1]), first)
        assert not torch.equal(generator(image[:1], z[1:2]), first)


@pytest.mark.parametrize("kind", [DeformationGenerator, IntensityGenerator])
def test_in_inference_mode_a_row_does_not_depend_on_its_neighbours(kind):
    image, z = inputs(4, (32, 32))
    generator = kind((32, 32), 1).eval()
    torch.testing.assert_close(generator(image, z)[1:2], generator(image[1:2], z[1:2]), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("side", [64, 224])
def test_the_same_output_moves_the_content_by_the_same_share_of_the_side(side):
    """A constant field (0, 7) moves by exactly 7 pixels of 224, by exactly 2 of 64; to the left, as it pulls."""
    field = torch.zeros(1, 2, side, side)
    field[:, 1] = 7.0
    image = torch.rand(1, 1, side, side, generator=stream(0, "image"))
    moved = warp(image, DeformationGenerator.in_px(field))
    shift = 7 * side // 224
    torch.testing.assert_close(moved[..., :-shift], image[..., shift:], atol=1e-4, rtol=0)
