from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import pytest
import torch

from segaug.augment.augment import apply, augment, draw, total_displacement_px
from segaug.augment.baseline import Baseline
from segaug.augment.red import RandomElastic
from segaug.augment.strategy import Strategy
from segaug.batch import Batch
from segaug.deform.affine_field import AffineField
from segaug.deform.elastic_field import ElasticField
from segaug.errors import ConfigError
from segaug.rng import stream

RNG = partial(stream, 0, "test")


@dataclass(frozen=True, kw_only=True)
class Shift(Strategy):
    """Show what lies `columns` to the right."""

    columns: float = 3.0

    def displacement_px(self, batch, params, prepared):
        field = torch.zeros(len(batch), 2, *batch.image.shape[2:])
        field[:, 1] = self.columns
        return field


class Shift2(Shift):
    """A second stage of the same kind."""


@dataclass(frozen=True, kw_only=True)
class SoftShift(Shift):
    def soft_rows(self, batch, params):
        return torch.ones(len(batch), dtype=torch.bool)


@dataclass(frozen=True, kw_only=True)
class Brighten(Strategy):
    def recolour(self, image, params, prepared):
        return image + 1


@dataclass(frozen=True, kw_only=True)
class Double(Strategy):
    def recolour(self, image, params, prepared):
        return image * 2


@dataclass(frozen=True, kw_only=True)
class Average(Strategy):
    """Mix each row with its neighbour, half and half."""

    mixes_rows: ClassVar[bool] = True

    def mix(self, batch, params, prepared):
        return replace(batch, image=(batch.image + batch.image.roll(1, 0)) / 2, label=batch.label.roll(1, 0))


@dataclass(frozen=True, kw_only=True)
class Told(Strategy):
    """Add what `prepare` made."""

    def recolour(self, image, params, prepared):
        return image + prepared


FLIP = Baseline(p_flip=1, p_rotation=0, p_affine=0, p_histogram_shift=0)


def test_the_first_stage_acts_first(make_batch):
    batch = make_batch()
    moved = augment((Shift(), FLIP), None, batch, RNG)
    shifted = torch.zeros_like(batch.image)
    shifted[..., :-3] = batch.image[..., 3:]
    torch.testing.assert_close(moved.image, shifted.flip((2, 3)), atol=1e-4, rtol=0)


def test_a_field_that_varies_is_read_where_the_next_stage_looks(make_batch):
    """After a flip, the elastic offset of the other side counts: adding the two fields would not do."""
    batch, red = make_batch(), RandomElastic()
    elastic = augment((red,), None, batch, RNG)
    both = augment((red, FLIP), None, batch, RNG)
    torch.testing.assert_close(both.image, elastic.image.flip((2, 3)), atol=1e-4, rtol=0)
    assert (both.label != elastic.label.flip((2, 3))).float().mean() < 1e-3


def test_the_image_is_resampled_once(make_batch):
    batch = make_batch()
    batch = replace(batch, image=torch.rand_like(batch.image))  # noise: a second bilinear pass would blur it
    moved = augment((Shift(columns=0.5), Shift2(columns=0.5)), None, batch, RNG)
    torch.testing.assert_close(moved.image[..., :-1], batch.image[..., 1:], atol=1e-4, rtol=0)


def test_recolouring_comes_after_the_warp_and_in_the_order_of_the_stages(make_batch):
    batch = make_batch()
    assert (augment((Brighten(), Shift(columns=1000)), None, batch, RNG).image == 1).all()
    assert torch.equal(augment((Brighten(), Double()), None, batch, RNG).image, (batch.image + 1) * 2)


def test_labels_are_soft_only_where_a_stage_says_so(make_batch):
    batch = make_batch()
    hard = augment((Shift(columns=0.3), FLIP), None, batch, RNG).label
    soft = augment((FLIP, SoftShift(columns=0.3)), None, batch, RNG).label
    assert set(hard.unique().tolist()) == {0, 1}
    assert ((soft > 0.01) & (soft < 0.99)).any()
    assert soft.min() >= 0
    assert soft.max() <= 1


def test_labels_are_soft_in_no_other_row(make_batch):
    """Whether a row is soft is its own affair; the flip that follows does not make it so."""

    class SoftInSecond(Shift):
        def soft_rows(self, batch, params):
            return torch.arange(len(batch)) == 1

    batch = make_batch()
    label = augment((SoftInSecond(columns=0.3), FLIP), None, batch, RNG).label
    hard = augment((Shift(columns=0.3), FLIP), None, batch, RNG).label
    every = augment((SoftShift(columns=0.3), FLIP), None, batch, RNG).label
    other = torch.arange(len(batch)) != 1
    assert torch.equal(label[other], hard[other])
    assert torch.equal(label[1], every[1])
    assert not torch.equal(label[1], hard[1])


def test_label_and_image_see_the_same_field(make_batch):
    batch = make_batch(structures=2)
    batch = replace(batch, image=batch.label[:, :1])
    moved = augment(RandomElastic(baseline=Baseline(p_histogram_shift=0)).stages(), None, batch, RNG)
    sure = (moved.image < 0.01) | (moved.image > 0.99)
    assert torch.equal(moved.image[sure].round(), moved.label[:, :1][sure])
    assert sure.float().mean() > 0.8


def test_without_a_field_nothing_is_resampled(make_batch):
    batch = make_batch()
    assert augment((Brighten(),), None, batch, RNG).label is batch.label
    assert augment((Shift(p=0),), None, batch, RNG).image is batch.image
    assert total_displacement_px(draw((Brighten(),), None, batch, RNG), None, batch) is None


