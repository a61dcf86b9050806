import pytest
import torch
from monai.transforms import CenterSpatialCrop, Rand2DElastic
from monai.transforms.utils import create_control_grid, create_grid
from torch.nn import functional as F

from segaug.augment.augment import augment, draw, total_displacement_px
from segaug.augment.baseline import Baseline
from segaug.augment.red import RandomElastic
from segaug.deform.jacobian import min_jacobian
from segaug.deform.warp import warp
from segaug.errors import ConfigError
from segaug.rng import stream

FLIP = Baseline(p_flip=1, p_rotation=0, p_affine=0, p_histogram_shift=0)
TURN = Baseline(p_rotation=1, p_affine=1, p_histogram_shift=0)


def rng(*names):
    return stream(11, *names)


def field_px(red, batch):
    return red.displacement_px(batch, red.sample(batch, None, rng("red")), None).dense_px()


def peers_ripple_px(size, spacing_px):
    """What MONAI's bicubic interpolation of control positions does when nothing is displaced."""
    control = create_control_grid(size, (spacing_px, spacing_px), backend="torch", dtype=torch.float32)
    enlarged = F.interpolate(
        control[None], scale_factor=[spacing_px] * 2, recompute_scale_factor=True, mode="bicubic", align_corners=False
    )
    return (CenterSpatialCrop(size)(enlarged[0]) - create_grid(size, backend="torch"))[:2].float()


@pytest.mark.parametrize(("size", "spacing_px"), [((64, 64), 8.0), ((80, 59), 10.0), ((96, 96), 13.0)])
def test_monai_agrees_on_equal_offsets_but_for_its_ripple(make_batch, size, spacing_px):
    batch = make_batch(rows=2, size=size)
    red = RandomElastic(spacing_px=spacing_px, reference_side_px=max(size), min_magnitude_px=0.5, max_magnitude_px=1.5)
    offsets = red.sample(batch, None, rng("red"))
    ripple = peers_ripple_px(size, spacing_px)
    ours = warp(batch.image, red.displacement_px(batch, offsets, None).dense_px() + ripple)
    for i in range(2):
        peer = Rand2DElastic((spacing_px, spacing_px), (1, 1), prob=1.0, padding_mode="zeros")
        peer.deform_grid.randomize = lambda grid_size: None
        peer.deform_grid.random_offset, peer.deform_grid.rand_mag = offsets[i].numpy(), 1.0
        torch.testing.assert_close(ours[i], torch.as_tensor(peer(batch.image[i])), atol=1e-4, rtol=0)


def test_the_ripple_is_real_and_ours_has_none(make_batch):
    assert peers_ripple_px((256, 256), 32.0).abs().max() > 1.5
    still = RandomElastic(min_magnitude_px=0, max_magnitude_px=0)
    assert (field_px(still, make_batch(size=(64, 64))) == 0).all()


def test_lengths_scale_with_the_longer_side(make_batch):
    red, small, large = RandomElastic(), make_batch(size=(64, 48)), make_batch(size=(128, 96))
    offsets = red.sample(small, None, rng("red"))
    torch.testing.assert_close(red.sample(large, None, rng("red")), 2 * offsets)
    # The same picture at twice the size: a pixel of the small one covers 2 x 2 of the large one.
    coarse = F.avg_pool2d(field_px(red, large), 2)
    torch.testing.assert_close(coarse, 2 * field_px(red, small), atol=0.05, rtol=0)  # fields of up to 5 px


