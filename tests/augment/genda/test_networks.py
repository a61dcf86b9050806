import pytest
import torch

from segaug.augment.genda.networks import LATENT, Discriminator, Generator, evidence, working_size
from segaug.deform.warp import warp
from tests.augment.genda.examples import smooth

GRID = (32, 24)


@pytest.fixture(scope="module")
def generator():
    return Generator(GRID, width=4, scale_px=2.0).eval().requires_grad_(False)


def drawn(rows, size=GRID):
    return smooth(rows, 1, grid=size).sigmoid(), torch.randn(rows, LATENT, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("size", "side", "grid"),
    [((64, 64), 32, (32, 32)), ((256, 128), 32, (32, 16)), ((40, 57), 32, (24, 32)), ((21, 20), 32, (24, 16)),
     ((500, 20), 64, (64, 16))],
)  # fmt: skip
def test_the_working_grid_is_small_and_keeps_the_proportions_where_it_can(size, side, grid):
    assert working_size(size, side) == grid


@pytest.mark.parametrize("size", [GRID, (64, 48), (57, 40), (30, 77)])
def test_a_field_has_the_size_asked_for_whatever_the_images_is(generator, size):
    image, z = drawn(3, size)
    assert generator(image, z).shape == (3, 2, *GRID)
    assert generator(image, z, size).shape == (3, 2, *size)


def test_at_another_size_it_is_the_same_field_in_its_pixels(generator):
    image, z = drawn(3)
    field = generator(image, z)
    torch.testing.assert_close(generator(image, z, (96, 72))[..., 1::3, 1::3], 3 * field)
    stretched = generator(image, z, (32, 72))[..., 1::3]
    torch.testing.assert_close(stretched[:, 0], field[:, 0])
    torch.testing.assert_close(stretched[:, 1], 3 * field[:, 1])


def test_a_field_depends_on_its_own_image_and_code_alone(generator):
    image, z = drawn(4)
    fields = generator(image, z)
    torch.testing.assert_close(generator(image[1:2], z[1:2]), fields[1:2])
    assert (generator(image, z.flip(0)) - fields).abs().amin((1, 2, 3)).shape == (4,)
    assert (generator(image, z.flip(0)) - fields).abs().amax((1, 2, 3)).min() > 0
    assert (generator(image.flip(0), z) - fields).abs().amax((1, 2, 3)).min() > 0


def test_its_amplitude_is_the_scale(generator):
    image, z = drawn(3)
    double = Generator(GRID, width=4, scale_px=4.0)
    double.load_state_dict({**generator.state_dict(), "scale_px": torch.tensor(4.0)})
    torch.testing.assert_close(double(image, z), 2 * generator(image, z))


def test_evidence_is_the_image_its_fields_and_the_image_warped_by_each():
    image, fields = smooth(3, 1, grid=GRID).sigmoid(), 2 * smooth(3, 2, 2, grid=GRID)
    shown = evidence(image, fields, torch.tensor(0.5))
    assert shown.shape == (3, 7, *GRID)
    assert torch.equal(shown[:, :1], image)
    torch.testing.assert_close(shown[:, 1:3], 2 * fields[:, 0])
    torch.testing.assert_close(shown[:, 3:5], 2 * fields[:, 1])
    for field in (0, 1):
        want = warp(image, fields[:, field], padding="border")
        torch.testing.assert_close(shown[:, 5 + field : 6 + field], want)


def test_evidence_survives_a_diverged_field():
    fields = torch.full((1, 2, 2, *GRID), torch.nan, requires_grad=True)
    evidence(torch.rand(1, 1, *GRID), fields, torch.tensor(1.0)).sum().backward()  # would crash the process


@pytest.mark.parametrize("grid", [(32, 32), (24, 16), (64, 32)])
def test_the_discriminator_gives_one_logit_a_row_from_all_channels(grid):
    judge = Discriminator(grid, width=4, fields=2)
    shown = torch.randn(5, 7, *grid, requires_grad=True)
    logits = judge(shown)
    assert logits.shape == (5,)
    (gradient,) = torch.autograd.grad(logits[2], shown)
    used = gradient.abs().amax((2, 3))
    assert (used[2] > 0).all()
    assert (used[[0, 1, 3, 4]] == 0).all()


def test_spectral_norm_bounds_how_fast_the_discriminator_changes():
    judge = Discriminator(GRID, width=4, fields=2)
    for _ in range(50):
        judge(torch.randn(2, 7, *GRID))  # each pass in training mode improves the estimate of the norms
    for layer in (*judge.down, judge.last):
        norms = torch.linalg.svdvals(layer.weight.flatten(1))
        assert norms[0].item() == pytest.approx(1, rel=0.02)