def test_p_is_the_share_of_rows_and_the_other_rows_keep_their_bits(make_batch):
    batch = make_batch(rows=400, size=(7, 9))
    for stage in (Shift(p=0.3), Brighten(p=0.3), Average(p=0.3)):
        moved = augment((stage,), None, batch, RNG)
        same = torch.tensor([torch.equal(a, b) for a, b in zip(moved.image, batch.image, strict=True)])
        assert 0.2 < 1 - same.float().mean() < 0.4, stage
        assert torch.equal(moved.label[same], batch.label[same])


def test_each_row_has_the_stages_that_are_applied_to_it(make_batch):
    """The elastic field after the baseline's, in closed form: of a row with one of them, that alone."""
    batch, red = make_batch(rows=40), RandomElastic(p=0.5, baseline=Baseline(p=0.5, p_histogram_shift=0))
    shared, own = draw(red.stages(), None, batch, RNG)
    total = total_displacement_px((shared, own), None, batch)
    alone = {stage: total_displacement_px((one,), None, batch) for stage, one in {"own": own, "shared": shared}.items()}
    assert {(a, b) for a, b in zip(own.applied.tolist(), shared.applied.tolist(), strict=True)} == {
        (True, True), (True, False), (False, True), (False, False),
    }  # fmt: skip
    assert torch.equal(total[~own.applied], alone["shared"][~own.applied])
    assert torch.equal(total[~shared.applied], alone["own"][~shared.applied])
    both = own.applied & shared.applied
    moved = torch.einsum("bij,bjrc->birc", shared.params.matrix[both], alone["own"][both])
    torch.testing.assert_close(total[both], alone["shared"][both] + moved, atol=1e-4, rtol=0)


def test_red_spells_no_field_out(make_batch, monkeypatch):
    batch, red = make_batch(), RandomElastic()
    for kind in (AffineField, ElasticField):
        monkeypatch.setattr(kind, "dense_px", lambda field: pytest.fail("nobody has asked for it"))
    augment(red.stages(), None, batch, RNG)
    augment((red.baseline,), None, batch, RNG)


def test_p_gates_its_own_stage_only(make_batch):
    batch = make_batch(rows=50, size=(7, 9))
    both = augment((Shift(p=0.5), Brighten()), None, batch, RNG)
    assert torch.equal(both.image, augment((Shift(p=0.5),), None, batch, RNG).image + 1)


def test_mixing_changes_image_and_label_after_everything_else(make_batch):
    batch = make_batch()
    mixed = augment((Average(), Brighten()), None, batch, RNG)
    torch.testing.assert_close(mixed.image, (batch.image + batch.image.roll(1, 0)) / 2 + 1)
    assert torch.equal(mixed.label, batch.label.roll(1, 0))


def test_every_stage_is_handed_what_was_prepared(make_batch):
    batch = make_batch()
    assert torch.equal(augment((Told(),), 5.0, batch, RNG).image, batch.image + 5)


def test_each_stage_draws_from_streams_of_its_own(make_batch):
    opened = []

    def rng(*names):
        opened.append(names)
        return RNG(*names)

    augment(RandomElastic(p=0.5).stages(), None, make_batch(), rng)
    expected = [("Baseline", "sample"), ("RandomElastic", "sample"), ("RandomElastic", "gate")]
    assert opened == expected  # no gate of what is applied to every row


def test_drawing_and_applying_is_augmenting(make_batch):
    batch, stages = make_batch(), RandomElastic().stages()
    assert torch.equal(
        apply(draw(stages, None, batch, RNG), None, batch).image, augment(stages, None, batch, RNG).image
    )


def test_half_precision_around_it_does_not_reach_the_fields(make_batch):
    batch, stages = make_batch(), RandomElastic().stages()
    with torch.autocast("cpu", torch.bfloat16):
        inside = augment(stages, None, batch, RNG)
    assert torch.equal(inside.image, augment(stages, None, batch, RNG).image)


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_a_wrong_probability_is_refused(p):
    with pytest.raises(ConfigError, match=r"augment\.p.*from 0 to 1"):
        Shift(p=p)


def test_an_interpolated_label_is_that_of_the_known_part_of_a_pixel():
    label = torch.tensor([1.0, 1.0, torch.nan, 0.0, 0.0, 1.0]).expand(1, 1, 4, 6)
    zero = torch.zeros(1, dtype=torch.long)
    batch = Batch(torch.rand(1, 1, 4, 6), label, zero, torch.ones(1, 2), zero, ignored=True)
    moved = augment((SoftShift(columns=0.5),), None, batch, RNG).label[0, 0, 1]
    assert moved[[1, 2]].isnan().all()  # half of them is ignored
    torch.testing.assert_close(moved[[0, 3, 4, 5]], torch.tensor([1.0, 0.0, 0.5, 0.5]))  # beyond it is background
    near = augment((SoftShift(columns=0.25),), None, batch, RNG).label[0, 0, 1]
    torch.testing.assert_close(near[[1, 2]], torch.tensor([1.0, torch.nan]), equal_nan=True)


def test_ignored_pixels_give_a_field_no_gradient_that_is_no_number():
    label = torch.ones(1, 1, 4, 6)
    label[..., 2:4] = torch.nan
    zero = torch.zeros(1, dtype=torch.long)
    batch = Batch(torch.rand(1, 1, 4, 6), label, zero, torch.ones(1, 2), zero, ignored=True)
    columns = torch.tensor(0.3, requires_grad=True)
    made = augment((SoftShift(columns=columns),), None, batch, RNG)
    made.shown.sum().backward()
    assert columns.grad.isfinite()
    assert columns.grad != 0