def test_offsets_are_normal_with_one_uniform_magnitude_an_image(make_batch):
    red = RandomElastic(spacing_px=4, reference_side_px=64, min_magnitude_px=1, max_magnitude_px=4)
    offsets = red.sample(make_batch(rows=300, size=(64, 64)), None, rng("red"))
    magnitude = offsets.flatten(1).std(1)
    assert 0.9 < magnitude.min() < 1.2
    assert 3.8 < magnitude.max() < 4.3
    assert abs(magnitude.mean() - 2.5) < 0.15
    normal = (offsets / magnitude[:, None, None, None]).flatten()
    assert abs(normal.mean()) < 0.01
    assert (normal.abs() < 1).float().mean().item() == pytest.approx(0.683, abs=0.005)
    rows, columns = normal.view(300, 2, -1).unbind(1)
    assert abs((rows * columns).mean()) < 0.01


def test_it_folds_when_the_magnitude_is_well_above_a_third_of_the_spacing(make_batch):
    batch = make_batch(rows=64, size=(128, 128))
    strong = RandomElastic(min_magnitude_px=32, max_magnitude_px=32)
    assert (min_jacobian(field_px(RandomElastic(), batch)) <= 0).float().mean() == 0
    assert (min_jacobian(field_px(strong, batch)) <= 0).float().mean() > 0.9


def test_the_baseline_runs_before_it_with_its_own_numbers(make_batch):
    batch, red = make_batch(), RandomElastic(baseline=Baseline(p_histogram_shift=0))
    shared, own = draw(red.stages(), None, batch, rng)
    alone = draw(red.baseline.stages(), None, batch, rng)[0]
    assert torch.equal(shared.params.matrix, alone.params.matrix)
    only_red = augment((red,), None, batch, rng).image
    assert torch.equal(only_red, warp(batch.image, red.displacement_px(batch, own.params, None)))
    flipped = augment(RandomElastic(baseline=FLIP).stages(), None, batch, rng).image
    first = augment((FLIP,), None, batch, rng)
    torch.testing.assert_close(flipped, augment((red,), None, first, rng).image, atol=1e-4, rtol=0)


class Through:
    """What MONAI puts an elastic grid through, with a matrix that is given."""

    def __init__(self, matrix):
        self.matrix = torch.block_diag(matrix, torch.ones(1))

    def randomize(self): ...

    def __call__(self, grid):
        return torch.einsum("ij,jrc->irc", self.matrix, torch.as_tensor(grid, dtype=torch.float32))


def test_monai_has_the_same_order(make_batch):
    """Its elastic grid looks through the affine map, as one transform; ours has the ripple of its kernel added."""
    batch, size, spacing_px = make_batch(rows=1), (64, 48), 8.0
    red = RandomElastic(spacing_px=spacing_px, reference_side_px=64, baseline=TURN)
    shared, own = draw(red.stages(), None, batch, rng)
    matrix, ripple = shared.params.matrix[0], peers_ripple_px(size, spacing_px)
    field = total_displacement_px((shared, own), None, batch)
    ours = warp(batch.image, field + torch.einsum("ij,jrc->irc", matrix, ripple))
    peer = Rand2DElastic((spacing_px, spacing_px), (1, 1), prob=1.0, padding_mode="zeros")
    peer.deform_grid.randomize = lambda grid_size: None
    peer.deform_grid.random_offset, peer.deform_grid.rand_mag = own.params[0].numpy(), 1.0
    peer.rand_affine_grid = Through(matrix)
    torch.testing.assert_close(ours[0], torch.as_tensor(peer(batch.image[0])), atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"spacing_px": 0}, "augment.spacing_px in conf/augment/red.yaml: got 0; use a length above 0"),
        ({"reference_side_px": -1}, "augment.reference_side_px in conf/augment/red.yaml: got -1"),
        ({"min_magnitude_px": 5}, "augment.min_magnitude_px in conf/augment/red.yaml: got 5 with max_magnitude_px 4.0"),
        ({"min_magnitude_px": -1}, "use 0 <= min_magnitude_px <= max_magnitude_px"),
        ({"p": 2}, "augment.p: got 2"),
    ],
)
def test_a_wrong_option_is_refused(option, message):
    with pytest.raises(ConfigError) as error:
        RandomElastic(**option)
    assert message in str(error.value)
