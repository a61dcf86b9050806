from math import pi

import pytest
import torch
from monai.transforms import Affine

from segaug.augment.augment import Draw, apply, augment, draw
from segaug.augment.baseline import Baseline, BaselineParams, pull_back
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.rng import stream

STILL = {"p_flip": 0, "p_rotation": 0, "p_affine": 0, "p_histogram_shift": 0}


def rng(*names):
    return stream(5, *names)


def matrices(baseline, batch):
    return baseline.sample(batch, None, rng("matrices")).matrix.double()


@pytest.mark.parametrize("size", [(64, 48), (37, 53)])
def test_a_flip_is_torch_flip(make_batch, size):
    batch = make_batch(size=size)
    flipped = augment((Baseline(**STILL | {"p_flip": 1}),), None, batch, rng)
    torch.testing.assert_close(flipped.image, batch.image.flip((2, 3)), atol=1e-5, rtol=0)
    assert torch.equal(flipped.label, batch.label.flip((2, 3)))


def test_axes_flip_apart_and_half_of_the_time(make_batch):
    sign = matrices(Baseline(**STILL | {"p_flip": 0.5}), make_batch(rows=2000, size=(4, 5))).diagonal(dim1=1, dim2=2)
    assert set(sign.unique().tolist()) == {-1, 1}
    for rows in (-1, 1):
        for columns in (-1, 1):
            share = ((sign[:, 0] == rows) & (sign[:, 1] == columns)).float().mean()
            assert 0.2 < share < 0.3


def test_rotation_fills_its_range(make_batch):
    turns = matrices(Baseline(**STILL | {"p_rotation": 1}), make_batch(rows=2000, size=(4, 5)))
    angle = torch.atan2(turns[:, 1, 0], turns[:, 0, 0]) * 180 / pi
    assert -15 <= angle.min() < -14.5
    assert 14.5 < angle.max() <= 15
    torch.testing.assert_close(turns @ turns.mT, torch.eye(2).double().expand_as(turns), atol=1e-6, rtol=0)


def test_a_rotation_keeps_shapes_in_an_oblong_image(make_batch):
    """Angles are those of pixels, not of a square stretched over the image."""
    batch = make_batch(rows=20, size=(96, 40))
    row, column = torch.meshgrid(torch.arange(96.0) - 47.5, torch.arange(40.0) - 19.5, indexing="ij")
    disc = (row**2 + column**2 < 12**2).float().expand(20, 1, 96, 40)
    discs = Batch(disc, disc, batch.index, batch.spacing_mm, batch.source)
    turned = augment((Baseline(**STILL | {"p_rotation": 1}),), None, discs, rng)
    assert (turned.label - disc).abs().sum((1, 2, 3)).max() < 40  # some of the rim's 75; a stretched turn moves 150


def test_scale_and_shear_fill_their_ranges_together(make_batch):
    maps = matrices(Baseline(**STILL | {"p_affine": 0.5}), make_batch(rows=4000, size=(4, 5)))
    still = (maps == torch.eye(2)).all((1, 2))
    assert 0.45 < still.float().mean() < 0.55
    maps = maps[~still]
    rows, shear_of_columns = maps[:, 0, 0], maps[:, 1, 0] / maps[:, 0, 0]
    columns = maps.det() / rows
    for scale in (rows, columns):
        assert scale.min() >= 0.9 - 1e-6
        assert scale.min() < 0.91
        assert 1.09 < scale.max() <= 1.1 + 1e-6
    assert 0.095 < shear_of_columns.abs().max() <= 0.1 + 1e-6
    assert abs(torch.corrcoef(torch.stack([rows, columns]))[0, 1]) < 0.1


def test_half_of_the_rows_rotate_and_half_shift_their_histogram(make_batch):
    params = Baseline().sample(make_batch(rows=2000, size=(4, 5)), None, rng("halves"))
    assert 0.45 < params.shifted.float().mean() < 0.55
    turned = matrices(Baseline(**STILL | {"p_rotation": 0.5}), make_batch(rows=2000, size=(4, 5)))[:, 0, 1] != 0
    assert 0.45 < turned.float().mean() < 0.55


@pytest.mark.parametrize("size", [(64, 64), (61, 44)])
def test_monai_agrees_on_equal_flip_angle_shear_and_scale(make_batch, size):
    batch = make_batch(rows=5, size=size)
    angle, shear, scale = 0.5 * torch.rand(5) - 0.25, 0.4 * torch.rand(5, 2) - 0.2, 0.6 * torch.rand(5, 2) + 0.7
    flip = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, 1.0]])
    matrix = pull_back(*(each.numpy() for each in (flip, angle, shear, scale)))
    params = BaselineParams(matrix, torch.rand(5, 10), torch.zeros(5, dtype=torch.bool))
    every, none = torch.ones(5, dtype=torch.bool), torch.zeros(5, dtype=torch.bool)
    ours = apply((Draw(Baseline(), params, every, none),), None, batch)
    for i in range(5):
        flipped = [axis + 1 for axis in range(2) if flip[i, axis] < 0]
        peer = Affine(
            rotate_params=angle[i].item(),
            shear_params=shear[i].tolist(),
            scale_params=scale[i].tolist(),
            padding_mode="zeros",
            image_only=True,
        )
        image = torch.as_tensor(peer(batch.image[i].flip(flipped), mode="bilinear"))
        label = torch.as_tensor(peer(batch.label[i].flip(flipped), mode="nearest"))
        torch.testing.assert_close(ours.image[i], image, atol=1e-4, rtol=0)
        assert (ours.label[i] != label).float().mean() < 1e-3  # midway between two pixels, rounding decides


def test_recolouring_touches_only_the_rows_that_drew_it(make_batch):
    batch = make_batch(rows=40, size=(9, 8))
    baseline = Baseline(**STILL | {"p_histogram_shift": 0.5})
    shifted = draw((baseline,), None, batch, rng)[0].params.shifted
    image = augment((baseline,), None, batch, rng).image
    assert torch.equal((image != batch.image).flatten(1).any(1), shifted)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"p_flip": 1.5}, "augment.p_flip in conf/augment/baseline.yaml: got 1.5; use a probability from 0 to 1"),
        ({"p": -1}, "augment.p: got -1; use a probability"),
        ({"min_scale": 0}, "augment.min_scale in conf/augment/baseline.yaml: got 0 with max_scale 1.1"),
        ({"min_scale": 1.2}, "use 0 < min_scale <= max_scale"),
        ({"control_points": 2}, "augment.control_points in conf/augment/baseline.yaml: got 2; use at least 3"),
    ],
)
def test_a_wrong_option_is_refused(option, message):
    with pytest.raises(ConfigError) as error:
        Baseline(**option)
    assert message in str(error.value)


def one_of_five(make_batch, rows=4000, **options):
    return matrices(Baseline(scheme="one_of_five", **options), make_batch(rows=rows, size=(4, 5)))


def test_one_of_five_does_one_thing_to_an_image(make_batch):
    maps = one_of_five(make_batch)
    identity = torch.eye(2).double()
    still = (maps - identity).abs().amax((1, 2)) < 1e-6
    mirrored = ((maps - torch.diag(torch.tensor([1.0, -1.0]))).abs() < 1e-6).all((1, 2))
    scaled = (maps - maps[:, :1, :1] * identity).abs().amax((1, 2)) < 1e-6
    scaled &= ~still
    scaled &= maps[:, 0, 0] > 0.5  # a turn by 180 degrees is diagonal as well
    angle = (torch.atan2(maps[:, 1, 0], maps[:, 0, 0]) * 180 / pi)[~(still | mirrored | scaled)]
    eighth = ((angle / 45).round() - angle / 45).abs() < 1e-5
    shares = [still.float().mean(), mirrored.float().mean(), scaled.float().mean(), len(angle) / len(maps)]
    # nothing, half of the flips and an eighth of the turns are still; the rest of the turns and all rotations turn
    for share, expected in zip(shares, (0.2 + 0.1 + 0.025, 0.1, 0.2, 0.2 + 0.175), strict=True):
        assert abs(share - expected) < 4 * (expected * (1 - expected) / len(maps)) ** 0.5
    assert angle[~eighth].abs().max() <= 15
    assert angle[eighth].div(45).round().remainder(8).unique().tolist() == [1, 2, 3, 4, 5, 6, 7]
    torch.testing.assert_close(maps.det().abs()[~scaled], torch.ones(len(maps)).double()[~scaled], atol=1e-6, rtol=0)


def test_one_of_five_scales_both_axes_alike(make_batch):
    diagonal = one_of_five(make_batch, p_flip=0).diagonal(dim1=1, dim2=2)
    assert torch.equal(diagonal[:, 0], diagonal[:, 1])


def test_one_of_five_leaves_empty_images_and_all_grey_values(make_batch):
    batch = make_batch(rows=40)
    empty = Batch(0.001 * batch.image, batch.label, batch.index, batch.spacing_mm, batch.source)
    scheme = (Baseline(scheme="one_of_five"),)
    assert torch.equal(augment(scheme, None, empty, rng).label, batch.label)
    moved = augment(scheme, None, batch, rng)
    assert not torch.equal(moved.label, batch.label)
    assert not draw(scheme, None, batch, rng)[0].params.shifted.any()


def test_labels_are_soft_on_demand(make_batch):
    batch = make_batch()
    soft = augment((Baseline(labels="bilinear"),), None, batch, rng).label
    hard = augment((Baseline(),), None, batch, rng).label
    assert set(hard.unique().tolist()) == {0, 1}
    assert ((soft > 0.01) & (soft < 0.99)).any()
    sure = (soft - 0.5).abs() > 0.49
    assert torch.equal(soft.round()[sure], hard[sure])


@pytest.mark.parametrize("option", ["scheme", "labels"])
def test_another_word_is_refused_by_name(option):
    with pytest.raises(ConfigError, match=rf"augment\.{option}.*choose from"):
        Baseline(**{option: "other"})
